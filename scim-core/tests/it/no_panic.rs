//! No input panics, and what is refused is refused with a place inside the input.

use proptest::collection::vec;
use proptest::prelude::*;
use scim_core::{
    AttrName, AttrPath, BaseUrl, BulkRequest, DateTime, Instant, Number, PatchOp, Policy, Resource,
    SchemaUri, SearchRequest, User, Value, Version, VersionMatch, fold, unescape,
};

/// Text that looks like JSON often enough to pass the first rules.
fn near_json() -> impl Strategy<Value = String> {
    r#"(\{|\}|\[|\]|:|,|"|\\|"a"|"A"|"userName"|"schemas"|null|true|-|0|1|\.|e|\\u00e|\\ud8|é| ){0,40}"#
}

proptest! {
    #[test]
    fn bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..64)) {
        if let Err(error) = Value::from_json(&bytes) {
            prop_assert!(error.offset() <= bytes.len());
            prop_assert!(!error.to_string().contains('\n'));
        }
    }

    #[test]
    fn near_json_is_read_or_refused(text in near_json()) {
        match text.parse::<Value>() {
            Ok(value) => prop_assert_eq!(value.to_json().parse::<Value>(), Ok(value)),
            Err(error) => prop_assert!(error.offset() <= text.len()),
        }
        // What we read, serde_json reads as well.
        if text.parse::<Resource>().is_ok() {
            prop_assert!(scim_core::serde_json::from_str::<scim_core::serde_json::Value>(&text).is_ok());
        }
    }

    #[test]
    fn texts_are_parsed_or_refused(text in any::<String>()) {
        let _ = text.parse::<AttrPath>();
        let _ = text.parse::<AttrName>();
        let _ = text.parse::<SchemaUri>();
        let _ = text.parse::<Number>();
        let _ = text.parse::<Instant>();
        let _ = text.parse::<DateTime>();
        let _ = text.parse::<Version>();
        let _ = text.parse::<VersionMatch>();
        let _ = text.parse::<BaseUrl>();
        let _ = unescape(&text);
        let _ = fold(&text);
        let _ = SearchRequest::from_query(&text, &Policy::lenient());
        let _ = "https://example.com/v2".parse::<BaseUrl>().unwrap().resolve(&text);
    }

    #[test]
    fn near_misses_are_parsed_or_refused(
        path in r"(urn|:|\.|a|\$|-|%|\[|\(|2|0| |/|é){0,12}",
        tag in r#"(W/|"|,|\*| |a|\t){0,8}"#,
        time in r"-?[0-9]{4,10}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?(Z|[+-][0-9]{2}:[0-9]{2})?",
    ) {
        if let Err(error) = path.parse::<AttrPath>() {
            prop_assert!(path.get(error.offset()..).is_some());
        }
        if let Ok(matches) = tag.parse::<VersionMatch>() {
            prop_assert_eq!(matches.to_string().parse(), Ok(matches));
        }
        let _ = time.parse::<Instant>();
    }

    #[test]
    fn any_object_is_a_message_or_is_refused(object in crate::smith::object()) {
        let mut object = object;
        object.insert("schemas", vec![PatchOp::SCHEMA, BulkRequest::SCHEMA, SearchRequest::SCHEMA]);
        let value = Value::Object(object);
        let _ = PatchOp::from_value(value.clone());
        let _ = BulkRequest::from_value(value.clone());
        let _ = SearchRequest::from_value(value.clone(), &Policy::lenient());
        let _ = value.to::<User>();
    }
}
