namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

/// <summary>
/// How the rows of <c>tokens</c> are found that a symbol has. A row goes by the canonical symbol or by an alias, in any case. Of several rows, the one whose
/// name comes first counts: the canonical one before the aliases. Of the spellings of a name, the one in upper case counts.
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
