//! Input that wants to hurt: on a small stack each is an error or an answer.

use allocation_counter::measure;
use scim_core::{Document, Policy, Resource, builtin};
use scim_filter::{Filter, FilterLimits, ParseFilterErrorKind, Parser, Path};

/// Runs on a stack of 256 KiB.
fn on_small_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.unwrap().join().unwrap()
}

/// Runs on a stack of 1 MiB.
fn on_middling_stack<T: Send + 'static>(run: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(run);
    thread.unwrap().join().unwrap()
}

fn unbounded() -> Parser {
    Parser::new().limits(FilterLimits {
        bytes: usize::MAX,
        depth: usize::MAX,
        terms: usize::MAX,
    })
}

#[test]
fn nesting_is_refused_before_it_costs_stack() {
    for text in [
        "(".repeat(100_000),
        "not (".repeat(100_000),
        "not(".repeat(100_000),
        "a[".repeat(100_000),
        format!("a[{}", "(".repeat(100_000)),
        format!("{}a pr{}", "(".repeat(50_000), ")".repeat(50_000)),
    ] {
        let refuse = |parser: Parser, text: String| {
            let error = parser.parse(&text).unwrap_err();
            assert!(
                matches!(
                    error.kind(),
                    ParseFilterErrorKind::TooDeep { .. } | ParseFilterErrorKind::NestedValuePath
                ),
                "{error}"
            );
            assert!(error.snippet().len() < 1000);
            assert!(parser.parse_path(&text).is_err());
        };
        let long = Parser::new().limits(FilterLimits {
            bytes: usize::MAX,
            ..FilterLimits::default()
        });
        let same = text.clone();
        on_small_stack(move || refuse(long, same));
        on_middling_stack(move || refuse(unbounded(), text));
    }
}

#[test]
fn the_default_bounds_hold_first() {
    let long = format!("a eq \"{}\"", "x".repeat(1_000_000));
    let error = Parser::new().parse(&long).unwrap_err();
    assert_eq!(
        error.kind(),
        &ParseFilterErrorKind::TooLong { limit: 16 << 10 }
    );
    assert_eq!(error.span(), 16 << 10..long.len());
    assert!(size_of_val(error.snippet().as_str()) < 1000);
}

#[test]
fn the_default_depth_is_read_checked_and_run_on_a_small_stack() {
    on_small_stack(|| read_check_and_run(FilterLimits::default().depth));
}

#[test]
fn the_greatest_depth_is_read_checked_and_run_on_a_middling_stack() {
    on_middling_stack(|| read_check_and_run(FilterLimits::MAX_DEPTH));
}

fn read_check_and_run(levels: usize) {
    for text in [
        format!("{}title pr{}", "(".repeat(levels), ")".repeat(levels)),
        format!(
            "{}title pr{}",
            "not (".repeat(levels / 2),
            ")".repeat(levels / 2)
        ),
        // Alternating lists, so that nothing is flattened.
        format!(
            "{}title pr{}",
            "(title pr and (title pr or ".repeat(levels / 2),
            "))".repeat(levels / 2)
        ),
    ] {
        let filter = unbounded().parse(&text).unwrap();
        let checked = filter
            .check(builtin::user_schema(), &Policy::strict())
            .unwrap();
        let user: Resource = r#"{"title":"x"}"#.parse().unwrap();
        assert!(checked.matches(&user));
        assert!(filter.matches(&user));
        let again = unbounded().parse(&filter.to_string()).unwrap();
        assert_eq!(again.into_inner(), filter.into_inner());
    }
}

