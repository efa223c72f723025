-- In which language he is written to; null: in that of the organisation. What the list says of it is what
-- mails are written by; this is for him to see what he chose.
alter table account.account add column language text;
