using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.Scheduling;
using MassTransit;
using MassTransit.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Worker.Tests.Scheduling;

/// <summary>
/// A cluster whose clock stands still between steps: one process after the other schedules, with what the ones before have recorded. Its bus takes the
/// questions and answers none.
/// </summary>
internal sealed class Cluster : ISendObserver, IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly MemoryRuns _runs = new();
    private readonly ListLogger<ScheduleTurn> _log = new();
    private readonly SymbolCatalog _catalog;
    private readonly SchedulePlan _plan;

    private Cluster(string now, ScheduleOptions options, string[] symbols)
    {
        Time = FakeTime.At(now);
        _catalog = new SymbolCatalog(symbols, []);
        _plan = new SchedulePlan(RunTimes.Of(options)!, options.Spread);
        Cache = new MemoryResultCache(Time, Options.Create(new CacheOptions()));
        _services = new ServiceCollection().AddMassTransitTestHarness().BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Time { get; }

    public MemoryResultCache Cache { get; }

    public StandInPrices Prices { get; } = new();

    /// <summary>What was asked: the run, the symbol, and the timeframe or "risk".</summary>
    public ConcurrentQueue<(string Run, string Symbol, string What)> Asked { get; } = new();

    /// <summary>Whether the broker takes no message.</summary>
    public bool IsBrokerAway { get; set; }

    public IReadOnlyList<string> Log => _log.Lines();

    public ScheduleTurn Turn { get; private set; } = null!;

    public static async Task<Cluster> StartAsync(string now, ScheduleOptions options, params string[] symbols)
    {
        var cluster = new Cluster(now, options, symbols);
        var bus = cluster._services.GetRequiredService<ITestHarness>();
        await bus.Start();
        bus.Bus.ConnectSendObserver(cluster);
        cluster.TakeOver();
        return cluster;
    }

    /// <summary>Another process schedules from now on.</summary>
    public void TakeOver() => Turn = new ScheduleTurn(
        _runs, _plan, new ScheduledQuestions(_services.GetRequiredService<IBus>(), Cache, Time), Prices, _catalog, Time, _log);

    /// <summary>Steps until a time, as the schedule itself does.</summary>
    public async Task UntilAsync(string end, Action? each = null)
    {
        for (var instant = DateTimeOffset.Parse(end, CultureInfo.InvariantCulture); Time.GetUtcNow() < instant;)
        {
            each?.Invoke();
            Time.Advance(await Turn.StepAsync(TestContext.Current.CancellationToken));
        }
    }

    /// <summary>The questions of a run by symbol, each once.</summary>
    public void AssertAsked(string run, params string[] symbols) => Assert.Equal(
        symbols.Order(StringComparer.Ordinal).SelectMany(symbol => new[] { (symbol, "14d"), (symbol, "30d"), (symbol, "7d"), (symbol, "risk") }),
        Asked.Where(asked => asked.Run == run).Select(asked => (asked.Symbol, asked.What)).Order());

    public Task PreSend<T>(SendContext<T> context) where T : class
    {
        if (IsBrokerAway)
        {
            throw new TimeoutException("no broker");
        }

        var (symbol, what) = context.Message switch
        {
            PredictRequested predict => (predict.Symbol, predict.Timeframe),
            RiskRequested risk => (risk.Symbol, "risk"),
            _ => ("", ""),
        };
        Asked.Enqueue((context.Headers.Get<string>(Endpoints.ScheduledHeader)!, symbol!, what!));
        return Task.CompletedTask;
    }

    public Task PostSend<T>(SendContext<T> context) where T : class => Task.CompletedTask;

    public Task SendFault<T>(SendContext<T> context, Exception exception) where T : class => Task.CompletedTask;

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>Newest bars that a test sets.</summary>
internal sealed class StandInPrices : IPriceSource
{
    public string Name => "stand-in";

    public Dictionary<string, DateOnly> Newest { get; } = new(StringComparer.Ordinal);

    public ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken) => ValueTask.FromResult(
        Newest.TryGetValue(symbol, out var day) ? new BarSeries(symbol, new[] { new Bar(day, 1, 1, 1, 1, 1) }) : null);

    public ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}