#[test]
fn a_long_string_and_a_long_chain_are_answered() {
    on_small_stack(|| {
        let text = format!("a eq \"{}\"", "\\u00e9".repeat(1_000_000 / 6));
        let filter = unbounded().parse(&text).unwrap();
        assert!(!filter.matches(&r#"{"a":"x"}"#.parse().unwrap()));
    });
    on_small_stack(|| {
        for op in [" or ", " and "] {
            let text = vec![r#"id eq "x""#; 100_000].join(op);
            let filter = unbounded().parse(&text).unwrap();
            let checked = filter
                .check(builtin::user_schema(), &Policy::strict())
                .unwrap();
            assert!(checked.matches(&r#"{"id":"x"}"#.parse().unwrap()));
            assert_eq!(filter.to_string(), text);
        }
        let ids: Vec<_> = (0..100_000).map(|n| format!("id eq \"{n}\"")).collect();
        let filter = unbounded().parse(&ids.join(" or ")).unwrap();
        let checked = filter
            .check(builtin::user_schema(), &Policy::strict())
            .unwrap();
        assert!(checked.matches(&r#"{"id":"77777"}"#.parse().unwrap()));
        assert!(!checked.matches(&r#"{"id":"100000"}"#.parse().unwrap()));
    });
}

#[test]
fn what_code_builds_too_deep_is_refused_by_the_check() {
    on_small_stack(|| {
        let mut filter = Filter::present("title".parse().unwrap());
        for _ in 0..100_000 {
            filter = !filter;
        }
        let schema = builtin::user_schema();
        // Denials cost nothing, lists within lists do.
        let resource: Resource = r#"{"title":"x"}"#.parse().unwrap();
        let checked = filter.check(schema, &Policy::strict()).unwrap();
        assert!(checked.matches(&resource));
        assert_eq!(filter.to_string().len(), 100_000 * 6 + 8);
        for level in 0..100_000 {
            let other = Filter::present("title".parse().unwrap());
            filter = match level % 2 {
                0 => Filter::And(vec![filter, other]),
                _ => Filter::Or(vec![filter, other]),
            };
        }
        assert!(filter.check(schema, &Policy::strict()).is_err());
        assert!(filter.check_without_schema().is_err());
        assert!(!filter.matches(&resource));
        assert_eq!(filter.leaves().count(), 100_001);
        assert_eq!(filter.attributes().len(), 1);
        assert!(filter.fingerprint().len() < 2_000);
    });
}

#[test]
fn a_term_too_many_is_pointed_at() {
    let limits = FilterLimits {
        terms: 2,
        ..FilterLimits::default()
    };
    let parser = Parser::new().limits(limits);
    let error = parser.parse("aa pr or bb[cc pr or dd pr]").unwrap_err();
    assert_eq!(
        error.kind(),
        &ParseFilterErrorKind::TooManyTerms { limit: 2 }
    );
    assert_eq!(error.span(), 21..23);
}

#[test]
fn many_spaces_are_read_once() {
    let spaces = " ".repeat(1_000_000);
    let text = format!("{spaces}({spaces}a{spaces}eq{spaces}1{spaces}){spaces}");
    let filter = unbounded().parse(&text).unwrap();
    assert_eq!(filter.to_string(), "a eq 1");
}

#[test]
fn bytes_that_are_no_filter() {
    for text in [
        "\0",
        "\u{feff}a pr",
        "a\u{0}pr",
        "😀",
        "a eq \"\u{202e}\" x",
        "%00",
        "a pr\u{2028}",
    ] {
        let error = text.parse::<Filter>().unwrap_err();
        assert_eq!(error.to_string().lines().count(), 1, "{text:?}");
        assert!(text.parse::<Path>().is_err(), "{text:?}");
    }
}

/// A hundred thousand terms about ten attributes.
fn long_chain(operator: &str) -> String {
    let names = [
        "userName",
        "title",
        "nickName",
        "userType",
        "locale",
        "timezone",
        "profileUrl",
        "displayName",
        "externalId",
        "id",
    ];
    let terms: Vec<_> = (0..100_000)
        .zip(names.iter().cycle())
        .map(|(n, name)| format!("{name} eq \"{n}\""))
        .collect();
    terms.join(operator)
}

#[test]
fn a_long_chain_is_walked_checked_for_several_types_and_run_on_every_form() {
    on_small_stack(|| {
        for operator in [" or ", " and "] {
            let text = long_chain(operator);
            let mut filter = unbounded().parse(&text).unwrap().into_inner();
            assert_eq!(filter.to_string(), text);
            assert_eq!(filter.leaves().count(), 100_000);
            assert_eq!(filter.attributes().len(), 10);
            assert!(filter.fingerprint().len() <= text.len());
            filter.rewrite(|leaf| assert!(matches!(leaf, Filter::Compare { .. })));
            let types = [builtin::user_schema(), builtin::group_schema()];
            let checked = filter.check_types(&types, &Policy::strict()).unwrap();
            let copies = checked.clone();
            drop((filter, checked));
            let json = r#"{"id":"99999","title":"1"}"#;
            let resource: Resource = json.parse().unwrap();
            let document = Document::assume_canonical(json).unwrap();
            for checked in copies {
                let matches = operator == " or ";
                assert_eq!(checked.matches(&resource), matches);
                assert_eq!(checked.matches_document(&document), matches);
                assert_eq!(checked.matches_json(json.as_bytes()), Ok(matches));
                assert_eq!(checked.matches_serialize(&resource), Ok(matches));
                assert!(!format!("{checked:?}").is_empty());
                assert!(checked.equalities().len() <= 100_000);
                assert!(checked.attributes().len() <= 10);
            }
        }
    });
}

#[test]
fn a_long_chain_of_names_that_no_schema_has_is_answered() {
    on_small_stack(|| {
        let terms: Vec<_> = (0..100_000).map(|n| format!("a{n} eq {n}")).collect();
        for operator in [" or ", " and "] {
            let list = terms.join(operator);
            for text in [list.clone(), format!("e[{list}]")] {
                let filter = unbounded().parse(&text).unwrap();
                let checked = filter.check_without_schema().unwrap();
                let json = r#"{"a77777":77777,"e":{"a99999":99999}}"#;
                assert_eq!(
                    checked.matches_json(json.as_bytes()),
                    Ok(operator == " or ")
                );
            }
        }
    });
}

#[test]
fn a_long_chain_of_unknown_names_is_one_error() {
    on_small_stack(|| {
        let terms: Vec<_> = (0..2_000).map(|n| format!("x{n} pr")).collect();
        let filter = unbounded().parse(&terms.join(" or ")).unwrap();
        let types = [builtin::user_schema(), builtin::group_schema()];
        let error = filter.check_types(&types, &Policy::strict()).unwrap_err();
        assert_eq!(error.span(), Some(0..2));
        assert!(error.snippet().len() < 1_000);
    });
}

#[test]
fn a_long_path_is_read_checked_and_run() {
    on_small_stack(|| {
        let terms: Vec<_> = (0..100_000).map(|n| format!("value eq \"{n}\"")).collect();
        let text = format!("emails[{}].type", terms.join(" or "));
        let path = unbounded().parse_path(&text).unwrap();
        assert_eq!(path.to_string(), text);
        let checked = path
            .check(builtin::user_schema(), &Policy::strict())
            .unwrap();
        let filter = checked.filter.clone().unwrap();
        assert!(filter.matches(&r#"{"value":"77777"}"#.parse().unwrap()));
        assert!(!filter.matches(&r#"{"value":"100000"}"#.parse().unwrap()));
        assert!(filter.equalities().is_none());
    });
}

#[test]
fn a_long_name_is_an_answer_or_a_short_error() {
    on_small_stack(|| {
        let name = "n".repeat(1_000_000);
        for text in [
            format!("{name} pr"),
            format!("urn:{name}:{name} pr"),
            format!("a.{name} pr"),
            format!("a[{name} pr]"),
        ] {
            let filter = unbounded().parse(&text).unwrap();
            assert_eq!(filter.to_string(), text);
            assert!(!filter.matches(&r#"{"a":[{"b":1}]}"#.parse().unwrap()));
            let error = filter.check(builtin::user_schema(), &Policy::strict());
            let error = error.unwrap_err();
            assert!(error.to_string().len() + error.snippet().len() < 2_000);
        }
        let error = unbounded().parse(&format!("a {name} 1")).unwrap_err();
        assert!(error.to_string().len() + error.snippet().len() < 2_000);
    });
}

#[test]
fn memory_is_in_proportion_to_the_text() {
    let chain = long_chain(" or ");
    let nested = "(".repeat(100_000);
    let denied = "not (".repeat(20_000);
    let string = format!("a eq \"{}\"", "x".repeat(1_000_000));
    for (text, bytes_each) in [(&chain, 32), (&nested, 2), (&denied, 2), (&string, 3)] {
        let read = measure(|| {
            if let Ok(filter) = unbounded().parse(text) {
                let checked = filter.check(builtin::user_schema(), &Policy::strict());
                drop(std::hint::black_box(checked));
            }
        });
        let most = text.len() as u64 * bytes_each + 4_096;
        assert!(read.bytes_max <= most, "{} of {most}", read.bytes_max);
    }
}
