namespace Coinsphere.Messaging.Worker.Prices;

internal sealed partial class PriceWriter
{
    /// <summary>
    /// One statement for one bar and for a thousand. Its parts see the table as it was before it; the days are found by one range of
    /// an index, whichever columns it leads with.
    /// </summary>
    private const string WriteSql = """
        with bars as materialized (
            select time, open::numeric(18,8) as open, high::numeric(18,8) as high, low::numeric(18,8) as low, close::numeric(18,8) as close,
                volume::numeric(24,8) as volume
            from unnest(@times, @opens, @highs, @lows, @closes, @volumes) as bar (time, open, high, low, close, volume)
        ), kept as materialized (
            select date_trunc('day', time) as day, time, open, high, low, close, volume from price_data
            where token_id = @token and time >= @first and time < @end
        ), before as (
            select bars.time, count(kept.time) as rows, coalesce(bool_or(kept.time = bars.time
                and (kept.open, kept.high, kept.low, kept.close, kept.volume)
                    is not distinct from (bars.open, bars.high, bars.low, bars.close, bars.volume)), false) as same
            from bars left join kept on kept.day = bars.time
            group by bars.time
        ), removed as (
            delete from price_data
            where token_id = @token and time >= @first and time < @end
                and time <> date_trunc('day', time) and date_trunc('day', time) in (select time from bars)
        ), written as (
            insert into price_data as was (time, token_id, open, high, low, close, volume)
            select bars.time, @token, bars.open, bars.high, bars.low, bars.close, bars.volume
            from bars join before using (time)
            where not (before.rows = 1 and before.same)
            on conflict (time, token_id) do update
            set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
            where (was.open, was.high, was.low, was.close, was.volume)
                is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
        )
        select
            count(*) filter (where rows = 0)::int,
            count(*) filter (where rows > 1 or rows = 1 and not same)::int,
            count(*) filter (where rows = 1 and same)::int
        from before
        """;

    /// <summary>
    /// Prices are read with a market cap of close x tokens.market_cap / tokens.current_price, so both are set together, by the newest bar
    /// there is. A row of the original system that has them keeps its own.
    /// </summary>
    private const string UpdateTokenSql = """
        update tokens set current_price = @close, market_cap = @marketCap
        where id = @token and (id = @own || symbol or coalesce(current_price, 0) = 0 or coalesce(market_cap, 0) = 0)
            and not exists (select from price_data where token_id = @token and time >= @after)
        """;
}
