//! scim-server.
