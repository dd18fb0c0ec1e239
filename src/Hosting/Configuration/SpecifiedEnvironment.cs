using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>
/// Maps the environment names of the original system to configuration keys. A key that is set directly (<c>Prices__Folder</c>) takes precedence.
/// </summary>
public static partial class SpecifiedEnvironment
{
    private static readonly string[] Environments = ["Development", "Staging", "Production"];

    private static readonly (string Name, string Key)[] Names =
    [
        ("DATABASE_URL", "Prices:Database"),
        ("MODEL_CHECKPOINT_DIR", "Models:Folder"),
        ("SUPPORTED_SYMBOLS", "Symbols:Supported"),
        ("CACHE_TTL", "Cache:PredictionSeconds"),
        ("REDIS_HOST", "Redis:Host"),
        ("REDIS_PORT", "Redis:Port"),
        ("REDIS_DB", "Redis:Db"),
        ("RABBITMQ_URL", "RabbitMq:Url"),
        ("PORT", "Gateway:Port"),
        ("CORS_ORIGINS", "Gateway:CorsOrigins"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "Telemetry:OtlpEndpoint"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "Telemetry:OtlpProtocol"),
        ("OTEL_METRIC_EXPORT_INTERVAL", "Telemetry:MetricIntervalMs"),
    ];

    /// <summary>The variable that names the environment of the host.</summary>
    public const string NameVariable = "ENVIRONMENT";

    /// <summary>The environment of the host: <c>ENVIRONMENT</c>, else the given default.</summary>
    /// <exception cref="SettingException">It is another word: a misspelt <c>production</c> must not change what is allowed.</exception>
    public static string Name(string defaultName)
    {
        var name = Environment.GetEnvironmentVariable(NameVariable);
        if (string.IsNullOrWhiteSpace(name))
        {
            return defaultName;
        }

        return Array.Find(Environments, known => known.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new SettingException($"{NameVariable} is '{name}': expected {string.Join(", ", Environments).ToLowerInvariant()}");
    }

    /// <summary>The environment name that sets a key; null where there is none.</summary>
    public static string? NameOf(string key) => Names.FirstOrDefault(name => name.Key.Equals(key, StringComparison.OrdinalIgnoreCase)).Name;

    /// <summary>Adds the mapped names below the environment's own variables, above files.</summary>
    public static void AddSpecifiedEnvironment(this IHostApplicationBuilder builder)
    {
        var set = Names
            .Select(name => (name.Name, name.Key, Value: Environment.GetEnvironmentVariable(name.Name)))
            .Where(name => !string.IsNullOrEmpty(name.Value))
            .ToLookup(name => IsServiceLink(name.Name, name.Value!));
        builder.Services.AddSingleton(new ClusterVariables([.. set[true].Select(name => (name.Name, name.Value!))]));
        var mapped = new ConfigurationBuilder().AddInMemoryCollection(set[false].Select(name => KeyValuePair.Create(name.Key, name.Value))).Sources.Single();

        var sources = builder.Configuration.Sources;
        var environment = sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault(source => string.IsNullOrEmpty(source.Prefix));
        sources.Insert(environment is null ? sources.Count : sources.IndexOf(environment), mapped);
    }

    /// <summary>
    /// Whether Kubernetes (or Docker's links) set a variable for a service: <c>{SERVICE}_PORT=tcp://address:port</c>. For a service called
    /// <c>redis</c> this is the only one of its names that is also a name of this service.
    /// </summary>
    internal static bool IsServiceLink(string name, string value) => name.EndsWith("_PORT", StringComparison.Ordinal) && ServiceAddress().IsMatch(value);

    [GeneratedRegex("^(tcp|udp|sctp)://", RegexOptions.CultureInvariant)]
    private static partial Regex ServiceAddress();
}

/// <summary>Variables with names of this service that were set by a cluster.</summary>
internal sealed record ClusterVariables(IReadOnlyList<(string Name, string Value)> Ignored);
