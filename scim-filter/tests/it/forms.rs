//! One answer whatever the form: resource, document, JSON text, a host's own type.

use proptest::prelude::*;
use scim_core::serde::ser::{Error, Serialize, SerializeMap, Serializer};
use scim_core::{Document, Policy, ReadLimits, Resource, User, builtin};
use scim_filter::{Checked, Filter};

use crate::agree::agree;
use crate::generate;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn forms_agree_for_a_user(filter in generate::user_filter(), user in generate::user()) {
        let checked = filter.check(builtin::user_schema(), &Policy::strict()).unwrap();
        agree(&checked, &user)?;
    }

    #[test]
    fn forms_agree_without_schema(
        filter in generate::filter(),
        resource in generate::resource(),
    ) {
        if let Ok(checked) = filter.check_without_schema() {
            agree(&checked, &resource)?;
        }
    }

    #[test]
    fn broken_text_is_an_error_or_an_answer(
        filter in generate::user_filter(),
        user in generate::user(),
        cut in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let checked = filter.check(builtin::user_schema(), &Policy::strict()).unwrap();
        let mut text = user.to_json().into_bytes();
        let at = cut.index(text.len());
        text[at] = byte;
        let found = checked.matches_json(&text);
        if let Ok(read) = Resource::from_json(&text) {
            prop_assert_eq!(found, Ok(checked.matches(&read)));
        }
        let _ = checked.matches_json(&text[..at]);
        // A text that is taken for canonical and is not gets some answer.
        if let Ok(text) = String::from_utf8(text)
            && let Ok(document) = Document::assume_canonical(text)
        {
            let _ = checked.matches_document(&document);
        }
    }
}

#[test]
fn the_cases_agree() {
    let mut tried = 0;
    for case in scim_testdata::filter_cases() {
        let Ok(filter) = case.filter.parse::<Filter>() else {
            continue;
        };
        let mut programs: Vec<_> = filter.check_without_schema().ok().into_iter().collect();
        for schema in [builtin::user_schema(), builtin::group_schema()] {
            programs.extend(filter.check(schema, &Policy::lenient()));
        }
        for (name, text) in scim_testdata::resources() {
            let resource: Resource = text.parse().unwrap();
            for program in &programs {
                agree(program, &resource)
                    .unwrap_or_else(|error| panic!("{filter} {name}: {error}"));
                tried += 1;
            }
        }
    }
    assert!(tried > 2_000, "{tried}");
}

fn user_filter(text: &str) -> Checked {
    let filter: Filter = text.parse().unwrap();
    filter
        .check(builtin::user_schema(), &Policy::strict())
        .unwrap()
}

