using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Writes SYMBOL.csv files to the database, one transaction per batch. An interrupted import is continued by importing the file again.</summary>
internal sealed class PriceImport(
    Migrator migrator,
    PriceWriter writer,
    SeriesChecks checks,
    SymbolCatalog catalog,
    IResultCache cache,
    RedisConnection redis,
    TimeProvider time)
{
    private const int BatchSize = 1000;

    // Bars that are sent while the import runs are newer.
    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>Registers an import into the database of the host's configuration.</summary>
    public static void Add(IHostApplicationBuilder builder)
    {
        builder.Services.AddSymbols(builder.Configuration);
        builder.Services.AddResultCache(builder.Configuration);
        builder.Services.AddPrices(builder.Configuration);
        builder.Services.AddDatabaseWriters();
        builder.Services.AddSingleton<PriceImport>();
    }

    /// <summary>Creates missing tables, and connects to the Redis whose cached answers new bars invalidate. An import starts no host.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await migrator.ApplyAsync(cancellationToken);
        await redis.StartAsync(cancellationToken);
    }

    /// <summary>Imports a file. <paramref name="progress"/> gets the written fraction.</summary>
    /// <exception cref="InvalidMarketDataException">The file contains an invalid bar; none of it is written.</exception>
    /// <exception cref="IOException">The file cannot be read, or its bars are written and the result cache could not be invalidated.</exception>
    public async Task<ImportedFile> ImportAsync(string path, Action<double> progress, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        if (!Path.GetExtension(name).Equals(".csv", StringComparison.OrdinalIgnoreCase)
            || !catalog.TryNormalise(Path.GetFileNameWithoutExtension(name), out var symbol))
        {
            throw new InvalidMarketDataException($"{name}: expected a file named SYMBOL.csv, the symbol 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");
        }

        var (series, openDays) = await ReadAsync(path, name, symbol, cancellationToken);
        var bars = series.Bars;
        var written = new WrittenBars();
        bool isInvalidated;
        try
        {
            for (var start = 0; start < bars.Length; start += BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var end = Math.Min(start + BatchSize, bars.Length);
                written += await WriteAsync(name, series with { Bars = bars[start..end] }, cancellationToken);
                progress((double)end / bars.Length);
            }
        }
        finally
        {
            // Also where nothing changed or not all was written: an earlier run may have been killed before this step.
            isInvalidated = await cache.InvalidateAsync(symbol, CancellationToken.None);
        }

        if (!isInvalidated)
        {
            throw new IOException(
                $"{name}: its bars are written, but the result cache is unavailable, so older answers may be served until they expire; import it again");
        }

        return new ImportedFile(name, symbol, written, openDays);
    }

    private async Task<WrittenBars> WriteAsync(string name, BarSeries series, CancellationToken cancellationToken)
    {
        try
        {
            return series.IsSynthetic
                ? await writer.WriteSyntheticAsync(series.Symbol, series.Bars, _started, cancellationToken)
                : await writer.WriteAsync(series.Symbol, series.Bars, _started, cancellationToken);
        }
        catch (InvalidMarketDataException fault)
        {
            throw new InvalidMarketDataException($"{name}: {fault.Message}", fault);
        }
        catch (PostgresException fault) when (DatabaseFaults.IsRefusal(fault))
        {
            throw new InvalidMarketDataException($"{name}: the database rejects bars of {series.Symbol}: {fault.MessageText}", fault);
        }
    }

    private async Task<(BarSeries Series, int OpenDays)> ReadAsync(string path, string name, string symbol, CancellationToken cancellationToken)
    {
        await using var stream = RegularFile.OpenRead(path);
        if (stream.Length > CsvTable.MaxBytes)
        {
            throw new InvalidMarketDataException($"{name}: found {stream.Length} bytes, expected at most {CsvTable.MaxBytes}");
        }

        var all = CsvPriceFile.Parse(stream, name, symbol).Series;
        var closed = all.EndingAt(time.LastClosedDay(), CsvPriceFile.MaxRows);
        if (checks.Jump(closed) is { } jump)
        {
            throw new InvalidMarketDataException($"{name}: {jump}");
        }

        if (await writer.CheckAsync(closed.Bars, cancellationToken) is var (day, fault))
        {
            throw new InvalidMarketDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{name} day {day:yyyy-MM-dd}, column {fault.Column}: found {fault.Actual:R}, expected {fault.Expected}"));
        }

        return (closed, all.Bars.Length - closed.Bars.Length);
    }
}

/// <summary>The result of importing a file.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Symbol">The canonical symbol of its bars.</param>
/// <param name="Written">Counts of its bars.</param>
/// <param name="OpenDays">Number of bars left out because their day is not over.</param>
internal sealed record ImportedFile(string Name, string Symbol, WrittenBars Written, int OpenDays);
