//! Sorting by an attribute (RFC 7644 §3.4.2.3, decisions Q09 to Q14).

use proptest::prelude::*;
use scim_core::{Document, Policy, Resource, ResourceSchema, Valid, builtin};
use scim_filter::{SortBy, SortKey, SortOrder};

use crate::{generate, types};

/// The ids of the resources in the order of the sort.
fn sorted(schema: &ResourceSchema, path: &str, order: SortOrder, resources: &[&str]) -> String {
    let by = SortBy::check(path, order, schema, &Policy::lenient()).unwrap();
    let mut resources: Vec<Resource> = resources.iter().map(|text| text.parse().unwrap()).collect();
    let mut by_key = resources.clone();
    resources.sort_by(|a, b| by.compare(a, b));
    by_key.sort_by_cached_key(|resource| by.key(resource));
    assert_eq!(resources, by_key);
    resources.iter().filter_map(Resource::id).collect()
}

fn users(path: &str, resources: &[&str]) -> (String, String) {
    let schema = builtin::user_schema();
    (
        sorted(schema, path, SortOrder::Ascending, resources),
        sorted(schema, path, SortOrder::Descending, resources),
    )
}

fn both(ascending: &str, descending: &str) -> (String, String) {
    (ascending.to_owned(), descending.to_owned())
}

#[test]
fn q09_equal_resources_are_ordered_by_id_in_both_directions() {
    let resources = [
        r#"{"id":"c","title":"x"}"#,
        r#"{"id":"a","title":"X"}"#,
        r#"{"id":"b","title":"y"}"#,
    ];
    assert_eq!(users("title", &resources), both("acb", "bac"));
}

#[test]
fn q10_resources_without_a_value_come_last_or_first() {
    let resources = [
        r#"{"id":"c"}"#,
        r#"{"id":"a","title":null}"#,
        r#"{"id":"b","title":"y"}"#,
    ];
    assert_eq!(users("title", &resources), both("bac", "acb"));
}

#[test]
fn q11_the_primary_element_counts_else_the_first() {
    let resources = [
        r#"{"id":"a","emails":[{"value":"z"},{"value":"b","primary":true}]}"#,
        r#"{"id":"b","emails":[{"value":"a","primary":false},{"value":"y"}]}"#,
        r#"{"id":"c","emails":[null,{"value":"c"}]}"#,
        r#"{"id":"d","emails":[{"type":"q"},{"value":"a"}]}"#,
    ];
    assert_eq!(users("emails", &resources), both("bacd", "dcab"));
    assert_eq!(users("emails.value", &resources), both("bacd", "dcab"));
    assert_eq!(users("emails.type", &resources), both("dabc", "abcd"));
}

