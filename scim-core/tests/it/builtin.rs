//! The built-in definitions say what the RFCs say, and messages carry their registered URIs.

use scim_core::serde::Serialize;
use scim_core::{
    Attribute, AuthenticationScheme, BulkRequest, BulkResponse, Group, ListResponse, Mutability,
    PatchOp, Resource, ResourceType, Schema, ScimError, SearchRequest, ServiceProviderConfig, User,
    Value, builtin,
};

/// All attributes and sub-attributes, each with its path.
fn flat(attributes: &[Attribute], before: &str) -> Vec<(String, Attribute)> {
    let mut all = Vec::new();
    for attribute in attributes {
        let path = format!("{before}{}", attribute.name);
        all.extend(flat(&attribute.sub_attributes, &format!("{path}.")));
        all.push((path, attribute.clone()));
    }
    all
}

fn required(schema: &Schema) -> Vec<String> {
    let mut all = flat(&schema.attributes, "");
    all.retain(|(_, attribute)| attribute.required);
    all.into_iter().map(|(path, _)| path).collect()
}

#[test]
fn what_describes_the_service_cannot_be_written() {
    for schema in [
        builtin::service_provider_config(),
        builtin::resource_type(),
        builtin::schema(),
    ] {
        for (path, attribute) in flat(&schema.attributes, "") {
            let mutability = attribute.mutability;
            assert_eq!(mutability, Mutability::ReadOnly, "{} {path}", schema.id);
        }
    }
    assert!(builtin::service_provider_config().id == *ServiceProviderConfig::SCHEMA);
    assert!(builtin::resource_type().id == *ResourceType::SCHEMA);
    assert!(builtin::schema().id == *Schema::SCHEMA);
}

#[test]
fn a_service_provider_config_needs_no_id_and_states_every_feature() {
    let schema = builtin::service_provider_config();
    assert!(schema.attribute("id").is_none());
    let expected = [
        "patch.supported",
        "patch",
        "bulk.supported",
        "bulk.maxOperations",
        "bulk.maxPayloadSize",
        "bulk",
        "filter.supported",
        "filter.maxResults",
        "filter",
        "changePassword.supported",
        "changePassword",
        "sort.supported",
        "sort",
        "etag.supported",
        "etag",
        "authenticationSchemes.type",
        "authenticationSchemes.name",
        "authenticationSchemes.description",
        "authenticationSchemes",
        "pagination.cursor",
        "pagination.index",
    ];
    assert_eq!(required(schema), expected);

    let config = Resource::from_typed(&ServiceProviderConfig::new()).unwrap();
    assert_eq!(config.get("id"), None);
    for path in expected
        .iter()
        .filter_map(|path| path.split_once('.'))
        .filter(|(parent, _)| !matches!(*parent, "authenticationSchemes" | "pagination"))
    {
        let object = config.get(path.0).and_then(Value::as_object).unwrap();
        assert!(object.get(path.1).is_some(), "{path:?}");
    }
    // Decision D09: required, so written also when it is empty.
    let schemes = config.get("authenticationSchemes");
    assert_eq!(schemes, Some(&Value::Array(Vec::new())));
}

#[test]
fn an_authentication_scheme_has_type_name_and_description() {
    let scheme = AuthenticationScheme::new("oauthbearertoken", "Bearer", "A bearer token");
    let written = Resource::from_typed(&scheme).unwrap();
    assert_eq!(
        written.to_json(),
        r#"{"type":"oauthbearertoken","name":"Bearer","description":"A bearer token"}"#
    );
    let schemes = builtin::service_provider_config().attribute("authenticationSchemes");
    let listed = schemes
        .and_then(|schemes| schemes.sub_attribute("type"))
        .unwrap();
    assert_eq!(
        listed.canonical_values,
        [
            "oauth",
            "oauth2",
            "oauthbearertoken",
            "httpbasic",
            "httpdigest"
        ]
    );
}

