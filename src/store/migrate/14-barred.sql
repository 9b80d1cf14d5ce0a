-- From version 13: an admin can keep out a person who has left by themselves. Until now only the
-- line at the end of the last stay told who had been removed.

ALTER TABLE members ADD COLUMN barred INTEGER NOT NULL DEFAULT 0 CHECK (barred IN (0, 1));

UPDATE members SET barred = 1
 WHERE role = 'former'
   AND (SELECT event ->> 'kind' FROM messages WHERE id = (
         SELECT through_id FROM stays
          WHERE stays.chat_id = members.chat_id AND stays.user_id = members.user_id
          ORDER BY from_seq DESC LIMIT 1)) = 'removed';
