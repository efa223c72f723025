-- The list and what belongs to it. Not folds: migrated forward, never dropped.

create table ledger.head (
  one boolean primary key default true check (one),
  -- Who signs this list; fixed when the list is opened for the first time.
  origin text not null,
  vkey text not null,
  -- Fingerprint of the secrets that lie outside the database.
  secrets text not null,
  size bigint not null check (size >= 0),
  frontier bytea not null,
  root bytea not null check (octet_length(root) = 32),
  sealed_ms bigint not null
);

-- head and entry are trusted for progress, not for truth: whoever changes them can stop Okite or
-- make its proofs fail, not make a false proof verify.
create table ledger.entry (
  idx bigint primary key check (idx >= 0),
  leaf bytea not null check (octet_length(leaf) between 1 and 16384),
  leaf_hash bytea not null check (octet_length(leaf_hash) = 32),
  dedup bytea not null unique check (octet_length(dedup) = 32)
);

-- Not trusted: roots of complete subtrees of 256^level leaves, so that a proof reads hundreds of
-- rows and not all of them. Derived from entry; fsck compares.
create table ledger.node (
  level smallint not null check (level between 1 and 6),
  idx bigint not null check (idx >= 0),
  hash bytea not null check (octet_length(hash) = 32),
  primary key (level, idx)
);

create table ledger.checkpoint (
  size bigint primary key check (size > 0),
  note text not null
);

-- Trusted to name one person by one subject. Without lookup and key the person is erased.
create table ledger.person (
  subject uuid primary key,
  lookup bytea unique check (octet_length(lookup) = 32),
  wrapped_key bytea,
  ref text not null unique
);

-- Trusted for confidentiality only: changing it makes a disclosure fail to open, deleting salt and
-- value is erasure. No foreign key: subject is replaced on erasure in one statement.
create table ledger.private (
  idx bigint not null,
  slot text not null,
  subject uuid,
  salt bytea check (octet_length(salt) = 32),
  sealed bytea,
  primary key (idx, slot)
);
create index private_subject on ledger.private (subject) where subject is not null;

-- Not trusted: indexes over the entries, written in the transaction that appends; fsck compares.
create table ledger.fact_type (
  type text not null,
  pos bigint not null,
  primary key (type, pos)
);
create table ledger.fact_key (
  key text not null,
  type text not null,
  pos bigint not null,
  primary key (key, type, pos)
);
create table ledger.because (
  cause bigint not null,
  pos bigint not null,
  primary key (cause, pos)
);

-- Trusted to say how far a follower has come; each row belongs to the follower it names.
create table ledger.cursor (
  consumer text primary key,
  next bigint not null check (next >= 0)
);

-- A guard rail against mistakes, not a proof: a superuser can drop it.
create function ledger.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% of %.% is refused: the list is append-only', tg_op, tg_table_schema, tg_table_name
    using errcode = 'restrict_violation';
end
$$;
create trigger entry_append_only before update or delete or truncate on ledger.entry
  for each statement execute function ledger.refuse_change();
create trigger checkpoint_append_only before update or delete or truncate on ledger.checkpoint
  for each statement execute function ledger.refuse_change();
