using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Hosting.Configuration;
using Coinsphere.Messaging.Hosting.Messaging;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>Writes price files to the database, one transaction per batch. An interrupted import is continued by importing the file again.</summary>
internal sealed class PriceImport(
    Migrator migrator,
    PriceWriter writer,
    SeriesChecks checks,
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
        builder.Services.AddSymbols();
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

    /// <summary>Imports the files of a symbol. <paramref name="progress"/> gets the written fraction.</summary>
    /// <param name="files">The files.</param>
    /// <param name="correction">Why stored days may change; null where they must not.</param>
    /// <param name="progress">Called after each batch.</param>
    /// <param name="cancellationToken">Cancels it; what was written stays.</param>
    /// <exception cref="InvalidMarketDataException">A file contains an invalid bar, or two contradict each other; none of them is written.</exception>
    /// <exception cref="IOException">A file cannot be read, or its bars are written and the result cache could not be invalidated.</exception>
    public async Task<ImportedFile> ImportAsync(PriceFiles files, string? correction, Action<double> progress, CancellationToken cancellationToken)
    {
        var (name, symbol) = (files.Name, files.Symbol);
        var (series, openDays, recognised) = await ReadAsync(files, cancellationToken);
        var bars = series.Bars;
        var written = new WrittenBars();
        bool isInvalidated;
        try
        {
            for (var start = 0; start < bars.Length; start += BatchSize)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var end = Math.Min(start + BatchSize, bars.Length);
                written += await WriteAsync(name, series with { Bars = bars[start..end] }, correction, cancellationToken);
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

        return new ImportedFile(files, written, openDays, recognised);
    }

    private async Task<WrittenBars> WriteAsync(string name, BarSeries series, string? correction, CancellationToken cancellationToken)
    {
        try
        {
            return series.IsSynthetic
                ? await writer.WriteSyntheticAsync(series.Symbol, series.Bars, _started, cancellationToken)
                : await writer.WriteAsync(series.Symbol, series.Bars, _started, new BarAuthor(CallerHeader.CommandLine, correction), cancellationToken);
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

    private async Task<(BarSeries Series, int OpenDays, string? Recognised)> ReadAsync(PriceFiles files, CancellationToken cancellationToken)
    {
        var parts = files.Paths.Select(path => (Name: Path.GetFileName(path), Prices: Parse(path, files.Symbol))).ToArray();
        var all = PriceParts.Merge([.. parts.Select(part => (part.Name, part.Prices.Series))]);
        var closed = all.EndingAt(time.LastClosedDay(), CsvPriceFile.MaxRows);
        if (checks.Jump(closed) is { } jump)
        {
            throw new InvalidMarketDataException($"{files.Name}: {jump}");
        }

        if (await writer.CheckAsync(closed.Bars, cancellationToken) is var (day, fault))
        {
            throw new InvalidMarketDataException(string.Create(
                CultureInfo.InvariantCulture,
                $"{files.Name} day {day:yyyy-MM-dd}, column {fault.Column}: found {fault.Actual:R}, expected {fault.Expected}"));
        }

        var recognised = parts[0].Prices.Recognised is { } format ? $"{format}, {CsvPrices.Span(closed)}" : null;
        return (closed, all.Bars.Length - closed.Bars.Length, recognised);
    }

    private CsvPrices Parse(string path, string symbol)
    {
        using var stream = RegularFile.OpenRead(path, mayBeElsewhere: true);
        var name = Path.GetFileName(path);
        return stream.Length <= CsvTable.MaxBytes
            ? CsvPriceFile.Parse(stream, name, symbol, time.Today())
            : throw new InvalidMarketDataException($"{name}: found {stream.Length} bytes, expected at most {CsvTable.MaxBytes}");
    }
}

/// <summary>The result of importing the files of a symbol.</summary>
/// <param name="Files">The files.</param>
/// <param name="Written">Counts of their bars.</param>
/// <param name="OpenDays">Number of bars left out because their day is not over.</param>
/// <param name="Recognised">Whose format the first of them has; null for the project's own.</param>
internal sealed record ImportedFile(PriceFiles Files, WrittenBars Written, int OpenDays, string? Recognised);
