-- What people show of themselves.
ALTER TABLE users ADD COLUMN display_name  TEXT CHECK (display_name <> '');
ALTER TABLE users ADD COLUMN about         TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN picture       BLOB CHECK (length(picture) = 16);

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
