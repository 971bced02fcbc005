//! scim-schema.
