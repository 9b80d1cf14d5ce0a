-- From version 16: members can pin messages in their chats.

-- Messages that are or were pinned, for everyone in their chat. Unpinned, a row stays, so that devices
-- learn of it. It also stays when its time is over: devices see that by their own clocks. Deleting the
-- message for everyone removes the row; the deleted message tells devices that.
CREATE TABLE pins (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  -- Who pinned it last, and when.
  user_id    INTEGER NOT NULL REFERENCES users (id),
  at         INTEGER NOT NULL,
  -- NULL: it was unpinned.
  until      INTEGER,
  changed    INTEGER NOT NULL
) STRICT;

-- Messages of a chat that were pinned or unpinned since a revision.
CREATE INDEX pins_by_changed ON pins (chat_id, changed);

-- The messages of a chat that are pinned now.
CREATE INDEX pins_by_until ON pins (chat_id, until) WHERE until IS NOT NULL;
