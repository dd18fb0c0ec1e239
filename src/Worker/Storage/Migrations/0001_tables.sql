-- The tables of the original system, where they are missing. One that is there is left as it is, without even an index more. Prices and amounts are numeric without a scale, where the
-- original system has 8 decimals: a price of 1e-8 keeps its digits.
do $$
begin
    if to_regclass('tokens') is null then
        create table tokens (
            id text primary key,
            symbol text not null unique,
            name text not null,
            blockchain text not null,
            current_price numeric,
            market_cap numeric,
            volume_24h numeric);
    end if;

    -- Times are UTC without a zone.
    if to_regclass('price_data') is null then
        create table price_data (
            time timestamp(6) not null,
            token_id text not null,
            open numeric not null,
            high numeric not null,
            low numeric not null,
            close numeric not null,
            volume numeric not null,
            primary key (time, token_id));
        create index price_data_token_id_time on price_data (token_id, time);
    end if;

    if to_regclass('predictions') is null then
        create table predictions (
            id text primary key,
            token_id text not null,
            timeframe text not null,
            predicted_price numeric not null,
            confidence numeric(5,4) not null,
            model_version text not null,
            features json,
            created_at timestamp(6) not null,
            expires_at timestamp(6),
            direction text,
            price_at_prediction numeric,
            target_price_range json,
            confidence_score numeric(5,4),
            model_type text,
            ensemble_method text,
            actual_price numeric,
            outcome_calculated_at timestamp(6),
            was_correct boolean,
            accuracy_score numeric(9,6),
            price_error numeric,
            target_date timestamp(6));
        create index predictions_token_id_created_at on predictions (token_id, created_at);
        create index predictions_created_at on predictions (created_at);
    end if;
end
$$;
