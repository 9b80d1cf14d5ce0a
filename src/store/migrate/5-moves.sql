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

-- Of what has happened so far only that it has is known.
INSERT INTO moves (chat_id, user_id, kind, seq)
  SELECT chat_id, user_id, 0, delivered_seq FROM members WHERE delivered_seq > 0
  UNION ALL
  SELECT chat_id, user_id, 1, shown_read_seq FROM members WHERE shown_read_seq > 0;
