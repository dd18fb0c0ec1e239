using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData;
using Coinsphere.Messaging.Worker.MarketData.Csv;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>The files to import for a symbol: one, or the parts of one series.</summary>
internal sealed record PriceFiles(string Symbol, IReadOnlyList<string> Paths)
{
    /// <summary>The files in messages.</summary>
    public string Name => Path.GetFileName(Paths[0]) + (Paths.Count == 1 ? "" : $" and {Paths.Count - 1} more");

    /// <summary>Sorts files by symbol, in the order given.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="symbol">The canonical symbol of all of them; null where each name says it.</param>
    /// <param name="catalog">The symbols.</param>
    public static PriceFilesFound Find(IReadOnlyList<string> paths, string? symbol, SymbolCatalog catalog)
    {
        if (symbol is not null)
        {
            return new([new(symbol, paths)], [], []);
        }

        var named = paths.Select(path => (Path: path, Name: NameOf(path, catalog))).ToArray();
        var series = named.Where(file => file.Name is not null).GroupBy(file => file.Name!, file => file.Path).GroupBy(part => part.Key.Symbol).ToArray();
        return new(
            [.. series.Where(symbols => symbols.Count() == 1).Select(symbols => new PriceFiles(symbols.Key, [.. symbols.Single()]))],
            [.. series.Where(symbols => symbols.Count() > 1).Select(symbols => new PriceConflict(
                [.. symbols.SelectMany(part => part)],
                PriceParts.Conflict(symbols.Key, [.. symbols.Select(part => Path.GetFileName(part.First()))])))],
            [.. named.Where(file => file.Name is null).Select(file => file.Path)]);
    }

    private static PriceFileName? NameOf(string path, SymbolCatalog catalog) =>
        PriceFileName.TryPair(path, catalog, out var pair) ? pair : PriceFileName.TryPlain(path, catalog, out var plain) ? plain : null;
}

/// <summary>Files by what is to be done with them.</summary>
/// <param name="Files">The files of each symbol.</param>
/// <param name="Conflicts">Files of several sources for one symbol.</param>
/// <param name="Others">Files that are not named like prices.</param>
internal sealed record PriceFilesFound(IReadOnlyList<PriceFiles> Files, IReadOnlyList<PriceConflict> Conflicts, IReadOnlyList<string> Others);

/// <summary>Files of several sources for one symbol, and the fault.</summary>
internal sealed record PriceConflict(IReadOnlyList<string> Paths, InvalidMarketDataException Fault);
