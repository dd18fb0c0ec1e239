using System.Collections.Frozen;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData.Csv;

/// <summary>
/// Which file serves which symbol. Symbols are looked up among the names the folder holds, so no text of a request becomes a path.
/// The folder is listed anew when its own time of change moves.
/// </summary>
internal sealed class CsvPriceFolder(string folder, SymbolCatalog catalog, TimeProvider time)
{
    // File systems stamp in ticks of some milliseconds: a second change within the tick would not move the stamp.
    private static readonly TimeSpan StampSettles = TimeSpan.FromSeconds(2);

    private volatile Listing? _listing;

    /// <summary>What the folder holds now.</summary>
    /// <exception cref="IOException">The folder is gone or cannot be listed.</exception>
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
        // Ordinal order puts upper case first: where BTC.csv and btc.csv are both there, BTC.csv serves.
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

    /// <param name="Changed">The folder's own time of change when it was listed.</param>
    /// <param name="Settled">Whether that time was old enough for every later change to move it.</param>
    /// <param name="Files">Full path by file name in upper case, without extension.</param>
    /// <param name="Skipped">Names of files that hold no symbol's prices.</param>
    internal sealed record Listing(DateTime Changed, bool Settled, FrozenDictionary<string, string> Files, IReadOnlyList<string> Skipped)
    {
        public string? PathOf(IEnumerable<string> names) =>
            names.Select(name => Files.GetValueOrDefault(name)).FirstOrDefault(path => path is not null);
    }
}
