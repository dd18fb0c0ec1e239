using Coinsphere.Messaging.Hosting.Logging;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Coinsphere.Messaging.Hosting.Configuration;

/// <summary>The defaults of every host: the specified environment names, one log line per event, and time to drain.</summary>
public static class HostDefaults
{
    private static readonly string[] ConsoleFormats = [ConsoleFormatterNames.Simple, ConsoleFormatterNames.Json, ConsoleFormatterNames.Systemd];

    // Longer than the bus takes to drain, shorter than container platforms wait before they kill a process.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Adds the defaults.</summary>
    public static void AddHostDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddSpecifiedEnvironment();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Services.AddSingleton<UnknownSettings>();
        builder.Services.AddHostedService<PasswordCheck>();
        builder.Logging.ClearProviders();
        builder.AddConsoleLines();
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        // The bus logs a stack trace for every attempt of every connection and endpoint, and for every message in work when the broker becomes
        // unavailable. Instead BrokerWatch reports the broker in one line, Conditions other servers, Parkings messages that were moved to error
        // queues, and the senders their own messages.
        builder.Logging.AddFilter("MassTransit", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        // The readiness endpoint reports unhealthy checks; they are not log events.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A host that cannot start throws the cause, which is printed once. A service that fails later is critical, and is still logged.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }

    // Console settings that are not configured otherwise. Set in code they would override those of an operator, who may want JSON.
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
        builder.Services.EscapeConsole();
    }

    /// <summary>Adds values that apply where nothing else is configured.</summary>
    public static void AddDefaultSettings(this IHostApplicationBuilder builder, params IEnumerable<KeyValuePair<string, string?>> settings) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
}
