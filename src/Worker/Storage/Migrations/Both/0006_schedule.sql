-- The last run of each name: when it was due, and when it was finished, in milliseconds since 1970 UTC; null while it is not. Of a symbol ('bar:BTC'): the day
-- of its newest bar when it was asked about, and when that was.
create table if not exists coinsphere_runs (
    name text not null primary key,
    due_at bigint not null,
    finished_at bigint
);
