namespace Coinsphere.Messaging.Worker.Storage;

internal sealed partial class PriceWriter
{
    /// <summary>
    /// One statement, for one bar or a thousand. Its parts all see the table as it was before the statement. The days are found by one range of an
    /// index, whichever columns it starts with. Days whose bar was sent later than these stay unchanged. Numbers are cast to the type of their
    /// column, so that equal numbers compare equal.
    /// </summary>
    private static string WriteSql(BarColumns columns) => $"""
        with {BarsCte(columns)}, kept as materialized (
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
        ), versions as (
            insert into coinsphere_bar_versions as was (token_id, first_day, last_day, version, corrected_at, synthetic)
            select @token, first_day, last_day, @version, max(corrected_at), @synthetic
            from (
                select first_day, last_day, null::timestamptz as corrected_at from unnest(@firsts, @lasts) as run (first_day, last_day)
                union all
                select time::date, time::date, now() from before where rows = 1 and not same) days
            group by first_day, last_day
            on conflict (token_id, last_day, first_day) do update
            set version = greatest(was.version, excluded.version), corrected_at = coalesce(excluded.corrected_at, was.corrected_at),
                synthetic = excluded.synthetic
        )
        select
            count(*) filter (where rows = 0)::int,
            count(*) filter (where rows > 1 or rows = 1 and not same)::int,
            count(*) filter (where rows = 1 and same)::int,
            (cardinality(@times) - count(*))::int
        from before
        """;

    /// <summary>The bars to write: without those whose days have one that was sent later.</summary>
    private static string BarsCte(BarColumns columns) => $"""
        newer as materialized (
            select first_day, last_day from coinsphere_bar_versions
            where token_id = @token and last_day >= @first::date and first_day < @end::date and version > @version
        ), bars as materialized (
            select time, open::{columns.Open.Type} as open, high::{columns.High.Type} as high, low::{columns.Low.Type} as low,
            close::{columns.Close.Type} as close,
                volume::{columns.Volume.Type} as volume
            from unnest(@times, @opens, @highs, @lows, @closes, @volumes) as bar (time, open, high, low, close, volume)
            where not exists (select from newer where time::date between first_day and last_day)
        )
        """;

    /// <summary>Removes version rows of days that are now covered by a later range, except those that record a correction.</summary>
    private const string ForgetSql = """
        delete from coinsphere_bar_versions was using unnest(@firsts, @lasts) as run (first_day, last_day)
        where was.token_id = @token and was.first_day >= run.first_day and was.last_day <= run.last_day and was.version < @version
            and coalesce(was.corrected_at < now() - @lately, true)
        """;

    /// <summary>Whether the token has bars that are not synthetic, whoever wrote them.</summary>
    private const string HasRealSql = """
        select exists (select from price_data bar where bar.token_id = @token and not exists (
            select from coinsphere_bar_versions was
            where was.token_id = @token and was.synthetic and bar.time::date between was.first_day and was.last_day))
        """;

    private const string RemoveSyntheticSql = """
        with gone as (delete from coinsphere_bar_versions where token_id = @token and synthetic returning first_day, last_day)
        delete from price_data bar using gone
        where bar.token_id = @token and bar.time >= gone.first_day and bar.time < gone.last_day + 1
        """;

    private const string CloseBeforeSql = "select close::float8 from price_data where token_id = @token and time < @first order by time desc limit 1";

    /// <summary>
    /// Prices are read with a market cap of close x tokens.market_cap / tokens.current_price, so both are set together, from the newest bar. A row of
    /// the original system that has both stays unchanged.
    /// </summary>
    private const string UpdateTokenSql = """
        update tokens set current_price = @close, market_cap = @marketCap
        where id = @token and (id = @own || symbol or coalesce(current_price, 0) = 0 or coalesce(market_cap, 0) = 0)
            and not exists (select from price_data where token_id = @token and time >= @after)
        """;
}
