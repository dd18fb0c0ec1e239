namespace Coinsphere.Messaging.Integration.Tests.Database;

/// <summary>The original system's tables as its own tool makes them: more columns, other types, instants that its program fills; and some rows.</summary>
internal static class OriginalTables
{
    public const string Sql = """
        create table tokens (
            id text primary key, symbol text not null unique, name text not null, blockchain text not null, logo_url text,
            current_price numeric(18,8), market_cap numeric(24,2), volume_24h numeric(24,2), rank integer default 7,
            created_at timestamp(3) not null default current_timestamp, updated_at timestamp(3) not null);
        create table price_data (
            time timestamp(6) not null, token_id text not null references tokens (id),
            open numeric(18,8) not null, high numeric(18,8) not null, low numeric(18,8) not null, close numeric(18,8) not null,
            volume numeric(24,8) not null, source text default 'original', primary key (time, token_id));
        create table predictions (
            id uuid primary key, token_id text not null references tokens (id), timeframe text not null, predicted_price numeric(18,8) not null,
            confidence numeric(5,4) not null, model_version text not null, features jsonb, created_at timestamptz not null default now(),
            expires_at timestamptz not null, direction text, price_at_prediction numeric(18,8), target_price_range jsonb,
            confidence_score double precision, model_type text, ensemble_method text, actual_price numeric(18,8), outcome_calculated_at timestamptz,
            was_correct boolean, accuracy_score numeric(5,2), price_error numeric(18,8), target_date timestamptz, notes text);
        insert into tokens (id, symbol, name, blockchain, current_price, market_cap, updated_at)
        values ('ckxyz1', 'BTC', 'Bitcoin', 'bitcoin', 50000, 1000000000000, '2024-01-01');
        insert into price_data (time, token_id, open, high, low, close, volume)
        select time, 'ckxyz1', 100, 101, 99, 100, 10 from generate_series('2024-01-01'::timestamp, '2024-01-02 23:00', '1 hour') time;
        insert into predictions (id, token_id, timeframe, predicted_price, confidence, model_version, features, expires_at, created_at)
        values ('6a8b0b54-4b38-4f0b-a2c4-0d54a37bb9bd', 'ckxyz1', '7d', 1, 0.5, 'old', '{"rsi": 50}', '2020-01-02', '2020-01-01');
        """;

    /// <summary>A query of everything that a migration could change about them.</summary>
    public const string Shape = """
        select 'column' as kind, table_name || '.' || column_name as name, data_type || coalesce(numeric_precision::text,
        '') || is_nullable || coalesce(column_default, '') as what
        from information_schema.columns where table_name in ('tokens', 'price_data', 'predictions')
        union all select 'index', indexname, indexdef from pg_indexes where tablename in ('tokens', 'price_data', 'predictions')
        union all select 'token', id, tokens::text from tokens
        union all select 'price', time::text, price_data::text from price_data
        union all select 'prediction', id::text, predictions::text from predictions
        order by 1, 2, 3
        """;
}
