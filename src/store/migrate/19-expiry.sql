-- From version 18: messages can expire.

ALTER TABLE chats ADD COLUMN expire_after INTEGER CHECK (expire_after > 0);
ALTER TABLE messages ADD COLUMN expires_at INTEGER;
ALTER TABLE messages ADD COLUMN expired INTEGER NOT NULL DEFAULT 0 CHECK (expired IN (0, 1));

CREATE INDEX messages_by_expiry ON messages (expires_at)
  WHERE expires_at IS NOT NULL AND expired = 0;

CREATE TABLE expiry_clock (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  at      INTEGER NOT NULL,
  wall_at INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT;
