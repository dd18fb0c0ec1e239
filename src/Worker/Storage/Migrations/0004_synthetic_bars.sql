-- Bars that are invented, for trying the service without prices. Every answer made from them says so, and the first real bar of their symbol removes them.
alter table coinsphere_bar_versions add column if not exists synthetic boolean not null default false;
create index if not exists coinsphere_bar_versions_synthetic on coinsphere_bar_versions (token_id) where synthetic;
