namespace Coinsphere.Messaging.Contracts;

/// <summary>The rules of what callers name.</summary>
public sealed partial class RequestRules
{
    /// <summary>The canonical symbol of a text, or the refusal of a text that is not a symbol.</summary>
    public RequestRefused? Symbol(string? text, out string canonical)
    {
        if (catalog.TryNormalise(text, out var known))
        {
            canonical = known;
            return null;
        }

        canonical = "";
        return text is null
            ? Invalid("symbol is missing: expected a text such as \"BTC\"")
            : new(
                RefusalReason.UnsupportedSymbol,
                $"{CallerText.Quoted(text)} is not a symbol: expected 1 to {SymbolCatalog.MaxLength} of A-Z and 0-9");
    }

    /// <summary>The canonical symbol of a text that predictions are made for, or the refusal of any other.</summary>
    public RequestRefused? SupportedSymbol(string? text, out string canonical) =>
        Symbol(text, out canonical) ?? (catalog.IsSupported(canonical)
            ? null
            : new(RefusalReason.UnsupportedSymbol, $"{canonical} is not supported: expected one of {string.Join(", ", catalog.Supported)}"));

    /// <summary>The canonical timeframe of a text, where null means the default, or the refusal of a text that is none.</summary>
    public static RequestRefused? Timeframe(string? text, out string timeframe)
    {
        if (Timeframes.TryNormalise(text, out var known))
        {
            timeframe = known;
            return null;
        }

        timeframe = "";
        return UnsupportedTimeframe(text);
    }
}
