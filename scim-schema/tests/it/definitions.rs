//! Definitions: what loads, what is refused, what comes out again.

use std::fmt::Write as _;

use scim_core::{Policy, Resource, ResourceSchema, ResourceType, Schema, builtin};
use scim_schema::{
    DefinitionError, DefinitionLimits, Operation, Registry, create, resource_type_resource,
    schema_resource, validate,
};

/// A schema document with these attributes.
fn schema(attributes: &str) -> String {
    format!(r#"{{"id":"urn:example:x","attributes":[{attributes}]}}"#)
}

#[test]
fn refused() {
    let schemas = [
        ("not JSON", "{".to_owned()),
        ("not an object", "[]".to_owned()),
        (
            "names equal under case",
            r#"{"id":"urn:x:y","ID":"urn:x:z"}"#.to_owned(),
        ),
        ("no id", r#"{"attributes":[]}"#.to_owned()),
        ("an id that is no URI", r#"{"id":"User","attributes":[]}"#.to_owned()),
        ("no attributes", r#"{"id":"urn:x:y","atributes":[]}"#.to_owned()),
        (
            "another message",
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"id":"urn:x:y","attributes":[]}"#
                .to_owned(),
        ),
        (
            "the URI of another schema, in another case",
            format!(r#"{{"id":"{}","attributes":[]}}"#, builtin::USER.to_uppercase()),
        ),
        (
            "attributes that are no list",
            r#"{"id":"urn:x:y","attributes":{}}"#.to_owned(),
        ),
        ("an attribute that is no object", schema("\"a\"")),
        ("an attribute without name", schema(r#"{"type":"string"}"#)),
        ("a name outside the grammar", schema(r#"{"name":"2fa"}"#)),
        (
            "one name twice (S17)",
            schema(r#"{"name":"a"},{"name":"b"},{"name":"A"}"#),
        ),
        ("an unknown type", schema(r#"{"name":"a","type":"text"}"#)),
        (
            "unknown words",
            schema(r#"{"name":"a","mutability":"readonly","returned":"yes","uniqueness":1}"#),
        ),
        (
            "flags that are no booleans",
            schema(r#"{"name":"a","required":"true","multiValued":1,"caseExact":null}"#),
        ),
        (
            "lists that are no lists",
            schema(r#"{"name":"a","canonicalValues":"x","referenceTypes":[1]}"#),
        ),
        (
            "complex inside complex (S15)",
            schema(
                r#"{"name":"a","type":"complex","subAttributes":[{"name":"b","type":"complex","subAttributes":[{"name":"c"}]}]}"#,
            ),
        ),
        (
            "complex without sub-attributes",
            schema(r#"{"name":"a","type":"complex"}"#),
        ),
        (
            "sub-attributes of a simple attribute",
            schema(r#"{"name":"a","subAttributes":[{"name":"b"}]}"#),
        ),
        (
            "a sub-attribute twice",
            schema(r#"{"name":"a","type":"complex","subAttributes":[{"name":"b"},{"name":"B"}]}"#),
        ),
        (
            "reference types of a string",
            schema(r#"{"name":"a","referenceTypes":["User"]}"#),
        ),
        (
            "a unique complex attribute",
            schema(
                r#"{"name":"a","type":"complex","uniqueness":"server","subAttributes":[{"name":"b"}]}"#,
            ),
        ),
        (
            "a unique boolean",
            schema(r#"{"name":"a","type":"boolean","uniqueness":"global"}"#),
        ),
        (
            "writeOnly and always returned",
            schema(r#"{"name":"a","mutability":"writeOnly","returned":"always"}"#),
        ),
        (
            "readOnly and never returned",
            schema(r#"{"name":"a","mutability":"readOnly","returned":"never"}"#),
        ),
        (
            "predefined names with another meaning",
            schema(
                r#"{"name":"a","type":"complex","multiValued":true,"subAttributes":[{"name":"primary"},{"name":"$ref"},{"name":"type","multiValued":true},{"name":"VALUE","type":"integer","multiValued":true}]}"#,
            ),
        ),
        (
            "a name that no filter could hold",
            schema(&format!(r#"{{"name":"{}"}}"#, "a".repeat(100_000))),
        ),
    ];
    let types = [
        ("no name, no endpoint, no schema", r#"{}"#),
        (
            "a schema that is not loaded",
            r#"{"name":"A","endpoint":"/A","schema":"urn:example:a"}"#,
        ),
        (
            "an endpoint of two segments",
            r#"{"name":"A","endpoint":"/A/B","schema":"urn:example:base"}"#,
        ),
        (
            "an endpoint of the protocol",
            r#"{"name":"A","endpoint":"Bulk","schema":"urn:example:base"}"#,
        ),
        (
            "a type and an endpoint that are taken",
            r#"{"name":"User","endpoint":"Groups","schema":"urn:example:base"}"#,
        ),
        (
            "extensions that do not fit",
            r#"{"name":"A","endpoint":"/A","schema":"urn:example:base","schemaExtensions":[
            {"schema":"urn:example:BASE"},{"schema":"urn:example:none","required":true},
            {"schema":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","required":"no"}]}"#,
        ),
        (
            "an extension that is not loaded, and one listed twice",
            r#"{"name":"A","endpoint":"/A","schema":"urn:example:base","schemaExtensions":[
            {"schema":"urn:example:base"},{"schema":"urn:example:none","required":true},
            {"schema":"urn:example:NONE"}]}"#,
        ),
        (
            "an extension whose URI is a path (N02)",
            r#"{"name":"A","endpoint":"/A","schema":"urn:example:base","schemaExtensions":[
            {"schema":"urn:example:base:a"}]}"#,
        ),
    ];
    let mut registry = Registry::builtin();
    registry
        .load_schema(r#"{"id":"urn:example:base","attributes":[{"name":"a"}]}"#)
        .unwrap();
    let path = r#"{"id":"urn:example:base:a","attributes":[{"name":"b"}]}"#;
    registry.load_schema(path).unwrap();
    let known = (registry.schemas().len(), registry.resource_schemas().len());
    let mut report = String::new();
    let mut note = |what: &str, error: DefinitionError| {
        writeln!(report, "# {what}\n{error}").unwrap();
    };
    for (what, json) in schemas {
        note(what, registry.load_schema(&json).expect_err(what));
    }
    for (what, json) in types {
        note(what, registry.load_resource_type(json).expect_err(what));
    }
    assert_eq!(
        (registry.schemas().len(), registry.resource_schemas().len()),
        known,
        "what is refused leaves nothing behind"
    );
    insta::assert_snapshot!(report);
}

#[test]
fn d06_listed_common_attributes_are_not_heard() {
    let mut registry = Registry::new();
    let json = r#"{"id":"urn:example:old","attributes":[
        {"name":"schemas","type":"string","multiValued":true},
        {"name":"id","required":true,"mutability":"readWrite","returned":"never"},
        {"name":"externalId","type":"integer","multiValued":true},
        {"name":"note"}]}"#;
    registry.load_schema(json).unwrap();
    let json = r#"{"name":"Old","endpoint":"Old","schema":"urn:example:old"}"#;
    registry.load_resource_type(json).unwrap();
    let old = registry.by_endpoint("/Old").unwrap();
    assert_eq!(old.resource_type().endpoint, "/Old", "D08");
    assert_eq!(old.resource_type().id.as_deref(), Some("Old"), "D04");
    let body: Resource = r#"{"schemas":["urn:example:old"],"id":"mine","note":"n"}"#
        .parse()
        .unwrap();
    let made = create(old, body, &Policy::strict()).unwrap().resource;
    assert_eq!(
        made.to_json(),
        r#"{"schemas":["urn:example:old"],"note":"n"}"#
    );
    let shown = registry.schema_resources().pop().unwrap();
    let shown: Schema = shown.to().unwrap();
    let names: Vec<_> = shown.attributes.iter().map(|a| a.name.as_str()).collect();
    assert_eq!(names, ["note"], "they are not listed");
}

#[test]
fn s14_a_list_of_objects_has_default_sub_attributes() {
    let mut registry = Registry::new();
    registry
        .load_schema(&schema(
            r#"{"name":"a","type":"complex","multiValued":true}"#,
        ))
        .unwrap();
    let loaded = registry.schema("URN:EXAMPLE:X").unwrap();
    let subs: Vec<_> = loaded.attributes[0]
        .sub_attributes
        .iter()
        .map(|sub| {
            (
                sub.name.as_str(),
                sub.attr_type.as_str(),
                sub.mutability.as_str(),
            )
        })
        .collect();
    assert_eq!(
        subs,
        [
            ("type", "string", "readWrite"),
            ("primary", "boolean", "readWrite"),
            ("display", "string", "immutable"),
            ("value", "string", "readWrite"),
            ("$ref", "reference", "readWrite"),
        ]
    );
}

#[test]
fn what_discovery_shows_can_be_loaded_again() {
    let mut again = Registry::new();
    for schema in [
        builtin::user(),
        builtin::group(),
        builtin::enterprise_user(),
    ] {
        again
            .load_schema(&schema_resource(schema).to_json())
            .unwrap();
        assert_eq!(
            again.schema(schema.id.as_str()),
            Some(schema),
            "{}",
            schema.id
        );
    }
    for schema in [builtin::group_schema(), builtin::user_schema()] {
        let shown = resource_type_resource(schema.resource_type());
        again.load_resource_type(&shown.to_json()).unwrap();
        let loaded = again.resource_schema(&schema.resource_type().name).unwrap();
        assert_eq!(loaded.resource_type(), schema.resource_type());
    }
}

#[test]
fn what_discovery_shows_is_valid() {
    let configuration = |name: &str, schema: &std::sync::Arc<Schema>| {
        let of = ResourceType::new(name, format!("/{name}s"), schema.id.clone());
        ResourceSchema::new(of, schema.clone(), Vec::new())
    };
    let registry = crate::support::registry(&["device".to_owned()]);
    let schema_of_schemas = configuration("Schema", builtin::schema());
    for resource in registry.schema_resources() {
        // Its own schema goes one level deeper than it can say.
        if resource.as_object().unwrap().get("name") == Some(&"Schema".into()) {
            continue;
        }
        check(&schema_of_schemas, resource);
    }
    let schema_of_types = configuration("ResourceType", builtin::resource_type());
    for resource in registry.resource_type_resources() {
        check(&schema_of_types, resource);
    }

    fn check(schema: &ResourceSchema, resource: scim_core::Value) {
        let resource = Resource::from(resource.as_object().unwrap().clone());
        let sent = resource.clone();
        let answer = validate(
            schema,
            Operation::Response,
            resource,
            None,
            &Policy::strict(),
        );
        assert_eq!(*answer.unwrap().resource, sent);
    }
}

#[test]
fn limits_hold() {
    let limits = DefinitionLimits {
        bytes: 200,
        attributes: 2,
        name_bytes: 512,
        faults: 1,
    };
    let mut registry = Registry::new().limits(limits);
    let error = registry.load_schema(&" ".repeat(201)).unwrap_err();
    assert_eq!(
        error.faults()[0].detail,
        "the text has 201 bytes, more than the 200 allowed at byte 200"
    );
    let error = registry
        .load_schema(&schema(r#"{"name":"a"},{"name":"b"},{"name":"c"}"#))
        .unwrap_err();
    assert_eq!(error.faults()[0].detail, "more than 2 attributes");
    let error = registry
        .load_schema(&schema(r#"{"name":"1"},{"name":"2"}"#))
        .unwrap_err();
    assert_eq!((error.faults().len(), error.omitted()), (1, 1));
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    assert!(registry.load_schema(&deep).is_err());
}

#[test]
fn a_schema_built_in_code_is_checked_too() {
    use scim_core::{AttrName, AttrType, Attribute, SchemaUri};
    let mut schema = Schema::new(SchemaUri::new("urn:example:x").unwrap());
    let name = AttrName::new("a").unwrap();
    schema
        .attributes
        .push(Attribute::new(name, AttrType::Complex));
    let error = Registry::new().add_schema(schema).unwrap_err();
    assert_eq!(error.faults()[0].pointer, "/attributes/0/subAttributes");
}

#[test]
fn what_a_definition_leaves_out_has_defaults() {
    use scim_core::{AttrType, Mutability, Returned, Uniqueness};
    let mut registry = Registry::new();
    registry
        .load_schema(&schema(r#"{"name":"$a-b_c$1"}"#))
        .unwrap();
    let attribute = &registry.schema("urn:example:x").unwrap().attributes[0];
    assert_eq!(attribute.attr_type, AttrType::String);
    assert!(!attribute.multi_valued && !attribute.required && !attribute.case_exact);
    assert!(attribute.canonical_values.is_empty());
    assert_eq!(attribute.mutability, Mutability::ReadWrite);
    assert_eq!(attribute.returned, Returned::Default);
    assert_eq!(attribute.uniqueness, Uniqueness::None);
}

#[test]
fn the_characteristics_that_the_rfc_fixes() {
    use scim_core::{Mutability, Returned};
    let common = |name: &str| builtin::common_attribute(name).unwrap();
    let id = common("id");
    assert!(id.case_exact && !id.multi_valued);
    assert_eq!(
        (id.mutability, id.returned),
        (Mutability::ReadOnly, Returned::Always)
    );
    let external_id = common("externalId");
    assert!(external_id.case_exact && !external_id.required);
    assert_eq!(external_id.mutability, Mutability::ReadWrite);
    for sub in &common("meta").sub_attributes {
        assert_eq!(
            (sub.mutability, sub.returned),
            (Mutability::ReadOnly, Returned::Default)
        );
        let exact = matches!(sub.name.as_str(), "resourceType" | "version" | "location");
        assert_eq!(sub.case_exact, exact, "{}", sub.name);
    }
    let photos = builtin::user().attribute("photos").unwrap();
    let types = &photos.sub_attribute("type").unwrap().canonical_values;
    assert_eq!(types, &["photo", "thumbnail"]);
    for name in ["roles", "entitlements"] {
        let list = builtin::user().attribute(name).unwrap();
        assert!(
            list.sub_attributes
                .iter()
                .all(|sub| sub.canonical_values.is_empty())
        );
    }
}

#[test]
fn what_discovery_shows_states_every_characteristic_that_the_type_has() {
    fn check(attributes: &scim_core::Value) {
        for attribute in attributes.elements() {
            let attribute = attribute.as_object().unwrap();
            let has = |name: &str| attribute.get(name).is_some();
            for name in [
                "name",
                "type",
                "multiValued",
                "description",
                "required",
                "mutability",
                "returned",
            ] {
                assert!(has(name), "{name} in {attribute}");
            }
            let of_type = attribute.get("type").and_then(|of| of.as_str()).unwrap();
            let complex = of_type == "complex";
            assert_eq!(has("caseExact"), !complex, "{attribute}");
            assert_eq!(has("uniqueness"), !complex, "{attribute}");
            assert_eq!(has("subAttributes"), complex, "{attribute}");
            assert!(
                of_type == "reference" || !has("referenceTypes"),
                "{attribute}"
            );
            assert!(
                attribute.iter().all(|(_, value)| value.is_assigned()),
                "{attribute}"
            );
            if let Some(subs) = attribute.get("subAttributes") {
                check(subs);
            }
        }
    }
    for schema in Registry::builtin().schemas() {
        let shown = schema_resource(schema);
        assert_eq!(shown.id(), Some(schema.id.as_str()));
        assert!(shown.get("name").is_some() && shown.get("description").is_some());
        check(shown.get("attributes").unwrap());
    }
}
