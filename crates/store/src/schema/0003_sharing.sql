-- What sharing by people needs beside folders and grants.

-- Moves with every change of the folder's grants, so that two who edit them at once hear of each other.
ALTER TABLE folders ADD COLUMN revision {int} NOT NULL DEFAULT 0;

-- Who changed what about rights, members, users, devices and passwords. Rows are only ever added. Names stand here in
-- words too: the record outlives those it speaks of. actor NULL: the server's operator. subject: whom it is about.
-- folder and revision: the folder whose grants were changed, and the revision that made.
INSERT INTO counters (name, value) VALUES ('audit', 0);
CREATE TABLE audit (
  id {int} NOT NULL PRIMARY KEY,
  at {int} NOT NULL,
  actor {int},
  actor_name {text} NOT NULL,
  on_behalf {text} NOT NULL,
  protocol {text} NOT NULL,
  device {text} NOT NULL,
  address {text} NOT NULL,
  action {text} NOT NULL,
  object {text} NOT NULL,
  folder {int},
  revision {int} NOT NULL,
  subject {int},
  subject_name {text} NOT NULL,
  old {text} NOT NULL,
  new {text} NOT NULL
);
CREATE INDEX audit_folder ON audit (folder, id);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_subject ON audit (subject, id);

-- Sessions

-- People who logged in on a page. id: SHA-256 of what the browser holds. generation: the user's when it began.
CREATE TABLE sessions (
  id {text} NOT NULL PRIMARY KEY,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  generation {int} NOT NULL,
  csrf {text} NOT NULL,
  created_at {int} NOT NULL,
  seen_at {int} NOT NULL
);
CREATE INDEX sessions_principal ON sessions (principal, created_at);

-- Asking for changes that were not allowed

-- destination: where a denied move was to go. marks: what a denied change of a message's marks was to leave.
ALTER TABLE denied_changes ADD COLUMN destination {int};
ALTER TABLE denied_changes ADD COLUMN marks {text};
CREATE INDEX denied_changes_principal ON denied_changes (principal, id);

-- Denied changes that their author asked the folder's admins for. line: what he wrote to them. decided_at NULL: nobody
-- decided yet. decided_by: who did, by name, empty for the server's operator. answer: what he wrote back.
CREATE TABLE denied_requests (
  denied {int} NOT NULL PRIMARY KEY REFERENCES denied_changes (id) ON DELETE CASCADE,
  principal {int} NOT NULL REFERENCES principals (id) ON DELETE CASCADE,
  folder {int} NOT NULL,
  at {int} NOT NULL,
  line {text} NOT NULL,
  decided_at {int},
  decided_by {text} NOT NULL,
  answer {text} NOT NULL
);
CREATE INDEX denied_requests_principal ON denied_requests (principal, folder);
CREATE INDEX denied_requests_waiting ON denied_requests (decided_at, denied);

-- own 1: the device's user chose the folder himself; 0: an admin set it.
ALTER TABLE device_folders ADD COLUMN own {int} NOT NULL DEFAULT 0;
