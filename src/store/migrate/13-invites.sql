-- From version 12: invite links of groups.

CREATE TABLE invites (
  chat_id INTEGER PRIMARY KEY REFERENCES chats (id),
  name    BLOB    NOT NULL UNIQUE CHECK (length(name) = 8),
  secret  BLOB    NOT NULL CHECK (length(secret) = 16)
) STRICT;
