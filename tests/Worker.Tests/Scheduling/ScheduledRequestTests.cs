using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.Tests.Scheduling;

/// <summary>What a worker does with a scheduled request of the durable endpoints.</summary>
public sealed class ScheduledRequestTests : IAsyncLifetime
{
    private readonly ListLogger<RefusalLog> _log = new();
    private TestWorker _worker = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _worker = await TestWorker.StartAsync(
        new TestFolder().WithGolden(Golden.Delta), services => services.AddSingleton<ILogger<RefusalLog>>(_log));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task NewAnswer_IsPublished_AndAKnownOneIsNotPublishedAgain()
    {
        await SendAsync("run 1", Golden.Delta);
        await _worker.Bus.ConsumedAsync<PredictRequested>();
        Assert.Single(_worker.Bus.Published<PredictionCompleted>());

        await SendAsync("run 2", Golden.Delta);
        await _worker.Bus.ConsumedAsync<PredictRequested>(2);
        Assert.Single(_worker.Bus.Published<PredictionCompleted>());

        // Whoever sends it by himself misses no event.
        await _worker.SendAsync(Endpoints.PredictDurable, new PredictRequested(Golden.Delta));
        await _worker.Bus.ConsumedAsync<PredictRequested>(3);
        Assert.Equal(2, _worker.Bus.Published<PredictionCompleted>().Count);
    }

    [Fact]
    public async Task AnswerOfACaller_IsNotPublishedAgain()
    {
        await _worker.PredictAsync(Golden.Delta);
        await _worker.Bus.ConsumedAsync<PredictRequested>();
        await SendAsync("run 1", Golden.Delta);
        await _worker.Bus.ConsumedAsync<PredictRequested>(2);

        Assert.Single(_worker.Bus.Published<PredictionCompleted>());
    }

    [Fact]
    public async Task Refusals_AreLoggedOnceForASymbolAndReasonOfARun()
    {
        using var measured = new Measurements("coinsphere.schedule.refusals");
        for (var run = 1; run <= 2; run++)
        {
            for (var i = 0; i < 3; i++)
            {
                await SendAsync($"run {run}", "BTC");
            }

            await _worker.Bus.ConsumedAsync<PredictRequested>(3 * run);
        }

        Assert.Equal(2, _log.Lines(LogLevel.Information).Length);
        Assert.All(_log.Lines(), line => Assert.StartsWith("Refused prediction:BTC:7d: model_not_trained", line, StringComparison.Ordinal));
        Assert.Equal(6, measured["coinsphere.schedule.refusals{reason=model_not_trained}"].Sum());
    }

    private async Task SendAsync(string run, string symbol)
    {
        var address = await _worker.Services.GetRequiredService<IBus>().GetSendEndpoint(Endpoints.Address(Endpoints.PredictDurable));
        await address.Send(new PredictRequested(symbol), send => send.Headers.Set(Endpoints.ScheduledHeader, run), Cancel);
    }
}
