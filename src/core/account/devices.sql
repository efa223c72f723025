-- What a session was begun with and a passkey was made on, for its owner to know it again. Personal, trusted
-- for nothing, and gone with its row. The browser's own words are not kept: two names are read from them.
alter table account.session add column device text;
alter table account.session add column client text;
alter table account.credential add column device text;