#[test]
fn a_resource_type_needs_all_but_description_and_extensions() {
    assert_eq!(
        required(builtin::resource_type()),
        [
            "name",
            "endpoint",
            "schema",
            "schemaExtensions.schema",
            "schemaExtensions.required"
        ]
    );
    let text = r#"{"name":"Badge","endpoint":"/Badges","schema":"urn:example:Badge"}"#;
    let read: ResourceType = text.parse::<Resource>().unwrap().to().unwrap();
    assert_eq!((read.id, read.schema_extensions.len()), (None, 0));
}

#[test]
fn only_the_schema_of_schemas_nests_complex_attributes() {
    for schema in builtin::schemas() {
        let nested: Vec<_> = flat(&schema.attributes, "")
            .into_iter()
            .filter(|(path, attribute)| path.contains('.') && attribute.is_complex())
            .map(|(path, _)| path)
            .collect();
        let expected: &[&str] = if schema.id == *Schema::SCHEMA {
            &["attributes.subAttributes"]
        } else {
            &[]
        };
        assert_eq!(nested, expected, "{}", schema.id);
    }
}

#[test]
fn every_built_in_definition_is_named_and_described() {
    for schema in builtin::schemas() {
        assert!(schema.name.as_deref().is_some_and(|name| !name.is_empty()));
        let described = |text: &Option<String>| text.as_deref().is_some_and(|text| text.len() > 3);
        assert!(described(&schema.description), "{}", schema.id);
        for (path, attribute) in flat(&schema.attributes, "") {
            assert!(described(&attribute.description), "{} {path}", schema.id);
        }
    }
    for of in [builtin::user_schema(), builtin::group_schema()] {
        assert!(of.resource_type().description.is_some());
    }
}

#[test]
fn the_enterprise_extension_has_its_six_attributes() {
    let enterprise = builtin::enterprise_user();
    assert_eq!(
        enterprise.id.as_str(),
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
    );
    let names: Vec<_> = enterprise
        .attributes
        .iter()
        .map(|a| a.name.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "employeeNumber",
            "costCenter",
            "organization",
            "division",
            "department",
            "manager"
        ]
    );
}

/// The URIs in `schemas` of what is written.
fn schemas_of(written: &impl Serialize) -> Vec<String> {
    let written = Resource::from_typed(written).unwrap();
    written.schemas().map(str::to_owned).collect()
}

#[test]
fn messages_and_schemas_carry_registered_urns() {
    let messages = [
        ("ListResponse", ListResponse::<Resource>::SCHEMA),
        ("SearchRequest", SearchRequest::SCHEMA),
        ("PatchOp", PatchOp::SCHEMA),
        ("BulkRequest", BulkRequest::SCHEMA),
        ("BulkResponse", BulkResponse::SCHEMA),
        ("Error", ScimError::SCHEMA),
    ];
    for (name, uri) in messages {
        let registered = format!("urn:ietf:params:scim:api:messages:2.0:{name}");
        assert_eq!(uri, registered);
    }
    assert_eq!(schemas_of(&SearchRequest::new()), [SearchRequest::SCHEMA]);
    let error = ScimError::new(404, "no such resource");
    assert_eq!(schemas_of(&error), [ScimError::SCHEMA]);

    for schema in builtin::schemas() {
        let uri = schema.id.as_str();
        assert!(uri.starts_with("urn:ietf:params:scim:schemas:"), "{uri}");
    }
    assert_eq!(User::SCHEMA, builtin::USER);
    assert_eq!(Group::SCHEMA, builtin::GROUP);
}

#[test]
fn an_error_is_written_with_its_status_as_text() {
    let error = ScimError::new(404, "no such resource");
    assert_eq!(
        Value::from_typed(&error).unwrap().to_json(),
        r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"404","detail":"no such resource"}"#
    );
    let read: ScimError = r#"{"status":"500"}"#.parse::<Value>().unwrap().to().unwrap();
    assert_eq!(
        (read.status, read.scim_type, read.detail),
        (500, None, None)
    );
}
