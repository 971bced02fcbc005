//! scim-gateway.
