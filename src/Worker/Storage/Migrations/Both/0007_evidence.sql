-- Corrected bars, and administrative acts: who, when, what. Rows are only added. Instants are milliseconds since 1970 UTC, bars are JSON objects with open, high, low, close and volume.
create table if not exists coinsphere_corrections (
    id text primary key,
    symbol text not null,
    day text not null,
    was text not null,
    became text not null,
    who text not null,
    at bigint not null,
    why text not null);
create index if not exists coinsphere_corrections_symbol on coinsphere_corrections (symbol, day, at);
create table if not exists coinsphere_audit (
    id text primary key,
    at bigint not null,
    who text not null,
    act text not null,
    symbol text not null,
    outcome text not null);
create index if not exists coinsphere_audit_at on coinsphere_audit (at);
