//! scim-filter.
