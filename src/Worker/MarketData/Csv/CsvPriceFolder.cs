using System.Collections.Frozen;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Finds the file of a symbol. Symbols are looked up among the names in the folder, so no text of a request becomes a path. The folder is listed
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
        var skipped = new List<string>();
        // Ordinal order puts upper case first: where both BTC.csv and btc.csv exist, BTC.csv is used.
        foreach (var path in Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var isPrices = Path.GetExtension(path).Equals(".csv", StringComparison.OrdinalIgnoreCase)
                && !name.Contains(' ', StringComparison.Ordinal) && catalog.TryNormalise(name, out _)
                && files.TryAdd(name.ToUpperInvariant(), path);
            if (!isPrices)
            {
                skipped.Add(Path.GetFileName(path));
            }
        }

        return new(changed, settled, files.ToFrozenDictionary(StringComparer.Ordinal), skipped);
    }

    /// <param name="Changed">The folder's modification time when it was listed.</param>
    /// <param name="Settled">Whether that time was old enough, so that every later change gives a new one.</param>
    /// <param name="Files">Full path by file name in upper case, without extension.</param>
    /// <param name="Skipped">Names of files that are not price files.</param>
    internal sealed record Listing(DateTime Changed, bool Settled, FrozenDictionary<string, string> Files, IReadOnlyList<string> Skipped)
    {
        public string? PathOf(IEnumerable<string> names) =>
            names.Select(name => Files.GetValueOrDefault(name)).FirstOrDefault(path => path is not null);
    }
}
