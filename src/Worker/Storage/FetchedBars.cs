using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Stores bars that a command fetches in the database, those of a symbol in one transaction.</summary>
internal sealed class FetchedBars(Migrator migrator, PriceWriter writer, IPriceSource source, IResultCache cache, RedisConnection redis, TimeProvider time)
    : IFeedStore
{
    // Bars that are sent while the command runs are newer.
    private readonly DateTimeOffset _started = time.GetUtcNow();

    // The exchange corrects its last days itself.
    private readonly BarAuthor _author = new(CallerHeader.CommandLine, "fetched again, and the exchange has other numbers");

    // What a column may change of a number (StoredColumn).
    public double Tolerance => 1e-4;

    public bool StoresMarketCaps => false;

    /// <summary>Registers what fetching into the database of the host's configuration needs.</summary>
    public static void Add(IHostApplicationBuilder builder)
    {
        builder.Services.AddSymbols();
        builder.Services.AddResultCache(builder.Configuration);
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddDatabaseWriters();
        builder.Services.AddSingleton<FetchedBars>();
    }

    /// <summary>Creates missing tables, and connects to the Redis whose cached answers new bars invalidate. A command starts no host.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await migrator.ApplyAsync(cancellationToken);
        await redis.StartAsync(cancellationToken);
    }

    public ValueTask<BarSeries?> ReadAsync(string symbol, CancellationToken cancellationToken) =>
        source.ReadAsync(symbol, DateOnly.MaxValue, CsvPriceFile.MaxRows, cancellationToken);

    public async Task WriteAsync(BarSeries series, ReadOnlyMemory<Bar> changed, CancellationToken cancellationToken)
    {
        if (await writer.CheckAsync(changed, cancellationToken) is var (day, fault))
        {
            throw new InvalidMarketDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{series.Symbol} day {day:yyyy-MM-dd}, {fault.Column}: found {fault.Actual:R}, expected {fault.Expected}"));
        }

        try
        {
            await writer.WriteAsync(series.Symbol, changed, _started, _author, cancellationToken);
        }
        catch (PostgresException refused) when (DatabaseFaults.IsRefusal(refused))
        {
            throw new InvalidMarketDataException($"the database rejects bars of {series.Symbol}: {refused.MessageText}", refused);
        }

        if (!await cache.InvalidateAsync(series.Symbol, CancellationToken.None))
        {
            throw new IOException(
                $"{series.Symbol}: its bars are written, but the result cache is unavailable, so older answers may be served until they expire");
        }
    }
}
