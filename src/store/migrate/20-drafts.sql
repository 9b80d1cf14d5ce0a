-- From version 19: the draft of a chat can be a reply, or the new text of a message that is being
-- edited.

ALTER TABLE preferences ADD COLUMN draft_reply_to INTEGER REFERENCES messages (id);
ALTER TABLE preferences ADD COLUMN draft_edit_of INTEGER REFERENCES messages (id);
ALTER TABLE preferences ADD COLUMN draft_aside TEXT NOT NULL DEFAULT '';
