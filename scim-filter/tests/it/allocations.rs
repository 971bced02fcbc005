//! Evaluation allocates nothing while the text compared is ASCII, and reading little.

use scim_core::{Document, Policy, Resource, Valid, builtin};
use scim_filter::{Filter, Parser};

use crate::types;

/// How often evaluation on a resource, a document and JSON text allocates, after one run that warms up what is made once.
fn allocations(filter: &str, type_name: &str, load: &[String], resource: &str) -> u64 {
    let schema = types::resource_type(type_name, load);
    let filter: Filter = filter.parse().unwrap();
    let filter = filter.check(&schema, &Policy::strict()).unwrap();
    let text = scim_testdata::resource_text(resource);
    let resource: Resource = text.parse().unwrap();
    let document = Document::from_valid(&Valid::assume(resource.clone()));
    let expected = filter.matches(&resource);
    let counted = allocation_counter::measure(|| {
        for _ in 0..10 {
            assert_eq!(filter.matches(&resource), expected);
            assert_eq!(filter.matches_document(&document), expected);
            assert_eq!(filter.matches_json(text.as_bytes()), Ok(expected));
        }
    });
    counted.count_total
}

#[test]
fn ascii_text_is_compared_without_allocation() {
    for filter in [
        r#"userName eq "BJENSEN@example.com""#,
        r#"userName sw "bj" and displayName co "B" and title ew "DE""#,
        r#"userName gt "a" and userName le "z" and title pr"#,
        r#"id eq "2819c223-7f76-453a-919d-413861904646" and externalId ne "X""#,
        r#"emails[type eq "work" and value co "@EXAMPLE.com"] or emails.value eq "x""#,
        r#"emails co "jensen.org" and not (addresses[type eq "home" and primary eq true])"#,
        r#"title eq "a" or title eq "b" or title eq "c" or title eq "TOUR GUIDE""#,
        r#"meta.lastModified gt "2011-05-13T04:42:34Z" or active eq false"#,
        r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:User" and groups.value pr"#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "X""#,
    ] {
        assert_eq!(
            allocations(filter, "User", &[], "rfc-user-full"),
            0,
            "{filter}"
        );
    }
}

#[test]
fn numbers_are_compared_without_allocation() {
    let load = ["device".to_owned()];
    for filter in [
        "ports eq 8 and ports gt 7 and readings lt 9",
        r#"installedAt ge "2024-05-06T12:38:09+05:30""#,
    ] {
        assert_eq!(
            allocations(filter, "Device", &load, "device-full"),
            0,
            "{filter}"
        );
    }
}

