//! The service provider, end to end in one process.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod contract;
mod errors;
mod host;
mod hostile;
mod scenarios;
