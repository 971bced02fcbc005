//! Filters and paths as strings, by way of their text form; reading is strict.

use std::borrow::Cow;

use scim_core::serde::de::Error as _;
use scim_core::serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Filter, Path};

macro_rules! as_text {
    ($($name:ident)*) => {
        $(
            /// The canonical text.
            impl Serialize for $name {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            /// Strict, under the default limits.
            impl<'de> Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(D::Error::custom)
                }
            }
        )*
    };
}

as_text! { Filter Path }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_in_and_out() {
        let text = r#""emails[type eq \"work\"].value""#;
        let path: Path = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&path).unwrap(), text);
        let filter: Filter = serde_json::from_str(r#""A EQ 1""#).unwrap();
        assert_eq!(serde_json::to_string(&filter).unwrap(), r#""A eq 1""#);
        assert!(serde_json::from_str::<Filter>(r#""a eq""#).is_err());
    }
}