/// The exceptions that the documentation of `matches` names.
#[test]
fn rarer_values_allocate_as_documented() {
    let many: Vec<String> = (0..40).map(|index| format!(r#""k{index}":1"#)).collect();
    let many = format!("{{{}}}", many.join(","));
    for (filter, resource, first, again) in [
        ("a eq 1", r#"{"a":1.5}"#, 1, 1),
        ("a eq 99999999999999999999", r#"{"a":1}"#, 1, 1),
        (
            r#"meta.created eq "2011-05-13T04:42:34Z""#,
            r#"{"meta":{"created":"2011-05-13T04:42:34.0123456789Z"}}"#,
            1,
            1,
        ),
        ("k3 eq 1", &many, 2, 0),
    ] {
        let filter: Filter = filter.parse().unwrap();
        let checked = filter.check_without_schema().unwrap();
        let resource: Resource = resource.parse().unwrap();
        for expected in [first, again] {
            let counted = allocation_counter::measure(|| {
                checked.matches(&resource);
            });
            assert_eq!(counted.count_total, expected, "{filter}");
        }
    }
}

#[test]
fn the_counter_counts() {
    let folded = r#"displayName eq "strasse""#;
    assert!(allocations(folded, "User", &[], "user-folding") > 0);
}

/// How often reading a filter allocates.
fn allocations_of_reading(text: &str) -> u64 {
    let parser = Parser::new();
    allocation_counter::measure(|| drop(parser.parse(text).unwrap())).count_total
}

#[test]
fn a_term_is_read_with_at_most_three_allocations() {
    let list = |term: &str, times: usize| vec![term; times].join(" or ");
    for (terms, text) in [
        (1, r#"userName eq "ada""#.to_owned()),
        (1, r#"custom eq "ada""#.to_owned()),
        (1, "title pr".to_owned()),
        (1, r#"name.familyName eq "\u00e9\n""#.to_owned()),
        (5, r#"userName sw "a" and active eq true and (title pr or userType eq "b") and meta.created gt "c""#.to_owned()),
        (2, r#"emails[type eq "work" and value co "@example.com"]"#.to_owned()),
        // A `not` is a node of its own.
        (3, r#"not (custom.one eq 1.5 and custom.two eq "x")"#.to_owned()),
        (25, list("custom.attribute ne -1e5", 25)),
        (100, list(r#"id eq "2819c223-7f76-453a-919d-413861904646""#, 100)),
    ] {
        let counted = allocations_of_reading(&text);
        assert!(counted <= 3 * terms, "{counted} for {terms}: {text}");
    }
}

#[test]
fn depth_is_read_without_allocation() {
    let nested = |levels: usize| format!("{}a pr{}", "(".repeat(levels), ")".repeat(levels));
    assert_eq!(
        allocations_of_reading(&nested(30)),
        allocations_of_reading(&nested(0))
    );
}

/// A name that comes near to an unknown one is looked for among all, which costs by far more than the term.
#[test]
fn only_the_unknown_name_that_is_reported_is_compared_with_others() {
    let schemas = [builtin::user_schema(), builtin::group_schema()];
    let checks = |terms: usize| {
        let term = |index| format!("(userNam{index} pr and emails[tpye{index} pr])");
        let text: Vec<String> = (0..terms).map(term).collect();
        let filter: Filter = text.join(" or ").parse().unwrap();
        let mut told = String::new();
        let counted = allocation_counter::measure(|| {
            let error = filter.check_types(&schemas, &Policy::strict()).unwrap_err();
            told = error.to_string();
        });
        assert!(told.ends_with("did you mean `userName`?"), "{told}");
        counted.count_total as usize
    };
    let (few, many) = (checks(10), checks(80));
    assert!(many - few <= 70 * 16, "{few} for 10, {many} for 80");
}

#[test]
fn of_a_type_only_what_is_looked_at_becomes_a_value() {
    let filter: Filter = r#"id eq "a""#.parse().unwrap();
    let filter = filter.check(builtin::group_schema(), &Policy::strict());
    let filter = filter.unwrap();
    let counted = |elements: usize| {
        let group = serde_json::json!({"before": vec!["x"; elements], "id": "a"});
        let run = || assert_eq!(filter.matches_serialize(&group), Ok(true));
        allocation_counter::measure(run).count_total
    };
    assert_eq!(counted(1), counted(1_000));
}

/// A binary value is decoded for every comparison, which counts how many there were.
#[test]
fn many_attributes_are_not_all_compared_after_each_that_is_read() {
    let comparisons = |attributes: usize| {
        let schema = types::of_binaries((0..attributes).map(|index| format!("a{index}")));
        let terms: Vec<String> = (0..attributes)
            .map(|index| format!(r#"a{index} eq "QQ==""#))
            .collect();
        let filter: Filter = terms.join(" or ").parse().unwrap();
        let filter = filter.check(&schema, &Policy::strict()).unwrap();
        let members: Vec<String> = (0..attributes)
            .map(|index| format!(r#""a{index}":"YQ==""#))
            .collect();
        let text = format!("{{{}}}", members.join(","));
        let of_json = allocation_counter::measure(|| {
            assert_eq!(filter.matches_json(text.as_bytes()), Ok(false));
        });
        let resource: Resource = text.parse().unwrap();
        let of_type = allocation_counter::measure(|| {
            assert_eq!(filter.matches_serialize(&resource), Ok(false));
        });
        let of_tree = allocation_counter::measure(|| assert!(!filter.matches(&resource)));
        assert!(of_tree.count_total >= attributes as u64);
        [of_json, of_type].map(|counted| counted.count_total / of_tree.count_total)
    };
    for (few, many) in comparisons(16).into_iter().zip(comparisons(240)) {
        assert!(many <= few + 4, "{few} rounds for 16, {many} for 240");
    }
}

/// To decode or fold a value allocates, to compare what was made of it does not.
#[test]
fn a_value_is_prepared_once_however_many_terms_look_at_it() {
    const DEPARTMENT: &str =
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
    let text = format!(
        r#"{{"userName":"É","title":"École É","name":{{"givenName":"É"}},
            "emails":[{{"value":"É@x","display":"É","type":"É"}},{{"value":"x@É","type":"x"}}],
            "{}":{{"department":"É"}}}}"#,
        DEPARTMENT.trim_end_matches(":department")
    );
    let resource: Resource = text.parse().unwrap();
    let document = Document::from_valid(&Valid::assume(resource.clone()));
    let escaped = text.replace('É', r"\u00c9");
    assert_ne!(escaped, text);
    type Shape = fn(usize) -> String;
    let shapes: [(&str, Shape); 12] = [
        (" or ", |n| format!(r#"title co "É{n}""#)),
        (" or ", |n| format!(r#"title eq "É{n}""#)),
        (" and ", |n| format!(r#"title ne "É{n}""#)),
        (" and ", |n| format!(r#"title gt "{n}""#)),
        (" or ", |n| format!(r#"(title sw "É{n}" and userName pr)"#)),
        (" and ", |n| {
            format!(r#"(title co "É" or not (title ew "É{n}"))"#)
        }),
        (" or ", |n| {
            format!(r#"name.givenName co "É{n}" or name[givenName co "É{n}"]"#)
        }),
        (" or ", |n| {
            format!(r#"emails co "É{n}" or emails.display co "É{n}""#)
        }),
        (" and ", |n| format!(r#"emails.display gt "{n}""#)),
        (" or ", |n| {
            format!(r#"emails[type co "É{n}" and value pr]"#)
        }),
        (" or ", |n| {
            format!(r#"emails[not (display co "x{n}") and type ne "É{n}"]"#)
        }),
        (" or ", |n| format!(r#"{DEPARTMENT} co "É{n}""#)),
    ];
    for (operator, term) in shapes {
        let counts = |terms: usize| {
            let list: Vec<String> = (0..terms).map(term).collect();
            let filter: Filter = list.join(operator).parse().unwrap();
            let checked = filter.check(builtin::user_schema(), &Policy::strict());
            let checked = checked.unwrap();
            let matches = checked.matches(&resource);
            [
                &(|| assert_eq!(checked.matches(&resource), matches)) as &dyn Fn(),
                &|| assert_eq!(checked.matches_document(&document), matches),
                &|| assert_eq!(checked.matches_json(text.as_bytes()), Ok(matches)),
                &|| assert_eq!(checked.matches_json(escaped.as_bytes()), Ok(matches)),
                &|| assert_eq!(checked.matches_serialize(&resource), Ok(matches)),
            ]
            .map(|run| allocation_counter::measure(run).count_total)
        };
        assert_eq!(counts(2), counts(60), "{}", term(0));
        assert!(counts(2)[0] > 0, "{}", term(0));
    }
}
