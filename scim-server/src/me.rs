//! `/Me`: the resource that stands for whoever asks (RFC 7644 §3.11).

use std::sync::Arc;

use scim_core::{ResourceSchema, ScimError};

use crate::context::Context;
use crate::error::Fault;
use crate::provider::Shared;

/// The resource that stands for a client, see [`Builder::subjects`](crate::Builder::subjects).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Subject {
    /// The name of its type.
    pub resource_type: String,
    /// Its id.
    pub id: String,
}

impl Subject {
    /// The resource of that type and id.
    pub fn new(resource_type: impl Into<String>, id: impl Into<String>) -> Self {
        Self {
            resource_type: resource_type.into(),
            id: id.into(),
        }
    }
}

/// Who the client is among the resources.
pub(crate) type Subjects = dyn Fn(&Context) -> Option<Subject> + Send + Sync;

impl Shared {
    /// Type and id of the resource that stands for whoever asks (decision E17).
    pub(crate) fn subject(&self, context: &Context) -> Result<(&ResourceSchema, String), Fault> {
        let subjects = self.subjects.as_ref();
        let subjects = subjects.ok_or_else(|| Fault::not_supported("`/Me`"))?;
        let Subject { resource_type, id } = subjects(context)
            .ok_or_else(|| ScimError::new(404, "no resource stands for the client"))?;
        match self.registry.resource_schema(&resource_type) {
            Some(schema) => Ok((schema, id)),
            None => Err(Fault::Failed(Arc::from(Box::from(format!(
                "`{resource_type}`, the type of the client's resource, is not one"
            ))))),
        }
    }

    /// The type that a POST to `/Me` creates.
    pub(crate) fn created_by_me(&self) -> Result<&ResourceSchema, Fault> {
        let name = self.me_creates.as_deref();
        name.and_then(|name| self.registry.resource_schema(name))
            .ok_or_else(|| Fault::not_supported("POST to `/Me`"))
    }
}
