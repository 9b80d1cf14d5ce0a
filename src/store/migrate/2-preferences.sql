-- How a member keeps a chat; nobody else sees it. A row exists once something was set.
CREATE TABLE preferences (
  chat_id       INTEGER NOT NULL REFERENCES chats (id),
  user_id       INTEGER NOT NULL REFERENCES users (id),
  -- When it was pinned; pinned chats stand first, the latest pin on top.
  pinned_at     INTEGER,
  archived      INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  -- Silent until then.
  muted_until   INTEGER,
  marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1)),
  -- What was typed and not sent, on whichever device.
  draft         TEXT    NOT NULL DEFAULT '',
  -- The chat deleted for this member: its messages up to here are gone from their view.
  cleared_seq   INTEGER NOT NULL DEFAULT 0,
  cleared_id    INTEGER NOT NULL DEFAULT 0,
  changed       INTEGER NOT NULL,
  PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;
