using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Coinsphere.Messaging.Forecasting.Files;
using Coinsphere.Messaging.Worker.MarketData.Csv;

namespace Coinsphere.Messaging.Worker.MarketData.Feed;

/// <summary>
/// Stores fetched bars in a folder of SYMBOL.csv files, each written atomically. Only the canonical file is written to: another one has columns that
/// would be lost.
/// </summary>
internal sealed class PriceFolderStore(string folder, SymbolCatalog catalog, TimeProvider time) : IFeedStore
{
    private const string LockFolder = ".locks";

    private const string SyntheticHeader = $"{CsvPriceWriter.Header},{CsvPriceColumns.SyntheticName}";

    private readonly CsvPriceFolder _folder = new(folder, catalog, time);

    public double Tolerance => 0;

    public bool StoresMarketCaps => true;

    /// <summary>Locks the folder against others that fetch to it until the result is disposed of; null where another one holds the lock.</summary>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public FileStream? TryLock()
    {
        var locks = Directory.CreateDirectory(Path.Join(folder, LockFolder)).FullName;
        var held = FileLock.Try(Path.Join(locks, "fetch"));
        if (held is not null)
        {
            AtomicFile.RemoveAbandoned(folder, time.GetUtcNow(), ".csv");
        }

        return held;
    }

    public async ValueTask<BarSeries?> ReadAsync(string symbol, CancellationToken cancellationToken)
    {
        if (PathOf(symbol) is not { } path)
        {
            return null;
        }

        var name = Path.GetFileName(path);
        await using var file = RegularFile.OpenRead(path);
        if (file.Length > CsvTable.MaxBytes)
        {
            throw new InvalidMarketDataException($"{name}: found {file.Length} bytes, expected at most {CsvTable.MaxBytes}");
        }

        using (var reader = new StreamReader(file, leaveOpen: true))
        {
            var header = await reader.ReadLineAsync(cancellationToken);
            if (header is not (CsvPriceWriter.Header or SyntheticHeader))
            {
                throw new InvalidMarketDataException(
                    $"{name} line 1: found the header '{CallerText.Shown(header ?? "", most: 80)}', expected {CsvPriceWriter.Header}, as fetch writes it: "
                    + "fetch to another folder, or remove the file");
            }
        }

        file.Position = 0;
        return CsvPriceFile.Parse(file, name, symbol, time.Today()).Series;
    }

    public Task WriteAsync(BarSeries series, ReadOnlyMemory<Bar> changed, CancellationToken cancellationToken)
    {
        CsvPriceWriter.Write(PathOf(series.Symbol) ?? Path.Combine(folder, series.Symbol + ".csv"), series);
        return Task.CompletedTask;
    }

    private string? PathOf(string symbol) => _folder.List().Of(symbol, catalog.NamesOf(symbol)) switch
    {
        [] => null,
        [[var path]] => path,
        var series => throw PriceParts.Conflict(symbol, [.. series.SelectMany(parts => parts).Select(path => Path.GetFileName(path))]),
    };
}
