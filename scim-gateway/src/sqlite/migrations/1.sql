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
CREATE INDEX resource_of_type ON resource (tenant, type, seq);
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
CREATE INDEX attribute_key_of_resource ON attribute_key (resource);
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
