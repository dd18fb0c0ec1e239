using System.Collections;
using System.Globalization;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Memory;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>Every setting with its effective value and where that comes from, and what is wrong with them. No password is shown.</summary>
/// <param name="Settings">The settings, by section.</param>
/// <param name="Faults">What is wrong, one line each.</param>
/// <param name="Warnings">Settings that nothing reads.</param>
internal sealed partial record SettingsReport(
    [property: JsonPropertyName("settings")] IReadOnlyList<Setting> Settings,
    [property: JsonPropertyName("faults")] IReadOnlyList<string> Faults,
    [property: JsonPropertyName("warnings")] IReadOnlyList<string> Warnings)
{
    private const string Hidden = "***";

    /// <summary>The sections of a host. Standalone has no broker, but what is configured of one is the other hosts'.</summary>
    public static IReadOnlyList<SettingSection> SectionsOf(IServiceCollection services) =>
    [
        .. services.Where(service => service.ServiceType == typeof(SettingSection)).Select(service => service.ImplementationInstance)
            .OfType<SettingSection>().Append(MessageBus.Settings).DistinctBy(section => section.Name),
    ];

    /// <summary>The settings of a host that is not started.</summary>
    public static SettingsReport Of(WebApplicationBuilder builder, IServiceProvider services)
    {
        var sections = SectionsOf(builder.Services);
        var configuration = (IConfigurationRoot)builder.Configuration;
        var settings = new List<Setting> { NameOf(builder.Environment) };
        var faults = new List<string>();
        foreach (var section in sections.OrderBy(section => section.Name, StringComparer.Ordinal))
        {
            var options = Options(section, services, faults);
            settings.AddRange(section.Keys.Select(key => Read(configuration, $"{section.Name}:{key}", options?.GetType().GetProperty(key)?.GetValue(options))));
        }

        var warnings = UnknownSettings.Find(configuration, sections).Select(unknown => $"{SettingNames.Of(unknown.Key)} is not a known setting and is ignored"
            + (unknown.Nearest is null ? "" : $"; did you mean {unknown.Nearest}?"));
        return new(settings, [.. faults.Distinct(StringComparer.Ordinal)], [.. warnings]);
    }

    /// <summary>A value without the passwords in it.</summary>
    internal static string Hide(string key, string value) => SecretKey().IsMatch(key) && value.Length > 0
        ? Hidden
        : SecretPair().Replace(UrlPassword().Replace(value, Hidden), Hidden);

    private static object? Options(SettingSection section, IServiceProvider services, List<string> faults)
    {
        try
        {
            return section.Options?.Invoke(services);
        }
        catch (Exception fault) when (HostRunner.Explain(fault) is { Length: > 0 } lines)
        {
            faults.AddRange(lines);
            return null;
        }
    }

    private static Setting NameOf(IHostEnvironment environment)
    {
        var isSet = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(SpecifiedEnvironment.NameVariable));
        return new(
            SpecifiedEnvironment.NameVariable,
            SpecifiedEnvironment.NameVariable,
            environment.EnvironmentName.ToLowerInvariant(),
            isSet ? "environment " + SpecifiedEnvironment.NameVariable : "default");
    }

    private static Setting Read(IConfigurationRoot configuration, string key, object? bound)
    {
        var value = configuration[key] ?? Text(bound);
        return new(key, SpecifiedEnvironment.NameOf(key), Hide(key, value), SourceOf(configuration, key));
    }

    // As it would be written in a variable.
    private static string Text(object? value) => value switch
    {
        bool flag => flag ? "true" : "false",
        TimeSpan { Ticks: var ticks } span when ticks % TimeSpan.TicksPerSecond != 0 => span.ToString("c", CultureInfo.InvariantCulture).TrimEnd('0'),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    private static string SourceOf(IConfigurationRoot configuration, string key)
    {
        var mapped = SpecifiedEnvironment.NameOf(key);
        return configuration.Providers.Reverse().FirstOrDefault(provider => provider.TryGet(key, out _)) switch
        {
            CommandLineConfigurationProvider => "argument",
            EnvironmentVariablesConfigurationProvider => $"environment {SettingNames.Given(key, [], Variables()) ?? key}",
            FileConfigurationProvider file => $"file {file.Source.Path}",
            MemoryConfigurationProvider when mapped is not null && Environment.GetEnvironmentVariable(mapped) is { Length: > 0 } given
                && given == configuration[key] => $"environment {mapped}",
            _ => "default",
        };
    }

    private static IEnumerable<string> Variables() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => (string)entry.Key);

    [GeneratedRegex("password|passphrase|secret|token|apikey|api_key", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex SecretKey();

    // To the last @: a password that is not percent-encoded may contain one, or a slash.
    [GeneratedRegex(@"(?<=://[^:/@\s]*:).*(?=@)", RegexOptions.CultureInvariant)]
    private static partial Regex UrlPassword();

    // An unquoted password may contain spaces; what follows it in a list without semicolons is hidden too.
    [GeneratedRegex(
        """(?<=(password|pwd|passphrase|secret|token)\s*=\s*)('[^']*'|"[^"]*"|[^;&]+)""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex SecretPair();
}

/// <summary>One setting.</summary>
/// <param name="Key">Its key, such as <c>Prices:Folder</c>.</param>
/// <param name="Variable">The specified environment variable that sets it too; null where there is none.</param>
/// <param name="Value">Its effective value, without passwords.</param>
/// <param name="Source">Where the value comes from: <c>default</c>, <c>argument</c>, <c>environment NAME</c> or <c>file NAME</c>.</param>
internal sealed record Setting(
    [property: JsonPropertyName("key")] string Key,
    [property: JsonPropertyName("variable")] string? Variable,
    [property: JsonPropertyName("value")] string Value,
    [property: JsonPropertyName("source")] string Source);
