-- Everything a folder owns is keyed by folder first. Times are milliseconds since 1970 (UTC); 0 and 1 stand for no and yes.

-- Counters that every process on the database shares: 'id' (last id given), 'directory' (moves with every change of
-- principals, members, grants, folders and devices' shared folders).
CREATE TABLE counters (
  name {text} NOT NULL PRIMARY KEY,
  value {int} NOT NULL
);
INSERT INTO counters (name, value) VALUES ('id', 0), ('directory', 0);

CREATE TABLE settings (
  name {text} NOT NULL PRIMARY KEY,
  value {text} NOT NULL
);

-- kind: 1 user, 2 group, 3 space. One namespace of names. generation moves with every change of a credential.
CREATE TABLE principals (
  id {int} NOT NULL PRIMARY KEY,
  kind {int} NOT NULL,
  name {text} NOT NULL UNIQUE,
  email {text} UNIQUE,
  display_name {text} NOT NULL,
  admin {int} NOT NULL,
  disabled {int} NOT NULL,
  generation {int} NOT NULL,
  created_at {int} NOT NULL
);

-- kind: 1 password (argon2id), 2 app password (SHA-256 of 128 random bits).
CREATE TABLE credentials (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  id {int} NOT NULL,
  kind {int} NOT NULL,
  label {text} NOT NULL,
  hash {text} NOT NULL,
  created_at {int} NOT NULL,
  PRIMARY KEY (principal, id)
);

-- Failed log-ins by name and address, kept here so that a restart forgives nothing.
CREATE TABLE login_failures (
  name {text} NOT NULL,
  address {text} NOT NULL,
  count {int} NOT NULL,
  last_at {int} NOT NULL,
  PRIMARY KEY (name, address)
);

CREATE TABLE members (
  group_id {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  member {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  PRIMARY KEY (group_id, member)
);
CREATE INDEX members_member ON members (member, group_id);

-- parent 0: top of the account. role: ActiveSync's default folder type (2 Inbox ... 10 Notes), 0 for any other folder.
CREATE TABLE folders (
  id {int} NOT NULL PRIMARY KEY,
  account {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  parent {int} NOT NULL,
  name {text} NOT NULL,
  kind {int} NOT NULL,
  role {int} NOT NULL,
  modseq {int} NOT NULL,
  created_by {int},
  created_at {int} NOT NULL,
  UNIQUE (account, parent, name)
);

-- principal 0: everyone who can log in.
CREATE TABLE grants (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  principal {int} NOT NULL,
  folder_level {int} NOT NULL,
  read_level {int} NOT NULL,
  write_level {int} NOT NULL,
  delete_level {int} NOT NULL,
  private {int} NOT NULL,
  busy {int} NOT NULL,
  until {int},
  PRIMARY KEY (folder, principal)
);
CREATE INDEX grants_principal ON grants (principal, folder);

-- content is the item as it came; every column after marks is an index that can be made again from it.
CREATE TABLE items (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  uid {int} NOT NULL,
  modseq {int} NOT NULL,
  content_modseq {int} NOT NULL,
  owner {int},
  created_by {int},
  created_at {int} NOT NULL,
  changed_at {int} NOT NULL,
  name {text} NOT NULL,
  content {blob} NOT NULL,
  marks {text} NOT NULL,
  identity {text},
  summary {text} NOT NULL,
  sensitivity {int} NOT NULL,
  starts {int},
  ends {int},
  open {int} NOT NULL,
  size {int} NOT NULL,
  PRIMARY KEY (folder, uid),
  UNIQUE (folder, name)
);
CREATE INDEX items_modseq ON items (folder, modseq);
-- With uid, for the first of its equals: without it SQLite would rather read the whole folder in the order of uid.
CREATE INDEX items_identity ON items (folder, identity, uid);
CREATE INDEX items_ends ON items (folder, ends);

CREATE TABLE tombstones (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  uid {int} NOT NULL,
  modseq {int} NOT NULL,
  owner {int},
  PRIMARY KEY (folder, uid)
);
CREATE INDEX tombstones_modseq ON tombstones (folder, modseq);

-- What is each user's own about a folder's items, with a counter of its own: it moves nobody else's modseq.
CREATE TABLE overlay_counters (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  modseq {int} NOT NULL,
  PRIMARY KEY (folder, principal)
);
CREATE TABLE overlays (
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  uid {int} NOT NULL,
  modseq {int} NOT NULL,
  seen {int} NOT NULL,
  PRIMARY KEY (folder, principal, uid)
);
CREATE INDEX overlays_modseq ON overlays (folder, principal, modseq);
CREATE INDEX overlays_uid ON overlays (folder, uid, principal);

CREATE TABLE devices (
  id {int} NOT NULL PRIMARY KEY,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  kind {text} NOT NULL,
  version {text} NOT NULL,
  agent {text} NOT NULL,
  policy_key {int} NOT NULL,
  info {text} NOT NULL,
  memo {text} NOT NULL,
  first_seen {int} NOT NULL,
  last_seen {int} NOT NULL,
  UNIQUE (principal, address)
);

-- Folders an admin set for one device, by the device's address: this works before its first contact.
CREATE TABLE device_folders (
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  address {text} NOT NULL,
  folder {int} NOT NULL REFERENCES folders (id) ON DELETE CASCADE,
  PRIMARY KEY (principal, address, folder)
);

-- The confirmed cursor of a device and folder and every cursor offered from it. folder 0 is the folder hierarchy.
-- standing: 1 confirmed, 2 offered from the confirmed one, 3 offered for key 0. The columns from modseq to expires say
-- without decoding whether anything can have changed since.
CREATE TABLE cursors (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  folder {int} NOT NULL,
  sync_key {int} NOT NULL,
  serial {int} NOT NULL,
  standing {int} NOT NULL,
  modseq {int} NOT NULL,
  overlay {int} NOT NULL,
  directory {int} NOT NULL,
  pending {int} NOT NULL,
  expires {int},
  memo {text} NOT NULL,
  state {text} NOT NULL,
  PRIMARY KEY (device, folder, sync_key)
);

-- What client commands were answered, by the key they came with; identity names the command and its content. live 1:
-- the device may not know yet. live 0: it does; kept for a day to tell a late duplicate from a stale write.
CREATE TABLE answers (
  device {int} NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
  folder {int} NOT NULL,
  request_key {int} NOT NULL,
  identity {text} NOT NULL,
  outcome {text} NOT NULL,
  live {int} NOT NULL,
  at {int} NOT NULL,
  PRIMARY KEY (device, folder, request_key, identity)
);
CREATE INDEX answers_live ON answers (device, folder, live);

-- A write that was not made, kept whole. Folder and account stand in words too: the record outlives them.
CREATE TABLE denied_changes (
  id {int} NOT NULL PRIMARY KEY,
  at {int} NOT NULL,
  last_at {int} NOT NULL,
  count {int} NOT NULL,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  device {text} NOT NULL,
  device_kind {text} NOT NULL,
  folder {int} NOT NULL,
  account {text} NOT NULL,
  path {text} NOT NULL,
  kind {int} NOT NULL,
  uid {int},
  operation {text} NOT NULL,
  reason {text} NOT NULL,
  state {text} NOT NULL,
  silent {int} NOT NULL,
  summary {text} NOT NULL,
  why {text} NOT NULL,
  tried {blob},
  stands {blob},
  notice {int},
  digest {text} NOT NULL,
  UNIQUE (principal, digest)
);
CREATE INDEX denied_changes_at ON denied_changes (principal, at);
