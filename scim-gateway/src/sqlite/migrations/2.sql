-- The keys of one resource by attribute: for what must not be found, and for the order of a result.
DROP INDEX attribute_key_of_resource;
CREATE INDEX attribute_key_of_resource ON attribute_key (resource, tenant, attribute, key);
