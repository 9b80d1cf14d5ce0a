-- Chaap's database as it is today. src/store/migrate.rs holds the steps from older versions; a
-- test builds a database in both ways and compares them.
--
-- One counter, the *revision*, rises with every durable change on the server. A row that clients
-- see carries the revision of its last change in `changed`; columns that end in `_changed` do the
-- same for a part of a row. Sync is "my rows with a revision above the one I have". Rows are never
-- removed, because a removal could not be synced.
-- Times are milliseconds since the Unix epoch, UTC.

CREATE TABLE users (
  id            INTEGER PRIMARY KEY,
  username      TEXT    NOT NULL CHECK (length(username) BETWEEN 1 AND 32),
  -- Usernames are compared by this: NFKC, lower case.
  username_key  TEXT    NOT NULL UNIQUE,
  -- PHC string of argon2id.
  password_hash TEXT    NOT NULL,
  created_at    INTEGER NOT NULL,
  -- When the last connection closed. This is presence, so it does not touch `changed`.
  last_seen     INTEGER,
  changed       INTEGER NOT NULL,
  -- Shown instead of the username; NFC, trimmed.
  display_name  TEXT CHECK (display_name <> ''),
  -- A short text about themselves; empty for none.
  about         TEXT NOT NULL DEFAULT '',
  -- The id of their picture in `pictures`. Also here, because every list of people shows it.
  picture       BLOB CHECK (length(picture) = 16),
  -- What the username looks like (UTS #39): a new one may not look like another. NULL for accounts
  -- from before this rule whose name looks like that of an older account.
  skeleton      TEXT
) STRICT;

-- Whether another username looks like a new one.
CREATE UNIQUE INDEX users_by_skeleton ON users (skeleton);

-- Users that are new or changed since a revision.
CREATE INDEX users_by_changed ON users (changed);

-- The last thousand starts of the server. A device says in which epoch it got its revision. A
-- restored backup does not know what came after it, so its revisions must not be taken for those
-- that the device got. A row in the middle of a run has a name that no device is told, and the
-- greatest number as its revision: it only tells later backups from earlier ones (store/ended.rs).
CREATE TABLE epochs (
  -- In the order of the starts.
  id             INTEGER PRIMARY KEY,
  -- What devices are told; random, below 2^53.
  name           INTEGER NOT NULL UNIQUE,
  -- The revision at the start, which is the last one of the epoch before.
  first_revision INTEGER NOT NULL
) STRICT;

-- A sign-in on a device. Its token is valid while the row exists and has not expired.
CREATE TABLE sessions (
  -- Random, so that after a restore an old token never opens somebody's new session.
  id         INTEGER PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

-- Removing expired sessions.
CREATE INDEX sessions_by_expires_at ON sessions (expires_at);

-- Ending all sessions of a user.
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Profile pictures: square JPEGs that the server made. A new picture replaces the old one.
CREATE TABLE pictures (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  -- Random, and different for every picture.
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
  description  TEXT    NOT NULL DEFAULT '',
  -- Groups: who may send messages. src/rules/messages.rs decides by it.
  who_may_write TEXT   NOT NULL DEFAULT 'all' CHECK (who_may_write IN ('all', 'admins')),
  -- Groups: whether a new member's stay begins with the first message.
  history_for_newcomers TEXT NOT NULL DEFAULT 'none' CHECK (history_for_newcomers IN ('none', 'all')),
  -- Groups: up to which seq all current members have received and read the messages. Never falls.
  delivered_seq INTEGER NOT NULL DEFAULT 0,
  read_seq      INTEGER NOT NULL DEFAULT 0 CHECK (read_seq BETWEEN 0 AND delivered_seq),
  -- The revision of the last change of these two.
  receipt_changed INTEGER NOT NULL DEFAULT 0,
  -- The revision of the last change of any member's role.
  members_changed INTEGER NOT NULL DEFAULT 0,
  -- Groups: who may change title, description, picture and timer, and pin messages. src/rules decides by it.
  who_may_change TEXT NOT NULL DEFAULT 'admins' CHECK (who_may_change IN ('all', 'admins')),
  -- Groups: the id of the picture in `group_pictures`.
  picture BLOB CHECK (length(picture) = 16),
  -- The timer: new messages expire so many milliseconds after they were sent. NULL: they do not.
  expire_after INTEGER CHECK (expire_after > 0),
  CHECK ((kind = 'direct') = (low_user_id IS NOT NULL AND high_user_id IS NOT NULL)),
  CHECK (low_user_id <= high_user_id)
) STRICT;

-- The direct chat of two people; there is at most one.
CREATE UNIQUE INDEX chats_by_pair ON chats (low_user_id, high_user_id) WHERE kind = 'direct';

-- Pictures of groups, made as those of users.
CREATE TABLE group_pictures (
  chat_id INTEGER PRIMARY KEY REFERENCES chats (id),
  -- Random, and different for every picture.
  id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  -- Who set it, and therefore whose stored bytes it counts to.
  user_id INTEGER NOT NULL REFERENCES users (id),
  small   BLOB    NOT NULL,
  large   BLOB    NOT NULL
) STRICT;

-- Invite links of groups that have one. A new link replaces the old one.
CREATE TABLE invites (
  chat_id INTEGER PRIMARY KEY REFERENCES chats (id),
  -- The two parts of the token: what the link is found by, and what is compared then.
  name    BLOB    NOT NULL UNIQUE CHECK (length(name) = 8),
  secret  BLOB    NOT NULL CHECK (length(secret) = 16)
) STRICT;

-- Everybody who is or was in a chat, and how far its messages have come with them.
CREATE TABLE members (
  chat_id       INTEGER NOT NULL REFERENCES chats (id),
  user_id       INTEGER NOT NULL REFERENCES users (id),
  -- Everything up to this seq is on a device of theirs …
  delivered_seq INTEGER NOT NULL DEFAULT 0,
  -- … and up to this one was on a visible screen. Read implies delivered.
  read_seq      INTEGER NOT NULL DEFAULT 0 CHECK (read_seq BETWEEN 0 AND delivered_seq),
  -- The revision of the last change of the marks.
  changed       INTEGER NOT NULL,
  -- What others are shown as read. It stays behind while read receipts are switched off.
  shown_read_seq INTEGER NOT NULL DEFAULT 0 CHECK (shown_read_seq BETWEEN 0 AND read_seq),
  -- The revision of the last change of the marks that others can see.
  shown_changed  INTEGER NOT NULL DEFAULT 0 CHECK (shown_changed <= changed),
  -- Groups; NULL in direct chats, where both people always stay.
  role           TEXT CHECK (role IN ('member', 'admin', 'former')),
  -- The revision of the last change of role or stays.
  role_changed   INTEGER NOT NULL DEFAULT 0,
  -- Groups: the revision with which the current stay, or the last one, began.
  joined         INTEGER NOT NULL DEFAULT 0,
  -- Former members: title, description and settings of the group when they left, as JSON. They do
  -- not see later changes.
  last_seen_chat TEXT,
  -- Former members: an admin has removed them, so they cannot come back by the invite link.
  barred INTEGER NOT NULL DEFAULT 0 CHECK (barred IN (0, 1)),
  PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- The chats of a user.
CREATE INDEX members_by_user ON members (user_id, chat_id);

-- The member of a group who has received the least.
CREATE INDEX members_by_delivered ON members (chat_id, delivered_seq)
  WHERE role IN ('member', 'admin');

-- The member of a group who has read the least.
CREATE INDEX members_by_read ON members (chat_id, shown_read_seq)
  WHERE role IN ('member', 'admin');

-- From which to which message somebody was in a group. A person who left and came back has two.
CREATE TABLE stays (
  chat_id    INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  from_seq   INTEGER NOT NULL CHECK (from_seq > 0),
  -- NULL while the stay lasts.
  to_seq     INTEGER CHECK (to_seq >= from_seq),
  -- The same range in message ids, which history pages are read by: after the first, through the
  -- second.
  after_id   INTEGER NOT NULL,
  through_id INTEGER CHECK ((through_id IS NULL) = (to_seq IS NULL)),
  PRIMARY KEY (chat_id, user_id, from_seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE messages (
  -- The revision when the message was sent, so ids rise over all chats.
  id         INTEGER PRIMARY KEY,
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  -- 1, 2, 3 … in each chat, without holes. The writer counts.
  seq        INTEGER NOT NULL CHECK (seq > 0),
  sender_id  INTEGER NOT NULL REFERENCES users (id),
  -- The sender's own name for it, 16 bytes. Old clients give none.
  cid        BLOB CHECK (length(cid) = 16),
  content    TEXT    NOT NULL,
  reply_to   INTEGER REFERENCES messages (id),
  created_at INTEGER NOT NULL,
  edited_at  INTEGER,
  -- A deleted message stays as a tombstone, so that seq has no holes.
  deleted_at INTEGER,
  changed    INTEGER NOT NULL,
  -- What happened in a group, as JSON: the message is an event line. Its content is empty, and its
  -- sender did it.
  event      TEXT,
  -- The ids of those whom it mentions, as a JSON list. NULL if it mentions nobody.
  mentions   TEXT,
  -- Whether it mentions everyone in the group.
  mentions_all INTEGER NOT NULL DEFAULT 0 CHECK (mentions_all IN (0, 1)),
  -- How often its text was forwarded, each time from one person's message to another's. 0: it was
  -- not forwarded.
  forwarded INTEGER NOT NULL DEFAULT 0 CHECK (forwarded >= 0),
  -- When it expires, by the expiry clock. Never changes.
  expires_at INTEGER,
  -- An expired message stays without its words, so that seq has no holes. Its `changed` stays, too:
  -- devices remove it by its time.
  expired INTEGER NOT NULL DEFAULT 0 CHECK (expired IN (0, 1))
) STRICT;

-- A chat's messages by id: history pages and sync. (The rowid is part of every index.)
CREATE INDEX messages_by_chat ON messages (chat_id);

-- Exactly once: a retry finds what it made. The time-ordered cid comes first, so that inserts go
-- to the last page of the index.
CREATE UNIQUE INDEX messages_by_cid ON messages (cid, sender_id) WHERE cid IS NOT NULL;

-- Messages edited or deleted since a revision. New messages are not in it and cost nothing.
CREATE INDEX messages_by_change ON messages (chat_id, changed) WHERE changed <> id;

-- A chat's messages that mention somebody: unread mentions. Other messages are not in it and cost
-- nothing.
CREATE INDEX messages_by_mention ON messages (chat_id) WHERE mentions IS NOT NULL;

-- The next message that expires. Messages that do not are not in it and cost nothing.
CREATE INDEX messages_by_expiry ON messages (expires_at)
  WHERE expires_at IS NOT NULL AND expired = 0;

-- The clock by which messages expire, as it was last noted: one row, once a message has expired or
-- is to expire. src/store/expiry_clock.rs says why it is not the wall clock.
CREATE TABLE expiry_clock (
  id      INTEGER PRIMARY KEY CHECK (id = 1),
  at      INTEGER NOT NULL,
  -- What the wall clock said.
  wall_at INTEGER NOT NULL,
  -- The revision when messages last expired. Their reactions, stars and pins are removed, and without
  -- this the revisions of these could be given out again after a restart.
  changed INTEGER NOT NULL
) STRICT;

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

-- Messages that people have written to be sent later. The row of one that was sent or cancelled stays
-- without its words, so that devices learn of it.
CREATE TABLE scheduled (
  -- The revision when it was scheduled.
  id         INTEGER PRIMARY KEY,
  user_id    INTEGER NOT NULL REFERENCES users (id),
  chat_id    INTEGER NOT NULL REFERENCES chats (id),
  -- The cid of the message that it becomes: it is sent exactly once.
  cid        BLOB    NOT NULL CHECK (length(cid) = 16),
  content    TEXT    NOT NULL,
  reply_to   INTEGER REFERENCES messages (id),
  due_at     INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  -- 'refused': it could not be sent at its time. The words stay until its writer decides.
  state      TEXT    NOT NULL CHECK (state IN ('waiting', 'sent', 'cancelled', 'refused')),
  -- Refused, or cancelled by the server: the code of the error that says why.
  reason     TEXT,
  changed    INTEGER NOT NULL,
  CHECK ((content = '') = (state IN ('sent', 'cancelled')))
) STRICT;

-- Exactly once: a retry finds what it scheduled.
CREATE UNIQUE INDEX scheduled_by_cid ON scheduled (cid, user_id);

-- What is due.
CREATE INDEX scheduled_by_due ON scheduled (due_at) WHERE state = 'waiting';

-- The list of a user's scheduled messages, and their number.
CREATE INDEX scheduled_by_user ON scheduled (user_id, id) WHERE state IN ('waiting', 'refused');

-- A user's scheduled messages that changed since a revision.
CREATE INDEX scheduled_by_changed ON scheduled (user_id, changed);

-- A member's settings for a chat, which only they see. The row exists once something was set.
CREATE TABLE preferences (
  chat_id       INTEGER NOT NULL REFERENCES chats (id),
  user_id       INTEGER NOT NULL REFERENCES users (id),
  -- When it was pinned. Pinned chats come first, the latest pin on top.
  pinned_at     INTEGER,
  archived      INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1)),
  -- Muted until then.
  muted_until   INTEGER,
  marked_unread INTEGER NOT NULL DEFAULT 0 CHECK (marked_unread IN (0, 1)),
  -- Text that was typed and not sent, on any device.
  draft         TEXT    NOT NULL DEFAULT '',
  -- The member has deleted the messages up to here for themselves.
  cleared_seq   INTEGER NOT NULL DEFAULT 0,
  cleared_id    INTEGER NOT NULL DEFAULT 0,
  changed       INTEGER NOT NULL,
  -- The draft replies to this message …
  draft_reply_to INTEGER REFERENCES messages (id),
  -- … or is the new text of this one. Then `draft_aside` is what was written before the edit began.
  draft_edit_of  INTEGER REFERENCES messages (id),
  draft_aside    TEXT    NOT NULL DEFAULT '',
  PRIMARY KEY (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- What a user shows of themselves and sees of others. The row exists once something was set.
CREATE TABLE privacy (
  user_id         INTEGER PRIMARY KEY REFERENCES users (id),
  -- Off: in direct chats they neither give nor get blue ticks.
  shows_read      INTEGER NOT NULL CHECK (shows_read IN (0, 1)),
  -- Off: others do not see when they are or were online, and they do not see it of others.
  shows_last_seen INTEGER NOT NULL CHECK (shows_last_seen IN (0, 1)),
  changed         INTEGER NOT NULL
) STRICT;

-- When marks moved, for "delivered at" and "read at": a message was delivered, or read, with the
-- first move of that kind that reached its seq. Moves of one member within one second share a row
-- with the time of the last: a burst costs one row, and times stay exact to the second.
CREATE TABLE receipt_times (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  -- 0: delivered_seq. 1: shown_read_seq, or both if they moved to the same seq together.
  kind    INTEGER NOT NULL CHECK (kind IN (0, 1)),
  seq     INTEGER NOT NULL CHECK (seq > 0),
  -- NULL: it happened before times were kept.
  at      INTEGER,
  PRIMARY KEY (chat_id, user_id, kind, seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- Groups: where somebody's marks stood when they came or came back. Marks pass the messages before
-- that without being moved by a device, so those messages were neither delivered nor read then.
CREATE TABLE starting_marks (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL CHECK (seq > 0),
  PRIMARY KEY (chat_id, user_id, seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- How many bytes of messages, drafts and pictures each user has stored, for the quota. A message
-- counts its text and 128 bytes, a scheduled one from the beginning. There is a row for those who have
-- stored anything.
CREATE TABLE stored_bytes (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  bytes   INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;
