//! [`ResourceSchema`]: base schema and extensions composed, and the one place where a name becomes
//! an attribute.

mod endpoints;
mod nearest;
mod unique;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use endpoints::Endpoints;

use crate::{
    AttrPath, Attribute, Object, Policy, Resource, ResourceType, Schema, SchemaUri, Tolerance,
    Value, builtin,
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
    /// The common attributes of RFC 7643 §3.1.
    common: Cow<'static, [Attribute]>,
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

/// What a path names (decision N02).
#[derive(Clone, Copy, Debug, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a path can name nothing else")]
pub enum Resolved<'s> {
    /// The whole resource: the path is the URI of the base schema.
    Resource,
    /// A whole extension object.
    Extension(&'s Schema),
    /// An attribute or sub-attribute.
    Attribute(Place<'s>),
}

/// An attribute or sub-attribute of a resource.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Place<'s> {
    /// The extension that defines it; `None` for the base schema and the common attributes.
    pub extension: Option<&'s Schema>,
    /// The attribute.
    pub attribute: &'s Attribute,
    /// The sub-attribute.
    pub sub_attribute: Option<&'s Attribute>,
    /// The tolerance that let the name pass, if one was needed.
    pub tolerance: Option<Tolerance>,
}

impl<'s> Place<'s> {
    /// A place known without look-up.
    pub fn new(
        extension: Option<&'s Schema>,
        attribute: &'s Attribute,
        sub_attribute: Option<&'s Attribute>,
    ) -> Self {
        Self {
            extension,
            attribute,
            sub_attribute,
            tolerance: None,
        }
    }

    /// The definition of the sub-attribute, or else of the attribute.
    pub fn definition(&self) -> &'s Attribute {
        self.sub_attribute.unwrap_or(self.attribute)
    }

    /// The path in the schema's spelling; extension attributes are qualified.
    pub fn path(&self) -> AttrPath {
        AttrPath::of(
            self.extension.map(|schema| schema.id.as_str()),
            self.attribute.name.as_str(),
            self.sub_attribute.map(|sub| sub.name.as_str()),
        )
    }

    /// The object that holds the attribute: the resource itself, or the extension's object.
    pub fn container<'r>(&self, resource: &'r Resource) -> Option<&'r Object> {
        match self.extension {
            None => Some(resource),
            Some(schema) => resource.get(schema.id.as_str())?.as_object(),
        }
    }

    /// The value of the attribute (not of the sub-attribute), `null` counted as absent.
    pub fn value<'r>(&self, resource: &'r Resource) -> Option<&'r Value> {
        let value = self
            .container(resource)?
            .get(self.attribute.name.as_str())?;
        (*value != Value::Null).then_some(value)
    }
}

/// A path that names nothing the resource type has.
///
/// What the writer may have meant is looked for when somebody asks or reads the message: many of
/// these errors are never shown, and the search compares the name with every other.
#[derive(Clone, thiserror::Error)]
#[error("{}", self.message())]
pub struct ResolveError {
    path: AttrPath,
    kind: ResolveErrorKind,
    schema: ResourceSchema,
}

impl fmt::Debug for ResolveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut error = f.debug_struct("ResolveError");
        error.field("path", &self.path).field("kind", &self.kind);
        error.finish_non_exhaustive()
    }
}

/// Equal if they say the same of the same path, whatever the schema.
impl PartialEq for ResolveError {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.kind == other.kind
    }
}

impl Eq for ResolveError {}

/// The fault of a [`ResolveError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResolveErrorKind {
    /// The schema URI belongs to no schema of the type.
    UnknownSchema,
    /// No such attribute.
    UnknownAttribute,
    /// The attribute is known, its sub-attribute is not.
    UnknownSubAttribute,
}

impl ResolveError {
    /// What is unknown.
    pub fn kind(&self) -> ResolveErrorKind {
        self.kind
    }

