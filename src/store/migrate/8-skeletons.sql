-- A new username may not look like that of another user. Accounts of before keep their names: of
-- those that look alike, the oldest gets the skeleton.
ALTER TABLE users ADD COLUMN skeleton TEXT;
UPDATE users SET skeleton = first.skeleton
  FROM (SELECT min(id) AS id, skeleton(username) AS skeleton FROM users GROUP BY 2) AS first
 WHERE users.id = first.id;
CREATE UNIQUE INDEX users_by_skeleton ON users (skeleton);
