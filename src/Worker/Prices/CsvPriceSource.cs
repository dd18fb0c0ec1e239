using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace Coinsphere.Messaging.Worker.Prices;

/// <summary>
/// A folder of SYMBOL.csv files (see <see cref="CsvPriceFile"/>). Parsed files stay in memory until their time of change or length
/// moves. A faulty file refuses its symbol until it is repaired; other symbols go on.
/// </summary>
internal sealed partial class CsvPriceSource : IPriceSource
{
    private readonly CsvPriceFolder _folder;
    private readonly SymbolCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly ILogger<CsvPriceSource> _logger;
    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private volatile CsvPriceFolder.Listing? _listing;

    public CsvPriceSource(string folder, SymbolCatalog catalog, TimeProvider time, ILogger<CsvPriceSource> logger)
    {
        _folder = new CsvPriceFolder(folder, catalog, time);
        _catalog = catalog;
        _time = time;
        _logger = logger;
        if (_folder.List().Skipped is { Count: > 0 } skipped)
        {
            var names = string.Join(", ", skipped.Take(20));
            LogSkipped(skipped.Count, names);
        }
    }

    public string Name => "csv";

    public async ValueTask<BarSeries?> ReadAsync(string symbol, DateOnly lastDay, int count, CancellationToken cancellationToken)
    {
        if (!_catalog.TryNormalise(symbol, out var canonical) || FindFile(canonical) is not { } path)
            return null;
        var series = await LoadAsync(path, canonical, cancellationToken);
        return series?.EndingAt(_time.LastClosedDay(lastDay), count);
    }

    public async ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var latest = new List<LatestPrice>(symbols.Count);
        foreach (var symbol in _catalog.Normalise(symbols))
        {
            var series = await ReadAsync(symbol, DateOnly.MaxValue, 1, cancellationToken);
            if (series is { Bars.IsEmpty: false })
                latest.Add(new(series.Symbol, series.Bars.Span[0].Close, series.Bars.Span[0].Day.EndOfDay()));
        }

        return latest;
    }

    private string? FindFile(string canonical)
    {
        var listing = _folder.List();
        if (_listing != listing)
        {
            foreach (var path in _slots.Keys.Except(listing.Files.Values))
                _slots.TryRemove(path, out _);
            _listing = listing;
        }

        return listing.PathOf(_catalog.NamesOf(canonical));
    }

    private async ValueTask<BarSeries?> LoadAsync(string path, string symbol, CancellationToken cancellationToken)
    {
        using var file = Open(path);
        if (file is null)
            return null;
        // Through the handle, so that a symbolic link is judged by the file it leads to; before the first read, so that a file
        // still being written is read again.
        var stamp = new Stamp(File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
        var slot = _slots.GetOrAdd(path, static _ => new Slot());
        if (slot.Loaded?.Stamp != stamp)
        {
            await slot.Gate.WaitAsync(cancellationToken);
            try
            {
                if (slot.Loaded?.Stamp != stamp)
                    slot.Loaded = await ParseAsync(file, stamp, Path.GetFileName(path), symbol, cancellationToken);
            }
            finally
            {
                slot.Gate.Release();
            }
        }

        var loaded = slot.Loaded!;
        return loaded.Fault is null ? loaded.Series : throw new PriceDataException(loaded.Fault.Message, loaded.Fault);
    }

    private async Task<Loaded> ParseAsync(SafeFileHandle file, Stamp stamp, string fileName, string symbol, CancellationToken cancellationToken)
    {
        try
        {
            var content = await ReadAllAsync(file, stamp.Length, fileName, cancellationToken);
            var (series, gaps) = CsvPriceFile.Parse(content, fileName, symbol);
            if (gaps.Count > 0)
            {
                var (days, lines) = (gaps.Sum(gap => gap.Days), Describe(gaps));
                LogGaps(fileName, days, lines);
            }

            return new(stamp, series, null);
        }
        catch (PriceDataException fault)
        {
            LogRefused(symbol, fault.Message);
            return new(stamp, null, fault);
        }
    }

    private static async Task<MemoryStream> ReadAllAsync(SafeFileHandle file, long length, string fileName, CancellationToken cancellationToken)
    {
        if (length > CsvPriceFile.MaxBytes)
            throw new PriceDataException($"{fileName}: found {length} bytes, expected at most {CsvPriceFile.MaxBytes}");
        var content = new byte[length];
        var filled = 0;
        while (filled < content.Length)
        {
            var read = await RandomAccess.ReadAsync(file, content.AsMemory(filled), filled, cancellationToken);
            if (read == 0)
                break;
            filled += read;
        }

        return new MemoryStream(content, 0, filled, writable: false);
    }

    private static SafeFileHandle? Open(string path)
    {
        try
        {
            return File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            // Deleted since the folder was listed: the symbol is as unknown as one that never had a file.
            return null;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PriceDataException($"{Path.GetFileName(path)}: found a file that may not be read, expected read permission", e);
        }
    }

    private static string Describe(IReadOnlyList<PriceGap> gaps)
    {
        const int shown = 5;
        var text = string.Join(", ", gaps.Take(shown).Select(gap => string.Create(
            CultureInfo.InvariantCulture, $"line {gap.Line}: {gap.First:yyyy-MM-dd}..{gap.Last:yyyy-MM-dd}")));
        return gaps.Count <= shown ? text : $"{text} and {gaps.Count - shown} more";
    }

    private readonly record struct Stamp(DateTime Changed, long Length);

    /// <summary>What a file held at a stamp: its series, or the fault it is refused for.</summary>
    private sealed record Loaded(Stamp Stamp, BarSeries? Series, PriceDataException? Fault);

    private sealed class Slot
    {
        /// <summary>Held while a file is parsed, so that concurrent first readers parse it once.</summary>
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public volatile Loaded? Loaded;
    }
}
