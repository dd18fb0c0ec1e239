-- The keys of callers: what they may do, and the SHA-256 of the secret, never the secret. Instants are milliseconds since 1970 UTC.
create table if not exists coinsphere_keys (
    id text not null primary key,
    name text not null,
    scopes text not null,
    hash text not null,
    per_second double precision,
    concurrent integer,
    created_at bigint not null,
    revoked_at bigint
);

-- Counts the changes, so that of two reports the newer one is known. Each change locks this row first.
create table if not exists coinsphere_key_versions (
    name text not null primary key,
    version bigint not null
);

insert into coinsphere_key_versions (name, version) values ('keys', 0) on conflict (name) do nothing;
