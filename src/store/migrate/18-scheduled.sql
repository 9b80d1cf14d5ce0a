-- Messages to be sent later.

CREATE TABLE scheduled (
  id         INTEGER PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  cid        BLOB    NOT NULL CHECK (length(cid) = 16),
  content    TEXT    NOT NULL,
  reply_to   INTEGER REFERENCES messages (id),
  due_at     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'cancelled', 'refused')),
  reason     TEXT,
  changed    INTEGER NOT NULL,
  CHECK ((content = '') = (state IN ('sent', 'cancelled')))
) STRICT;

CREATE UNIQUE INDEX scheduled_by_cid ON scheduled (cid, user_id);

CREATE INDEX scheduled_by_due ON scheduled (due_at) WHERE state = 'waiting';

CREATE INDEX scheduled_by_user ON scheduled (user_id, id) WHERE state IN ('waiting', 'refused');

CREATE INDEX scheduled_by_changed ON scheduled (user_id, changed);
