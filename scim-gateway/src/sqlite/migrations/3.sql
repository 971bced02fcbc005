-- Who was the last to have a unique value, of what was deleted and may come back (decision G06). `key` is as in
-- `attribute_key`; nothing else is kept of a deleted resource.
CREATE TABLE deleted (
    tenant        TEXT NOT NULL,
    type          TEXT NOT NULL,
    attribute     TEXT NOT NULL,
    key           TEXT NOT NULL,
    id            TEXT NOT NULL,
    created       INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    PRIMARY KEY (tenant, type, attribute, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_by_id ON deleted (tenant, id);