    /// A path of the resource type that the writer may have meant; none whose values are never shown,
    /// since most paths ask for values.
    ///
    /// # Complexity
    /// Linear in the attributes of the schema times the product of the lengths of the names.
    pub fn suggestion(&self) -> Option<AttrPath> {
        self.schema.suggestion(&self.path, self.kind)
    }

    fn message(&self) -> String {
        let what = match self.kind {
            ResolveErrorKind::UnknownSchema => "schema in",
            ResolveErrorKind::UnknownAttribute => "attribute",
            ResolveErrorKind::UnknownSubAttribute => "sub-attribute",
        };
        let hint = match self.suggestion() {
            Some(name) => format!(", did you mean `{name}`?"),
            None => String::new(),
        };
        format!("unknown {what} {}{hint}", crate::quoted(self.path.as_str()))
    }
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
        let inner = Arc::new(Inner {
            resource_type,
            common: builtin::common_attributes().into(),
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
        let mut all = |extension: Option<&Schema>, attributes: &[Attribute]| -> Vec<Attribute> {
            let places = attributes.iter().map(|a| Place::new(extension, a, None));
            places.filter_map(|place| amend(&place)).collect()
        };
        let common = all(None, &self.inner.common);
        let mut base = (*self.inner.base).clone();
        // What is not heard must not be heard where the common attribute is gone (D06).
        base.attributes
            .retain(|a| builtin::common_attribute(a.name.as_str()).is_none());
        base.attributes = all(None, &base.attributes);
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
            common: common.into(),
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
    pub fn attributes(&self) -> impl Iterator<Item = &Attribute> {
        let base = self.inner.base.attributes.iter();
        let common = self.inner.common.iter();
        common.chain(base.filter(|a| builtin::common_attribute(a.name.as_str()).is_none()))
    }

    /// The top-level attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        let mut common = self.inner.common.iter();
        let common = common.find(|attribute| attribute.name == *name);
        common.or_else(|| self.inner.base.attribute(name))
    }

    /// Finds what a path names: the one place where a name becomes an attribute.
    ///
    /// The whole text is compared with the schema URIs first (N02). Common attributes may be bare or
    /// qualified with the base URI (N04). An unqualified name of a single extension is found if the
    /// policy allows (N03), and [`Place::tolerance`] says so.
    ///
    /// # Errors
    /// [`ResolveError`] with a suggestion where one is near.
    ///
    /// # Complexity
    /// Linear in the number of attributes; no allocation.
    pub fn resolve(&self, path: &AttrPath, policy: &Policy) -> Result<Resolved<'_>, ResolveError> {
        let whole = path.as_str().strip_suffix(':').unwrap_or(path.as_str());
        if path.schema().is_some() {
            if self.inner.base.id == *whole {
                return Ok(Resolved::Resource);
            }
            if let Some(extension) = self.extension(whole) {
                return Ok(Resolved::Extension(&extension.schema));
            }
        }
        let (extension, attribute, tolerance) = match path.schema() {
            None => match self.attribute(path.attr()) {
                Some(attribute) => (None, attribute, None),
                None => self
                    .unqualified_extension_attribute(path.attr(), policy)
                    .ok_or_else(|| self.unknown(path, ResolveErrorKind::UnknownAttribute))?,
            },
            Some(uri) if self.inner.base.id == *uri => {
                let attribute = self
                    .attribute(path.attr())
                    .ok_or_else(|| self.unknown(path, ResolveErrorKind::UnknownAttribute))?;
                (None, attribute, None)
            }
            Some(uri) => {
                let extension = self
                    .extension(uri)
                    .ok_or_else(|| self.unknown(path, ResolveErrorKind::UnknownSchema))?;
                let attribute = extension
                    .schema
                    .attribute(path.attr())
                    .ok_or_else(|| self.unknown(path, ResolveErrorKind::UnknownAttribute))?;
                (Some(&*extension.schema), attribute, None)
            }
        };
        let sub_attribute = match path.sub() {
            None => None,
            Some(sub) => Some(
                attribute
                    .sub_attribute(sub)
                    .ok_or_else(|| self.unknown(path, ResolveErrorKind::UnknownSubAttribute))?,
            ),
        };
        Ok(Resolved::Attribute(Place {
            extension,
            attribute,
            sub_attribute,
            tolerance,
        }))
    }

