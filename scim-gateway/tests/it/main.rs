//! Tests of the gateway.
#![expect(
    clippy::unwrap_used,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod answers;
mod definitions;
mod folder;
mod http;
mod options;
mod queries;
mod races;
mod running;
mod sight;
mod sqlite;
mod tokens;
