using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Hosting;

/// <summary>What every host starts with: the specified environment names, one log line an event, time to drain.</summary>
public static class HostDefaults
{
    // Longer than the bus takes to drain, shorter than what container platforms wait before they kill.
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(9);

    /// <summary>Adds them.</summary>
    public static void AddHostDefaults(this IHostApplicationBuilder builder)
    {
        builder.AddSpecifiedEnvironment();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownTimeout);
        builder.Logging.ClearProviders();
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("MassTransit", LogLevel.Warning);
        // Whoever sends is told why it failed, and says what becomes of it. With a broker that hangs, a stack trace for each message under way would be thousands.
        builder.Logging.AddFilter("MassTransit.SendTransport", LogLevel.None);
        builder.Logging.AddFilter("Npgsql", LogLevel.Warning);
        // What is not healthy is the answer of the readiness endpoint, not an event.
        builder.Logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None);
        // A host that cannot start throws its cause, which is told once; a service that dies is critical and still logged.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Logging.AddConfiguration(builder.Configuration.GetSection("Logging"));
    }

    /// <summary>Adds values that hold where nothing else is configured.</summary>
    public static void AddDefaultSettings(this IHostApplicationBuilder builder, params IEnumerable<KeyValuePair<string, string?>> settings) =>
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = settings });
}
