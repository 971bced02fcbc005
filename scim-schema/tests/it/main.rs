//! Tests of scim-schema.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod contradictions;
mod definition_rules;
mod definitions;
mod device;
mod elements;
mod examples;
mod generated;
mod host;
mod kept;
mod laws;
mod messages;
mod project;
mod references;
mod support;
mod validate;
mod values;
mod writes;
