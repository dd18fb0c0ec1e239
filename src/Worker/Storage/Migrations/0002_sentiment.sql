-- Sentiment by day, all three scores 0..100. A symbol of '' is all symbols; another one is in upper case, since it is looked up as it is. Times are UTC without a zone.
create table if not exists sentiment (
    time timestamp not null,
    symbol text not null default '' check (symbol ~ '^[A-Z0-9]{0,15}$'),
    social_score numeric not null check (social_score between 0 and 100),
    sentiment_pos numeric not null check (sentiment_pos between 0 and 100),
    sentiment_neg numeric not null check (sentiment_neg between 0 and 100),
    primary key (time, symbol));
