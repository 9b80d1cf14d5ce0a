-- Devices say in which run of the server they heard their number, so that a restored backup is noticed.
CREATE TABLE epochs (
  id           INTEGER PRIMARY KEY,
  name         INTEGER NOT NULL UNIQUE,
  first_number INTEGER NOT NULL
) STRICT;
