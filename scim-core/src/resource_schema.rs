//! [`ResourceSchema`]: base schema and extensions composed.

mod endpoints;
mod nearest;
mod place;
mod resolve;
mod unique;

use std::sync::Arc;

use endpoints::Endpoints;
pub use place::{Place, Resolved};
pub use resolve::{ResolveError, ResolveErrorKind};

use crate::{
    Attribute, Attributes, Document, Object, RawValue, ResourceType, Schema, SchemaUri, Value,
    builtin,
};

/// The schemas of one resource type, composed (RFC 7643 §3 and §6).
///
/// Cloning shares the definitions. It knows the [endpoints](Self::endpoints) of the other types too.
///
/// ```
/// use scim_core::{Policy, Resolved, builtin};
/// let user = builtin::user_schema();
/// let path = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.value".parse()?;
/// let Resolved::Attribute(place) = user.resolve(&path, &Policy::strict())? else { panic!() };
/// assert!(place.definition().case_exact);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ResourceSchema {
    inner: Arc<Inner>,
    endpoints: Endpoints,
}

#[derive(Debug)]
struct Inner {
    resource_type: ResourceType,
    /// The attributes at the top level: the common ones of RFC 7643 §3.1 and those of the base schema.
    attributes: Attributes,
    base: Arc<Schema>,
    extensions: Vec<ExtensionSchema>,
}

/// An extension of a [`ResourceSchema`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ExtensionSchema {
    /// The schema.
    pub schema: Arc<Schema>,
    /// Whether every resource of the type must have it.
    pub required: bool,
}

impl ResourceSchema {
    /// Composes a type from its schemas. The extensions are those of `resource_type`, in its order;
    /// the caller has checked that they fit (the registry of `scim-schema` does).
    pub fn new(
        resource_type: ResourceType,
        base: Arc<Schema>,
        extensions: Vec<Arc<Schema>>,
    ) -> Self {
        let extensions = extensions
            .into_iter()
            .map(|schema| ExtensionSchema {
                required: resource_type
                    .schema_extensions
                    .iter()
                    .any(|listed| listed.schema == schema.id && listed.required),
                schema,
            })
            .collect();
        let endpoints = Endpoints::of([&resource_type]);
        let common = builtin::common_attributes().iter();
        let heard = base.attributes.iter().filter(|a| !is_common(a));
        let inner = Arc::new(Inner {
            resource_type,
            attributes: common.chain(heard).cloned().collect(),
            base,
            extensions,
        });
        Self { inner, endpoints }
    }

    /// The same type with other definitions: of each attribute at the top level, common ones included,
    /// and of each attribute of an extension what `amend` makes of it, without those that it makes
    /// nothing of. So a client can be given a part of the attributes, and any other name is unknown.
    ///
    /// ```
    /// use scim_core::{Policy, builtin};
    /// let meek = builtin::user_schema().amended(|place| {
    ///     (place.attribute.name != *"externalId").then(|| place.attribute.clone())
    /// });
    /// assert!(meek.resolve(&"externalId".parse()?, &Policy::strict()).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn amended(&self, mut amend: impl FnMut(&Place<'_>) -> Option<Attribute>) -> Self {
        let mut all = |extension: Option<&Schema>, attributes: &[Attribute]| -> Attributes {
            let places = attributes.iter().map(|a| Place::new(extension, a, None));
            places.filter_map(|place| amend(&place)).collect()
        };
        let attributes = all(None, &self.inner.attributes);
        let mut base = (*self.inner.base).clone();
        let own = attributes.iter().filter(|a| !is_common(a));
        base.attributes = own.cloned().collect();
        let extensions = self.inner.extensions.iter().map(|extension| {
            let mut schema = (*extension.schema).clone();
            schema.attributes = all(Some(&extension.schema), &schema.attributes);
            ExtensionSchema {
                schema: Arc::new(schema),
                required: extension.required,
            }
        });
        let inner = Arc::new(Inner {
            resource_type: self.inner.resource_type.clone(),
            extensions: extensions.collect(),
            attributes,
            base: Arc::new(base),
        });
        Self {
            inner,
            endpoints: self.endpoints.clone(),
        }
    }

    /// The resource type.
    pub fn resource_type(&self) -> &ResourceType {
        &self.inner.resource_type
    }

    /// The base schema.
    pub fn base(&self) -> &Schema {
        &self.inner.base
    }

    /// The extensions, in the order of the resource type.
    pub fn extensions(&self) -> &[ExtensionSchema] {
        &self.inner.extensions
    }

    /// The extension with that URI, in any case.
    pub fn extension(&self, uri: &str) -> Option<&ExtensionSchema> {
        self.inner.extensions.iter().find(|e| e.schema.id == *uri)
    }

    /// Whether the URI is that of the base schema or of an extension.
    pub fn has_schema(&self, uri: &str) -> bool {
        self.inner.base.id == *uri || self.extension(uri).is_some()
    }

    /// The attributes at the top level: the common ones of RFC 7643 §3.1, then those of the base
    /// schema. A base schema that lists a common attribute is not heard (decision D06).
    pub fn attributes(&self) -> &Attributes {
        &self.inner.attributes
    }

    /// The top-level attribute of that name.
    #[inline]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.inner.attributes.named(name)
    }
}

impl ExtensionSchema {
    /// Whether a resource has the extension, and so its `schemas` list it: its object holds a value of an attribute
    /// that the schema defines (decisions P24 and W08).
    ///
    /// ```
    /// use scim_core::{Resource, builtin};
    /// let [enterprise] = builtin::user_schema().extensions() else { panic!() };
    /// for (members, expected) in [(r#""division":"d""#, true), (r#""division":null"#, false), (r#""gone":"g""#, false)] {
    ///     let user: Resource = format!(r#"{{"{}":{{{members}}}}}"#, builtin::ENTERPRISE_USER).parse()?;
    ///     assert_eq!(enterprise.is_in_use(&user), expected);
    /// }
    /// # Ok::<(), scim_core::ReadError>(())
    /// ```
    pub fn is_in_use(&self, resource: &Object) -> bool {
        let object = resource.get_by_key(self.schema.id.as_key());
        let members = object.and_then(Value::as_object);
        let mut members = members.into_iter().flat_map(Object::iter);
        members.any(|(key, value)| {
            value.has_content() && self.schema.attribute(key.as_str()).is_some()
        })
    }

    /// As [`is_in_use`](Self::is_in_use), of a document.
    pub fn is_in_use_in(&self, document: &Document) -> bool {
        let object = document.raw(self.schema.id.as_key());
        let mut members = object.into_iter().flat_map(RawValue::members);
        members.any(|(name, _)| self.schema.attribute(&name).is_some())
    }
}

/// Whether RFC 7643 §3.1 defines an attribute of that name for every resource.
fn is_common(attribute: &Attribute) -> bool {
    builtin::common_attribute(attribute.name.as_str()).is_some()
}

/// The member name under which an extension's object stands.
impl From<&ExtensionSchema> for SchemaUri {
    fn from(extension: &ExtensionSchema) -> Self {
        extension.schema.id.clone()
    }
}
