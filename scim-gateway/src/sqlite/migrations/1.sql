-- Resources in creation order (decision Q08). Times are milliseconds since 1970; `last_modified` grows with every
-- write of a resource, so it is its version as well (decisions V02, V11).
CREATE TABLE resource (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant        TEXT NOT NULL,
    type          TEXT NOT NULL,
    id            TEXT NOT NULL,
    created       INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    document      TEXT NOT NULL,
    UNIQUE (tenant, id)
) STRICT;
-- An index ends with `seq` by itself; named, it passes for one more condition, and SQLite sorts what is in order.
CREATE INDEX resource_of_type ON resource (tenant, type);
CREATE INDEX resource_by_change ON resource (tenant, type, last_modified);

-- Comparison keys of the attributes that are looked up, and of those that must be unique (decisions F25, W18).
CREATE TABLE attribute_key (
    resource  INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    tenant    TEXT NOT NULL,
    attribute TEXT NOT NULL,
    key       TEXT NOT NULL,
    is_unique INTEGER NOT NULL
) STRICT;
CREATE INDEX attribute_key_look_up ON attribute_key (tenant, attribute, key, resource);
-- The keys of one resource by attribute: for what must not be found, and for the order of a result.
CREATE INDEX attribute_key_of_resource ON attribute_key (resource, tenant, attribute, key);
CREATE UNIQUE INDEX attribute_key_unique ON attribute_key (tenant, attribute, key) WHERE is_unique = 1;

-- The elements of `members`, kept apart from the document that they belong to; `value` stands alone and `rest` is
-- the element's other sub-attributes as JSON.
CREATE TABLE member (
    holder   INTEGER NOT NULL REFERENCES resource (seq) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    tenant   TEXT NOT NULL,
    value    TEXT,
    rest     TEXT,
    PRIMARY KEY (holder, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_by_value ON member (tenant, value, holder);

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
    PRIMARY KEY (tenant, attribute, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX deleted_by_id ON deleted (tenant, id);

-- The value is theirs until another has it, whatever its type and however it comes by it.
CREATE TRIGGER deleted_no_more AFTER INSERT ON attribute_key WHEN new.is_unique = 1 BEGIN
    DELETE FROM deleted WHERE tenant = new.tenant AND attribute = new.attribute AND key = new.key;
END;

-- Bearer tokens by their SHA-256.
CREATE TABLE credential (
    name    TEXT PRIMARY KEY,
    hash    BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
