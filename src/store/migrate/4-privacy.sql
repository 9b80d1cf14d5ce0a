-- What the others are shown as read: it stays behind while receipts are switched off.
ALTER TABLE members ADD COLUMN
  shown_read_seq INTEGER NOT NULL DEFAULT 0 CHECK (shown_read_seq BETWEEN 0 AND read_seq);
-- The number of the last change that the others can see.
ALTER TABLE members ADD COLUMN
  shown_changed  INTEGER NOT NULL DEFAULT 0 CHECK (shown_changed <= changed);
-- So far everybody has seen everything.
UPDATE members SET shown_read_seq = read_seq, shown_changed = changed;

-- What a person gives away of themselves, and gets of others. A row exists once something was set.
CREATE TABLE privacy (
  user_id         INTEGER PRIMARY KEY REFERENCES users (id),
  -- Off: in direct chats neither gives nor gets the blue ticks.
  shows_read      INTEGER NOT NULL CHECK (shows_read IN (0, 1)),
  -- Off: neither shown as online, nor when last seen; and sees it of nobody.
  shows_last_seen INTEGER NOT NULL CHECK (shows_last_seen IN (0, 1)),
  changed         INTEGER NOT NULL
) STRICT;
