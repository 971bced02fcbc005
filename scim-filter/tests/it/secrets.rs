//! What a filter may not learn of values that are never shown.

use scim_core::{
    Attribute, Mutability, Policy, ResourceSchema, ResourceType, Returned, Schema, SchemaExtension,
    builtin,
};
use scim_filter::{CheckErrorKind, ElementFilter, Filter};

/// A user whose `emails.value` nobody may read, with an extension of which that is so of `secret` and
/// of `key.secret`.
fn user_with_secrets() -> ResourceSchema {
    let secret = |attributes: &mut Vec<Attribute>, name: &str| {
        let attribute = attributes.iter_mut().find(|a| a.name == *name);
        attribute.unwrap().returned = Returned::Never;
    };
    let mut user = (**builtin::user()).clone();
    let emails = user.attributes.iter_mut().find(|a| a.name == *"emails");
    secret(&mut emails.unwrap().sub_attributes, "value");
    let extension = r#"{"id":"urn:x:Keys","name":"Keys","attributes":[
        {"name":"secret","type":"string","returned":"never"},
        {"name":"level","type":"integer"},
        {"name":"key","type":"complex","subAttributes":[
            {"name":"secret","type":"string","mutability":"writeOnly","returned":"never"},
            {"name":"kind","type":"string"}]}]}"#;
    let extension: Schema = serde_json::from_str(extension).unwrap();
    let mut resource_type = ResourceType::new("User", "/Users", user.id.clone());
    resource_type.schema_extensions = vec![SchemaExtension::new(extension.id.clone(), false)];
    ResourceSchema::new(resource_type, user.into(), vec![extension.into()])
}

#[test]
fn f30_a_secret_value_is_not_implied() {
    let user = user_with_secrets();
    for text in [
        r#"emails co "x""#,
        r#"emails.value co "x""#,
        r#"emails[value pr]"#,
    ] {
        let filter: Filter = text.parse().unwrap();
        let error = filter.check(&user, &Policy::strict()).unwrap_err();
        assert_eq!(error.kind(), &CheckErrorKind::Hidden, "{text}");
    }
}

#[test]
fn f30_a_parent_does_not_tell_that_a_secret_is_present() {
    let schema = user_with_secrets();
    let matches = |filter: &str, resource: &str| {
        let filter: Filter = filter.parse().unwrap();
        let filter = filter.check(&schema, &Policy::strict()).unwrap();
        filter.matches(&resource.parse().unwrap())
    };
    for (filter, hidden, shown) in [
        (
            "emails pr",
            r#"{"emails":[{"value":"s"}]}"#,
            r#"{"emails":[{"value":"s"},{"type":"work"}]}"#,
        ),
        (
            "urn:x:Keys:key pr",
            r#"{"urn:x:Keys":{"key":{"secret":"s"}}}"#,
            r#"{"urn:x:Keys":{"key":{"kind":"k"}}}"#,
        ),
        (
            "urn:x:Keys pr",
            r#"{"urn:x:Keys":{"secret":"s","key":{"secret":"s"}}}"#,
            r#"{"urn:x:Keys":{"level":1}}"#,
        ),
    ] {
        let denied = filter.replace(" pr", " eq null");
        for (resource, present) in [(hidden, false), (shown, true)] {
            assert_eq!(matches(filter, resource), present, "{filter}: {resource}");
            assert_eq!(matches(&denied, resource), !present, "{denied}: {resource}");
        }
    }
}

#[test]
fn p32_elements_of_a_secret_attribute_are_not_selected() {
    let mut emails = builtin::user().attribute("emails").unwrap().clone();
    let filter: Filter = r#"type eq "work""#.parse().unwrap();
    assert!(ElementFilter::check(&filter, &emails, &Policy::strict()).is_ok());
    emails.mutability = Mutability::WriteOnly;
    let error = ElementFilter::check(&filter, &emails, &Policy::strict()).unwrap_err();
    assert_eq!(error.kind(), &CheckErrorKind::Hidden);
}
