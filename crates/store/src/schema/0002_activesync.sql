-- What the whole of ActiveSync needs beside folders and cursors.

-- Users

CREATE INDEX login_failures_address ON login_failures (address, last_at);

-- Where users logged in from, and when they last did: while their password is being guessed, those are let in.
CREATE TABLE login_addresses (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (principal, address)
);

-- What users set for themselves, by name: 'zone' is an IANA time zone, 'away' the out-of-office
-- answer, 'conversations' the folders that conversations are kept in.
CREATE TABLE user_settings (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  name {text} NOT NULL,
  value {text} NOT NULL,
  PRIMARY KEY (principal, name)
);

-- When a user wants an item to ring that he may not change: 'never', minutes before it, or a time.
ALTER TABLE overlays ADD COLUMN alarm {text};

-- Notices of denied changes

-- When a device's user was last told of denied changes.
CREATE TABLE notice_times (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  device {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (principal, device)
);

-- Denied changes that stand in no notice yet, and when their notice is due.
CREATE TABLE notices_due (
  denied {int} NOT NULL PRIMARY KEY REFERENCES denied_changes (id) ON DELETE CASCADE,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  device {text} NOT NULL,
  due {int} NOT NULL
);
CREATE INDEX notices_due_due ON notices_due (due);
CREATE INDEX notices_due_device ON notices_due (principal, device, denied);

-- Mail that goes out

-- Messages for people outside, one row each, waiting to be handed to the next mail server. recipients: one per line.
CREATE TABLE outbox (
  id {int} NOT NULL PRIMARY KEY,
  principal {int} REFERENCES principals (id) ON DELETE SET NULL,
  sender {text} NOT NULL,
  recipients {text} NOT NULL,
  summary {text} NOT NULL,
  size {int} NOT NULL,
  created_at {int} NOT NULL,
  next_at {int} NOT NULL,
  tries {int} NOT NULL,
  last_error {text} NOT NULL,
  content {blob} NOT NULL
);
CREATE INDEX outbox_next ON outbox (next_at, id);

-- What devices sent, so that the same again is not sent twice. Kept for a day at least.
CREATE TABLE sent_messages (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  identity {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (device, identity)
);
CREATE INDEX sent_messages_at ON sent_messages (device, at);

-- Who was told of a user's present absence: nobody is told twice.
CREATE TABLE away_answers (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  sender {text} NOT NULL,
  PRIMARY KEY (principal, sender)
);

-- Devices under the admin's hand

-- standing: 0 allowed, 1 quarantined, 2 blocked. wipe: 0 none, 1 the account, 2 the whole device; wipe_state: 0 none,
-- 1 asked, 2 told, 3 done, 4 failed. traced_until: when its trace ends, 0 for no trace.
ALTER TABLE devices ADD COLUMN standing {int} NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN wipe {int} NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN wipe_state {int} NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN wipe_at {int} NOT NULL DEFAULT 0;
ALTER TABLE devices ADD COLUMN traced_until {int} NOT NULL DEFAULT 0;

-- What a device and the server said to each other, while an admin looks.
CREATE TABLE device_traces (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  id {int} NOT NULL,
  at {int} NOT NULL,
  head {text} NOT NULL,
  request {text} NOT NULL,
  answer {text} NOT NULL,
  PRIMARY KEY (device, id)
);

-- The last trouble of a device in each folder; folder 0 is the folder hierarchy.
CREATE TABLE device_troubles (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  folder {int} NOT NULL,
  at {int} NOT NULL,
  what {text} NOT NULL,
  PRIMARY KEY (device, folder)
);

-- What each serving process is doing, while somebody watches.
CREATE TABLE activities (
  process {text} NOT NULL PRIMARY KEY,
  at {int} NOT NULL,
  what {text} NOT NULL
);

-- Shared folders on devices

-- What is set for a shared folder on one device, by the device's address; no row: nothing is. quiet 1: denied changes
-- make no notice. as_owner 1: mail from there goes out in the owner's name. no_reminders 1: events go out without.
-- days: the oldest item's age. hidden 1: the device does not show it.
CREATE TABLE device_folder_flags (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  quiet {int} NOT NULL,
  as_owner {int} NOT NULL,
  no_reminders {int} NOT NULL,
  days {int},
  hidden {int} NOT NULL,
  PRIMARY KEY (principal, address, folder)
);
CREATE INDEX device_folder_flags_folder ON device_folder_flags (folder);

-- Accounts all of whose folders one device gets, as far as its user may use them.
CREATE TABLE device_accounts (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  account {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  PRIMARY KEY (principal, address, account)
);

-- Kinds (as in folders) whose shared folders one device shows inside its user's default folder of that kind.
CREATE TABLE device_merges (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  kind {int} NOT NULL,
  PRIMARY KEY (principal, address, kind)
);

-- What a cursor of a default folder shows of other folders: 'FOLDER:KEY' each, with spaces between. The cursors they
-- name stand under the folder's number with a minus before it, apart from those of the folder shown by itself.
ALTER TABLE cursors ADD COLUMN parts {text} NOT NULL DEFAULT '';

-- How often a device started a folder over within an hour, kept here so that a restart of the server forgives nothing.
-- folder 0 is the folder hierarchy; folder -1 counts how often the device asked for folders that it was told are gone.
CREATE TABLE restarts (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  folder {int} NOT NULL,
  since {int} NOT NULL,
  count {int} NOT NULL,
  PRIMARY KEY (device, folder)
);

-- Items held back from devices

-- How often a device has come back with one key of a folder though it was answered: item names the one step that stood
-- alone in the last answer (empty for none), alone says how often in a row.
CREATE TABLE repeats (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  sync_key {int} NOT NULL,
  uses {int} NOT NULL,
  item {text} NOT NULL,
  modseq {int} NOT NULL,
  alone {int} NOT NULL,
  PRIMARY KEY (folder, device)
);

-- Items a device never took, whatever was tried. They are tried again once they change past modseq.
CREATE TABLE held_back (
  folder {int} NOT NULL,
  uid {int} NOT NULL,
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  modseq {int} NOT NULL,
  why {text} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (folder, uid, device),
  FOREIGN KEY (folder, uid) REFERENCES items (folder, uid) ON DELETE CASCADE
);
CREATE INDEX held_back_device ON held_back (device, folder);

-- Large items

-- A large message is kept in pieces. Its items.content is then an outline, which can be made again: the message without
-- the bytes of its attachments. cuts tells what is missing there; it is NULL where items.content is the whole.
ALTER TABLE items ADD COLUMN cuts {text};
CREATE TABLE chunks (
  folder {int} NOT NULL,
  uid {int} NOT NULL,
  number {int} NOT NULL,
  bytes {blob} NOT NULL,
  PRIMARY KEY (folder, uid, number),
  FOREIGN KEY (folder, uid) REFERENCES items (folder, uid) ON DELETE CASCADE
);

-- With uid, so that a window of days is found without a look at what is outside of it.
DROP INDEX items_ends;
CREATE INDEX items_ends ON items (folder, ends, uid);
