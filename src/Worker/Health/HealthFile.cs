using System.ComponentModel.DataAnnotations;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Health;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Hosting.Messaging.Parked;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Coinsphere.Messaging.Worker.Health;

/// <summary>Section <c>Health</c>.</summary>
internal sealed class HealthOptions : IValidatableObject
{
    public const string Section = "Health";

    /// <summary>A file that exists while the worker can answer, rewritten at every check; none by default.</summary>
    public string? File { get; set; }

    /// <summary>Seconds between checks.</summary>
    [Range(1, 3_600)]
    public int Seconds { get; set; } = 10;

    /// <inheritdoc/>
    public IEnumerable<System.ComponentModel.DataAnnotations.ValidationResult> Validate(ValidationContext validationContext)
    {
        if (File is { Length: > 0 } file && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
        {
            yield return new("expected a file in an existing folder", [nameof(File)]);
        }
    }
}

/// <summary>
/// Reports the worker's health by a file, since a worker listens on no port. A monitor checks that the file exists and is recent. It is written as
/// soon as the bus is connected to its broker, and then at every check. An unhealthy worker is checked every second.
/// </summary>
internal sealed partial class HealthFile(
    IOptions<HealthOptions> options, HealthCheckService checks, Conditions conditions, IBusControl bus, IHostApplicationLifetime lifetime, TimeProvider time,
    ILogger<HealthFile> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.File is not { Length: > 0 } path)
        {
            return;
        }
        // A file of an earlier process says nothing about this one.
        await ReportAsync(path, isHealthy: false, stoppingToken);
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        while (true)
        {
            var isHealthy = (await checks.CheckHealthAsync(stoppingToken)).Status == HealthStatus.Healthy && conditions.Reasons.Count == 0;
            await ReportAsync(path, isHealthy, stoppingToken);
            await Task.Delay(TimeSpan.FromSeconds(isHealthy ? options.Value.Seconds : 1), time, stoppingToken);
        }
    }

    /// <summary>Writes the file with the current notes, or removes it where the worker cannot answer.</summary>
    internal static async Task WriteAsync(string path, bool isHealthy, IEnumerable<string> notes, CancellationToken cancellationToken)
    {
        if (isHealthy)
        {
            await File.WriteAllLinesAsync(path, notes.Prepend("healthy"), cancellationToken);
        }
        else
        {
            File.Delete(path);
        }
    }

    private async Task ReportAsync(string path, bool isHealthy, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(path, isHealthy, conditions.Notes, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // The monitor sees a file that grows old. The next check tries again.
            LogFailed(path, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The health file {Path} cannot be written or removed: {Fault}")]
    private partial void LogFailed(string path, string fault);
}

/// <summary>
/// Healthy where every shared endpoint listens, which implies a connection to the broker. A process's own endpoints do not count: no request arrives
/// there.
/// </summary>
internal sealed class EndpointsCheck(IBusControl bus) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var shared = bus.CheckHealth().Endpoints.Values.Where(endpoint => Endpoints.All.Contains(endpoint.InputAddress.Segments[^1])).ToArray();
        var isListening = shared.Length > 0 && Array.TrueForAll(shared, endpoint => endpoint.Status == BusHealthStatus.Healthy);
        return Task.FromResult(isListening ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("an endpoint does not listen"));
    }
}

internal static class HealthServices
{
    public static void AddHealthFile(this IServiceCollection services)
    {
        services.AddOptions<HealthOptions>().BindConfiguration(HealthOptions.Section).ValidateSection(HealthOptions.Section);
        services.AddHealthChecks().AddCheck<EndpointsCheck>("endpoints");
        services.AddHostedService<HealthFile>();
        services.TryAddSingleton<Parkings>();
        services.AddHostedService<QueueWatch>();
    }
}
