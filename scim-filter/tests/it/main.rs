//! The tests of scim-filter, one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests fail by panicking; clippy's exemption ends at helper functions"
)]

mod agree;
mod allocations;
mod checked;
mod filter_cases;
mod forms;
mod generate;
mod hostile;
mod laws;
mod messages;
mod no_schema;
mod path_cases;
mod secrets;
mod sort;
#[cfg(feature = "sql")]
mod sql;
mod types;
