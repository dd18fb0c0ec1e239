using System.Diagnostics.CodeAnalysis;

namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Defines what a symbol is: 1 to 15 of A-Z and 0-9, in any case, surrounding blanks ignored. An alias stands for its canonical symbol (POL for
/// MATIC). Risk works for any symbol, predictions for supported ones.
/// </summary>
public sealed class SymbolCatalog
{
    /// <summary>Longest symbol in characters.</summary>
    public const int MaxLength = 15;

    private readonly HashSet<string> _supported;
    private readonly Dictionary<string, string> _canonicalByAlias;

    /// <summary>A catalog of supported symbols and of aliases (alias to canonical symbol), both in any case.</summary>
    /// <exception cref="ArgumentException">A symbol or alias is not 1 to 15 of A-Z and 0-9, an alias refers to another alias, or there is no
    /// supported symbol.</exception>
    public SymbolCatalog(IEnumerable<string> supported, IEnumerable<KeyValuePair<string, string>> aliases)
    {
        _canonicalByAlias = aliases.ToDictionary(pair => Checked(pair.Key), pair => Checked(pair.Value), StringComparer.Ordinal);
        foreach (var (alias, canonical) in _canonicalByAlias)
        {
            if (_canonicalByAlias.ContainsKey(canonical))
            {
                throw new ArgumentException($"alias '{alias}' leads to '{canonical}', which is an alias itself: name the canonical symbol", nameof(aliases));
            }
        }

        Supported = supported.Select(symbol => Canonical(Checked(symbol))).Distinct(StringComparer.Ordinal).ToArray();
        if (Supported.Count == 0)
        {
            throw new ArgumentException("no symbol is supported: name at least one", nameof(supported));
        }

        _supported = Supported.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The default symbols and aliases.</summary>
    public static SymbolCatalog Default { get; } = new(
        ["BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOT", "MATIC", "AVAX", "DOGE", "LINK", "UNI", "ATOM", "LTC", "ETC"],
        [new("POL", "MATIC")]);

    /// <summary>The name of <see cref="Top50"/> in a list of supported symbols, in any case.</summary>
    public const string Top50Name = "top50";

    /// <summary>
    /// Fifty large cryptocurrencies without stablecoins and wrapped coins, the default ones first. A fixed list of January 2025: it does not follow the
    /// market.
    /// </summary>
    public static IReadOnlyList<string> Top50 { get; } =
    [
        .. Default.Supported,
        "TRX", "TON", "SHIB", "XLM", "SUI", "HBAR", "BCH", "XMR", "NEAR", "APT",
        "ICP", "PEPE", "AAVE", "VET", "CRO", "RENDER", "TAO", "FIL", "ARB", "ALGO",
        "KAS", "FET", "TIA", "OP", "INJ", "STX", "IMX", "THETA", "GRT", "MNT",
        "ENA", "OKB", "HYPE", "BGB", "LEO",
    ];

    /// <summary>The symbols of a list, with those of <see cref="Top50"/> in the place of its name.</summary>
    public static IEnumerable<string> Expand(IEnumerable<string> symbols) =>
        symbols.SelectMany(symbol => string.Equals(symbol, Top50Name, StringComparison.OrdinalIgnoreCase) ? Top50 : [symbol]);

    /// <summary>The canonical symbols that predictions are made for, in the order they were configured.</summary>
    public IReadOnlyList<string> Supported { get; }

    /// <summary>Whether predictions are made for a canonical symbol.</summary>
    public bool IsSupported(string canonical) => _supported.Contains(canonical);

    /// <summary>The canonical symbol of a text; false where the text is not a symbol.</summary>
    public bool TryNormalise(string? text, [NotNullWhen(true)] out string? canonical)
    {
        canonical = TryUpper(text, out var symbol) ? Canonical(symbol) : null;
        return canonical is not null;
    }

    /// <summary>All names of a canonical symbol in price sources, the canonical one first.</summary>
    public IEnumerable<string> NamesOf(string canonical) =>
        _canonicalByAlias.Where(pair => pair.Value == canonical).Select(pair => pair.Key).Order(StringComparer.Ordinal).Prepend(canonical);

    private string Canonical(string symbol) => _canonicalByAlias.GetValueOrDefault(symbol, symbol);

    private static string Checked(string text) => TryUpper(text, out var symbol)
        ? symbol
        : throw new ArgumentException($"'{text}' is not a symbol: expected 1 to {MaxLength} of A-Z and 0-9", nameof(text));

    private static bool TryUpper(string? text, [NotNullWhen(true)] out string? symbol)
    {
        symbol = null;
        var trimmed = text.AsSpan().Trim(' ');
        if (trimmed.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in trimmed)
        {
            if (!char.IsAsciiLetterOrDigit(c))
            {
                return false;
            }
        }

        symbol = string.Create(trimmed.Length, trimmed, static (target, source) => source.ToUpperInvariant(target));
        return true;
    }
}
