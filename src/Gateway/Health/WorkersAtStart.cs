using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Gateway.Requests;
using Coinsphere.Messaging.Hosting;
using MassTransit;

namespace Coinsphere.Messaging.Gateway.Health;

/// <summary>Asks once at the start whether a worker answers: a gateway that has just started would be ready only when the next report comes.</summary>
internal sealed partial class WorkersAtStart(
    IServiceProvider services, IBusControl bus, IHostApplicationLifetime lifetime, LoadedModels models, TimeProvider time, ILogger<WorkersAtStart> logger) : BackgroundService
{
    private static readonly Uri Models = Endpoints.Address(Endpoints.Models);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await bus.WaitForStartAsync(lifetime, stoppingToken);
        // Made before the settings are checked, a client would have opened a connection by them.
        var workers = services.GetRequiredService<WorkerClient>();
        // By then a worker has reported, or there is none.
        var deadline = new Deadline(time.GetUtcNow() + ModelsReported.Interval, ModelsReported.Interval);
        try
        {
            var described = await workers.AskAsync<ModelsRequested, ModelsDescribed>(Models, new ModelsRequested([]), deadline, stoppingToken);
            if (!described.IsRefused)
                models.Answered();
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            // Readiness waits for a report then.
            LogNotAsked(failure);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No worker could be asked at the start")]
    private partial void LogNotAsked(Exception exception);
}
