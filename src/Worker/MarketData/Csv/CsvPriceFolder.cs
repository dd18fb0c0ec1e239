using System.Collections.Frozen;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Finds the files of a symbol. Symbols are looked up among the names in the folder, so no text of a request becomes a path. The folder is listed
/// again when its modification time changes.
/// </summary>
internal sealed class CsvPriceFolder(string folder, SymbolCatalog catalog, TimeProvider time)
{
    // File systems round times to some milliseconds. A second change within the same tick would not change the time.
    private static readonly TimeSpan StampSettles = TimeSpan.FromSeconds(2);

    private volatile Listing? _listing;

    /// <summary>The files that are in the folder now.</summary>
    /// <exception cref="IOException">The folder is missing or cannot be listed.</exception>
    public Listing List()
    {
        var changed = Directory.GetLastWriteTimeUtc(folder);
        var listing = _listing;
        if (listing is not null && listing.Changed == changed && listing.Settled)
        {
            return listing;
        }

        return _listing = Read(changed);
    }

    private Listing Read(DateTime changed)
    {
        var settled = time.GetUtcNow().UtcDateTime - changed > StampSettles;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        var pairs = new Dictionary<string, SortedDictionary<string, List<string>>>(StringComparer.Ordinal);
        var skipped = new List<string>();
        // Ordinal order puts upper case first: where both BTC.csv and btc.csv exist, BTC.csv is used.
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var isPrices = PriceFileName.TryPlain(path, catalog, out var plain) && files.TryAdd(plain.Series, path);
            if (PriceFileName.TryPair(path, catalog, out var pair))
            {
                var series = pairs.TryGetValue(pair.Symbol, out var known) ? known : pairs[pair.Symbol] = new(StringComparer.Ordinal);
                (series.TryGetValue(pair.Series, out var parts) ? parts : series[pair.Series] = []).Add(path);
            }
            else if (!isPrices)
            {
                skipped.Add(Path.GetFileName(path));
            }
        }

        return new(
            changed, settled, files.ToFrozenDictionary(StringComparer.Ordinal),
            pairs.ToFrozenDictionary(symbol => symbol.Key, IReadOnlyList<IReadOnlyList<string>> (symbol) => [.. symbol.Value.Values], StringComparer.Ordinal),
            skipped);
    }

    /// <param name="Changed">The folder's modification time when it was listed.</param>
    /// <param name="Settled">Whether that time was old enough, so that every later change gives a new one.</param>
    /// <param name="Files">Full path by file name in upper case, without extension, of files that are named by a symbol.</param>
    /// <param name="Pairs">Full paths by canonical symbol, of files that are named by a pair: each series with its parts.</param>
    /// <param name="Skipped">Names of files that are not price files.</param>
    internal sealed record Listing(
        DateTime Changed,
        bool Settled,
        FrozenDictionary<string, string> Files,
        FrozenDictionary<string, IReadOnlyList<IReadOnlyList<string>>> Pairs,
        IReadOnlyList<string> Skipped)
    {
        /// <summary>The series of a symbol, each with the paths of its parts. More than one is a fault of the folder.</summary>
        public IReadOnlyList<IReadOnlyList<string>> Of(string canonical, IEnumerable<string> names)
        {
            var pairs = Pairs.GetValueOrDefault(canonical, []);
            var plain = names.Select(name => Files.GetValueOrDefault(name)).FirstOrDefault(path => path is not null);
            return plain is null ? pairs : [[plain], .. pairs];
        }
    }
}
