//! Validation and projection against their bars, in one run:
//! `cargo run --release --manifest-path benches/Cargo.toml --bin schemas`.
//!
//! Every answer is checked before it is timed.
//!
//! The bar of validation is not met, and stays to be seen; `README.md` says where the time goes.
//!
//! Beside it the typed user of `scim_v2`, read and then asked to judge itself as an answer. It judges less: types,
//! by reading; the URNs in `schemas`, `userName`, `id`, one primary, no password. It lets pass unknown
//! attributes, whatever the form of URIs, dates and base64, references, countries, and the inside of
//! extensions that it does not know.

use std::hint::black_box;

use scim_benches::timing::medians;
use scim_core::{Document, Policy, ReadLimits, Resource, Valid, builtin};
use scim_schema::{Operation, Projection, Validator, validate};
use scim_v2::models::user::User;
use scim_v2::{Context, Validate as _};
use serde::de::IgnoredAny;

/// Three attributes, one of them a part of a list.
const ASKED: [&str; 3] = ["userName", "name.familyName", "emails.value"];

fn main() {
    let user: Resource = scim_testdata::resource("rfc-user-enterprise")
        .parse()
        .expect("a user");
    let text = user.to_json();
    let schema = builtin::user_schema();
    let policy = Policy::strict();
    let ignore = || {
        assert!(serde_json::from_str::<IgnoredAny>(black_box(&text)).is_ok());
    };

    println!("ratios of medians; the user has {} bytes\n", text.len());
    println!("validate from bytes");
    let tree = || {
        let read = Resource::from_json(black_box(text.as_bytes())).expect("a user");
        assert!(validate(schema, Operation::Response, read, None, &policy).is_ok());
    };
    let read = || {
        assert!(Resource::from_json(black_box(text.as_bytes())).is_ok());
    };
    let validator = Validator::new(schema, &policy);
    let check = |text: &str| {
        validator.check_json(Operation::Response, text.as_bytes(), ReadLimits::default())
    };
    assert!(!check(&text.replacen("true", "7", 1)).is_valid());
    let from_text = || assert!(check(black_box(&text)).is_valid());
    let typed = |text: &str| {
        let user: Option<User> = serde_json::from_str(text).ok();
        let valid = |user: &User| user.validate().is_ok();
        user.is_some_and(|user| valid(&user) && user.validate_context(Context::Response).is_ok())
    };
    for (good, wrong) in [
        (r#""title":"Tour Guide""#, r#""title":7"#),
        (r#""userName":"#, r#""other":"#),
        (r#""type":"home""#, r#""type":"home","primary":true"#),
        (r#""id":"#, r#""password":"#),
    ] {
        let wrong = text.replacen(good, wrong, 1);
        assert!(wrong != text && !typed(&wrong) && !check(&wrong).is_valid());
    }
    let by_type = || assert!(typed(black_box(&text)));
    let [floor, text_only, read, tree, by_type] =
        times([&ignore, &from_text, &read, &tree, &by_type]);
    line(
        text_only / floor,
        Some(3.0),
        "validate the text / IgnoredAny",
    );
    line(read / floor, None, "read a tree / IgnoredAny");
    line(tree / floor, None, "read and validate a tree / IgnoredAny");
    let what = "read and validate the typed user of scim_v2, which judges less / IgnoredAny";
    line(by_type / floor, None, what);

    println!("project three attributes");
    let none: [&str; 0] = [];
    let projection = Projection::new(schema, &ASKED[..], &none, &policy).expect("names");
    let document = Document::from_valid(&Valid::assume(user.clone()));
    let shown = projection.apply(&user).to_json();
    let mut out = String::new();
    projection.write_document(&document, &mut out);
    assert_eq!(out, shown);
    assert_eq!(by_value(&text), shown);
    let from_document = || {
        let mut out = String::with_capacity(512);
        projection.write_document(black_box(&document), &mut out);
        assert_eq!(out.len(), shown.len());
    };
    let from_text = || {
        let mut out = String::with_capacity(512);
        let limits = ReadLimits::default();
        let written = projection.write_json(black_box(text.as_bytes()), limits, &mut out);
        assert!(written.is_ok() && out.len() == shown.len());
    };
    let from_value = || assert_eq!(by_value(black_box(&text)).len(), shown.len());
    let [floor, document, json, value] = times([&ignore, &from_document, &from_text, &from_value]);
    line(document / floor, Some(1.4), "a Document / IgnoredAny");
    line(
        document / value,
        Some(1.0 / 6.0),
        "a Document / by serde_json::Value",
    );
    line(json / floor, None, "untrusted text / IgnoredAny");
}

/// The same by serde_json: read, take out, write.
fn by_value(text: &str) -> String {
    let user: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let mut shown = serde_json::Map::new();
    for name in ["schemas", "id", "userName"] {
        shown.insert(name.to_owned(), user[name].clone());
    }
    let family = serde_json::json!({"familyName": user["name"]["familyName"]});
    shown.insert("name".to_owned(), family);
    let emails = user["emails"].as_array().expect("a list").iter();
    let emails = emails.map(|email| serde_json::json!({"value": email["value"]}));
    shown.insert("emails".to_owned(), emails.collect());
    // Its objects are in the order of the alphabet; the text of each member is what matters.
    let order = ["schemas", "id", "userName", "name", "emails"];
    let members: Vec<_> = order
        .iter()
        .map(|name| format!("\"{name}\":{}", shown[*name]))
        .collect();
    format!("{{{}}}", members.join(","))
}

fn times<const N: usize>(works: [&dyn Fn(); N]) -> [f64; N] {
    let medians = medians(&works);
    std::array::from_fn(|at| medians[at])
}

fn line(ratio: f64, bar: Option<f64>, what: &str) {
    match bar {
        Some(bar) => {
            let verdict = if ratio <= bar { "ok" } else { "OVER" };
            println!("{ratio:>8.3} <= {bar:<5.3} {verdict:<4}  {what}");
        }
        None => println!("{ratio:>8.3} {:>13}  {what}", ""),
    }
}
