-- Counts what each user has stored, for the quota: 128 bytes for each message beside its text.

CREATE TABLE stored_bytes (
  user_id INTEGER PRIMARY KEY REFERENCES users (id),
  bytes   INTEGER NOT NULL CHECK (bytes >= 0)
) STRICT;

INSERT INTO stored_bytes (user_id, bytes)
SELECT user_id, sum(bytes) FROM (
  SELECT sender_id AS user_id, octet_length(content) + 128 AS bytes FROM messages
  UNION ALL
  SELECT user_id, octet_length(draft) FROM preferences
  UNION ALL
  SELECT user_id, length(small) + length(large) FROM pictures
) GROUP BY user_id HAVING sum(bytes) > 0;
