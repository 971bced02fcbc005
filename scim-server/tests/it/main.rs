//! The service provider, end to end in one process.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking"
)]

mod authorize;
mod bulk;
mod contract;
mod cursors;
mod custom;
mod embedded;
mod errors;
mod groups;
mod host;
mod hostile;
mod identity;
mod me;
mod memberships;
mod observe;
mod pieces;
mod queries;
mod races;
mod revived;
mod rules;
mod scenarios;
mod sight;
mod switches;
mod typed_references;
mod writes;
