//! [`Authorize`]: what a client may do with resources and with their attributes.

use std::borrow::Cow;
use std::sync::Arc;

use scim_core::{
    Attribute, Mutability, Object, Place, Resource, ResourceSchema, Schema, ScimError, Value,
    builtin,
};

use crate::context::Context;
use crate::membership::GROUPS;
use crate::provider::Shared;
use crate::store::Stored;

/// What a client may do, decided by the host for each request: see
/// [`Builder::authorize`](crate::Builder::authorize). Both methods allow everything by default.
///
/// An attribute that a client may not read does not exist for it: filter, `sortBy`, projection and
/// PATCH paths that name it are answered as for an unknown attribute, no resource shows it, and no
/// write touches it. `/Schemas` describes the schemas as they are.
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
    /// A query over several types leaves out those that are refused, and is refused itself only if
    /// all are.
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

    /// What the client may do with an attribute of the type, with all that is in it. The common
    /// attributes of RFC 7643 §3.1 are not asked about: every client may read `id`.
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

/// A resource type as one client sees it. Cloning shares.
#[derive(Clone, Debug)]
pub(crate) struct Sight {
    /// The type as it is.
    pub(crate) schema: ResourceSchema,
    /// The type with the attributes that the client may read, readOnly where it may not write.
    pub(crate) seen: ResourceSchema,
    /// Whether `seen` differs from `schema`.
    pub(crate) is_limited: bool,
}

impl Sight {
    /// A type of which everything is seen.
    fn whole(schema: &ResourceSchema) -> Self {
        Self {
            schema: schema.clone(),
            seen: schema.clone(),
            is_limited: false,
        }
    }

    /// What the client sees of a resource.
    pub(crate) fn see<'s>(&self, stored: &'s Stored) -> Cow<'s, Stored> {
        if !self.is_limited {
            return Cow::Borrowed(stored);
        }
        let visible = |name: &str| self.seen.attribute(name).is_some();
        let attributes = stored.resource().iter().filter_map(|(key, value)| {
            let Some(extension) = self.seen.extension(key.as_str()) else {
                return visible(key.as_str()).then(|| (key.clone(), value.clone()));
            };
            let object = value.as_object()?.iter();
            let object =
                object.filter(|(key, _)| extension.schema.attribute(key.as_str()).is_some());
            let object: Object = object.map(|(k, v)| (k.clone(), v.clone())).collect();
            (!object.is_empty()).then(|| (key.clone(), object.into()))
        });
        let resource: Object = attributes.collect();
        let mut seen = stored.clone();
        let (time, version) = (seen.last_modified, seen.version.clone());
        seen.set(Arc::new(resource.into()), time, version);
        if !visible(GROUPS) {
            seen.groups.clear();
        }
        Cow::Owned(seen)
    }

    /// Puts what the client does not see back into a resource that it changed.
    pub(crate) fn restore(&self, resource: &mut Resource, current: &Resource) {
        if !self.is_limited {
            return;
        }
        for (key, value) in current.iter() {
            let name = key.as_str();
            let Some(extension) = self.seen.extension(name) else {
                if self.seen.attribute(name).is_none() {
                    resource.insert(name, value.clone());
                }
                continue;
            };
            let hidden = value.as_object().into_iter().flat_map(Object::iter);
            let hidden =
                hidden.filter(|(key, _)| extension.schema.attribute(key.as_str()).is_none());
            for (key, value) in hidden {
                if resource.get(name).is_none() {
                    resource.insert(name, Object::new());
                }
                if let Some(object) = resource.get_mut(name).and_then(Value::as_object_mut) {
                    object.insert(key.as_str(), value.clone());
                }
            }
        }
    }
}

impl Shared {
    /// The type as the client of a request sees it, if it may do what it asks.
    pub(crate) fn sight(
        &self,
        context: &Context,
        action: Action,
        schema: &ResourceSchema,
        id: Option<&str>,
    ) -> Result<Sight, ScimError> {
        let Some(rules) = &self.authorize else {
            return Ok(Sight::whole(schema));
        };
        rules.action(context, action, schema, id)?;
        let mut is_limited = false;
        let mut limit = |of: &Schema, extension: Option<&Schema>| {
            let attributes = of.attributes.iter().filter_map(|attribute| {
                if extension.is_none()
                    && builtin::common_attribute(attribute.name.as_str()).is_some()
                {
                    return Some(attribute.clone());
                }
                let place = Place::new(extension, attribute, None);
                let access = rules.attribute(context, schema, &place);
                is_limited |= access != Access::Write;
                match access {
                    // What nobody reads is there to be written alone.
                    Access::Read if attribute.is_hidden() => None,
                    Access::Read => Some(read_only(attribute)),
                    Access::None => None,
                    Access::Write => Some(attribute.clone()),
                }
            });
            let mut seen = of.clone();
            seen.attributes = attributes.collect();
            Arc::new(seen)
        };
        let base = limit(schema.base(), None);
        let extensions = schema.extensions().iter();
        let extensions = extensions
            .map(|e| limit(&e.schema, Some(&e.schema)))
            .collect();
        if !is_limited {
            return Ok(Sight::whole(schema));
        }
        Ok(Sight {
            schema: schema.clone(),
            seen: ResourceSchema::new(schema.resource_type().clone(), base, extensions),
            is_limited,
        })
    }
}

/// The attribute as one that no client writes.
fn read_only(attribute: &Attribute) -> Attribute {
    let mut attribute = attribute.clone();
    attribute.mutability = Mutability::ReadOnly;
    attribute
}
