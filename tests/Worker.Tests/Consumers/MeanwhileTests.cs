using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Clock;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>What happens while a worker computes: between reading the clock and the reply.</summary>
public sealed class MeanwhileTests
{
    [Fact]
    public async Task AnswerOfAnInvalidatedSymbol_IsGiven_AndNeverServedAgain()
    {
        await using var worker = await StartAsync(
            provider => provider.GetRequiredService<IResultCache>().InvalidateAsync("BTC", CancellationToken.None).AsTask());

        await worker.PredictAsync("BTC");
        await worker.Bus.ConsumedAsync<PredictRequested>();

        Assert.Null(await worker.StoredAsync(CacheKey.Of(new PredictionQuery("BTC", "7d", null))));
    }

    [Fact]
    public async Task DeadlinePassedWhilePricesAreRead_IsRefused()
    {
        await using var worker = await StartAsync(provider =>
        {
            var time = (FakeUtcNow)provider.GetRequiredService<ClusterClock>().Own;
            time.Advance(TimeSpan.FromSeconds(5));
            return Task.CompletedTask;
        });

        var prediction = await worker.AskAsync(new PredictRequested("BTC") { DeadlineMs = 5000 });
        var risk = await worker.AskAsync(new RiskRequested("BTC") { DeadlineMs = 5000 });

        Assert.Equal(RefusalReason.DeadlineExceeded, prediction.Refusal?.Reason);
        Assert.Equal(RefusalReason.DeadlineExceeded, risk.Refusal?.Reason);
    }

    private static Task<TestWorker> StartAsync(Func<IServiceProvider, Task> meanwhile) => TestWorker.StartAsync(
        new TestFolder().WithModel("BTC_best.pth", Golden.Delta),
        services => services.Replace(ServiceDescriptor.Singleton<IPriceSource>(provider => new Source(() => meanwhile(provider)))));

    /// <summary>Prices during whose reading something happens.</summary>
    private sealed class Source(Func<Task> meanwhile) : IPriceSource
    {
        public string Name => "synthetic";

        public async ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
        {
            await meanwhile();
            return new BarSeries(symbol, SyntheticSeries.Generate(symbol, lastDay)).EndingAt(lastDay, count);
        }

        public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}
