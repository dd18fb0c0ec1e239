using System.ComponentModel.DataAnnotations;
using Coinsphere.Messaging.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>Section <c>Health</c>.</summary>
internal sealed class HealthOptions
{
    public const string Section = "Health";

    /// <summary>A file that is there while the worker can answer, written anew at every look; none by default.</summary>
    public string? File { get; set; }

    /// <summary>Seconds from look to look.</summary>
    [Range(1, 3_600)]
    public int Seconds { get; set; } = 10;
}

/// <summary>
/// A worker listens on no port, so it tells of its health by a file: whoever watches the process asks whether the file is there and young.
/// </summary>
internal sealed class HealthFile(IOptions<HealthOptions> options) : IHealthCheckPublisher
{
    public Task PublishAsync(HealthReport report, CancellationToken cancellationToken)
    {
        if (options.Value.File is not { Length: > 0 } path)
            return Task.CompletedTask;
        // Degraded is a bus that lost its broker: it answers nobody.
        if (report.Status == HealthStatus.Healthy)
            return File.WriteAllTextAsync(path, "healthy\n", cancellationToken);
        File.Delete(path);
        return Task.CompletedTask;
    }
}

internal static class HealthServices
{
    public static void AddHealthFile(this IServiceCollection services)
    {
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateSection(HealthOptions.Section);
        services.AddHealthChecks();
        services.AddSingleton<IHealthCheckPublisher, HealthFile>();
        services.AddOptions<HealthCheckPublisherOptions>().Configure<IOptions<HealthOptions>>((publisher, health) =>
        {
            publisher.Delay = TimeSpan.FromSeconds(1);
            publisher.Period = TimeSpan.FromSeconds(health.Value.Seconds);
        });
    }
}