#[test]
fn reading_stops_with_the_answer() {
    let either = user_filter(r#"userName eq "a" or title eq "b""#);
    assert_eq!(either.matches_json(br#"{"userName":"A",!"#), Ok(true));
    assert_eq!(either.matches_json(br#"{"title":"b",!"#), Ok(true));
    assert!(either.matches_json(br#"{"title":"c",!"#).is_err());
    assert_eq!(
        either.matches_json(br#"{"title":"c","username":"c",!"#),
        Ok(false)
    );
    let both = user_filter(r#"userName eq "a" and title eq "b""#);
    assert_eq!(both.matches_json(br#"{"title":"c",!"#), Ok(false));
    assert!(both.matches_json(br#"{"title":"b""#).is_err());
    let of_type = user_filter("urn:ietf:params:scim:schemas:core:2.0:User pr");
    assert_eq!(of_type.matches_json(br#"{"x":null,"y":0,!"#), Ok(true));
    assert_eq!(of_type.matches_json(br#"{"x":null,"y":""}"#), Ok(false));
}

#[test]
fn an_answer_waits_for_the_end_of_the_value_that_gives_it() {
    let ask = |filter: &str, text: &str| {
        let filter: Filter = filter.parse().unwrap();
        let filter = filter.check_without_schema().unwrap();
        filter.matches_json(text.as_bytes())
    };
    for (filter, cut) in [
        ("n eq 1", r#"{"n":1"#),
        ("n eq 1", r#"{"n":1x"#),
        ("n eq 1", r#"{"n":1 2}"#),
        ("n eq 0", r#"{"n":01}"#),
        ("n eq true", r#"{"n":truer}"#),
        (r#"n eq "a""#, r#"{"n":"a" "#),
        ("n.m eq 1", r#"{"n":{"m":1}]"#),
    ] {
        let fault = Resource::from_json(cut.as_bytes()).unwrap_err();
        assert_eq!(ask(filter, cut), Err(fault), "{cut}");
    }
    for enough in [r#"{"n":1,!"#, r#"{"n":1 }!"#, "{\"n\":1\n,"] {
        assert_eq!(ask("n eq 1", enough), Ok(true), "{enough}");
    }
}

#[test]
fn faults_of_the_text_are_found() {
    let filter = user_filter(r#"emails[type eq "work"] and title pr"#);
    for text in [
        "",
        "[]",
        r#"{"title":"a","TITLE":"b"}"#,
        r#"{"emails":[{"type":"a","typ\u0065":"b"}]}"#,
        r#"{"other":{"a":1,"A":1}}"#,
        r#"{"title":"a"} x"#,
        r#"{"title":"\ud800"}"#,
        "{\"title\":\"\u{1}\"}",
    ] {
        assert!(Resource::from_json(text.as_bytes()).is_err(), "{text}");
        assert!(filter.matches_json(text.as_bytes()).is_err(), "{text}");
    }
    assert!(filter.matches_json(b"{\"title\":\"\xff\"}").is_err());
}

#[test]
fn json_text_is_read_under_the_limits_given() {
    let filter: Filter = "a pr and b pr".parse().unwrap();
    let filter = filter.check_without_schema().unwrap();
    let text = br#"{"a":[[1]],"b":1}"#;
    let depth = |depth| ReadLimits {
        depth,
        ..ReadLimits::default()
    };
    assert_eq!(filter.matches_json_with(text, depth(3)), Ok(true));
    assert!(filter.matches_json_with(text, depth(2)).is_err());
}

#[test]
fn hostile_text_is_refused_on_a_small_stack() {
    let run = || {
        let filter = user_filter("emails.value pr and title pr");
        for text in [
            "{\"emails\":".repeat(100_000),
            format!("{{\"emails\":{}", "[".repeat(100_000)),
        ] {
            assert!(filter.matches_json(text.as_bytes()).is_err());
        }
        let many: String = (0..100_000).map(|n| format!("\"k{n}\":[],")).collect();
        let text = format!("{{{many}\"title\":\"x\",\"emails\":[{{\"value\":\"y\"}}]}}");
        assert_eq!(filter.matches_json(text.as_bytes()), Ok(true));
        let deep = format!("{{\"emails\":{}1{}}}", "[".repeat(9_000), "]".repeat(9_000));
        let document = Document::assume_canonical(deep).unwrap();
        assert!(!filter.matches_document(&document));
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10).spawn(run);
    thread.unwrap().join().unwrap();
}

/// A map whose last value cannot be written.
struct Broken(&'static [(&'static str, &'static str)]);

impl Serialize for Broken {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Fault;
        impl Serialize for Fault {
            fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
                Err(S::Error::custom("no value"))
            }
        }
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in self.0 {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("title", &Fault)?;
        map.end()
    }
}

#[test]
fn types_of_a_host_are_asked_for_what_is_needed() {
    let name = user_filter(r#"userName eq "ada""#);
    assert_eq!(
        name.matches_serialize(&Broken(&[("userName", "Ada")])),
        Ok(true)
    );
    assert_eq!(
        name.matches_serialize(&Broken(&[("userName", "Bob")])),
        Ok(false)
    );
    let unlike = user_filter(r#"title eq "x""#);
    let numbers = std::collections::BTreeMap::from([("other", f64::NAN), ("zone", 1.0)]);
    assert_eq!(unlike.matches_serialize(&numbers), Ok(false));
    let whole = user_filter("urn:ietf:params:scim:schemas:core:2.0:User pr");
    assert!(whole.matches_serialize(&numbers).is_err());
    assert_eq!(whole.matches_serialize(&Broken(&[("x", "y")])), Ok(true));
    let title = user_filter("title pr");
    let error = title.matches_serialize(&Broken(&[("x", "y")])).unwrap_err();
    assert_eq!(error.to_string(), "`/title`: no value");
    assert!(title.matches_serialize("text").is_err());
    assert!(title.matches_serialize(&None::<User>).is_err());
    let user = user_filter(r#"emails[type eq "work"] and not (title pr)"#);
    for (_, text) in scim_testdata::resources() {
        if let Ok(typed) = serde_json::from_str::<User>(&text) {
            let resource = Resource::from_typed(&typed).unwrap();
            let expected = user.matches(&resource);
            assert_eq!(user.matches_serialize(&typed), Ok(expected));
            assert_eq!(
                user.matches_serialize(&Some(Box::new(&typed))),
                Ok(expected)
            );
        }
    }
}
