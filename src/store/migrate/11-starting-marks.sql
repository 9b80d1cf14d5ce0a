-- From version 10: where the marks of newcomers to groups started.

CREATE TABLE starting_marks (
  chat_id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  seq     INTEGER NOT NULL CHECK (seq > 0),
  PRIMARY KEY (chat_id, user_id, seq),
  FOREIGN KEY (chat_id, user_id) REFERENCES members (chat_id, user_id)
) STRICT, WITHOUT ROWID;

-- The last message before the present or last stay.
INSERT INTO starting_marks (chat_id, user_id, seq)
  SELECT m.chat_id, m.user_id, n.seq
    FROM members m JOIN messages n ON n.id = (
      SELECT max(id) FROM messages WHERE chat_id = m.chat_id AND id < m.joined)
   WHERE m.role IS NOT NULL;

-- The same of earlier stays that did not begin with the first message.
INSERT OR IGNORE INTO starting_marks (chat_id, user_id, seq)
  SELECT chat_id, user_id, from_seq - 1 FROM stays WHERE from_seq > 1;
