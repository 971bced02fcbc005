//! Definitions read from JSON and held to the rules for definitions (RFC 7643 §2, §6 and §7).

mod check;
mod error;
mod read;

pub(crate) use check::{check_resource_type, check_schema, complete};
pub(crate) use error::Faults;
pub use error::{DefinitionError, DefinitionFault};
pub(crate) use read::{read_json, read_resource_type, read_schema};
