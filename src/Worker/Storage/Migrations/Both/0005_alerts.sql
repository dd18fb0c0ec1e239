-- Alert rules, what they remember, what they raised, and what is to be delivered. Instants are milliseconds since 1970 UTC, booleans are 0 or 1, so that the statements are the same in every engine.

-- Counts the changes of the rules (name 'rules') and of each symbol's states (name of the symbol). A change is made by whoever counts it.
create table coinsphere_alert_versions (
    name text primary key,
    version bigint not null);
insert into coinsphere_alert_versions (name, version) values ('rules', 0);

create table coinsphere_alert_rules (
    id text primary key,
    symbol text not null,
    condition text not null,
    threshold double precision,
    class text,
    timeframe text,
    quiet_minutes integer not null,
    webhook text,
    secret text,
    is_stopped integer not null,
    created_at bigint not null);
create index coinsphere_alert_rules_created_at on coinsphere_alert_rules (created_at, id);

create table coinsphere_alert_states (
    rule_id text not null,
    symbol text not null,
    is_armed integer not null,
    last text,
    seen_at bigint,
    raised_at bigint,
    watched_low double precision,
    watched_high double precision,
    watched_from text,
    watched_until text,
    primary key (symbol, rule_id));
create index coinsphere_alert_states_rule_id on coinsphere_alert_states (rule_id);

create table coinsphere_alerts (
    id text primary key,
    rule_id text not null,
    symbol text not null,
    raised_at bigint not null,
    body text not null);
create index coinsphere_alerts_raised_at on coinsphere_alerts (raised_at, id);
create index coinsphere_alerts_rule_id on coinsphere_alerts (rule_id);

-- Where each alert is to be delivered: to the bus, and to its rule's webhook. A try is made by whoever counts it.
create table coinsphere_alert_deliveries (
    alert_id text not null,
    target text not null,
    rule_id text not null,
    state text not null,
    tries integer not null,
    next_at bigint not null,
    created_at bigint not null,
    last_error text,
    primary key (alert_id, target));
create index coinsphere_alert_deliveries_state_next_at on coinsphere_alert_deliveries (state, next_at);
create index coinsphere_alert_deliveries_rule_id on coinsphere_alert_deliveries (rule_id, target, state);
