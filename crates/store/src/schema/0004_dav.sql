-- What clients need that know items by name.

-- The name and sensitivity of the deleted item: who may have seen it is told under which name it went.
ALTER TABLE tombstones ADD COLUMN name {text} NOT NULL DEFAULT '';
ALTER TABLE tombstones ADD COLUMN sensitivity {int} NOT NULL DEFAULT 0;
