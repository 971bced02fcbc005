-- An index ends with `seq` by itself; named, it passes for one more condition, and SQLite sorts what is in order.
DROP INDEX resource_of_type;
CREATE INDEX resource_of_type ON resource (tenant, type);
