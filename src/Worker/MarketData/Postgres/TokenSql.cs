namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// Finds the rows of <c>tokens</c> for a symbol. A row may name the symbol by the canonical name or an alias, in any case. Of several rows the first counts:
/// the canonical name before the aliases, and of the spellings of a name the one in upper case.
/// </summary>
internal static class TokenSql
{
    /// <summary>A row's name.</summary>
    public const string Name = "upper(tokens.symbol)";

    /// <summary>The order of rows that have the same name.</summary>
    public const string BySpelling = "tokens.symbol collate \"C\"";

    /// <summary>The condition that a row has one of the names of a parameter.</summary>
    public static string HasOneOf(string names) => $"{Name} = any ({names})";

    /// <summary>The order of rows by the names of a parameter, and only the first.</summary>
    public static string FirstOf(string names) => $"order by array_position({names}, {Name}), {BySpelling} limit 1";
}
