using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>Whether a text is a symbol at all. Which symbols and aliases there are is the service's to say.</summary>
internal static class SymbolSyntax
{
    private static readonly RequestRules Rules = new(SymbolCatalog.Default, TimeProvider.System);

    /// <summary>The refusal of a text that is not a symbol, or null.</summary>
    public static RequestRefused? Check(string? symbol) => Rules.Symbol(symbol, out _);
}
