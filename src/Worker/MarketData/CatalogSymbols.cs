using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Worker.MarketData;

internal static class CatalogSymbols
{
    /// <summary>The canonical symbols that texts name, each once. A text that is not a symbol is left out.</summary>
    public static IEnumerable<string> Normalise(this SymbolCatalog catalog, IEnumerable<string> texts) => texts
        .Select(text => catalog.TryNormalise(text, out var canonical) ? canonical : null)
        .OfType<string>()
        .Distinct(StringComparer.Ordinal);
}
