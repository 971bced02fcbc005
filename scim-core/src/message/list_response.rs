//! [`ListResponse`]: the answer to a query.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::message::{MessageError, MessageErrorKind, names_message};
use crate::object::ObjectBuilder;
use crate::typed::Name;
use crate::{Key, Value, quoted};

/// The answer to a query (RFC 7644 §3.4.2), with the members of RFC 9865 §2 for paging by cursor.
///
/// A service provider makes one by [`page`](Self::page), [`cursor_page`](Self::cursor_page) or
/// [`complete`](Self::complete), all of which fill the members that decision Q01 wants. Reading is
/// tolerant: every member but a well-formed `Resources` may be missing, names match in any case,
/// and a counter may be a string. Two names equal under case are an error, and so is a `schemas` that
/// does not name the message.
///
/// ```
/// use scim_core::{ListResponse, User};
/// let list = ListResponse::page(12, 11, vec![User::new("ada"), User::new("grace")]);
/// assert_eq!((list.total_results, list.items_per_page), (Some(12), Some(2)));
///
/// let read: ListResponse<User> = serde_json::from_str(r#"{"totalResults":"0"}"#)?;
/// assert_eq!(read.total_results, Some(0));
/// assert!(read.resources.is_empty());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ListResponse<T> {
    /// How many resources match; absent only when paging by cursor (decision Q22).
    pub total_results: Option<u64>,
    /// The place of the first resource among all that match, counted from 1.
    pub start_index: Option<u64>,
    /// How many resources this page holds (decision Q02).
    pub items_per_page: Option<u64>,
    /// The cursor of the page before (RFC 9865 §2).
    pub previous_cursor: Option<String>,
    /// The cursor of the page after (RFC 9865 §2).
    pub next_cursor: Option<String>,
    /// The resources.
    pub resources: Vec<T>,
}

impl<T> ListResponse<T> {
    /// The URI in `schemas` of the message.
    pub const SCHEMA: &'static str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";

    /// A page by index (RFC 7644 §3.4.2.4).
    pub fn page(total_results: u64, start_index: u64, resources: Vec<T>) -> Self {
        Self {
            total_results: Some(total_results),
            start_index: Some(start_index),
            ..Self::cursor_page(resources)
        }
    }

    /// A page by cursor (RFC 9865 §2), without neighbours yet.
    pub fn cursor_page(resources: Vec<T>) -> Self {
        Self {
            total_results: None,
            start_index: None,
            items_per_page: u64::try_from(resources.len()).ok(),
            previous_cursor: None,
            next_cursor: None,
            resources,
        }
    }

    /// Everything on one page, as the discovery endpoints answer (decision D03).
    pub fn complete(resources: Vec<T>) -> Self {
        let total = u64::try_from(resources.len()).unwrap_or(u64::MAX);
        Self::page(total, 1, resources)
    }
}

impl<T: Serialize> Serialize for ListResponse<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a, T> {
            schemas: [&'static str; 1],
            #[serde(skip_serializing_if = "Option::is_none")]
            total_results: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            start_index: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            items_per_page: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            previous_cursor: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            next_cursor: Option<&'a str>,
            #[serde(rename = "Resources")]
            resources: &'a [T],
        }
        Wire {
            schemas: [Self::SCHEMA],
            total_results: self.total_results,
            start_index: self.start_index,
            items_per_page: self.items_per_page,
            previous_cursor: self.previous_cursor.as_deref(),
            next_cursor: self.next_cursor.as_deref(),
            resources: &self.resources,
        }
        .serialize(serializer)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for ListResponse<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = ListResponse<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object (ListResponse)")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ListResponse<T>, A::Error> {
        let mut list = ListResponse::cursor_page(Vec::new());
        list.items_per_page = None;
        let mut names = ObjectBuilder::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            let key = Key::from(name);
            if !names.is_new(&key) {
                return Err(A::Error::custom(format_args!(
                    "the name {} appears twice in one object",
                    quoted(key.as_str())
                )));
            }
            match &key {
                key if *key == *"schemas" => {
                    let schemas: Value = map.next_value()?;
                    if schemas.is_assigned()
                        && !names_message(schemas.elements(), ListResponse::<T>::SCHEMA)
                    {
                        let kind = MessageErrorKind::Schemas {
                            expected: ListResponse::<T>::SCHEMA,
                        };
                        return Err(A::Error::custom(MessageError::syntax("/schemas", kind)));
                    }
                }
                key if *key == *"totalResults" => {
                    list.total_results = map.next_value_seed(Count)?;
                }
                key if *key == *"startIndex" => list.start_index = map.next_value_seed(Count)?,
                key if *key == *"itemsPerPage" => {
                    list.items_per_page = map.next_value_seed(Count)?;
                }
                key if *key == *"previousCursor" => list.previous_cursor = map.next_value()?,
                key if *key == *"nextCursor" => list.next_cursor = map.next_value()?,
                key if *key == *"Resources" => {
                    list.resources = map.next_value::<Option<_>>()?.unwrap_or_default();
                }
                _ => {
                    map.next_value::<de::IgnoredAny>()?;
                }
            }
            names.push(key, Value::Null);
        }
        Ok(list)
    }
}

