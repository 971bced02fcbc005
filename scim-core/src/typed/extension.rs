//! [`Extension`]: a schema extension as a type.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{ConvertError, Object, Resource, SchemaUri, Value};

/// The attributes of a schema extension as a type (RFC 7643 §3.3).
///
/// ```
/// use scim_core::{Extension, User};
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// struct Badge {
///     badge_number: u32,
/// }
///
/// impl Extension for Badge {
///     const SCHEMA: &'static str = "urn:example:params:scim:schemas:extension:2.0:Badge";
/// }
///
/// let mut user = User::new("ada");
/// user.set_extension(&Badge { badge_number: 7 })?;
/// assert!(user.schemas.iter().any(|uri| uri == Badge::SCHEMA));
/// assert_eq!(user.extension::<Badge>()?.map(|badge| badge.badge_number), Some(7));
/// user.remove_extension::<Badge>();
/// assert_eq!(user, User::new("ada"));
/// # Ok::<(), scim_core::ConvertError>(())
/// ```
pub trait Extension: Serialize + DeserializeOwned {
    /// The URI of the extension's schema, under which its object stands in the resource.
    const SCHEMA: &'static str;
}

/// The object of an extension, read as its type.
pub(crate) fn get<E: Extension>(attributes: &Object) -> Result<Option<E>, ConvertError> {
    match attributes.get(E::SCHEMA) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .to()
            .map(Some)
            .map_err(|error| error.inside(E::SCHEMA)),
    }
}

/// The URI and the object of an extension; no object if it has no attribute (decision P24).
pub(crate) fn parts<E: Extension>(
    extension: &E,
) -> Result<(SchemaUri, Option<Object>), ConvertError> {
    let uri = SchemaUri::new(E::SCHEMA).map_err(ConvertError::new)?;
    let mut object = Resource::from_typed(extension)?.into_object();
    object.retain(|_, value| value.is_assigned());
    Ok((uri, (!object.is_empty()).then_some(object)))
}

/// Methods of a typed resource that speak of extensions.
macro_rules! extensible {
    ($name:ident) => {
        impl $name {
            /// The extension, if the resource has it (RFC 7643 §3.3).
            ///
            /// # Errors
            /// [`ConvertError`](crate::ConvertError) if its object does not fit the type.
            pub fn extension<E: $crate::Extension>(
                &self,
            ) -> Result<Option<E>, $crate::ConvertError> {
                $crate::typed::extension::get(&self.other)
            }

            /// Puts the extension in place of what was there, and its URI into `schemas`. One
            /// without any attribute is removed (decision P24).
            ///
            /// # Errors
            /// [`ConvertError`](crate::ConvertError) if it does not serialize to an object, or its
            /// URI is none.
            pub fn set_extension<E: $crate::Extension>(
                &mut self,
                extension: &E,
            ) -> Result<(), $crate::ConvertError> {
                let (uri, object) = $crate::typed::extension::parts(extension)?;
                let Some(object) = object else {
                    self.remove_extension::<E>();
                    return Ok(());
                };
                self.other.insert(&uri, object);
                if !self.schemas.contains(&uri) {
                    self.schemas.push(uri);
                }
                Ok(())
            }

            /// Takes the extension out, and its URI out of `schemas`. Whether it was there.
            pub fn remove_extension<E: $crate::Extension>(&mut self) -> bool {
                self.schemas.retain(|uri| *uri != *E::SCHEMA);
                self.other.remove(E::SCHEMA).is_some()
            }
        }
    };
}
pub(crate) use extensible;

impl Resource {
    /// The extension, if the resource has it (RFC 7643 §3.3).
    ///
    /// # Errors
    /// [`ConvertError`] if its object does not fit the type.
    pub fn extension<E: Extension>(&self) -> Result<Option<E>, ConvertError> {
        get(self)
    }

    /// Puts the extension in place of what was there, and its URI into `schemas`. One without any
    /// attribute is removed (decision P24).
    ///
    /// # Errors
    /// [`ConvertError`] if it does not serialize to an object, or its URI is none.
    pub fn set_extension<E: Extension>(&mut self, extension: &E) -> Result<(), ConvertError> {
        let (uri, object) = parts(extension)?;
        let Some(object) = object else {
            self.remove_extension::<E>();
            return Ok(());
        };
        self.insert(&uri, object);
        if self.schemas().any(|listed| uri == *listed) {
            return Ok(());
        }
        match self.get_mut("schemas") {
            Some(Value::Array(uris)) => uris.push(uri.as_str().into()),
            // A list of one that somebody wrote without its brackets.
            Some(one @ Value::String(_)) => {
                let listed = one.take();
                *one = vec![listed, uri.as_str().into()].into();
            }
            _ => {
                self.insert("schemas", vec![uri.as_str()]);
            }
        }
        Ok(())
    }

    /// Takes the extension out, and its URI out of `schemas`. Whether it was there.
    pub fn remove_extension<E: Extension>(&mut self) -> bool {
        if let Some(Value::Array(uris)) = self.get_mut("schemas") {
            uris.retain(|uri| {
                !uri.as_str()
                    .is_some_and(|uri| uri.eq_ignore_ascii_case(E::SCHEMA))
            });
        }
        self.remove(E::SCHEMA).is_some()
    }
}

#[cfg(test)]
mod tests {
    use crate::{EnterpriseUser, Resource, User};

    #[test]
    fn schemas_keep_step_in_both_models() {
        let extension = EnterpriseUser::default().department("Tours");
        let mut user = User::new("ada");
        user.set_extension(&extension).unwrap();
        let mut resource = Resource::from_typed(&User::new("ada")).unwrap();
        resource.set_extension(&extension).unwrap();
        resource.set_extension(&extension).unwrap();
        assert_eq!(resource.to::<User>().unwrap(), user);
        assert_eq!(resource.extension().unwrap(), Some(extension));

        // An extension without attributes is none.
        resource.set_extension(&EnterpriseUser::default()).unwrap();
        user.set_extension(&EnterpriseUser::default()).unwrap();
        assert_eq!(user, User::new("ada"));
        assert_eq!(resource.to::<User>().unwrap(), user);
        assert!(!resource.remove_extension::<EnterpriseUser>());
    }

    #[test]
    fn a_resource_without_schemas_gets_them() {
        let mut resource = Resource::default();
        let extension = EnterpriseUser::default().department("Tours");
        resource.set_extension(&extension).unwrap();
        assert_eq!(resource.schemas().count(), 1);
    }

    #[test]
    fn schemas_without_brackets_are_kept() {
        let text = r#"{"schemas":"urn:ietf:params:scim:schemas:core:2.0:User"}"#;
        let mut resource: Resource = text.parse().unwrap();
        let extension = EnterpriseUser::default().department("Tours");
        resource.set_extension(&extension).unwrap();
        assert_eq!(resource.schemas().count(), 2);
    }
}
