//! The tests of scim-filter, one binary.

mod filter_cases;
mod path_cases;
mod types;
