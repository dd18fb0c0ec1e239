using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Coinsphere.Messaging.Worker.Storage;
using MassTransit;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Scheduling;

/// <summary>
/// Fetched bars as <see cref="PriceBarClosed"/> messages, which workers write to the database. The process that holds the database's lock fetches; the
/// lock ends with its session.
/// </summary>
internal sealed class BusFeed(NpgsqlDataSource database, DatabaseReady ready, IPriceSource source, IBus bus, TimeProvider time) : IFeedTarget, IFeedStore
{
    // Published side by side, and confirmed by the broker before the next ones.
    private const int AtOnce = 50;

    private const string Caller = "feed";

    // The exchange corrects its last days itself. Of a day that is new or the same it changes nothing.
    private const string Correction = "the exchange has other numbers";

    // A broker that is away keeps a message waiting.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    // What a column may change of a number (StoredColumn).
    public double Tolerance => 1e-4;

    public bool StoresMarketCaps => false;

    public async Task WhileMineAsync(Func<Func<Task>, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        await ready.WaitAsync(cancellationToken);
        await ClusterLock.TryAsync(
            database, ClusterLock.Feeding, connection => work(() => KeepAsync(connection, cancellationToken), cancellationToken), cancellationToken);
    }

    public Task<TimeSpan?> PassAsync(FeedPass pass, CancellationToken cancellationToken) =>
        pass.RunAsync(this, _ => Task.CompletedTask, cancellationToken);

    public ValueTask<BarSeries?> ReadAsync(string symbol, CancellationToken cancellationToken) =>
        source.ReadAsync(symbol, DateOnly.MaxValue, CsvPriceFile.MaxRows, cancellationToken);

    public async Task WriteAsync(BarSeries series, ReadOnlyMemory<Bar> changed, CancellationToken cancellationToken)
    {
        for (var start = 0; start < changed.Length; start += AtOnce)
        {
            var messages = changed[start..Math.Min(start + AtOnce, changed.Length)].ToArray().Select(bar => bus.Publish(
                new PriceBarClosed(series.Symbol, bar.Day, bar.Open, bar.High, bar.Low, bar.Close, bar.Volume, bar.MarketCap > 0 ? bar.MarketCap : null)
                {
                    Correction = Correction,
                },
                context => CallerHeader.Set(context, Caller), cancellationToken));
            await Task.WhenAll(messages).WaitAsync(Limit, time, cancellationToken);
        }
    }

    // The lock is held as long as its session answers.
    private static async Task KeepAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var ask = new NpgsqlCommand("select 1", connection);
        await ask.ExecuteScalarAsync(cancellationToken);
    }
}
