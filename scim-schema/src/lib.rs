//! SCIM schemas at work (RFC 7643, RFC 7644 §3.3, §3.5.1 and §3.9): definitions, checks, write
//! rules, projection.
#![doc = include_str!("../README.md")]

mod canonical;
mod changes;
mod defaults;
mod definition;
mod discovery;
mod findings;
mod host;
mod limits;
mod node;
mod projection;
mod read;
mod registry;
mod response;
mod schemas;
mod site;
mod transition;
mod validate;
mod validator;
mod value;
mod violation;
mod write;

pub use canonical::{merge_elements, references_agree, same_value};
pub use changes::changes;
pub use defaults::Defaults;
pub use definition::{DefinitionError, DefinitionFault};
pub use discovery::{resource_type_resource, schema_resource};
pub use findings::Findings;
pub use host::{HostRuleError, HostRules};
pub use limits::{DefinitionLimits, ValidationLimits};
pub use projection::{Projection, ProjectionWriter, written_in};
pub use read::{read_resource, read_resource_with};
pub use registry::Registry;
pub use schemas::effective_schemas;
pub use scim_core;
pub use site::Site;
pub use validate::{Operation, UnknownOperation, Validated, validate};
pub use validator::Validator;
pub use value::ValueCheck;
pub use value::reference::reference_agrees;
pub use violation::{Rejected, Rule, Violation};
pub use write::{Replaced, create, replace};
