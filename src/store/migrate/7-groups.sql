-- From version 6: roles, stays and shared receipts for groups; "revision" instead of "number",
-- "receipt_times" instead of "moves".

ALTER TABLE epochs RENAME COLUMN first_number TO first_revision;

ALTER TABLE chats ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE chats ADD COLUMN who_may_write TEXT NOT NULL DEFAULT 'all' CHECK (who_may_write IN ('all', 'admins'));
ALTER TABLE chats ADD COLUMN history_for_newcomers TEXT NOT NULL DEFAULT 'none' CHECK (history_for_newcomers IN ('none', 'all'));
ALTER TABLE chats ADD COLUMN delivered_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN read_seq INTEGER NOT NULL DEFAULT 0 CHECK (read_seq BETWEEN 0 AND delivered_seq);
ALTER TABLE chats ADD COLUMN receipt_changed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chats ADD COLUMN members_changed INTEGER NOT NULL DEFAULT 0;

ALTER TABLE members ADD COLUMN role TEXT CHECK (role IN ('member', 'admin', 'former'));
ALTER TABLE members ADD COLUMN role_changed INTEGER NOT NULL DEFAULT 0;

CREATE INDEX members_by_delivered ON members (chat_id, delivered_seq)
  WHERE role IN ('member', 'admin');

CREATE INDEX members_by_read ON members (chat_id, shown_read_seq)
  WHERE role IN ('member', 'admin');

CREATE TABLE stays (
  chat_id    INTEGER NOT NULL,
  user_id    INTEGER NOT NULL,
  from_seq   INTEGER NOT NULL CHECK (from_seq > 0),
  to_seq     INTEGER CHECK (to_seq >= from_seq),
  after_id   INTEGER NOT NULL,
  through_id INTEGER CHECK ((through_id IS NULL) = (to_seq IS NULL)),
  PRIMARY KEY (chat_id, user_id, from_seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE receipt_times (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  kind    INTEGER NOT NULL CHECK (kind IN (0, 1)),
  seq     INTEGER NOT NULL CHECK (seq > 0),
  at      INTEGER,
  PRIMARY KEY (chat_id, user_id, kind, seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

INSERT INTO receipt_times SELECT chat_id, user_id, kind, seq, at FROM moves;

DROP TABLE moves;
