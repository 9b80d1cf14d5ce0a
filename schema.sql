-- Chaap's database as it is today. src/store/migrate.rs holds the steps from older versions;
-- a test builds a database each way and compares.
--
-- One counter, the *number*, rises with every durable change on the server. Each row that
-- clients see carries the number of its last change in `changed`; sync is "my rows with
-- changed > since". Rows are never removed, because a removal could not be synced.
-- Times are milliseconds since the Unix epoch, UTC.

CREATE TABLE users (
  id            INTEGER PRIMARY KEY,
  username      TEXT    NOT NULL CHECK (length(username) BETWEEN 1 AND 32),
  -- What usernames are compared by: NFKC, lower case.
  username_key  TEXT    NOT NULL UNIQUE,
  -- PHC string of argon2id.
  password_hash TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  -- When the last connection closed. Presence, not state: does not touch `changed`.
  last_seen     INTEGER,
  changed       INTEGER NOT NULL,
  -- Shown instead of the username; NFC, trimmed.
  display_name  TEXT CHECK (display_name <> ''),
  -- A line about themselves; empty for none.
  about         TEXT NOT NULL DEFAULT '',
  -- The id of their picture in `pictures`; here too, because every list of people shows it.
  picture       BLOB CHECK (length(picture) = 16)
) STRICT;

-- Users new or changed since a number.
CREATE INDEX users_by_changed ON users (changed);

-- The server's starts, the last thousand of them. A device says in which epoch it heard its
-- number: a backup that was restored knows nothing of what came after it, and its numbers
-- must not be taken for those the device has heard.
CREATE TABLE epochs (
  -- In the order they began.
  id           INTEGER PRIMARY KEY,
  -- What devices are told; random, below 2^53.
  name         INTEGER NOT NULL UNIQUE,
  -- The number when it began: where the one before it ended.
  first_number INTEGER NOT NULL
) STRICT;

-- A sign-in on a device. Its token is valid while the row exists and has not expired.
CREATE TABLE sessions (
  -- Random, so that a restored backup never hands an old token somebody's new session.
  id         INTEGER PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- Removing what has expired.
CREATE INDEX sessions_by_expires_at ON sessions (expires_at);

-- Ending all sign-ins of somebody.
CREATE INDEX sessions_by_user ON sessions (user_id);

-- The pictures of people: square JPEGs made by us. A new one takes the place of the old.
CREATE TABLE pictures (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  -- Random, and another for every picture.
  id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  small   BLOB    NOT NULL,
  large   BLOB    NOT NULL
) STRICT;

CREATE TABLE chats (
  id           INTEGER PRIMARY KEY,
  kind         TEXT    NOT NULL CHECK (kind IN ('direct', 'group')),
  title        TEXT,
  -- The two people of a direct chat, the smaller id first; the same twice for notes to self.
  low_user_id  INTEGER REFERENCES users (id),
  high_user_id INTEGER REFERENCES users (id),
  created_at   INTEGER NOT NULL,
  changed      INTEGER NOT NULL,
  CHECK ((kind = 'direct') = (low_user_id IS NOT NULL AND high_user_id IS NOT NULL)),
  CHECK (low_user_id <= high_user_id)
) STRICT;

-- The direct chat of two people; at most one.
CREATE UNIQUE INDEX chats_by_pair ON chats (low_user_id, high_user_id) WHERE kind = 'direct';

-- Who is in a chat, and how far its messages have come with them.
CREATE TABLE members (
  chat_id       INTEGER NOT NULL REFERENCES chats (id),
  user_id       INTEGER NOT NULL REFERENCES users (id),
  -- Everything up to this seq is on a device of theirs …
  delivered_seq INTEGER NOT NULL DEFAULT 0,
  -- … and up to this one was on a visible screen. Read implies delivered.
  read_seq      INTEGER NOT NULL DEFAULT 0 CHECK (read_seq BETWEEN 0 AND delivered_seq),
  changed       INTEGER NOT NULL,
  -- What the others are shown as read: it stays behind while receipts are switched off.
  shown_read_seq INTEGER NOT NULL DEFAULT 0 CHECK (shown_read_seq BETWEEN 0 AND read_seq),
  -- The number of the last change that the others can see.
  shown_changed  INTEGER NOT NULL DEFAULT 0 CHECK (shown_changed <= changed),
  PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- The chats of a user.
CREATE INDEX members_by_user ON members (user_id, chat_id);

CREATE TABLE messages (
  -- The server's number when the message was made: rises over all chats.
  id         INTEGER PRIMARY KEY,
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  -- 1, 2, 3 … in each chat, without holes; the store is the only writer and counts.
  seq        INTEGER NOT NULL CHECK (seq > 0),
  sender_id  INTEGER NOT NULL REFERENCES users (id),
  -- The sender's own name for it, 16 bytes; old clients give none.
  cid        BLOB CHECK (length(cid) = 16),
  content    TEXT    NOT NULL,
  reply_to   INTEGER REFERENCES messages (id),
  created_at INTEGER NOT NULL,
  edited_at  INTEGER,
  -- A deleted message stays as a tombstone, so that seq has no holes.
  deleted_at INTEGER,
  changed    INTEGER NOT NULL
) STRICT;

-- A chat's messages by id: history pages and sync. (The rowid is part of every index.)
CREATE INDEX messages_by_chat ON messages (chat_id);

-- Exactly once: a retry finds what it made. The time-ordered cid comes first, so that
-- inserts land on the index's last page.
CREATE UNIQUE INDEX messages_by_cid ON messages (cid, sender_id) WHERE cid IS NOT NULL;

-- Messages edited or deleted since a number. An ordinary message is not in it and costs nothing.
CREATE INDEX messages_by_change ON messages (chat_id, changed) WHERE changed <> id;

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

-- What a person gives away of themselves, and gets of others. A row exists once something was set.
CREATE TABLE privacy (
  user_id         INTEGER PRIMARY KEY REFERENCES users (id),
  -- Off: in direct chats neither gives nor gets the blue ticks.
  shows_read      INTEGER NOT NULL CHECK (shows_read IN (0, 1)),
  -- Off: neither shown as online, nor when last seen; and sees it of nobody.
  shows_last_seen INTEGER NOT NULL CHECK (shows_last_seen IN (0, 1)),
  changed         INTEGER NOT NULL
) STRICT;

-- When watermarks moved, for "delivered at" and "read at": a message was delivered, or read, with
-- the first move of its kind that reached its seq. Moves of one member within one second are one
-- row, with the time of the last, so that a burst costs one and seconds are still right.
CREATE TABLE moves (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  -- 0: delivered_seq, 1: shown_read_seq, or both if they moved to the same seq at once.
  kind    INTEGER NOT NULL CHECK (kind IN (0, 1)),
  seq     INTEGER NOT NULL CHECK (seq > 0),
  -- Null: before times were kept.
  at      INTEGER,
  PRIMARY KEY (chat_id, user_id, kind, seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;
