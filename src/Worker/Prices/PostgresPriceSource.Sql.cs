namespace Coinsphere.Messaging.Worker.Prices;

internal sealed partial class PostgresPriceSource
{
    /// <summary>
    /// One row a day, ascending; one row without a day for a token without prices; no row for an unknown token.
    /// <para>
    /// The newest days are nearly always the last ones, so their rows are read first, as one range of time. Only where days are missing in
    /// it are the days before walked back one by one, each step an index lookup for the newest row before the day above: these are exactly
    /// the newest days whatever gaps there are, and nothing older is read.
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
        ), recent as materialized (
            select date_trunc('day', time) as day, time, open, high, low, close, volume from price_data
            where token_id = (select id from token) and time >= @before - @count * interval '1 day' and time < @before
        ), days (day, n) as (
            select @before - @count * interval '1 day', (select count(distinct day)::int from recent)
            union all
            select earlier.day, days.n + 1
            from days cross join lateral (
                select date_trunc('day', time) as day from price_data
                where token_id = (select id from token) and time < days.day
                order by time desc limit 1) earlier
            where days.n < @count
        ), rows as (
            select * from recent
            union all
            select date_trunc('day', time), time, open, high, low, close, volume from price_data
            where token_id = (select id from token) and time >= (select min(day) from days) and time < @before - @count * interval '1 day'
        )
        select bar.day as Day, bar.open as Open, bar.high as High, bar.low as Low, bar.close as Close, bar.volume as Volume,
            token.supply as Supply, bar.fault as Fault
        from token left join lateral (
            select day, (array_agg(open))[1]::float8 as open, max(high)::float8 as high, min(low)::float8 as low,
                (array_agg(close))[count(*)]::float8 as close, sum(volume)::float8 as volume,
                (array_agg(to_jsonb(row)) filter (where (
                    open > 0 and open < 'NaN' and high > 0 and high < 'NaN' and low > 0 and low < 'NaN'
                    and close > 0 and close < 'NaN' and volume >= 0 and volume < 'NaN' and high >= low) is not true))[1]::text as fault
            from (select * from rows order by day, time) row
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
