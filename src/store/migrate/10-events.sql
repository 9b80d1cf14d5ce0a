-- From version 9: event lines, pictures and more settings of groups, and what former members saw.

ALTER TABLE messages ADD COLUMN event TEXT;

ALTER TABLE chats ADD COLUMN who_may_change TEXT NOT NULL DEFAULT 'admins' CHECK (who_may_change IN ('all', 'admins'));
ALTER TABLE chats ADD COLUMN picture BLOB CHECK (length(picture) = 16);

ALTER TABLE members ADD COLUMN joined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE members ADD COLUMN last_seen_chat TEXT;

-- When a stay began was not kept. The last change of the role is the closest to it.
UPDATE members SET joined = role_changed WHERE role IS NOT NULL;

UPDATE members SET last_seen_chat = (
  SELECT json_object('title', title, 'description', description, 'picture', NULL,
                     'who_may_write', who_may_write, 'who_may_change', who_may_change,
                     'history_for_newcomers', history_for_newcomers, 'changed', changed)
    FROM chats WHERE id = chat_id
) WHERE role = 'former';

CREATE TABLE group_pictures (
  chat_id INTEGER PRIMARY KEY REFERENCES chats (id),
  id      BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
  user_id INTEGER NOT NULL REFERENCES users (id),
  small   BLOB    NOT NULL,
  large   BLOB    NOT NULL
) STRICT;
