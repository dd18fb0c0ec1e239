using System.Collections.Concurrent;
using System.Globalization;
using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Forecasting.Bars;
using Microsoft.Extensions.Logging;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// A folder of price files (see <see cref="PriceFileName"/> and <see cref="CsvPriceFile"/>). Parsed files stay in memory until their modification time or
/// length changes. Requests for a symbol with an invalid file are refused until the file is repaired; other symbols are not affected.
/// </summary>
internal sealed partial class CsvPriceSource : IPriceSource
{
    private readonly CsvPriceFolder _folder;
    private readonly SymbolCatalog _catalog;
    private readonly TimeProvider _time;
    private readonly ILogger<CsvPriceSource> _logger;
    private readonly ConcurrentDictionary<string, WatchedParts> _series = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _conflicts = new(StringComparer.Ordinal);
    private volatile CsvPriceFolder.Listing? _listing;
    private bool _saidSynthetic;

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
        if (!_catalog.TryNormalise(symbol, out var canonical) || FindSeries(canonical) is not { } files)
        {
            return null;
        }
        // Where the file was deleted since the folder was listed, the symbol is unknown.
        var series = await files.ReadAsync(cancellationToken);
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
                latest.Add(LatestPrice.Of(series, _time));
            }
        }

        return latest;
    }

    private WatchedParts? FindSeries(string canonical)
    {
        var listing = _folder.List();
        if (_listing != listing)
        {
            foreach (var gone in _series.Keys.Where(symbol => Find(listing, symbol).Count == 0))
            {
                _series.TryRemove(gone, out _);
            }

            _listing = listing;
        }

        var found = Find(listing, canonical);
        if (found.Count > 1)
        {
            throw Conflict(canonical, found);
        }

        _conflicts.TryRemove(canonical, out _);
        return found is [var paths] ? Watch(canonical, paths) : null;
    }

    private IReadOnlyList<IReadOnlyList<string>> Find(CsvPriceFolder.Listing listing, string canonical) =>
        listing.Of(canonical, _catalog.NamesOf(canonical));

    private WatchedParts Watch(string symbol, IReadOnlyList<string> paths)
    {
        return _series.TryGetValue(symbol, out var known) && known.Paths.SequenceEqual(paths)
            ? known
            : _series.AddOrUpdate(symbol, Create, (_, other) => other.Paths.SequenceEqual(paths) ? other : Create(symbol));

        WatchedParts Create(string _) => new(paths, path => Watch(path, symbol), fault => LogRefused(symbol, fault.Message));
    }

    private WatchedFile<BarSeries> Watch(string path, string symbol) =>
        new(path, content => Parse(content, Path.GetFileName(path), symbol), fault => LogRefused(symbol, fault.Message));

    private InvalidMarketDataException Conflict(string symbol, IReadOnlyList<IReadOnlyList<string>> series)
    {
        var fault = PriceParts.Conflict(symbol, [.. series.Select(parts => Path.GetFileName(parts[0]))]);
        // A folder that was changed just now is listed again for every request.
        if (_conflicts.GetValueOrDefault(symbol) != fault.Message)
        {
            _conflicts[symbol] = fault.Message;
            LogRefused(symbol, fault.Message);
        }

        return fault;
    }

    private BarSeries Parse(Stream content, string fileName, string symbol)
    {
        var (series, gaps, recognised) = CsvPriceFile.Parse(content, fileName, symbol, _time.Today());
        if (recognised is not null)
        {
            var span = CsvPrices.Span(series);
            LogRecognised(fileName, recognised, span);
        }

        if (gaps.Count > 0)
        {
            var (days, lines) = (gaps.Sum(gap => gap.Days), Describe(gaps));
            LogGaps(fileName, days, lines);
        }

        if (series.IsSynthetic && !Interlocked.Exchange(ref _saidSynthetic, true))
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
