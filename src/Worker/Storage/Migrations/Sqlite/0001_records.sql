-- Recorded predictions: the tables of PostgreSQL that they need, by the same names. Ids are texts, prices doubles, and booleans 0 or 1. Instants are texts such as
-- 2024-07-01T11:59:58.123000Z and days such as 2024-07-01, both UTC, so that texts compare as times do.
create table tokens (
    id text primary key,
    symbol text not null unique,
    name text not null,
    blockchain text not null);

create table predictions (
    id text primary key,
    token_id text not null,
    timeframe text not null,
    predicted_price double precision not null,
    confidence double precision not null,
    model_version text not null,
    features text,
    created_at text not null,
    expires_at text,
    direction text,
    price_at_prediction double precision,
    target_price_range text,
    confidence_score double precision,
    model_type text,
    ensemble_method text,
    actual_price double precision,
    outcome_calculated_at text,
    was_correct integer,
    accuracy_score double precision,
    price_error double precision,
    target_date text);
create index predictions_token_id_created_at on predictions (token_id, created_at);
create index predictions_created_at on predictions (created_at);
