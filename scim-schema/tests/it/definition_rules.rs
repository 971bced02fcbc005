//! What RFC 7643 §6 and §7 ask of schemas and resource types, rule by rule.

use scim_core::{AttrName, AttrType, Attribute, ResourceSchema, Schema, Value, builtin};
use scim_schema::{Projection, Registry, resource_type_resource};

use crate::support::registry;

const URI: &str = "urn:example:Badge";

fn schema_with(attributes: &str) -> String {
    format!(r#"{{"id":"{URI}","attributes":[{attributes}]}}"#)
}

/// The pointers of the faults of a schema with these attributes.
fn schema_faults(attributes: &str) -> Vec<String> {
    let error = Registry::builtin().load_schema(&schema_with(attributes));
    let faults = error.err().map(|error| error.faults().to_vec());
    let faults = faults.unwrap_or_default().into_iter();
    faults.map(|fault| fault.pointer).collect()
}

/// The registry with one schema more.
fn loaded(attributes: &str) -> Registry {
    let mut registry = Registry::builtin();
    registry.load_schema(&schema_with(attributes)).unwrap();
    registry
}

fn first(registry: &Registry) -> &Attribute {
    registry.schema(URI).unwrap().attributes.first().unwrap()
}

/// The pointers of the faults of a resource type with these members.
fn type_faults(registry: &Registry, members: &str) -> Vec<String> {
    let mut registry = registry.clone();
    let error = registry.load_resource_type(&format!("{{{members}}}"));
    let faults = error.err().map(|error| error.faults().to_vec());
    let faults = faults.unwrap_or_default().into_iter();
    faults.map(|fault| fault.pointer).collect()
}

#[test]
fn a_schema_says_which_attributes_it_has() {
    for members in ["", r#","atributes":[]"#, r#","attributes":null"#] {
        let error = Registry::builtin()
            .load_schema(&format!(r#"{{"id":"{URI}"{members}}}"#))
            .unwrap_err();
        let pointers: Vec<_> = error.faults().iter().map(|fault| &*fault.pointer).collect();
        assert_eq!(pointers, ["/attributes"], "{members}");
    }
    assert!(loaded("").schema(URI).unwrap().attributes.is_empty());
}

#[test]
fn a_type_in_place_of_a_built_in_one_keeps_its_base() {
    let mut registry = loaded(r#"{"name":"a"}"#);
    let document = r#"{"name":"User","endpoint":"/Users","schema":"urn:example:Badge"}"#;
    let error = registry.load_resource_type(document).unwrap_err();
    let detail = "the built-in type `User` has another base, \
                  `urn:ietf:params:scim:schemas:core:2.0:User`";
    assert_eq!(error.faults()[0].detail, detail);
}

#[test]
fn n05_attribute_names_follow_the_grammar() {
    for good in ["a", "$ref", "a-b", "a_b", "a1", "a$"] {
        let attribute = format!(r#"{{"name":"{good}"}}"#);
        assert_eq!(schema_faults(&attribute), [""; 0], "{good}");
    }
    for bad in ["", "1a", "_a", "-a", "$", "$$a", "a b", "a.b", "a:b", "é"] {
        let attribute = format!(r#"{{"name":"{bad}"}}"#);
        assert_eq!(schema_faults(&attribute), ["/attributes/0/name"], "{bad}");
    }
    assert_eq!(
        schema_faults(r#"{"type":"string"}"#),
        ["/attributes/0/name"]
    );
}

#[test]
fn the_eight_types_are_known_and_no_other() {
    for known in [
        "string",
        "boolean",
        "decimal",
        "integer",
        "dateTime",
        "binary",
        "reference",
    ] {
        let registry = loaded(&format!(r#"{{"name":"a","type":"{known}"}}"#));
        assert_eq!(first(&registry).attr_type.as_str(), known);
    }
    let registry = loaded(r#"{"name":"a","type":"complex","subAttributes":[{"name":"b"}]}"#);
    assert_eq!(first(&registry).attr_type, AttrType::Complex);
    for unknown in ["text", "String", "float", ""] {
        let attribute = format!(r#"{{"name":"a","type":"{unknown}"}}"#);
        assert_eq!(
            schema_faults(&attribute),
            ["/attributes/0/type"],
            "{unknown}"
        );
    }
}

#[test]
fn reference_types_belong_to_references() {
    let reference = r#"{"name":"a","type":"reference","referenceTypes":["User","Group"]}"#;
    let registry = loaded(reference);
    assert_eq!(first(&registry).reference_types, ["User", "Group"]);
    let string = r#"{"name":"a","type":"string","referenceTypes":["User"]}"#;
    assert_eq!(schema_faults(string), ["/attributes/0/referenceTypes"]);
}

#[test]
fn what_has_no_uniqueness_is_not_unique() {
    for (of, is_fault) in [
        ("string", false),
        ("integer", false),
        ("decimal", false),
        ("reference", false),
        ("boolean", true),
        ("dateTime", true),
        ("binary", true),
    ] {
        let found = schema_faults(&format!(
            r#"{{"name":"a","type":"{of}","uniqueness":"server"}}"#
        ));
        let expected: &[&str] = if is_fault {
            &["/attributes/0/uniqueness"]
        } else {
            &[]
        };
        assert_eq!(found, expected, "{of}");
    }
}

#[test]
fn what_says_too_much_has_no_effect() {
    let attributes = r#"{"name":"on","type":"boolean","caseExact":true,"idcsSearchable":true},
        {"name":"at","type":"dateTime","canonicalValues":["soon","Soon"]},
        {"name":"c","type":"complex","mutability":"readOnly","returned":"never","canonicalValues":["x"],
         "subAttributes":[{"name":"s","mutability":"readWrite","returned":"always"}]}"#;
    // Never returned and readOnly is of no use to anybody.
    assert_eq!(schema_faults(attributes), ["/attributes/2/returned"]);
    let attributes = attributes.replace(r#""readOnly","#, r#""readWrite","#);
    let mut registry = loaded(&attributes);
    let badge = format!(r#"{{"name":"Badge","id":"other","endpoint":"/Badges","schema":"{URI}"}}"#);
    registry.load_resource_type(&badge).unwrap();
    let badge = registry.resource_schema("Badge").unwrap();
    assert_eq!(badge.resource_type().id.as_deref(), Some("Badge"));
    let stored = r#"{"id":"1","on":true,"at":"2024-01-01T00:00:00Z","c":{"s":"x"}}"#;
    let shown = Projection::default_for(badge).apply(&stored.parse().unwrap());
    assert_eq!(
        shown.to_json(),
        r#"{"id":"1","on":true,"at":"2024-01-01T00:00:00Z"}"#
    );
}

#[test]
fn a_name_that_comes_twice_has_its_place() {
    assert_eq!(
        schema_faults(r#"{"name":"a","NAME":"b"}"#),
        ["/attributes/0/NAME"]
    );
}

#[test]
fn d04_the_name_of_a_resource_type_is_unique_and_case_exact() {
    let mut registry = loaded(r#"{"name":"number"}"#);
    let faults = |name: &str| {
        type_faults(
            &registry,
            &format!(r#"{name}"endpoint":"/x","schema":"{URI}""#),
        )
    };
    assert_eq!(faults(r#""name":"User","#), ["/name"], "taken");
    assert_eq!(faults(r#""name":"","#), ["/name"], "empty");
    assert_eq!(faults(""), ["/name"], "missing");
    for reserved in [
        "Schema",
        "ResourceType",
        "ServiceProviderConfig",
        "uri",
        "external",
    ] {
        let found = faults(&format!(r#""name":"{reserved}","#));
        assert_eq!(found, ["/name"], "{reserved}");
    }
    let user = format!(r#"{{"name":"user","endpoint":"/x","schema":"{URI}"}}"#);
    registry.load_resource_type(&user).unwrap();
    let of = |name: &str| registry.resource_schema(name).unwrap().resource_type();
    assert_eq!(of("user").endpoint, "/x");
    assert_eq!(of("User").endpoint, "/Users");
    assert!(registry.resource_schema("USER").is_none());
}

#[test]
fn a_document_of_a_builtin_type_takes_its_place_once() {
    let mut registry = loaded(r#"{"name":"number"}"#);
    let base = builtin::USER;
    let document = |endpoint: &str| {
        format!(
            r#"{{"name":"User","endpoint":"{endpoint}","schema":"{base}","schemaExtensions":[{{"schema":"{URI}","required":false}}]}}"#
        )
    };
    let error = registry
        .load_resource_type(&document("/Groups"))
        .unwrap_err();
    assert_eq!(error.faults().len(), 1, "{error}");
    registry.load_resource_type(&document("/People")).unwrap();
    let names = registry.resource_schemas().iter();
    let names: Vec<_> = names.map(|of| of.resource_type().name.as_str()).collect();
    assert_eq!(names, ["User", "Group"]);
    let user = registry.resource_schema("User").unwrap();
    assert!(user.extension(URI).is_some());
    assert!(user.extension(builtin::ENTERPRISE_USER).is_none());
    // References to users lead there.
    let group = registry.resource_schema("Group").unwrap();
    assert!(
        group
            .endpoints()
            .any(|endpoint| endpoint == ("User", "People"))
    );
    let error = registry
        .load_resource_type(&document("/People"))
        .unwrap_err();
    assert!(error.to_string().contains("already loaded"), "{error}");
}

#[test]
fn d08_an_endpoint_is_unique_and_case_exact() {
    let mut registry = loaded(r#"{"name":"number"}"#);
    let faults = |endpoint: &str| {
        type_faults(
            &registry,
            &format!(r#""name":"Badge",{endpoint}"schema":"{URI}""#),
        )
    };
    assert_eq!(faults(""), ["/endpoint"], "missing");
    for bad in [
        "",
        "/",
        "/a/b",
        "/a b",
        "Users",
        "/Groups",
        "/Schemas",
        "/bulk",
        "/.search",
        "/Ones.scim",
        "/v2",
        "/v10",
    ] {
        let found = faults(&format!(r#""endpoint":"{bad}","#));
        assert_eq!(found, ["/endpoint"], "{bad}");
    }
    let users = format!(r#"{{"name":"Badge","endpoint":"users","schema":"{URI}"}}"#);
    registry.load_resource_type(&users).unwrap();
    let of = |endpoint: &str| registry.by_endpoint(endpoint).unwrap().resource_type();
    assert_eq!(of("/users").name, "Badge");
    assert_eq!(of("Users").name, "User");
    assert_eq!(of("users").endpoint, "/users");
}

#[test]
fn every_schema_in_use_can_be_looked_up() {
    let registry = registry(&["device".to_owned()]);
    for of in registry.resource_schemas() {
        let extensions = of.extensions().iter().map(|extension| &*extension.schema);
        for schema in extensions.chain([of.base()]) {
            let uri = schema.id.as_str();
            assert!(registry.schema(uri).is_some(), "{uri}");
            assert!(registry.schema(&uri.to_uppercase()).is_some(), "{uri}");
        }
    }
    for schema in [
        builtin::service_provider_config(),
        builtin::resource_type(),
        builtin::schema(),
    ] {
        assert!(registry.schema(schema.id.as_str()).is_some());
    }
    assert!(registry.schema("urn:example:nothing").is_none());
}

#[test]
fn a_resource_type_is_shown_with_all_that_defines_it() {
    let registry = registry(&["device".to_owned()]);
    let shown: Vec<_> = registry
        .resource_type_resources()
        .iter()
        .map(Value::to_json)
        .collect();
    assert_eq!(shown.len(), 3);
    assert_eq!(
        shown[0],
        concat!(
            r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],"#,
            r#""id":"User","name":"User","description":"User Account","endpoint":"/Users","#,
            r#""schema":"urn:ietf:params:scim:schemas:core:2.0:User","schemaExtensions":["#,
            r#"{"schema":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User","required":false}],"#,
            r#""meta":{"resourceType":"ResourceType","location":"/ResourceTypes/User"}}"#
        )
    );
    let types = registry.resource_schemas().iter();
    for resource_type in types.map(ResourceSchema::resource_type) {
        let resource = resource_type_resource(resource_type);
        assert!(resource.get("description").is_some());
    }
}

#[test]
fn s16_an_extension_may_define_what_is_called_like_a_common_attribute() {
    let mut registry = Registry::builtin();
    let json = r#"{"id":"urn:example:more","attributes":[{"name":"id","type":"integer"}]}"#;
    registry.load_schema(json).unwrap();
    let json = format!(
        r#"{{"name":"More","endpoint":"/More","schema":"{}","schemaExtensions":[{{"schema":"urn:example:more"}}]}}"#,
        builtin::USER
    );
    registry.load_resource_type(&json).unwrap();
    let shown: Schema = registry.schema_resources().pop().unwrap().to().unwrap();
    assert!(shown.attribute("id").is_some());
}

#[test]
fn n02_no_schema_uri_of_a_type_hides_a_path_of_it() {
    let of = |base: &str, extensions: &[&str]| {
        let mut registry = Registry::new();
        let attributes =
            r#"[{"name":"x"},{"name":"n","type":"complex","subAttributes":[{"name":"s"}]}]"#;
        for uri in extensions.iter().chain([&base]) {
            let json = format!(r#"{{"id":"{uri}","attributes":{attributes}}}"#);
            registry.load_schema(&json).unwrap();
        }
        let listed = extensions
            .iter()
            .map(|uri| format!(r#"{{"schema":"{uri}"}}"#));
        let listed: Vec<_> = listed.collect();
        let json = format!(
            r#"{{"name":"A","endpoint":"/A","schema":"{base}","schemaExtensions":[{}]}}"#,
            listed.join(",")
        );
        let error = registry.load_resource_type(&json).err();
        let faults = error
            .map(|error| error.faults().to_vec())
            .unwrap_or_default();
        faults
            .into_iter()
            .map(|fault| fault.pointer)
            .collect::<Vec<_>>()
    };
    let first = ["/schemaExtensions/0/schema"];
    for (base, extension) in [
        ("urn:t:One", "urn:t:One:x"),
        ("urn:t:One", "URN:T:one:X"),
        ("urn:t:One", "urn:t:One:n.s"),
        ("urn:t:One", "urn:t:One:meta.version"),
        ("urn:t:One", "urn:t:One:"),
        ("urn:t:One:", "urn:t:One"),
        ("urn:t:One:x", "urn:t:One"),
    ] {
        assert_eq!(of(base, &[extension]), first, "{base} and {extension}");
    }
    let second = ["/schemaExtensions/1/schema"];
    assert_eq!(of("urn:t:One", &["urn:t:Two", "urn:t:Two:n"]), second);
    for extension in [
        "urn:t:One:y",
        "urn:t:One:n.y",
        "urn:t",
        "urn:t:Two:x",
        "urn:t:x",
    ] {
        assert_eq!(of("urn:t:One", &[extension]), [""; 0], "{extension}");
    }
}

#[test]
fn n02_a_schema_is_not_amended_so_that_a_path_is_hidden() {
    let mut registry = Registry::builtin();
    let json = format!(
        r#"{{"id":"{}:badge","attributes":[{{"name":"x"}}]}}"#,
        builtin::GROUP
    );
    registry.load_schema(&json).unwrap();
    let json = format!(
        r#"{{"name":"A","endpoint":"/A","schema":"{0}","schemaExtensions":[{{"schema":"{0}:badge"}}]}}"#,
        builtin::GROUP
    );
    registry.load_resource_type(&json).unwrap();
    let badge = AttrName::new("badge").unwrap();
    let badge = Attribute::new(badge, AttrType::String);
    let amended = registry.amend_schema(builtin::GROUP, |group| group.attributes.push(badge));
    assert!(amended.unwrap_err().to_string().contains(":badge"));
    assert!(
        registry
            .schema(builtin::GROUP)
            .unwrap()
            .attribute("badge")
            .is_none()
    );
}
