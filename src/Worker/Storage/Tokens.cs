using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Worker.MarketData.Postgres;
using Dapper;
using Npgsql;

namespace Coinsphere.Messaging.Worker.Storage;

/// <summary>
/// Finds the rows of <c>tokens</c> for written bars and predictions. A symbol without a row gets one, whose id begins with <c>coinsphere-</c>. This
/// service keeps such rows up to date; all others belong to the original system.
/// </summary>
internal sealed class Tokens(SymbolCatalog catalog)
{
    public const string OwnIdPrefix = "coinsphere-";

    // As where prices are read: an index finds the canonical name.
    private const string FindCanonicalSql = "select symbol as Symbol, id as Id from tokens where symbol = any (@symbols)";

    private static readonly string FindSql = $"select id from tokens where {TokenSql.HasOneOf("@names")} {TokenSql.FirstOf("@names")}";

    // Some timestamps (created, updated) are set by the original system's program, not by the database.
    private const string RequiredTimesSql = """
        select quote_ident(attname) as Name, case atttypid when 'timestamptz'::regtype then 'now()' else 'now() at time zone ''utc''' end as Value
        from pg_attribute
        where attrelid = 'tokens'::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef
            and atttypid in ('timestamp'::regtype, 'timestamptz'::regtype, 'date'::regtype)
        """;

    /// <summary>The ids of the rows of canonical symbols, by symbol.</summary>
    public async Task<IReadOnlyDictionary<string, string>> FindOrAddAsync(
        NpgsqlConnection connection,
        IEnumerable<string> symbols,
        CancellationToken cancellationToken)
    {
        string[] asked = [.. symbols.Distinct()];
        var canonical = await connection.QueryAsync<Token>(
            new CommandDefinition(FindCanonicalSql, new { symbols = asked }, cancellationToken: cancellationToken));
        var ids = canonical.DistinctBy(token => token.Symbol).ToDictionary(token => token.Symbol, token => token.Id);
        foreach (var symbol in asked.Where(symbol => !ids.ContainsKey(symbol)))
        {
            ids[symbol] = await FindOrAddAsync(connection, symbol, cancellationToken);
        }

        return ids;
    }

    private async Task<string> FindOrAddAsync(NpgsqlConnection connection, string symbol, CancellationToken cancellationToken)
    {
        var find = new CommandDefinition(FindSql, new { names = catalog.NamesOf(symbol).ToArray() }, cancellationToken: cancellationToken);
        if (await connection.ExecuteScalarAsync<string?>(find) is { } found)
        {
            return found;
        }

        await AddAsync(connection, symbol, cancellationToken);
        // Another worker added the row first.
        return await connection.ExecuteScalarAsync<string?>(find) ?? throw new InvalidOperationException($"tokens has no row for {symbol} after one was added");
    }

    private static async Task AddAsync(NpgsqlConnection connection, string symbol, CancellationToken cancellationToken)
    {
        var required = (await connection.QueryAsync<Column>(new CommandDefinition(RequiredTimesSql, cancellationToken: cancellationToken))).AsList();
        var names = string.Concat(required.Select(column => ", " + column.Name));
        var values = string.Concat(required.Select(column => ", " + column.Value));
        var add = $"insert into tokens (id, symbol, name, blockchain{names}) values (@id, @symbol, @symbol, 'unknown'{values}) on conflict do nothing";
        await connection.ExecuteAsync(new CommandDefinition(add, new { id = OwnIdPrefix + symbol, symbol }, cancellationToken: cancellationToken));
    }

    private sealed record Token
    {
        public required string Symbol { get; init; }
        public required string Id { get; init; }
    }

    private sealed record Column
    {
        public required string Name { get; init; }
        public required string Value { get; init; }
    }
}
