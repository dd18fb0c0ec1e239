using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>What every host starts with: the specified environment names, one log line an event, time to drain.</summary>
public static class HostDefaults
{
    private static readonly string[] ConsoleFormats = [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd];

    // Longer than the bus takes to drain, shorter than what container platforms wait before they kill.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Adds them.</summary>
    public static void AddHostDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddSpecifiedEnvironment();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<UnknownSettings>();
        builder.Logging.ClearProviders();
        builder.AddConsoleLines();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // The bus tells with a trace of every attempt of every connection and endpoint, and of every message that is under way when a broker goes or hangs.
        // BrokerWatch tells of the broker in a line, Conditions of what is away meanwhile, Parkings of messages that are set aside, and whoever sends says what
        // becomes of it.
        builder.Logging.AddFilter("MassTransit", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        // What is not healthy is the answer of the readiness endpoint, not an event.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A host that cannot start throws its cause, which is told once; a service that dies is critical and still logged.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }

    // The settings of the console that nothing else says. Set in code they would go before those of an operator, who may want JSON.
    private static void AddConsoleLines(this IHostApplicationBuilder builder)
    {
        const string Console = "Logging:Console:";
        var format = builder.Configuration[Console + "FormatterName"];
        if (!string.IsNullOrEmpty(format) && !ConsoleFormats.Contains(format, StringComparer.OrdinalIgnoreCase))
        {
            throw new SettingException($"{Console}FormatterName is '{format}': expected one of {string.Join(", ", ConsoleFormats)}");
        }

        var isJson = ConsoleFormatterNames.Json.Equals(format, StringComparison.OrdinalIgnoreCase);
        builder.AddDefaultSettings(
            new(Console + "FormatterName", ConsoleFormatterNames.Simple),
            new(Console + "FormatterOptions:SingleLine", "true"),
            new(Console + "FormatterOptions:UseUtcTimestamp", "true"),
            new(Console + "FormatterOptions:TimestampFormat", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'" + (isJson ? "" : " ")));
        builder.Logging.AddConsole();
    }

    /// <summary>Adds values that hold where nothing else is configured.</summary>
    public static void AddDefaultSettings(this IHostApplicationBuilder builder, params IEnumerable<KeyValuePair<string, string?>> settings) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
}
