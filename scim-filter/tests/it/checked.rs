//! What a checked filter tells about itself, and filters over several resource types.

use scim_core::{AttrName, Policy, Resource, Tolerance, Value, builtin};
use scim_filter::{CheckErrorKind, Checked, ElementFilter, Filter, Parser};

fn checked(text: &str) -> Checked {
    let parsed = Parser::new()
        .policy(&Policy::lenient())
        .parse(text)
        .unwrap();
    parsed
        .check(builtin::user_schema(), &Policy::lenient())
        .unwrap()
}

fn equalities(text: &str) -> Vec<(String, Vec<String>)> {
    let checked = checked(text);
    let equalities = checked.equalities();
    let keys = |keys: &[scim_core::ComparisonKey]| {
        keys.iter()
            .filter_map(|key| key.as_text().map(str::to_owned))
            .collect()
    };
    equalities
        .iter()
        .map(|equality| (equality.path().to_string(), keys(equality.keys())))
        .collect()
}

fn one(path: &str, keys: &[&str]) -> (String, Vec<String>) {
    (
        path.to_owned(),
        keys.iter().map(|&key| key.to_owned()).collect(),
    )
}

#[test]
fn equalities_are_the_conjuncts_that_an_index_answers() {
    assert_eq!(
        equalities(r#"USERNAME eq "Ada""#),
        [one("userName", &["ada"])]
    );
    assert_eq!(
        equalities(r#"title sw "x" and (id eq "A" and userName eq "B")"#),
        [one("id", &["A"]), one("userName", &["b"])]
    );
    assert_eq!(
        equalities(r#"id eq "2" or id eq "1" or (id eq "2" or id eq "3")"#),
        [one("id", &["1", "2", "3"])]
    );
    assert_eq!(
        equalities(r#"emails[type eq "work" and value eq "A@b" and primary eq true]"#),
        [
            one("emails.type", &["work"]),
            one("emails.value", &["a@b"]),
            one("emails.primary", &[])
        ]
    );
    assert_eq!(
        equalities(r#"emails eq "A@b""#),
        [one("emails.value", &["a@b"])]
    );
    assert_eq!(
        equalities(r#"employeeNumber eq "7""#),
        [one(
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber",
            &["7"]
        )]
    );
    assert_eq!(
        equalities(r#"not (userName ne "x" or not (title eq "y"))"#),
        [one("userName", &["x"]), one("title", &["y"])]
    );
    assert_eq!(
        equalities(r#"emails[value eq "b"] or emails[type pr and value eq "a"]"#),
        [one("emails.value", &["a", "b"])]
    );
    assert_eq!(
        equalities(r#"emails.value eq "b" or emails[value eq "a"]"#),
        [one("emails.value", &["a", "b"])]
    );
    assert_eq!(
        equalities(r#"userName eq "b" or (userName eq "a" and active eq true)"#),
        [one("userName", &["a", "b"])]
    );
    assert_eq!(
        equalities(
            r#"(id eq "1" and title eq "x") or (title eq "y" and userName pr and id eq "2")"#
        ),
        [one("id", &["1", "2"]), one("title", &["x", "y"])]
    );
    assert_eq!(
        equalities(r#"emails[type eq "a" or (type eq "b" and primary eq true)]"#),
        [one("emails.type", &["a", "b"])]
    );
    for none in [
        r#"userName eq "a" or (userName eq "b" and active eq true) or title pr"#,
        r#"userName eq "a" or not (userName eq "b")"#,
        r#"userName ne "x""#,
        r#"not (userName eq "x")"#,
        r#"userName eq "x" or title eq "x""#,
        r#"userName eq null"#,
        r#"userName pr"#,
        r#"emails[not (type eq "x")]"#,
        r#"not (emails[type eq "x"])"#,
    ] {
        assert_eq!(equalities(none), [], "{none}");
    }
}

#[test]
fn attributes_are_told_in_the_schemas_spelling() {
    let filter =
        r#"EMAILS[TYPE eq "x" or value pr] or not (USERNAME pr) or emails co "a" or manager pr"#;
    let paths: Vec<String> = checked(filter)
        .attributes()
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(
        paths,
        [
            "emails.type",
            "emails.value",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
            "userName",
        ]
    );
}

#[test]
fn every_tolerance_that_fires_is_reported() {
    let cases = [
        (r#"userName eq"x""#, Tolerance::FilterLiteralCoercion),
        (r#"active eq True"#, Tolerance::FilterLiteralCoercion),
        (r#"active eq "true""#, Tolerance::FilterLiteralCoercion),
        (r#"emails[type pr].value pr"#, Tolerance::FilterPathSuffix),
        (r#"department pr"#, Tolerance::UnqualifiedExtensionNames),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager eq "1""#,
            Tolerance::FilterComplexValueShorthand,
        ),
    ];
    for (text, tolerance) in cases {
        let checked = checked(text);
        let found: Vec<_> = checked
            .departures()
            .iter()
            .map(|one| one.tolerance)
            .collect();
        assert_eq!(found, [tolerance], "{text}");
    }
    let text = r#"userName eq "x" and active eq true and emails[type eq "work"] and emails co "y""#;
    assert_eq!(checked(text).departures(), []);
    let list = r#"employeeNumber eq "1" or employeeNumber eq "2" or employeeNumber eq "3""#;
    assert_eq!(checked(list).departures().len(), 1);
    let path = Parser::new().policy(&Policy::lenient());
    let path = path.parse_path(r#"emails[primary eq TRUE].value"#).unwrap();
    let path = path
        .check(builtin::user_schema(), &Policy::lenient())
        .unwrap();
    assert_eq!(path.departures.len(), 1);
}

#[test]
fn f28_at_the_root_a_type_that_lacks_an_attribute_has_no_value() {
    let types = [builtin::user_schema(), builtin::group_schema()];
    let check = |text: &str| {
        Parser::new()
            .parse(text)
            .unwrap()
            .check_types(&types, &Policy::strict())
    };
    let user: Resource = r#"{"userName":"x","displayName":"d"}"#.parse().unwrap();
    // Members that a schema lacks are not looked at.
    let group: Resource = r#"{"displayName":"d","userName":"x","members":[{"value":"1"}]}"#
        .parse()
        .unwrap();
    for (text, of_user, of_group) in [
        (r#"displayName eq "D""#, true, true),
        (r#"userName eq "x""#, true, false),
        (r#"userName ne "x""#, false, true),
        (r#"userName pr"#, true, false),
        (r#"userName eq null"#, false, true),
        (r#"not (userName pr)"#, false, true),
        (r#"members[value eq "1"]"#, false, true),
        (r#"not (members[value eq "1"])"#, true, false),
        (r#"members.value eq "1" or userName eq "x""#, true, true),
    ] {
        let checked = check(text).unwrap();
        assert_eq!(checked.len(), 2);
        assert_eq!(checked[0].matches(&user), of_user, "{text} for a user");
        assert_eq!(checked[1].matches(&group), of_group, "{text} for a group");
    }
    let error = check(r#"userName pr and nothing pr and nowhere pr"#).unwrap_err();
    assert_eq!(error.span(), Some(16..23));
    let error = check(r#"members[nothing pr]"#).unwrap_err();
    assert!(matches!(
        error.kind(),
        CheckErrorKind::UnknownSubAttribute { .. }
    ));
    assert!(check(r#"password pr"#).is_err());
    assert!(check(r#"members.value eq 1"#).is_err());
    assert!(
        check(r#"members[value pr] and userName eq 1"#)
            .unwrap_err()
            .span()
            == Some(34..35)
    );
}

#[test]
fn f28_two_types_may_define_one_attribute_differently() {
    use scim_core::{AttrType, Attribute, ResourceSchema, ResourceType, Schema, SchemaUri};
    let with = |sub: &str| {
        let uri = SchemaUri::new(&format!("urn:example:{sub}")).unwrap();
        let mut things = Attribute::new(AttrName::new("things").unwrap(), AttrType::Complex);
        things.multi_valued = true;
        let sub = Attribute::new(AttrName::new(sub).unwrap(), AttrType::String);
        things.sub_attributes.push(sub);
        let mut schema = Schema::new(uri.clone());
        schema.attributes.push(things);
        ResourceSchema::new(ResourceType::new("A", "/A", uri), schema.into(), vec![])
    };
    let (a, b) = (with("a"), with("b"));
    let filter: Filter = r#"things[a eq "x" or b eq "x"]"#.parse().unwrap();
    let checked = filter.check_types(&[&a, &b], &Policy::strict()).unwrap();
    let resource: Resource = r#"{"things":[{"a":"x"}]}"#.parse().unwrap();
    assert!(checked[0].matches(&resource));
    assert!(!checked[1].matches(&resource));
    assert!(filter.check(&a, &Policy::strict()).is_err());
}

fn element(text: &str) -> ElementFilter {
    let path = Parser::new().parse_path(text).unwrap();
    let attribute = builtin::user_schema().attribute(path.attr.attr()).unwrap();
    path.check_filter(attribute, &Policy::strict())
        .unwrap()
        .unwrap()
}

#[test]
fn p01_the_element_that_a_filter_describes() {
    let described = |text: &str| {
        let element = element(text);
        let terms = element.equalities()?.iter();
        Some(
            terms
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(" "),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        described(r#"emails[TYPE eq "work"]"#),
        some(r#"type="work""#)
    );
    assert_eq!(
        described(r#"emails[type eq "work" and (primary eq true and value eq "x")]"#),
        some(r#"type="work" primary=true value="x""#)
    );
    assert_eq!(
        described(r#"schemas[value eq "urn:x"]"#),
        some(r#"value="urn:x""#)
    );
    assert_eq!(described(r#"schemas eq "urn:x""#), some(r#"value="urn:x""#));
    for none in [
        r#"emails[type eq "work" or type eq "home"]"#,
        r#"emails[type eq "work" and TYPE eq "home"]"#,
        r#"emails[type eq null]"#,
        r#"emails[not (type eq "work")]"#,
        r#"emails[type sw "work"]"#,
        r#"emails[type pr]"#,
    ] {
        assert_eq!(described(none), None, "{none}");
    }
}

#[test]
fn p01_coerced_operands_have_the_type_of_the_attribute() {
    let filter: Filter = r#"primary eq "TRUE""#.parse().unwrap();
    let emails = builtin::user().attribute("emails").unwrap();
    let element = ElementFilter::check(&filter, emails, &Policy::lenient()).unwrap();
    let terms = element.equalities().unwrap();
    assert_eq!(
        terms,
        [(AttrName::new("primary").unwrap(), Value::from(true))]
    );
    assert_eq!(element.departures().len(), 1);
}

#[test]
fn an_index_by_value_answers_value_eq_and_nothing_else() {
    let key = |text: &str| {
        let element = element(text);
        element
            .value_equality()
            .and_then(|key| key.as_text().map(str::to_owned))
    };
    assert_eq!(key(r#"emails[VALUE eq "A"]"#), Some("a".to_owned()));
    assert_eq!(
        key(r#"schemas[value eq "URN:x"]"#),
        Some("urn:x".to_owned())
    );
    assert_eq!(key(r#"emails[not (value ne "A")]"#), Some("a".to_owned()));
    for none in [
        r#"emails[value ne "A"]"#,
        r#"emails[value eq "A" and type pr]"#,
        r#"emails[value eq "A" or value eq "B"]"#,
        r#"emails[type eq "A"]"#,
        r#"emails[value sw "A"]"#,
    ] {
        assert_eq!(key(none), None, "{none}");
    }
}

#[test]
fn an_element_filter_judges_one_element() {
    let filter = element(r#"emails[type ne "work" and not (primary eq true)]"#);
    for (element, matches) in [
        (r#"{"type":"home"}"#, true),
        (r#"{}"#, true),
        (r#"{"type":"WORK"}"#, false),
        (r#"{"type":"home","primary":true}"#, false),
    ] {
        assert_eq!(
            filter.matches(&element.parse().unwrap()),
            matches,
            "{element}"
        );
    }
}

#[test]
fn what_only_code_can_build_is_refused() {
    let schema = builtin::user_schema();
    let nested = Filter::value_path(
        "emails".parse().unwrap(),
        Filter::value_path(
            "emails".parse().unwrap(),
            Filter::present("type".parse().unwrap()),
        ),
    );
    let dotted = Filter::value_path(
        "emails".parse().unwrap(),
        Filter::present("emails.type".parse().unwrap()),
    );
    let order = Filter::gt("title".parse().unwrap(), scim_filter::CompValue::Null);
    for filter in [nested, dotted, order] {
        assert!(filter.check(schema, &Policy::strict()).is_err(), "{filter}");
        assert!(filter.check_without_schema().is_err(), "{filter}");
        assert!(!filter.matches(&Resource::default()), "{filter}");
        assert_eq!(
            filter.check(schema, &Policy::strict()).unwrap_err().span(),
            None
        );
    }
    let all = Filter::And(vec![]);
    assert!(
        all.check(schema, &Policy::strict())
            .unwrap()
            .matches(&Resource::default())
    );
    let any = Filter::Or(vec![]);
    assert!(
        !any.check(schema, &Policy::strict())
            .unwrap()
            .matches(&Resource::default())
    );
}

#[test]
fn a_checked_filter_is_free_to_travel() {
    fn travels<T: Clone + Send + Sync + 'static>() {}
    travels::<Checked>();
    travels::<ElementFilter>();
    travels::<scim_filter::SortBy>();
    travels::<Filter>();
}
