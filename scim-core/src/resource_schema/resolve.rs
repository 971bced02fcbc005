//! The one place where a name becomes an attribute.

use std::fmt;

use super::{Place, Resolved, ResourceSchema};
use crate::{AttrPath, Attribute, Policy, Schema, Tolerance};

impl ResourceSchema {
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
    /// Linear in the number of extensions; no allocation where the name is known.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builtin;

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
