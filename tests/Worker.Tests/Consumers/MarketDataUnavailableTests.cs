using System.Diagnostics;
using System.Threading.Channels;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Synthetic;
using Microsoft.Extensions.DependencyInjection;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

/// <summary>Requests while the price source does not answer.</summary>
public sealed class MarketDataUnavailableTests : IAsyncLifetime
{
    private readonly AwaySource _source = new();

    private TestWorker _worker = null!;

    public async ValueTask InitializeAsync() =>
        _worker = await TestWorker.StartAsync(new TestFolder(), services => services.AddSingleton<IPriceSource>(_source).AddSingleton(TimeProvider.System));

    public ValueTask DisposeAsync() => _worker.DisposeAsync();

    [Fact]
    public async Task DurableRequest_IsKeptUntilTheSourceIsBack()
    {
        _source.Fault = new IOException("away");
        await _worker.PublishAsync(new RiskRequested("BTC"));
        await _source.ReadAgainAsync(5);
        Assert.Empty(_worker.Bus.Published<RiskScored>());

        _source.Fault = null;
        await _worker.Bus.ConsumedAsync<RiskRequested>();
        Assert.Single(_worker.Bus.Published<RiskScored>());
    }

    [Fact]
    public async Task DurableRequestWhoseDeadlinePasses_IsRefusedThenAndNotBefore()
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(1.6);
        _source.Fault = new IOException("away");

        var refusal = (await _worker.AskAsync<RiskRequested, RiskAnswer>(Endpoints.RiskDurable, new RiskRequested("BTC") { Deadline = deadline })).Refusal!;

        // The pause that was under way, from 1.4 s on, would end at 3 s.
        var late = DateTimeOffset.UtcNow - deadline;
        Assert.Equal(RefusalReason.DeadlineExceeded, refusal.Reason);
        Assert.InRange(late, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.True(_source.Reads > 1, "it was tried once only");
    }

    [Fact]
    public async Task DurableRequest_IsAnsweredSoonAfterTheSourceIsBack()
    {
        _source.Fault = new IOException("away");
        await _worker.PublishAsync(new RiskRequested("BTC"));
        await _source.ReadAgainAsync(4);
        var back = Stopwatch.GetTimestamp();
        _source.Fault = null;

        await _worker.Bus.ConsumedAsync<RiskRequested>();

        // The pause after the fourth try is 1.6 s; none is longer than 5.
        Assert.InRange(Stopwatch.GetElapsedTime(back), TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.Single(_worker.Bus.Published<RiskScored>());
    }

    [Fact]
    public async Task InteractiveRequest_IsRefusedAtOnce()
    {
        _source.Fault = new IOException("away");
        Assert.Equal(RefusalReason.PricesUnavailable, (await _worker.AskAsync(new RiskRequested("BTC"))).Refusal!.Reason);
        Assert.Equal(1, _source.Reads);
    }

    [Fact]
    public async Task DurableRequestWhoseDataAreBad_IsRefused()
    {
        _source.Fault = new InvalidMarketDataException("bad");
        await _worker.PublishAsync(new RiskRequested("BTC"));
        await _worker.Bus.ConsumedAsync<RiskRequested>();
        Assert.Empty(_worker.Bus.Published<RiskScored>());
        // The bars of the forecast, and then the 90 of the score alone; neither is tried again.
        Assert.Equal(2, _source.Reads);
    }

    private sealed class AwaySource : IPriceSource
    {
        private readonly Channel<bool> _read = Channel.CreateUnbounded<bool>();
        private int _reads;

        public volatile Exception? Fault;

        public int Reads => Volatile.Read(ref _reads);

        public string Name => "synthetic";

        public async Task ReadAgainAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                await _read.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask()
                    .WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
            }
        }

        public ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _reads);
            _read.Writer.TryWrite(true);
            return Fault is { } fault
                ? throw fault
                : ValueTask.FromResult<BarSeries?>(new BarSeries(symbol, SyntheticSeries.Generate(symbol, new(2025, 2, 28))).EndingAt(lastDay, count));
        }

        public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) => throw Fault!;
    }
}
