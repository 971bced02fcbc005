//! scim-patch.
