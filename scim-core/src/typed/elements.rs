//! The elements of a multi-valued attribute as they travel: `null` and empty ones are dropped
//! (RFC 7643 §2.5; decisions J15 and S10).

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, SeqAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::typed::Content;

/// A list on its way in.
pub(crate) struct Elements<T>(pub(crate) Vec<T>);

impl<T> Default for Elements<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Content + Deserialize<'de>> Deserialize<'de> for Elements<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ElementsVisitor<T>(PhantomData<T>);

        impl<'de, T: Content + Deserialize<'de>> Visitor<'de> for ElementsVisitor<T> {
            type Value = Elements<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Elements<T>, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = seq.next_element::<Option<T>>()? {
                    elements.extend(element.filter(T::is_content));
                }
                Ok(Elements(elements))
            }
        }

        deserializer.deserialize_seq(ElementsVisitor(PhantomData))
    }
}

/// A list on its way out.
pub(crate) struct Written<'a, T>(pub(crate) &'a [T]);

impl<T: Content + Serialize> Serialize for Written<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().filter(|element| element.is_content()))
    }
}
