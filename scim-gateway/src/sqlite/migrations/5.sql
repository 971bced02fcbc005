-- Of who was deleted, a unique value is theirs until another has it, whatever its type and however it comes by it.
CREATE TABLE deleted_by_value (
    tenant        TEXT NOT NULL,
    type          TEXT NOT NULL,
    attribute     TEXT NOT NULL,
    key           TEXT NOT NULL,
    id            TEXT NOT NULL,
    created       INTEGER NOT NULL,
    last_modified INTEGER NOT NULL,
    PRIMARY KEY (tenant, attribute, key)
) STRICT, WITHOUT ROWID;
INSERT OR REPLACE INTO deleted_by_value
    SELECT tenant, type, attribute, key, id, created, last_modified FROM deleted
    WHERE NOT EXISTS (
        SELECT 1 FROM attribute_key AS live
        WHERE live.tenant = deleted.tenant AND live.attribute = deleted.attribute AND live.key = deleted.key
            AND live.is_unique = 1
    )
    ORDER BY last_modified;
DROP TABLE deleted;
ALTER TABLE deleted_by_value RENAME TO deleted;
CREATE INDEX deleted_by_id ON deleted (tenant, id);

CREATE TRIGGER deleted_no_more AFTER INSERT ON attribute_key WHEN new.is_unique = 1 BEGIN
    DELETE FROM deleted WHERE tenant = new.tenant AND attribute = new.attribute AND key = new.key;
END;
