//! Typed resources: the attributes of RFC 7643 §4 and §5 as fields, everything else kept beside them.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Visitor};

use crate::Key;

pub(crate) mod elements;
pub(crate) mod enterprise_user;
pub(crate) mod extension;
pub(crate) mod group;
pub(crate) mod meta;
pub(crate) mod multi_valued;
pub(crate) mod password;
pub(crate) mod service_provider_config;
pub(crate) mod user;

/// Whether there is anything to write: `null`, `[]` and `{}` are absence (decision J15).
pub(crate) trait Content {
    fn is_content(&self) -> bool {
        true
    }
}

impl Content for String {}
impl Content for bool {}
impl Content for u64 {}
impl Content for crate::DateTime {}
impl Content for crate::SchemaUri {}
impl Content for crate::Version {}

impl<T: Content> Content for Option<T> {
    fn is_content(&self) -> bool {
        self.as_ref().is_some_and(T::is_content)
    }
}

impl<T: Content> Content for Vec<T> {
    fn is_content(&self) -> bool {
        self.iter().any(T::is_content)
    }
}

/// A member name on its way into a field.
pub(crate) struct Name<'de>(pub(crate) Cow<'de, str>);

impl Name<'_> {
    /// Whether it names the attribute `wire` (RFC 7643 §2.1).
    pub(crate) fn is(&self, wire: &str) -> bool {
        self.0.eq_ignore_ascii_case(wire)
    }
}

impl From<Name<'_>> for Key {
    fn from(name: Name<'_>) -> Self {
        match name.0 {
            Cow::Borrowed(text) => text.into(),
            Cow::Owned(text) => text.into(),
        }
    }
}

/// Unlike that of `Cow`, this borrows whenever it can.
impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;

        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(text.into()))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(text.to_owned().into()))
            }

            fn visit_string<E>(self, text: String) -> Result<Name<'de>, E> {
                Ok(Name(text.into()))
            }
        }

        deserializer.deserialize_str(NameVisitor)
    }
}

/// Defines a struct whose fields are attributes, with a setter of the same name for each, serde in
/// both directions, and `other` for every attribute that has no field.
///
/// Kinds of attribute: `text`, `flag`, `number`, `one<T>`, `list<T>`, `required` for a text that the
/// constructor takes, and `required_list<T>`, which is written also when it is empty.
macro_rules! attributes {
    (
        $(#[$doc:meta])*
        $name:ident {
            $($(#[$field_doc:meta])* $field:ident = $wire:literal: $kind:ident $(<$of:ty>)?,)*
        }
    ) => {
        $(#[$doc])*
        ///
        /// Names match in any case when it is read, `null` counts as absent, and so do `null` and
        /// `{}` in a list; two names equal under case are an error.
        #[derive(Clone, Debug, Default, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $crate::typed::attributes!(@type $kind $($of)?),)*
            /// Every attribute without a field of its own, as it came.
            pub other: $crate::Object,
        }

        impl $name {
            $($crate::typed::attributes!(@setter $field $wire $kind $($of)?);)*
        }

        impl $crate::typed::Content for $name {
            fn is_content(&self) -> bool {
                $($crate::typed::attributes!(@assigned $kind &self.$field) ||)*
                !self.other.is_empty()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut len = self.other.len();
                $(len += usize::from($crate::typed::attributes!(@assigned $kind &self.$field));)*
                let mut map = serializer.serialize_map(Some(len))?;
                $(
                    if $crate::typed::attributes!(@assigned $kind &self.$field) {
                        let value = &self.$field;
                        map.serialize_entry($wire, $crate::typed::attributes!(@written $kind value))?;
                    }
                )*
                for (key, value) in self.other.iter() {
                    map.serialize_entry(key, value)?;
                }
                map.end()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct AttributesVisitor;

                impl<'de> serde::de::Visitor<'de> for AttributesVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object (", stringify!($name), ")"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> Result<$name, A::Error> {
                        use serde::de::Error as _;
                        let mut read = $name::default();
                        let mut seen = Seen::default();
                        let mut other = $crate::object::ObjectBuilder::default();
                        while let Some(name) = map.next_key::<$crate::typed::Name<'de>>()? {
                            $(
                                if name.is($wire) {
                                    if std::mem::replace(&mut seen.$field, true) {
                                        return Err(A::Error::duplicate_field($wire));
                                    }
                                    read.$field = $crate::typed::attributes!(@read $kind map);
                                    continue;
                                }
                            )*
                            let key = $crate::Key::from(name);
                            if !other.is_new(&key) {
                                return Err(A::Error::custom(format_args!(
                                    "the name {} appears twice in one object",
                                    $crate::quoted(key.as_str())
                                )));
                            }
                            other.push(key, map.next_value()?);
                        }
                        read.other = other.finish();
                        Ok(read)
                    }
                }

                #[derive(Default)]
                struct Seen { $($field: bool,)* }

                deserializer.deserialize_map(AttributesVisitor)
            }
        }
    };

    (@type text) => { Option<String> };
    (@type required) => { String };
    (@type flag) => { Option<bool> };
    (@type number) => { Option<u64> };
    (@type one $of:ty) => { Option<$of> };
    (@type list $of:ty) => { Vec<$of> };
    (@type required_list $of:ty) => { Vec<$of> };

    (@read list $map:ident) => {
        $map.next_value::<Option<$crate::typed::elements::Elements<_>>>()?
            .unwrap_or_default()
            .0
    };
    (@read required_list $map:ident) => { $crate::typed::attributes!(@read list $map) };
    (@read $kind:ident $map:ident) => { $map.next_value::<Option<_>>()?.unwrap_or_default() };

    (@written list $value:ident) => { &$crate::typed::elements::Written($value) };
    (@written required_list $value:ident) => { $crate::typed::attributes!(@written list $value) };
    (@written $kind:ident $value:ident) => { $value };

    // A required text that is empty was not given.
    (@assigned required $field:expr) => { !$field.is_empty() };
    (@assigned required_list $field:expr) => { true };
    (@assigned $kind:ident $field:expr) => { $crate::typed::Content::is_content($field) };

    (@setter $field:ident $wire:literal text) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        #[must_use]
        pub fn $field(mut self, text: impl Into<String>) -> Self {
            self.$field = Some(text.into());
            self
        }
    };
    (@setter $field:ident $wire:literal required) => {};
    (@setter $field:ident $wire:literal flag) => {
        $crate::typed::attributes!(@setter $field $wire one bool);
    };
    (@setter $field:ident $wire:literal number) => {
        $crate::typed::attributes!(@setter $field $wire one u64);
    };
    (@setter $field:ident $wire:literal one $of:ty) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        #[must_use]
        pub fn $field(mut self, value: impl Into<$of>) -> Self {
            self.$field = Some(value.into());
            self
        }
    };
    (@setter $field:ident $wire:literal required_list $of:ty) => {
        $crate::typed::attributes!(@setter $field $wire list $of);
    };
    (@setter $field:ident $wire:literal list $of:ty) => {
        #[doc = concat!("Sets all values of `", $wire, "`.")]
        #[must_use]
        pub fn $field(mut self, values: impl IntoIterator<Item = $of>) -> Self {
            self.$field = values.into_iter().collect();
            self
        }
    };
}
pub(crate) use attributes;
