//! Tests of scim-schema.
#![expect(
    clippy::unwrap_used,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod project;
mod support;
mod validate;
