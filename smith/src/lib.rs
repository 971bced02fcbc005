//! Schemas, resources and requests made out of bytes: one generator for property tests, fuzz targets
//! and benches.
//!
//! Everything is read from a [`Source`]. The same choices make the same things, and where the choices
//! of a [`Source::new`] run out, each further one is the smallest: shorter bytes make smaller
//! things, so a property test that shrinks its bytes shrinks what was made of them.
//!
//! ```
//! use scim_core::Policy;
//! use scim_smith::{Definitions, Mutation, Source};
//! let mut source = Source::from_seed(7);
//! let schema = Definitions::new(&mut source).resource_schema();
//! let body = scim_smith::body(&mut source, &schema);
//! assert!(scim_schema::create(&schema, body, &Policy::strict()).is_ok());
//!
//! let wrong = Mutation::new(&mut source, &schema);
//! let rejected = wrong.validate(&schema, &Policy::strict()).unwrap_err();
//! assert_eq!(rejected.violations[0].pointer, wrong.pointer);
//! assert_eq!(rejected.violations[0].rule, wrong.rule);
//! ```
#![expect(
    clippy::expect_used,
    reason = "used by tests alone, which fail by panicking"
)]

mod any;
mod definitions;
mod mutation;
mod patch;
mod resource;
mod source;

pub use any::{near_miss, value};
pub use definitions::Definitions;
pub use mutation::Mutation;
pub use patch::patch;
pub use resource::{body, has_twins, shown, stored};
pub use source::Source;
