namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

internal sealed partial class PostgresPriceSource
{
    // An index finds the canonical name in upper case. Other rows are searched only where there is none.
    private static readonly string Token = $"""
        named as materialized (select id, market_cap, current_price from tokens where symbol = ($1::text[])[1] limit 1),
        token as materialized (
            select id, coalesce(market_cap::float8 / nullif(current_price::float8, 0), 0) as supply
            from (
                select * from named
                union all
                (select id, market_cap, current_price from tokens
                where not exists (select from named) and {TokenSql.HasOneOf("$1")}
                {TokenSql.FirstOf("$1")})) found
        )
        """;

    private const string Columns =
        "token.supply, row.time, row.open::float8, row.high::float8, row.low::float8, row.close::float8, row.volume::float8";

    /// <summary>
    /// The rows of a time range, ascending. One row without a time for a token without rows in the range; no row for an unknown token. Nothing is
    /// aggregated here: grouping a year of days takes the server longer than reading and sending them.
    /// </summary>
    private static readonly string RangeSql = $"""
        with {Token}
        select {Columns}
        from token left join price_data row on row.token_id = token.id and row.time >= $2 and row.time < $3
        order by row.time
        """;

    /// <summary>
    /// The rows of the newest $3 days with rows before a day, ascending. Days are walked backwards one by one, each step an index lookup for the
    /// newest row before the day above. So gaps do not matter, and no older row is read.
    /// </summary>
    private static readonly string EarlierSql = $"""
        with recursive {Token}, days (day, n) as (
            select $2::timestamp, 0
            union all
            select earlier.day, days.n + 1
            from days cross join lateral (
                select date_trunc('day', time) as day from price_data
                where token_id = (select id from token) and time < days.day
                order by time desc limit 1) earlier
            where days.n < $3
        )
        select {Columns}
        from token join price_data row on row.token_id = token.id and row.time >= (select min(day) from days) and row.time < $2
        order by row.time
        """;

    /// <summary>The days whose bars were corrected recently, and the last days of ranges whose bars are synthetic. Each half has an index.</summary>
    private static readonly string VersionsSql = $"""
        with {Token}
        select last_day, false from coinsphere_bar_versions
        where token_id = (select id from token) and corrected_at > now() - $2
        union all
        select last_day, true from coinsphere_bar_versions
        where token_id = (select id from token) and synthetic
        """;

    // An older version of the service has created the table without the column.
    private const string HasVersionsSql = """
        select exists (select from pg_attribute
            where attrelid = to_regclass('coinsphere_bar_versions') and attname = 'synthetic' and has_table_privilege(attrelid, 'select'))
        """;

    private const string IsSyntheticSql = "exists (select from coinsphere_bar_versions bars where bars.token_id = wanted.id and bars.synthetic)";

    /// <summary>The newest row of each token, whether its day is over or not.</summary>
    private static string LatestSql(bool hasVersions) => $"""
        with wanted as (
            select distinct on (asked.symbol) asked.symbol, tokens.id
            from unnest(@symbols, @names) with ordinality as asked (symbol, name, rank)
            join tokens on {TokenSql.Name} = asked.name
            order by asked.symbol, asked.rank, {TokenSql.BySpelling}
        )
        select wanted.symbol as Symbol, last.time as Time, last.close as Close, {(hasVersions ? IsSyntheticSql : "false")} as IsSynthetic
        from wanted cross join lateral (
            select time, close::float8 as close from price_data
            where token_id = wanted.id and time <= @now
            order by time desc limit 1) last
        """;
}
