using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>Checks whether a text can be a symbol. The service decides which symbols and aliases exist.</summary>
internal static class SymbolSyntax
{
    private static readonly RequestRules Rules = new(SymbolCatalog.Default, TimeProvider.System);

    /// <summary>The refusal of a text that cannot be a symbol, or null.</summary>
    public static RequestRefused? Check(string? symbol) => Rules.Symbol(symbol, out _);
}
