-- When the bars were sent that days have, as far as they came through this service: one that was sent before does not take the place of one that was sent later. A row stands for consecutive
-- days that were written together, so that an import of years is a few rows; of rows that share a day the newest version counts. Corrected_at is when a day's bar took the place of another.
create table if not exists coinsphere_bar_versions (
    token_id text not null,
    last_day date not null,
    first_day date not null,
    version timestamptz not null,
    corrected_at timestamptz,
    primary key (token_id, last_day, first_day));
create index if not exists coinsphere_bar_versions_corrected on coinsphere_bar_versions (token_id, corrected_at) where corrected_at is not null;
