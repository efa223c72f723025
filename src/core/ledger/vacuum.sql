-- Rows that are never changed need a vacuum only to be marked as seen by all. Left until a fifth of a
-- large table is new, as PostgreSQL does it, the pages have long been written, and with checksums each
-- is then logged whole once more, and stands so in every backup of the log.
alter table ledger.entry set (
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
alter table ledger.fact_type set (
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
alter table ledger.fact_key set (
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000);