#[test]
fn q13_values_sort_by_their_type() {
    let resources = [
        r#"{"id":"a","active":true,"meta":{"created":"2024-01-01T01:00:00+02:00"}}"#,
        r#"{"id":"b","active":false,"meta":{"created":"2023-12-31T23:30:00Z"}}"#,
    ];
    assert_eq!(users("active", &resources), both("ba", "ab"));
    assert_eq!(users("meta.created", &resources), both("ab", "ba"));
    let device = types::resource_type("Device", &["device".to_owned()]);
    let devices = [r#"{"id":"a","ports":10}"#, r#"{"id":"b","ports":9}"#];
    assert_eq!(
        sorted(&device, "ports", SortOrder::Ascending, &devices),
        "ba"
    );
    // References heed the case.
    let devices = [
        r#"{"id":"a","homepage":"a"}"#,
        r#"{"id":"b","homepage":"B"}"#,
    ];
    assert_eq!(
        sorted(&device, "homepage", SortOrder::Ascending, &devices),
        "ba"
    );
}

#[test]
fn q13_strings_sort_by_the_key_that_filters_compare() {
    let resources = [
        r#"{"id":"a","title":"strb"}"#,
        r#"{"id":"b","title":"STRAßE"}"#,
        r#"{"id":"c","title":"strassd"}"#,
    ];
    assert_eq!(users("title", &resources), both("cba", "abc"));
}

#[test]
fn an_extension_attribute_sorts() {
    let uri = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let with = |id: &str, department: &str| {
        format!(r#"{{"id":"{id}","{uri}":{{"department":"{department}"}}}}"#)
    };
    let (a, b) = (with("a", "y"), with("b", "x"));
    let resources = [a.as_str(), b.as_str(), r#"{"id":"c"}"#];
    assert_eq!(
        users(&format!("{uri}:department"), &resources),
        both("bac", "cab")
    );
    assert_eq!(users("department", &resources), both("bac", "cab"));
    let schema = builtin::user_schema();
    let by = |policy| SortBy::check("department", SortOrder::Ascending, schema, &policy);
    assert!(by(Policy::strict()).is_err());
    assert_eq!(by(Policy::lenient()).unwrap().departures().len(), 1);
}

#[test]
fn q14_at_the_root_a_type_that_lacks_the_attribute_has_no_value() {
    let types = [builtin::user_schema(), builtin::group_schema()];
    let check = |path| SortBy::check_types(path, SortOrder::Ascending, &types, &Policy::strict());
    let by = check("userName").unwrap();
    let user: Resource = r#"{"id":"u","userName":"x"}"#.parse().unwrap();
    let group: Resource = r#"{"id":"g","userName":"a"}"#.parse().unwrap();
    assert!(by[0].key(&user) < by[1].key(&group));
    assert!(by[0].path().is_some() && by[1].path().is_none());
    assert!(check("displayName").is_ok());
    assert!(check("nothing").is_err());
    assert!(check("password").is_err());
}

#[test]
fn a_sort_key_is_read_back_from_its_text() {
    let resources = [
        r#"{"id":"a","userName":"Straße","title":"x","active":true,"meta":{"created":"2026-01-02T03:04:05.678Z"}}"#,
        r#"{"id":"4:b","userName":"","active":false}"#,
        r#"{"userName":"é:i+"}"#,
    ];
    for path in [
        "userName",
        "title",
        "active",
        "meta.created",
        "id",
        "externalId",
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let schema = builtin::user_schema();
            let by = SortBy::check(path, order, schema, &Policy::strict()).unwrap();
            for resource in resources {
                let key = by.key(&resource.parse().unwrap());
                assert_eq!(key.to_string().parse(), Ok(key), "{path} {resource}");
            }
        }
    }
    for text in [
        "",
        "+",
        "+1",
        "+9:a",
        "*1:a",
        "+1:aq",
        "+1:abmaybe",
        "+1:é",
        "-1:at1",
    ] {
        assert!(text.parse::<SortKey>().is_err(), "{text}");
    }
}

#[test]
fn s10_an_element_without_content_is_none() {
    let resources = [
        r#"{"id":"a","emails":[{"value":null},{"value":"b"}]}"#,
        r#"{"id":"b","emails":[{"value":"a"}]}"#,
    ];
    assert_eq!(users("emails.value", &resources), both("ba", "ab"));
}

proptest! {
    #[test]
    fn a_document_and_json_text_are_sorted_as_their_tree(user in generate::user(), id in "[a-c]{0,2}") {
        let mut user = user;
        user.insert("id", id);
        let document = Document::from_valid(&Valid::assume(user.clone()));
        let schema = builtin::user_schema();
        for path in [
            "userName", "title", "active", "externalId", "emails", "emails.type", "emails.primary",
            "name.givenName", "schemas", "meta.created",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        ] {
            for order in [SortOrder::Ascending, SortOrder::Descending] {
                let by = SortBy::check(path, order, schema, &Policy::strict()).unwrap();
                let key = by.key(&user);
                prop_assert_eq!(&by.key_of_document(&document), &key, "{} of {}", path, user);
                prop_assert_eq!(by.key_of_json(user.to_json().as_bytes()), Ok(key));
            }
        }
    }
}

#[test]
fn a_sort_key_of_json_text_is_read_no_further_than_needed() {
    let schema = builtin::user_schema();
    let by = SortBy::check("title", SortOrder::Ascending, schema, &Policy::strict()).unwrap();
    let whole = by.key_of_json(br#"{"title":"x","id":"1"}"#);
    assert_eq!(
        by.key_of_json(br#"{"ID":"1","TITLE":"X", and so on"#),
        whole
    );
    assert!(by.key_of_json(br#"{"id":"1", and so on"#).is_err());
}
