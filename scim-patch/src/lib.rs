//! SCIM PATCH (RFC 7644 §3.5.2): a checked plan, applied atomically, and the effective changes.
#![doc = include_str!("../README.md")]

mod action;
mod contradiction;
mod diff;
mod document;
mod effect;
mod equal;
mod error;
mod given;
mod journal;
mod judge;
mod limits;
mod lookup;
mod plan;
mod planner;
mod run;
mod spelling;
mod typed;
mod value_delta;

pub use diff::{DiffError, diff};
pub use document::ApplyDocumentError;
pub use error::PatchError;
pub use limits::PatchLimits;
pub use plan::{Applied, Plan};
pub use scim_core;
pub use scim_schema;
pub use typed::ApplyToError;
pub use value_delta::ValueDelta;
