//! [`Authorize`]: what a client may do with resources and with their attributes.

use scim_core::{Place, ResourceSchema, ScimError};

use crate::context::Context;

/// What a client may do, decided by the host for each request: see
/// [`Builder::authorize`](crate::Builder::authorize). Both methods allow everything by default.
///
/// An attribute that a client may not read does not exist for it: filter, `sortBy`, projection,
/// PATCH paths and bodies that name it are answered as for an unknown attribute, no resource shows it,
/// and no write touches it, unless the client removes the element of a list that it is in.
///
/// Three things are as they are for everybody: `/Schemas` describes the whole schemas; headers and bulk
/// results tell where a resource is and which version it has, whether or not `meta` may be read; and
/// that version is of the whole resource, so it also changes with what the client does not see.
///
/// ```
/// use scim_server::{Access, Action, Authorize, Context, MemoryStore, ServiceProvider};
/// use scim_server::scim_core::{Place, ResourceSchema, ScimError};
/// use scim_server::scim_schema::Registry;
///
/// /// Everybody reads, nobody sees who is who's manager, and only `hr` writes.
/// struct Rules;
///
/// impl Authorize for Rules {
///     fn action(&self, context: &Context, action: Action, _: &ResourceSchema, _: Option<&str>) -> Result<(), ScimError> {
///         match action {
///             Action::Read | Action::Query => Ok(()),
///             _ if context.principal.as_deref() == Some("hr") => Ok(()),
///             _ => Err(ScimError::new(403, "only hr may write")),
///         }
///     }
///
///     fn attribute(&self, _: &Context, _: &ResourceSchema, place: &Place<'_>) -> Access {
///         if place.attribute.name == "manager" { Access::None } else { Access::Write }
///     }
/// }
/// # let new_id = || "1".to_owned();
/// let provider = ServiceProvider::builder(Registry::builtin(), MemoryStore::new(), new_id)
///     .authorize(Rules)
///     .build()?;
/// # Ok::<(), scim_server::BuildError>(())
/// ```
pub trait Authorize: Send + Sync {
    /// Whether the client may do this with resources of the type, or with the one of that id.
    ///
    /// A query has no id: it is allowed or refused as a whole, and its result is not narrowed to some
    /// resources, which is for the store to do, by tenant for instance. One over several types leaves
    /// out those that are refused, and is refused itself only if all are.
    ///
    /// # Errors
    /// What the client is answered: typically 403, or 404 to keep secret that there is such a
    /// resource.
    fn action(
        &self,
        context: &Context,
        action: Action,
        schema: &ResourceSchema,
        id: Option<&str>,
    ) -> Result<(), ScimError> {
        let _ = (context, action, schema, id);
        Ok(())
    }

    /// What the client may do with an attribute of the type: asked about each attribute, and about
    /// each sub-attribute of those that it may read ([`Place::sub_attribute`]), of which it may do
    /// no more than with the attribute. `id` and `schemas` are not asked about: every client may read
    /// them.
    fn attribute(&self, context: &Context, schema: &ResourceSchema, place: &Place<'_>) -> Access {
        let _ = (context, schema, place);
        Access::Write
    }
}

/// What a client does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// POST to a type (RFC 7644 §3.3).
    Create,
    /// GET of a resource (§3.4.1).
    Read,
    /// GET of a type or of the root, and `/.search` (§3.4.2).
    Query,
    /// PUT (§3.5.1).
    Replace,
    /// PATCH (§3.5.2).
    Patch,
    /// DELETE (§3.6).
    Delete,
}

/// What a client may do with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "each step includes the one before")]
pub enum Access {
    /// Nothing: for this client there is no such attribute.
    None,
    /// Read: for this client the attribute is readOnly.
    Read,
    /// Read and write, as far as the schema allows.
    Write,
}
