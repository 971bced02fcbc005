//! Tests of scim-patch over its public interface.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod allocations;
mod departures;
mod diff;
mod differential;
mod document;
mod errors;
mod laws;
mod linear;
mod naive;
mod spelling;
mod tables;
mod typed;
mod value_delta;
