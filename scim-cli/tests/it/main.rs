//! Tests of the binary `scim`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod arguments;
mod batch;
mod cases;
mod folder;
mod process;
mod readme;
mod serve;
mod single;
