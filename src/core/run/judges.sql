-- Snapshots of the judges. They are folds: dropped and rebuilt at will, never migrated (V46, V47).
-- Trusted for speed, not for truth: whoever changes them makes Okite say wrong things until the next
-- `fsck`, which folds the list again and compares (I7); the list itself stays right.
create schema if not exists fold;

create table if not exists fold.judge (
  judge text primary key,
  version integer not null,
  -- SHA-256 of the rule's source (V43).
  source text not null,
  -- Why it is stepped no more: a code, or null.
  stopped text
);

create table if not exists fold.judge_row (
  judge text not null,
  key text not null,
  -- JSON as text: jsonb would reorder and cannot hold every string.
  state text not null,
  share text,
  wake text,
  rank text,
  made text not null,
  upto bigint not null,
  primary key (judge, key)
);
-- What the row asks of people (JSON), and the first time by which; a function of its state. A data folder
-- from before this has every row written anew, because the rules' source is another.
alter table fold.judge_row add column if not exists owes text;
alter table fold.judge_row add column if not exists due text;
create index if not exists judge_row_due on fold.judge_row (due, judge, key) where owes is not null;
-- When a judge wakes next is asked with every look at the policy.
create index if not exists judge_row_wake on fold.judge_row (judge, wake);

-- The text of every rule that ever judged here, so that a span can be re-performed (V43): what a judge
-- names is a list of files by their SHA-256, under which the text of each file stands once for all that
-- have it. A data folder from before this has rules whose texts stand in the one content, whole.
create table if not exists fold.rule_source (
  source text primary key,
  content text not null
);

-- The content of every policy that was adopted here, by its hash.
create table if not exists fold.policy (
  hash text primary key,
  content text not null
);

-- Which show tables exist, under which version, and how far each has read.
create table if not exists fold.table_version (
  name text primary key,
  version integer not null
);

-- What came of acts is reported on the list; here stands that it was, so that a job that is queued
-- twice acts once (M11). Trusted to remember: an act that is forgotten here may be done again.
create table if not exists fold.act_done (
  act text not null,
  pos bigint not null,
  primary key (act, pos)
);

create schema if not exists show;

-- How often each show table, and the rows of all judges, have been written: what was read of them before
-- is as good as new while the count is the same. Whoever writes cannot forget it: triggers count.
create table if not exists fold.moved (
  part text primary key,
  times bigint not null
);

-- Once in a transaction: what it writes is seen at its end, all together.
create or replace function fold.count_move() returns trigger language plpgsql as $$
declare
  named text := coalesce(tg_argv[0], tg_table_name);
  setting text := 'okite.moved_' || md5(named);
begin
  if coalesce(current_setting(setting, true), '') = '' then
    insert into fold.moved values (named, 1)
      on conflict (part) do update set times = moved.times + 1;
    perform set_config(setting, 'yes', true);
  end if;
  return null;
end $$;

create or replace trigger moved after insert or update or delete or truncate on fold.judge
  for each statement execute function fold.count_move('judges');
create or replace trigger moved after insert or update or delete or truncate on fold.judge_row
  for each statement execute function fold.count_move('judges');
