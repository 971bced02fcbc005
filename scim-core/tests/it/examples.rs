//! The JSON examples of RFC 7643 and RFC 7644 pass through every model without loss.

use scim_core::serde::Serialize;
use scim_core::serde::de::DeserializeOwned;
use scim_core::{
    BulkRequest, BulkResponse, Group, ListResponse, PatchOp, Policy, Resource, ResourceType,
    ScimError, SearchRequest, ServiceProviderConfig, User, Value, serde_json,
};

/// Each example that is an object, with its name; corrected where the RFC printed it wrongly.
fn objects() -> Vec<(String, Resource)> {
    let examples = scim_testdata::examples();
    let is_corrected = |name: &str| {
        let corrected = format!("{name}.fixed");
        examples.iter().any(|(name, _)| *name == corrected)
    };
    examples
        .iter()
        .filter(|(name, _)| !is_corrected(name))
        .filter_map(|(name, text)| Some((name.clone(), text.parse::<Resource>().ok()?)))
        .collect()
}

/// The object without what means absence (RFC 7643 §2.5), as a typed form writes it.
fn assigned(object: &Resource) -> Resource {
    let mut object = object.clone();
    object.retain(|_, value| value.is_assigned());
    object
}

/// Reads the type from the object and from its text, writes it in both ways, and finds the object
/// again each time.
fn lossless<T: Serialize + DeserializeOwned>(name: &str, object: &Resource) {
    let expected = assigned(object);
    let typed: T = object
        .to()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let written = Resource::from_typed(&typed).unwrap();
    assert_eq!(assigned(&written), expected, "{name}");
    let typed: T =
        serde_json::from_str(&object.to_json()).unwrap_or_else(|error| panic!("{name}: {error}"));
    let text = serde_json::to_string(&typed).unwrap();
    assert_eq!(assigned(&text.parse().unwrap()), expected, "{name}");
}

/// How many examples name the schema, each passed through the type.
fn check<T: Serialize + DeserializeOwned>(schema: &str) -> usize {
    let of_schema = objects()
        .into_iter()
        .filter(|(_, object)| object.schemas().any(|uri| uri == schema));
    of_schema
        .inspect(|(name, object)| lossless::<T>(name, object))
        .count()
}

#[test]
fn every_example_is_read_written_and_read_again() {
    let mut count = 0;
    for (name, text) in scim_testdata::examples() {
        let value: Value = text
            .parse()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let written = value.to_json();
        let again: Value = written.parse().unwrap();
        assert_eq!(again, value, "{name}");
        assert_eq!(again.to_json(), written, "{name}");
        // Compact text is the text without the space between its tokens.
        let compact: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(written.len(), compact.to_string().len(), "{name}");
        count += 1;
    }
    assert!(count > 40);
}

#[test]
fn typed_resources_lose_nothing() {
    assert!(check::<User>(User::SCHEMA) >= 8);
    assert!(check::<Group>(Group::SCHEMA) >= 1);
    assert!(check::<ServiceProviderConfig>(ServiceProviderConfig::SCHEMA) >= 1);
}

#[test]
fn named_resources_lose_nothing() {
    for (name, text) in scim_testdata::resources() {
        // Absence deep inside has many spellings, of which the typed form keeps none.
        if name == "user-empty-values" {
            continue;
        }
        let resource: Resource = text.parse().unwrap();
        if resource.schemas().any(|uri| uri == User::SCHEMA) {
            lossless::<User>(&name, &resource);
        } else if resource.schemas().any(|uri| uri == Group::SCHEMA) {
            lossless::<Group>(&name, &resource);
        }
    }
}

#[test]
fn messages_lose_nothing() {
    assert!(check::<PatchOp>(PatchOp::SCHEMA) >= 10);
    assert!(check::<BulkRequest>(BulkRequest::SCHEMA) >= 3);
    assert!(check::<BulkResponse>(BulkResponse::SCHEMA) >= 3);
    assert!(check::<ListResponse<Resource>>(ListResponse::<Resource>::SCHEMA) >= 3);
    assert!(check::<ScimError>(ScimError::SCHEMA) >= 2);
}

#[test]
fn search_requests_lose_nothing() {
    let mut count = 0;
    for (name, object) in objects() {
        if object.schemas().any(|uri| uri == SearchRequest::SCHEMA) {
            let value = Value::from(object.clone());
            let (search, _) = SearchRequest::from_value(value, &Policy::strict()).unwrap();
            assert_eq!(Resource::from_typed(&search), Ok(object), "{name}");
            count += 1;
        }
    }
    assert!(count >= 1);
}

#[test]
fn resource_types_are_read() {
    let text = scim_testdata::resource_type_text("device");
    let of: ResourceType = text.parse::<Resource>().unwrap().to().unwrap();
    assert_eq!(of.endpoint_name(), "Devices");
}
