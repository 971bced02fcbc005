//! What holds for the crate as a whole.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail by panicking, their helpers too"
)]

mod builtin;
mod examples;
mod laws;
mod no_panic;
mod smith;
