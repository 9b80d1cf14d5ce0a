-- From version 14: people can react to messages.

-- What people have reacted to messages with. Taken back, a reaction stays without its emoji. When its
-- message is deleted for everyone it goes: the deleted message tells devices that.
CREATE TABLE reactions (
  message_id INTEGER NOT NULL REFERENCES messages (id),
  user_id    INTEGER NOT NULL REFERENCES users (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  -- Who wrote the message.
  sender_id  INTEGER NOT NULL REFERENCES users (id),
  emoji      TEXT    CHECK (emoji <> ''),
  at         INTEGER NOT NULL,
  changed    INTEGER NOT NULL,
  PRIMARY KEY (message_id, user_id)
) STRICT, WITHOUT ROWID;

-- A user's own reactions in a chat: sync, and the list of chats.
CREATE INDEX reactions_by_user ON reactions (user_id, chat_id, changed);

-- The last reaction in a chat to a message of somebody: the list of chats.
CREATE INDEX reactions_by_sender ON reactions (chat_id, sender_id, changed) WHERE emoji IS NOT NULL;

-- The messages that have or had reactions, each with the revision of the last change of them.
CREATE TABLE reacted_messages (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  changed    INTEGER NOT NULL
) STRICT;

-- Messages of a chat whose reactions changed since a revision.
CREATE INDEX reacted_messages_by_changed ON reacted_messages (chat_id, changed);
