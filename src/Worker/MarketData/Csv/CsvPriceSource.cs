using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// A folder of SYMBOL.csv files (see <see cref="CsvPriceFile"/>). Parsed files stay in memory until their modification time or length changes.
/// Requests for a symbol with an invalid file are refused until the file is repaired; other symbols are not affected.
/// </summary>
internal sealed partial class CsvPriceSource : IPriceSource
{
    private readonly CsvPriceFolder _folder;
    private readonly SymbolCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly ILogger<CsvPriceSource> _logger;
    private readonly ConcurrentDictionary<string, WatchedFile<BarSeries>> _files = new(StringComparer.Ordinal);
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
        {
            return null;
        }
        // Where the file was deleted since the folder was listed, the symbol is unknown.
        var series = await _files.GetOrAdd(path, Watch, canonical).ReadAsync(cancellationToken);
        return series?.EndingAt(_time.LastClosedDay(lastDay), count);
    }

    public async ValueTask<IReadOnlyList<LatestPrice>> ReadLatestAsync(IReadOnlyList<string> symbols, CancellationToken cancellationToken)
    {
        var latest = new List<LatestPrice>(symbols.Count);
        foreach (var symbol in _catalog.Normalise(symbols))
        {
            var series = await ReadAsync(symbol, DateOnly.MaxValue, 1, cancellationToken);
            if (series is { Bars.IsEmpty: false })
            {
                latest.Add(new(series.Symbol, series.Bars.Span[0].Close, series.Bars.Span[0].Day.EndOfDay(), series.IsSynthetic));
            }
        }

        return latest;
    }

    private string? FindFile(string canonical)
    {
        var listing = _folder.List();
        if (_listing != listing)
        {
            foreach (var path in _files.Keys.Except(listing.Files.Values))
            {
                _files.TryRemove(path, out _);
            }

            _listing = listing;
        }

        return listing.PathOf(_catalog.NamesOf(canonical));
    }

    private WatchedFile<BarSeries> Watch(string path, string symbol) =>
        new(path, content => Parse(content, Path.GetFileName(path), symbol), fault => LogRefused(symbol, fault.Message));

    private BarSeries Parse(Stream content, string fileName, string symbol)
    {
        var (series, gaps) = CsvPriceFile.Parse(content, fileName, symbol);
        if (gaps.Count > 0)
        {
            var (days, lines) = (gaps.Sum(gap => gap.Days), Describe(gaps));
            LogGaps(fileName, days, lines);
        }

        if (series.IsSynthetic)
        {
            LogSynthetic(fileName);
        }

        return series;
    }

    private static string Describe(IReadOnlyList<PriceGap> gaps)
    {
        const int shown = 5;
        var text = string.Join(", ", gaps.Take(shown).Select(gap => string.Create(
            CultureInfo.InvariantCulture, $"line {gap.Line}: {gap.First:yyyy-MM-dd}..{gap.Last:yyyy-MM-dd}")));
        return gaps.Count <= shown ? text : $"{text} and {gaps.Count - shown} more";
    }
}
