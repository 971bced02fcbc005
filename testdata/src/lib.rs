//! Cases as data, shared by the tests of every crate. The format is in `README.md` beside this.
//!
//! ```
//! for case in scim_testdata::filter_cases() {
//!     for policy in &case.policies {
//!         assert!(["strict", "lenient", "interop"].contains(&policy.as_str()));
//!     }
//! }
//! ```
//!
//! Every function panics, with the file and the case in the message, when the data is not as
//! `README.md` says: a wrong table must never look like a passing test.
#![expect(
    clippy::panic,
    clippy::indexing_slicing,
    reason = "used by tests alone, which fail by panicking"
)]

mod case;
mod files;
pub mod scenario;
pub mod tcp;

pub use case::{
    FilterCase, PatchCase, PathCase, ProjectCase, Refusal, ValidateCase, Violation, filter_cases,
    patch_cases, path_cases, project_cases, validate_cases,
};
pub use files::{
    examples, resource, resource_text, resource_type_text, resources, schema_text, schema_texts_of,
};

#[cfg(test)]
mod tests;
