-- From version 15: people can star messages, delete them for themselves and forward them.

ALTER TABLE messages ADD COLUMN forwarded INTEGER NOT NULL DEFAULT 0 CHECK (forwarded >= 0);

-- What people have set on messages for themselves: others do not see it. Unset, a row stays, so that
-- devices learn of it. Deleting a message for everyone takes its stars away; the deleted message
-- tells devices that. Clearing a chat removes the rows of what is cleared.
CREATE TABLE flags (
  message_id INTEGER NOT NULL REFERENCES messages (id),
  user_id    INTEGER NOT NULL REFERENCES users (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  starred_at INTEGER,
  -- When they deleted the message for themselves. They see it no more, and a hidden message has no
  -- star.
  hidden_at  INTEGER,
  changed    INTEGER NOT NULL,
  PRIMARY KEY (message_id, user_id),
  CHECK (starred_at IS NULL OR hidden_at IS NULL)
) STRICT, WITHOUT ROWID;

-- A user's flags that changed since a revision.
CREATE INDEX flags_by_changed ON flags (user_id, changed);

-- A user's flags in a chat: those of a page, the starred messages of the chat, and clearing it.
CREATE INDEX flags_by_chat ON flags (user_id, chat_id, message_id);

-- The starred messages of a user.
CREATE INDEX flags_by_star ON flags (user_id, message_id) WHERE starred_at IS NOT NULL;

-- What a user has hidden in a chat. Few people hide anything, and every count of unread messages
-- asks.
CREATE INDEX flags_by_hidden ON flags (user_id, chat_id, message_id) WHERE hidden_at IS NOT NULL;
