-- Who may sign in, and with what. Not folds: migrated forward, never dropped.

-- Trusted completely for who may do what: who can write here can sign in as anybody, and what he then
-- does stands on the list under that name. What the list says of accounts is for people to compare.
create table account.account (
  id uuid primary key,
  -- HMAC of the mail address that he signs in with: found again without being stored.
  login bytea unique check (octet_length(login) = 32),
  -- Keyed hash of the identifier under which facts name him, as the ledger has it; null: erased.
  lookup bytea check (octet_length(lookup) = 32),
  -- His number in the register of people; null: opened before there was one.
  subject text,
  -- Trusted for confidentiality only. With the key go his name, mail address and identifier.
  wrapped_key bytea,
  sealed bytea,
  roles text[] not null,
  invited_ms bigint not null,
  -- null: invited, and has no credential yet.
  opened_ms bigint,
  closed_ms bigint
);
create index account_subject on account.account (subject);

-- Trusted for who a person is. A password is a hash, a TOTP secret is sealed under its account's key, a
-- passkey is a public key, a recovery code is a keyed hash of 120 random bits.
create table account.credential (
  id uuid primary key,
  account uuid not null references account.account (id) on delete cascade,
  kind text not null check (kind in ('password', 'totp', 'passkey', 'recovery')),
  hash text,
  sealed bytea,
  -- The last 30 seconds whose code was taken; an earlier one is never taken again (RFC 6238, 5.2).
  step bigint,
  handle text unique,
  public_key bytea,
  counter bigint,
  transports text[],
  added_ms bigint not null,
  used_ms bigint
);
create unique index credential_one on account.credential (account, kind)
  where kind in ('password', 'totp');
create index credential_account on account.credential (account);

-- Trusted for who sits at a browser. Only the SHA-256 of the cookie is here: reading it opens nothing.
create table account.session (
  id bytea primary key check (octet_length(id) = 32),
  account uuid not null references account.account (id) on delete cascade,
  -- The name of the session for the list of sessions: it opens nothing.
  name uuid not null unique,
  methods text[] not null,
  begun_ms bigint not null,
  seen_ms bigint not null,
  ends_ms bigint not null
);
create index session_account on account.session (account);

-- Trusted like credentials: a link with the token that hashes to this makes somebody a new credential.
create table account.invitation (
  token bytea primary key check (octet_length(token) = 32),
  purpose text not null check (purpose in ('set-up', 'invitation', 'reset')),
  -- null: the first administrator, who has no account yet.
  account uuid references account.account (id) on delete cascade,
  begun_ms bigint not null,
  ends_ms bigint not null
);

-- Trusted for which steps a browser has done. It is found by the SHA-256 of a cookie, and used up by its end.
create table account.flow (
  id bytea primary key check (octet_length(id) = 32),
  purpose text not null,
  account uuid references account.account (id) on delete cascade,
  -- The invitation that began it, or the session of who adds a credential.
  invitation bytea,
  session bytea,
  state jsonb not null,
  ends_ms bigint not null
);

-- Trusted for fairness only: how many tries are left, by a keyed hash of what is tried.
create table account.tries (
  key bytea primary key check (octet_length(key) = 32),
  level real not null,
  at_ms bigint not null
);

-- Refused sign-ins of a span that is not on the list yet.
create table account.refusal (
  account uuid references account.account (id) on delete cascade,
  span_ms bigint not null,
  count bigint not null,
  unique nulls not distinct (account, span_ms)
);