    /// The attribute of exactly one extension and of nothing else (decision N03).
    fn unqualified_extension_attribute(
        &self,
        name: &str,
        policy: &Policy,
    ) -> Option<(Option<&Schema>, &Attribute, Option<Tolerance>)> {
        if !policy.unqualified_extension_names {
            return None;
        }
        let mut found = self
            .inner
            .extensions
            .iter()
            .filter_map(|e| Some((&*e.schema, e.schema.attribute(name)?)));
        match (found.next(), found.next()) {
            (Some((schema, attribute)), None) => Some((
                Some(schema),
                attribute,
                Some(Tolerance::UnqualifiedExtensionNames),
            )),
            _ => None,
        }
    }

    fn unknown(&self, path: &AttrPath, kind: ResolveErrorKind) -> ResolveError {
        ResolveError {
            path: path.clone(),
            kind,
            schema: self.clone(),
        }
    }
}

/// The member name under which an extension's object stands.
impl From<&ExtensionSchema> for SchemaUri {
    fn from(extension: &ExtensionSchema) -> Self {
        extension.schema.id.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(path: &str, policy: &Policy) -> Result<String, String> {
        let user = builtin::user_schema();
        match user.resolve(&path.parse().unwrap(), policy) {
            Ok(Resolved::Resource) => Ok("resource".into()),
            Ok(Resolved::Extension(schema)) => Ok(format!("extension {}", schema.id)),
            Ok(Resolved::Attribute(place)) => Ok(place.path().to_string()),
            Err(error) => Err(error.to_string()),
        }
    }

    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";

    #[test]
    fn n02_a_whole_uri_comes_before_its_last_part() {
        let strict = Policy::strict();
        assert_eq!(resolve(USER, &strict).unwrap(), "resource");
        for text in [
            ENTERPRISE.to_owned(),
            format!("{ENTERPRISE}:"),
            ENTERPRISE.to_uppercase(),
        ] {
            assert_eq!(
                resolve(&text, &strict).unwrap(),
                format!("extension {ENTERPRISE}")
            );
        }
    }

    #[test]
    fn n03_an_unqualified_extension_name_is_a_tolerance() {
        assert!(resolve("department", &Policy::strict()).is_err());
        assert_eq!(
            resolve("department", &Policy::lenient()).unwrap(),
            format!("{ENTERPRISE}:department")
        );
    }

    #[test]
    fn n04_common_attributes_are_bare_or_of_the_base() {
        let strict = Policy::strict();
        assert_eq!(resolve(&format!("{USER}:id"), &strict).unwrap(), "id");
        assert_eq!(
            resolve("META.lastmodified", &strict).unwrap(),
            "meta.lastModified"
        );
        assert!(resolve(&format!("{ENTERPRISE}:id"), &strict).is_err());
    }

    #[test]
    fn a_near_name_is_suggested() {
        let strict = Policy::strict();
        assert_eq!(
            resolve("usrName", &strict).unwrap_err(),
            "unknown attribute `usrName`, did you mean `userName`?"
        );
        assert_eq!(
            resolve("name.givnName", &strict).unwrap_err(),
            "unknown sub-attribute `name.givnName`, did you mean `name.givenName`?"
        );
        assert_eq!(
            resolve("xyzzy", &strict).unwrap_err(),
            "unknown attribute `xyzzy`"
        );
        assert_eq!(
            resolve("employeNumber", &strict).unwrap_err(),
            format!(
                "unknown attribute `employeNumber`, did you mean `{ENTERPRISE}:employeeNumber`?"
            )
        );
    }
}
