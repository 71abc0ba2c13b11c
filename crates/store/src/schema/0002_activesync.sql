-- What the whole of ActiveSync needs beside folders and cursors.

-- Users

-- What users set for themselves, by name: 'zone' is an IANA time zone, 'away' the out-of-office answer.
CREATE TABLE user_settings (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  name {text} NOT NULL,
  value {text} NOT NULL,
  PRIMARY KEY (principal, name)
);

-- Mail that goes out

-- Devices under the admin's hand

-- Shared folders on devices

-- Items held back from devices

-- Large items

-- With uid, so that a window of days is found without a look at what is outside of it.
DROP INDEX items_ends;
CREATE INDEX items_ends ON items (folder, ends, uid);