/// A counter as other implementations write it: a number or its text. Whatever says no number is
/// taken as missing.
struct Count;

impl<'de> DeserializeSeed<'de> for Count {
    type Value = Option<u64>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<u64>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count {
    type Value = Option<u64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_unit<E>(self) -> Result<Option<u64>, E> {
        Ok(None)
    }

    fn visit_u64<E>(self, count: u64) -> Result<Option<u64>, E> {
        Ok(Some(count))
    }

    fn visit_i64<E>(self, count: i64) -> Result<Option<u64>, E> {
        Ok(count.try_into().ok())
    }

    fn visit_f64<E>(self, count: f64) -> Result<Option<u64>, E> {
        Ok(count.to_string().parse().ok())
    }

    fn visit_str<E>(self, count: &str) -> Result<Option<u64>, E> {
        Ok(count.trim().parse().ok())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<u64>, A::Error> {
        while map
            .next_entry::<de::IgnoredAny, de::IgnoredAny>()?
            .is_some()
        {}
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Option<u64>, A::Error> {
        while seq.next_element::<de::IgnoredAny>()?.is_some() {}
        Ok(None)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Option<u64>, E> {
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Resource;

    #[test]
    fn q01_every_member_is_written() {
        let list = ListResponse::<Resource>::complete(Vec::new());
        assert_eq!(
            serde_json::to_string(&list).unwrap(),
            concat!(
                r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"#,
                r#""totalResults":0,"startIndex":1,"itemsPerPage":0,"Resources":[]}"#,
            )
        );
        let mut page = ListResponse::cursor_page(vec![Resource::default()]);
        page.next_cursor = Some("c2".into());
        let text = serde_json::to_string(&page).unwrap();
        assert!(!text.contains("startIndex") && text.contains(r#""nextCursor":"c2""#));
        assert_eq!(
            serde_json::from_str::<ListResponse<Resource>>(&text).unwrap(),
            page
        );
    }

    #[test]
    fn reading_is_tolerant() {
        for (count, read) in [
            ("7", Some(7)),
            ("\"7\"", Some(7)),
            ("7.0", Some(7)),
            ("-1", None),
            ("null", None),
            ("\"many\"", None),
            ("[1]", None),
            ("{\"a\":1}", None),
            ("true", None),
        ] {
            let text = format!(r#"{{"TOTALRESULTS":{count},"resources":null,"x":{{}}}}"#);
            let list: ListResponse<Resource> = serde_json::from_str(&text).unwrap();
            assert_eq!(list.total_results, read, "{count}");
            assert_eq!(text.parse::<Value>().unwrap().to(), Ok(list));
        }
        let wrong = r#"{"Resources":[1]}"#;
        assert!(serde_json::from_str::<ListResponse<Resource>>(wrong).is_err());
    }

    #[test]
    fn n08_names_are_distinct_under_case() {
        for text in [
            r#"{"totalResults":1,"TOTALRESULTS":2}"#,
            r#"{"Resources":[],"resources":[]}"#,
            r#"{"x":1,"X":2}"#,
        ] {
            let error = serde_json::from_str::<ListResponse<Resource>>(text).unwrap_err();
            assert!(error.to_string().contains("appears twice"), "{error}");
        }
    }

    #[test]
    fn a_foreign_message_is_no_list() {
        let read = |schemas: &str| {
            let text = format!(r#"{{"SCHEMAS":{schemas},"status":"404"}}"#);
            serde_json::from_str::<ListResponse<Resource>>(&text)
        };
        let error = read(r#"["urn:ietf:params:scim:api:messages:2.0:Error"]"#).unwrap_err();
        assert!(
            error.to_string().contains("`/schemas`: expected"),
            "{error}"
        );
        assert!(read(r#""x""#).is_err());
        for tolerated in [
            "null",
            "[]",
            r#"["URN:ietf:params:scim:api:messages:2.0:listresponse"]"#,
        ] {
            assert!(read(tolerated).is_ok(), "{tolerated}");
        }
    }
}
