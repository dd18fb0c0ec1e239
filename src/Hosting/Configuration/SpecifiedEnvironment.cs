using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Hosting;

namespace Coinsphere.Messaging.Hosting;

/// <summary>The environment names that users of the original system know, mapped to configuration keys. A key set directly (<c>Prices__Folder</c>) goes before.</summary>
public static class SpecifiedEnvironment
{
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

    /// <summary>The environment a host runs in: <c>ENVIRONMENT</c>, else the default given.</summary>
    public static string Name(string defaultName)
    {
        var name = Environment.GetEnvironmentVariable("ENVIRONMENT");
        return string.IsNullOrWhiteSpace(name) ? defaultName : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(name.Trim().ToLowerInvariant());
    }

    /// <summary>Adds the mapped names below the environment's own variables, above files.</summary>
    public static void AddSpecifiedEnvironment(this IHostApplicationBuilder builder)
    {
        var values = Names
            .Select(name => KeyValuePair.Create(name.Key, Environment.GetEnvironmentVariable(name.Name)))
            .Where(pair => !string.IsNullOrEmpty(pair.Value));
        var mapped = new ConfigurationBuilder().AddInMemoryCollection(values).Sources.Single();

        var sources = builder.Configuration.Sources;
        var environment = sources.OfType<EnvironmentVariablesConfigurationSource>().LastOrDefault(source => string.IsNullOrEmpty(source.Prefix));
        sources.Insert(environment is null ? sources.Count : sources.IndexOf(environment), mapped);
    }
}
