-- From version 11: whom messages in groups mention.

ALTER TABLE messages ADD COLUMN mentions TEXT;
ALTER TABLE messages ADD COLUMN mentions_all INTEGER NOT NULL DEFAULT 0 CHECK (mentions_all IN (0, 1));

CREATE INDEX messages_by_mention ON messages (chat_id) WHERE mentions IS NOT NULL;
