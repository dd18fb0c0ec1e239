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

    /// <summary>A file that is there while the worker can answer, written anew at every look; none by default.</summary>
    public string? File { get; set; }

    /// <summary>Seconds from look to look.</summary>
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
/// A worker listens on no port, so it tells of its health by a file: whoever watches the process asks whether the file is there and young. It is written as
/// soon as the bus has its broker, and from then on at every look. A worker that is not healthy is looked at every second.
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
        // One that is left from an earlier process tells nothing of this one.
        await TellAsync(path, isHealthy: false, stoppingToken);
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        while (true)
        {
            var isHealthy = (await checks.CheckHealthAsync(stoppingToken)).Status == HealthStatus.Healthy && conditions.Reasons.Count == 0;
            await TellAsync(path, isHealthy, stoppingToken);
            await Task.Delay(TimeSpan.FromSeconds(isHealthy ? options.Value.Seconds : 1), time, stoppingToken);
        }
    }

    /// <summary>Writes the file with the notes there are, or removes it where the worker cannot answer.</summary>
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

    private async Task TellAsync(string path, bool isHealthy, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAsync(path, isHealthy, conditions.Notes, cancellationToken);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // Whoever watches sees a file that grows old; the next look tries again.
            LogNotTold(path, fault.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The health file {Path} cannot be kept: {Fault}")]
    private partial void LogNotTold(string path, string fault);
}

/// <summary>
/// Healthy where every endpoint with a queue of its own name listens, and with that the broker is there. One that only this process has may be away: no
/// question comes by it.
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
        services.AddHostedService<ParkedWatch>();
    }
}
