//! Where references lead: to the endpoints that the registry knows (S05, S06, G02).

use scim_core::{Policy, Resource, ResourceSchema, Schema, builtin};
use scim_schema::{Operation, Registry, create};

use crate::support::as_text;

/// Types in places of their own, each loaded after those that refer to it.
fn registry(types: &[(&str, &str)]) -> Registry {
    let mut registry = Registry::new();
    for schema in [builtin::user(), builtin::group()] {
        registry.add_schema(Schema::clone(schema)).unwrap();
    }
    let links = r#"{"id":"urn:t:Links","attributes":[
        {"name":"boss","type":"reference","referenceTypes":["Person"]},
        {"name":"pals","type":"complex","multiValued":true,"subAttributes":[
            {"name":"value"},{"name":"type"},
            {"name":"$ref","type":"reference","referenceTypes":["User","Person"]}]},
        {"name":"chief","type":"complex","subAttributes":[
            {"name":"note"},{"name":"$ref","type":"reference","referenceTypes":["User"]}]},
        {"name":"stray","type":"reference","referenceTypes":["Robot"]}]}"#;
    registry.load_schema(links).unwrap();
    for (name, endpoint) in [("Links", "/Links")].iter().chain(types) {
        let schema = match *name {
            "User" => builtin::USER,
            "Group" => builtin::GROUP,
            _ => "urn:t:Links",
        };
        let document =
            format!(r#"{{"name":"{name}","endpoint":"{endpoint}","schema":"{schema}"}}"#);
        registry.load_resource_type(&document).unwrap();
    }
    registry
}

/// The pointers of what is wrong.
fn wrong(registry: &Registry, resource_type: &str, members: &str) -> Vec<String> {
    let schema = registry.resource_schema(resource_type).unwrap();
    let uri = &schema.base().id;
    let body: Resource = format!(r#"{{"schemas":["{uri}"],{members}}}"#)
        .parse()
        .unwrap();
    wrong_in(schema, body)
}

fn wrong_in(schema: &ResourceSchema, body: Resource) -> Vec<String> {
    match create(schema, body, &Policy::strict()) {
        Ok(_) => Vec::new(),
        Err(rejected) => rejected.violations.into_iter().map(|v| v.pointer).collect(),
    }
}

#[test]
fn s05_a_reference_leads_to_the_endpoint_of_its_type() {
    let registry = registry(&[
        ("Group", "/Teams"),
        ("User", "/Accounts"),
        ("Person", "/People"),
    ]);
    let member = |link: &str| {
        let members = format!(r#""displayName":"d","members":[{{"$ref":"{link}"}}]"#);
        wrong(&registry, "Group", &members)
    };
    for fine in [
        "../Accounts/1",
        "https://h/v2/Teams/1",
        "HTTP://h/Accounts/1",
    ] {
        assert_eq!(member(fine), [""; 0], "{fine}");
    }
    for refused in [
        "../Users/1",
        "../People/1",
        "../Accounts/1?x=1",
        "../Accounts/1#f",
        "x:/Teams/5",
    ] {
        assert_eq!(member(refused), ["/members/0/$ref"], "{refused}");
    }
    let boss = |link: &str| wrong(&registry, "Links", &format!(r#""boss":"{link}""#));
    assert_eq!(boss("../People/1"), [""; 0]);
    for refused in ["../Users/1", "../Persons/1", "../Accounts/1"] {
        assert_eq!(boss(refused), ["/boss"], "{refused}");
    }
    // Where robots are nobody knows, but what is elsewhere is none.
    assert_eq!(
        wrong(&registry, "Links", r#""stray":"../Robots/1""#),
        [""; 0]
    );
    assert_eq!(
        wrong(&registry, "Links", r#""stray":"../Teams/1""#),
        ["/stray"]
    );
}

#[test]
fn g02_a_type_beside_a_reference_is_that_of_the_endpoint() {
    let registry = registry(&[("Person", "/People"), ("Group", "/Groups")]);
    let pal = |members: &str| wrong(&registry, "Links", &format!(r#""pals":[{{{members}}}]"#));
    assert_eq!(pal(r#""$ref":"../People/1","type":"person""#), [""; 0]);
    assert_eq!(pal(r#""$ref":"../Groups/7""#), ["/pals/0/$ref"]);
    assert_eq!(
        pal(r#""$ref":"../Users/1","type":"Person""#),
        ["/pals/0/type"]
    );
    assert_eq!(
        pal(r#""$ref":"../Users/1","type":"USER""#),
        [""; 0],
        "as long as nobody says otherwise"
    );
}

#[test]
fn s05_a_reference_without_a_value_beside_it_is_one_too() {
    let registry = registry(&[]);
    let chief = |link: &str| {
        wrong(
            &registry,
            "Links",
            &format!(r#""chief":{{"$ref":"{link}"}}"#),
        )
    };
    assert_eq!(chief("../Users/1"), [""; 0]);
    assert_eq!(chief("../Groups/1"), ["/chief/$ref"]);
    assert_eq!(chief("nonsense"), ["/chief/$ref"]);
}

#[test]
fn p13_elements_that_are_one_have_one_reference_wherever_it_leads() {
    let mut registry = Registry::new();
    let pages = r#"{"id":"urn:t:Pages","attributes":[{"name":"pages","type":"complex","multiValued":true,
        "subAttributes":[{"name":"value"},{"name":"note"},
            {"name":"$ref","type":"reference","referenceTypes":["uri"]}]},
        {"name":"files","type":"complex","multiValued":true,"subAttributes":[{"name":"value"},
            {"name":"$ref","type":"reference","referenceTypes":["User","external"]}]}]}"#;
    registry.load_schema(pages).unwrap();
    let document = r#"{"name":"Pages","endpoint":"/Pages","schema":"urn:t:Pages"}"#;
    registry.load_resource_type(document).unwrap();
    let schema = registry.resource_schema("Pages").unwrap();
    let body = |name: &str, links: &[&str]| -> Resource {
        let links = links.iter();
        let elements: Vec<String> = links
            .map(|link| {
                format!(
                    r#"{{"value":"a"{}{link}}}"#,
                    ["", ","][usize::from(!link.is_empty())]
                )
            })
            .collect();
        let elements = elements.join(",");
        let text = format!(r#"{{"schemas":["urn:t:Pages"],"{name}":[{elements}]}}"#);
        for policy in [Policy::strict(), Policy::lenient()] {
            as_text(schema, Operation::Create, text.as_bytes(), &policy);
        }
        text.parse().unwrap()
    };
    let (one, same, other) = (
        r#""$ref":"https://example.com/a""#,
        r#""$ref":"HTTPS://EXAMPLE.COM/a","note":"n""#,
        r#""$ref":"https://example.com/b""#,
    );
    assert_eq!(wrong_in(schema, body("pages", &[one, same])), [""; 0]);
    assert_eq!(
        wrong_in(schema, body("pages", &["", one, "", same])),
        [""; 0]
    );
    assert_eq!(
        wrong_in(schema, body("pages", &[one, other])),
        ["/pages/1/$ref"]
    );
    assert_eq!(
        wrong_in(schema, body("pages", &["", one, "", other])),
        ["/pages/3/$ref"]
    );
    assert_eq!(
        wrong_in(schema, body("files", &[one, other])),
        ["/files/1/$ref"]
    );
    let lenient = create(schema, body("pages", &[one, other]), &Policy::lenient()).unwrap();
    assert_eq!(
        lenient.resource.get("pages").unwrap().to_json(),
        r#"[{"value":"a","$ref":"https://example.com/a"}]"#
    );
    assert_eq!(lenient.departures.len(), 1);
}
