namespace Coinsphere.Messaging.Worker.Prices;

internal sealed partial class PostgresPriceSource
{
    /// <summary>
    /// One row a day, ascending; one row without a day for a token without prices; no row for an unknown token.
    /// <para>
    /// The primary key leads with time, so a token's rows are found only within a range of time. Where that range begins is found
    /// by walking the days back one by one, each step an index lookup for the newest row before the day above: these are exactly
    /// the newest days whatever gaps there are, and nothing older is read. One range of the same index then holds their rows.
    /// </para>
    /// <para>The subquery's order gives each day its first open and last close. In PostgreSQL a NaN is greater than every number.</para>
    /// </summary>
    private const string WindowSql = """
        with recursive token as materialized (
            select id, coalesce(market_cap::float8 / nullif(current_price::float8, 0), 0) as supply
            from tokens
            where upper(symbol) = any (@names)
            order by array_position(@names, upper(symbol)), symbol collate "C"
            limit 1
        ), days (token_id, day, n) as (
            select token.id, last.day, 1
            from token left join lateral (
                select date_trunc('day', time) as day from price_data
                where token_id = token.id and time < @before
                order by time desc limit 1) last on true
            union all
            select days.token_id, earlier.day, days.n + 1
            from days cross join lateral (
                select date_trunc('day', time) as day from price_data
                where token_id = days.token_id and time < days.day
                order by time desc limit 1) earlier
            where days.n < @count
        )
        select bar.day as Day, bar.open as Open, bar.high as High, bar.low as Low, bar.close as Close, bar.volume as Volume,
            token.supply as Supply, bar.fault as Fault
        from token left join lateral (
            select day, (array_agg(open))[1]::float8 as open, max(high)::float8 as high, min(low)::float8 as low,
                (array_agg(close))[count(*)]::float8 as close, sum(volume)::float8 as volume,
                (array_agg(to_jsonb(row)) filter (where (
                    open > 0 and open < 'NaN' and high > 0 and high < 'NaN' and low > 0 and low < 'NaN'
                    and close > 0 and close < 'NaN' and volume >= 0 and volume < 'NaN' and high >= low) is not true))[1]::text as fault
            from (
                select date_trunc('day', time) as day, time, open, high, low, close, volume from price_data
                where token_id = token.id and time >= (select min(day) from days) and time < @before
                order by day, time) row
            group by day
        ) bar on true
        order by bar.day
        """;

    /// <summary>The newest row of each token, whether its day is over or not.</summary>
    private const string LatestSql = """
        with wanted as (
            select distinct on (asked.symbol) asked.symbol, tokens.id
            from unnest(@symbols, @names) with ordinality as asked (symbol, name, rank)
            join tokens on upper(tokens.symbol) = asked.name
            order by asked.symbol, asked.rank, tokens.symbol collate "C"
        )
        select wanted.symbol as Symbol, last.time as Time, last.close as Close
        from wanted cross join lateral (
            select time, close::float8 as close from price_data
            where token_id = wanted.id and time <= @now
            order by time desc limit 1) last
        """;
}
