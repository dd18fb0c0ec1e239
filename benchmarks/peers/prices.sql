-- An invented random walk of 1,500 days up to yesterday, as CSV. Another :seed, another walk.
select setseed(:seed) \g /dev/null
copy (
    with steps as materialized (
        select i, 0.06 * (random() + random() + random() - 1.5) as change, random() as above, random() as below, random() as traded
        from generate_series(0, 1499) i
    ), walk as (
        select *, 100 * exp(sum(change) over (order by i)) as close from steps
    ), bars as (
        select *, lag(close, 1, close) over (order by i) as open from walk
    )
    select to_char(current_date - 1500 + i, 'YYYY-MM-DD') as time, open, greatest(open, close) * (1 + above / 50) as high,
        least(open, close) * (1 - below / 50) as low, close, 1e6 * (0.5 + traded) as volume, close * 1e7 as market_cap
    from bars order by i
) to stdout with (format csv, header)
