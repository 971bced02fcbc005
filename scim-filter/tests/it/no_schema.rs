//! What a filter means without a schema, and what counts as an element.

use scim_core::{Policy, Resource, builtin};
use scim_filter::Filter;

fn matches(filter: &str, resource: &str) -> bool {
    let filter: Filter = filter.parse().unwrap();
    let resource: Resource = resource.parse().unwrap();
    let matches = filter.check_without_schema().unwrap().matches(&resource);
    assert_eq!(filter.matches(&resource), matches);
    matches
}

fn user_matches(filter: &str, resource: &str) -> bool {
    let filter: Filter = filter.parse().unwrap();
    let checked = filter.check(builtin::user_schema(), &Policy::strict());
    checked.unwrap().matches(&resource.parse().unwrap())
}

#[test]
fn a_list_may_mix_the_types_of_its_literals() {
    let list = r#"a eq "x" or a eq 2 or a eq true or a eq "Y" or a eq 1 or a eq "z" or a eq 7"#;
    for value in [r#""X""#, r#""y""#, r#""Z""#, "1.0", "2", "7e0", "true"] {
        assert!(matches(list, &format!(r#"{{"a":{value}}}"#)), "{value}");
    }
    for value in [
        r#""1""#,
        r#""true""#,
        "3",
        "false",
        "null",
        "{}",
        "[]",
        r#""""#,
    ] {
        assert!(!matches(list, &format!(r#"{{"a":{value}}}"#)), "{value}");
    }
}

/// RFC 7643 §3.1: they are part of every schema.
#[test]
fn common_attributes_have_their_types() {
    let resource = r#"{"id":"a","externalId":"X","schemas":["urn:X"],
        "meta":{"lastModified":"2011-05-13T06:00:00+02:00","resourceType":"User","rank":"A"}}"#;
    for (filter, expected) in [
        (r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, false),
        (r#"meta.lastModified eq "2011-05-13T04:00:00Z""#, true),
        (r#"meta[lastModified lt "2011-05-13T04:42:34Z"]"#, true),
        (r#"id eq "A""#, false),
        (r#"ID eq "a""#, true),
        (r#"externalId sw "x""#, false),
        (r#"meta.resourceType eq "user""#, false),
        (r#"schemas eq "URN:x""#, true),
        (r#"schemas[value eq "URN:x"]"#, true),
        // What the RFC does not define goes by the defaults.
        (r#"meta.rank eq "a""#, true),
        (r#"meta[rank eq "a"]"#, true),
    ] {
        assert_eq!(matches(filter, resource), expected, "{filter}");
    }
    for refused in [
        "id eq 1",
        r#"meta.created gt "yesterday""#,
        r#"meta[created sw "2011"]"#,
        "schemas[value gt true]",
    ] {
        let filter: Filter = refused.parse().unwrap();
        assert!(filter.check_without_schema().is_err(), "{refused}");
    }
}

#[test]
fn f11_elements_of_a_list_stand_for_their_value() {
    assert!(matches(r#"a eq "x""#, r#"{"a":[{"value":"X"}]}"#));
    assert!(matches(r#"a eq "x""#, r#"{"a":["y","X"]}"#));
    assert!(!matches(r#"a eq "x""#, r#"{"a":[{"display":"X"}]}"#));
    // A singular complex attribute does not.
    assert!(!matches(r#"a eq "x""#, r#"{"a":{"value":"X"}}"#));
    assert!(matches(r#"a.value eq "x""#, r#"{"a":{"value":"X"}}"#));
    // Nor does an element when its presence is asked.
    assert!(matches("a pr", r#"{"a":[{"display":"X"}]}"#));
}

/// The paths of `equalities()`.
fn equalities(filter: &str) -> Vec<String> {
    let filter: Filter = filter.parse().unwrap();
    let checked = filter.check_without_schema().unwrap();
    let found = checked.equalities();
    found.iter().map(|e| e.path().to_string()).collect()
}

#[test]
fn f11_equalities_have_the_only_path_of_their_values_or_none() {
    for (filter, path) in [
        (r#"id eq "a""#, "id"),
        (r#"schemas eq "urn:x""#, "schemas"),
        (r#"schemas[value eq "urn:x"]"#, "schemas"),
        (r#"externalId[VALUE eq "x"]"#, "externalId"),
        (r#"meta.resourceType eq "User""#, "meta.resourceType"),
        (r#"meta[resourceType eq "User"]"#, "meta.resourceType"),
        (r#"emails.value eq "a""#, "emails.value"),
        (r#"emails[type eq "work"]"#, "emails.type"),
        (r#"a eq "x" and a.b eq "y""#, "a.b"),
    ] {
        assert_eq!(equalities(filter), [path], "{filter}");
    }
    for none in [
        r#"tags eq "lab""#,
        r#"tags[value eq "lab"]"#,
        r#"a.b[type eq "x"]"#,
        r#"a.b[value eq "x"]"#,
        r#"urn:x:2.0:A:b eq "x""#,
        r#"urn:x:2.0:A:b[type eq "x"]"#,
    ] {
        assert_eq!(equalities(none), [""; 0], "{none}");
    }
}

#[test]
fn f10_brackets_on_a_common_simple_attribute_hold_value_alone() {
    let attributes = |filter: &str| {
        let filter: Filter = filter.parse().unwrap();
        let checked = filter.check_without_schema()?;
        Ok::<_, scim_filter::CheckError>(checked.attributes())
    };
    let path = |text: &str| text.parse().unwrap();
    assert_eq!(
        attributes(r#"schemas[value pr]"#),
        Ok(vec![path("schemas")])
    );
    assert_eq!(
        attributes(r#"tags[value pr]"#),
        Ok(vec![path("tags.value")])
    );
    assert!(attributes(r#"schemas[type eq "x"]"#).is_err());
    assert!(!matches(
        r#"schemas eq "x""#,
        r#"{"schemas":[{"value":"x"}]}"#
    ));
}

#[test]
fn f10_value_is_also_an_element_that_is_no_object() {
    assert!(matches(r#"a[value eq "x"]"#, r#"{"a":["X"]}"#));
    assert!(!matches(r#"a[type eq "x"]"#, r#"{"a":["X"]}"#));
    assert!(matches(
        r#"a[value eq "x" and type eq "y"]"#,
        r#"{"a":[{"value":"x","type":"y"}]}"#
    ));
}

#[test]
fn n02_a_name_that_is_a_whole_member_comes_first() {
    let resource = r#"{"urn:x:2.0:A":{"b":"1"},"b":"2"}"#;
    assert!(matches("urn:x:2.0:A pr", resource));
    assert!(matches(r#"urn:x:2.0:A:b eq "1""#, resource));
    assert!(matches(r#"urn:x:2.0:C:b eq "2""#, resource));
    assert!(!matches("urn:x:2.0:C pr", resource));
    // The base URI of a resource type is the resource.
    let user = r#"{"userName":"x"}"#;
    assert!(user_matches(
        "urn:ietf:params:scim:schemas:core:2.0:User pr",
        user
    ));
    assert!(!user_matches(
        "urn:ietf:params:scim:schemas:core:2.0:User pr",
        "{}"
    ));
}

#[test]
fn s10_an_object_without_values_is_no_element() {
    for nothing in ["{}", "null", r#"{"type":null}"#, r#"{"type":[]}"#] {
        let list = format!(r#"{{"emails":[{nothing}],"name":{nothing}}}"#);
        assert!(
            !user_matches(r#"emails[type ne "work"]"#, &list),
            "{nothing}"
        );
        assert!(
            !user_matches(r#"emails[not (value pr)]"#, &list),
            "{nothing}"
        );
        assert!(
            !user_matches(r#"name[givenName ne "x"]"#, &list),
            "{nothing}"
        );
        assert!(!matches(r#"emails[type ne "work"]"#, &list), "{nothing}");
    }
    let list = r#"{"emails":[{},{"value":""}]}"#;
    assert!(user_matches(r#"emails[type ne "work"]"#, list));
}

#[test]
fn values_of_the_wrong_type_do_not_compare() {
    let user = r#"{"userName":5,"active":"true","emails":"x","name":["a"],"title":{"value":"x"},
        "meta":{"created":"yesterday"},"x509Certificates":[{"value":"*"}]}"#;
    for never in [
        r#"userName eq "5""#,
        r#"active eq true"#,
        r#"emails.value eq "x""#,
        r#"name.givenName eq "a""#,
        r#"title eq "x""#,
        r#"meta.created lt "2999-01-01T00:00:00Z""#,
        r#"x509Certificates.value eq "AA""#,
    ] {
        assert!(!user_matches(never, user), "{never}");
        assert!(user_matches(&format!("not ({never})"), user), "{never}");
    }
}
