//! Filters, paths and resources made at random, with few names and values so that they often meet.

use proptest::prelude::*;
use scim_core::{AttrName, AttrPath, Object, Resource, Value};
use scim_filter::{CompValue, CompareOp, Filter, Path};

/// A name that may be a keyword (decision N06).
pub(crate) fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        prop::sample::select(vec![
            "not", "and", "or", "eq", "pr", "true", "$ref", "x-y_1$"
        ])
        .prop_map(str::to_owned),
    ]
}

fn attr_path() -> impl Strategy<Value = AttrPath> {
    let schema = prop::option::weighted(
        0.2,
        prop::sample::select(vec!["urn:example:x:2.0:User", "https://example.com/a.b"]),
    );
    (schema, name(), prop::option::weighted(0.3, name()))
        .prop_map(|(schema, attr, sub)| AttrPath::of(schema, &attr, sub.as_deref()))
}

fn bare_name() -> impl Strategy<Value = AttrPath> {
    name().prop_map(|name| AttrPath::of(None, &name, None))
}

/// Any text, control characters and surrogate-pair characters included.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-cA-C ]{0,3}",
        1 => prop::collection::vec(any::<char>(), 0..6).prop_map(String::from_iter),
        1 => prop::sample::select(vec!["\"", "\\", "\u{1}", "\u{7f}", "] and (", "😀"])
            .prop_map(str::to_owned),
        2 => beyond_ascii(),
    ]
}

/// Text that is folded before it is compared, and what it is folded to.
fn beyond_ascii() -> impl Strategy<Value = String> {
    "(ß|SS|é|É|e\u{301}|a){1,2}"
}

fn number() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => "-?[0-3]",
        1 => "-?(0|[1-9][0-9]{0,24})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,3})?",
    ]
}

fn comp_value() -> impl Strategy<Value = CompValue> {
    prop_oneof![
        4 => text().prop_map(CompValue::from),
        2 => number().prop_map(|text| CompValue::Number(text.parse().unwrap())),
        1 => any::<bool>().prop_map(CompValue::from),
        1 => Just(CompValue::Null),
    ]
}

fn comparison(path: impl Strategy<Value = AttrPath>) -> impl Strategy<Value = Filter> {
    let op = prop::sample::select(CompareOp::ALL.to_vec());
    (path, op, comp_value()).prop_map(|(path, op, value)| {
        // Only `eq` and `ne` take null (F15).
        let op = match value {
            CompValue::Null if op != CompareOp::Eq => CompareOp::Ne,
            _ => op,
        };
        Filter::compare(path, op, value)
    })
}

fn joined(leaf: impl Strategy<Value = Filter> + 'static) -> impl Strategy<Value = Filter> {
    leaf.prop_recursive(4, 24, 4, |inner| {
        let list = || prop::collection::vec(inner.clone(), 2..5);
        prop_oneof![
            list().prop_map(|terms| terms.into_iter().reduce(Filter::and).unwrap()),
            list().prop_map(|terms| terms.into_iter().reduce(Filter::or).unwrap()),
            inner.clone().prop_map(|inner| !inner),
        ]
    })
}

/// What may stand inside brackets.
pub(crate) fn element_filter() -> impl Strategy<Value = Filter> {
    joined(prop_oneof![
        3 => comparison(bare_name()),
        1 => bare_name().prop_map(Filter::present),
    ])
}

/// Any filter that the grammar has, in the shape that the parser gives it.
pub(crate) fn filter() -> impl Strategy<Value = Filter> {
    joined(prop_oneof![
        4 => comparison(attr_path()),
        2 => attr_path().prop_map(Filter::present),
        1 => (attr_path(), element_filter())
            .prop_map(|(path, inner)| Filter::value_path(path, inner)),
    ])
}

/// Any path that the grammar has.
pub(crate) fn path() -> impl Strategy<Value = Path> {
    let without_sub = attr_path().prop_map(|path| AttrPath::of(path.schema(), path.attr(), None));
    let sub = prop::option::of(name().prop_map(|name| AttrName::new(&name).unwrap()));
    prop_oneof![
        attr_path().prop_map(Path::new),
        (without_sub, element_filter(), sub).prop_map(|(attr, filter, sub)| {
            let path = Path::new(attr).with_filter(filter);
            match sub {
                Some(sub) => path.with_sub(sub),
                None => path,
            }
        }),
        (attr_path(), comp_value()).prop_map(|(attr, value)| {
            let value = Filter::eq(AttrPath::of(None, "value", None), value);
            let mut path = Path::new(attr).with_filter(value);
            path.short = true;
            path
        }),
    ]
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => text().prop_map(Value::from),
        2 => number().prop_map(|text| Value::Number(text.parse().unwrap())),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    scalar().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::Array),
            prop::collection::vec((name(), inner), 0..3)
                .prop_map(|members| Value::Object(Object::from_iter(members))),
        ]
    })
}

/// A resource whose names are those of [`filter`].
pub(crate) fn resource() -> impl Strategy<Value = Resource> {
    prop::collection::vec((name(), value()), 0..6)
        .prop_map(|members| Resource::from(Object::from_iter(members)))
}

/// A dateTime of a few milliseconds, in several forms, some between two milliseconds.
fn date_time() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "2024-01-01T00:00:00Z",
        "2024-01-01T02:00:00.001+02:00",
        "2024-01-01T00:00:00.0010005Z",
        "2024-01-01T00:00:00.0019999999999Z",
        "2024-01-01T00:00:00.002",
        "1969-12-31T23:59:59.9985Z",
        "1969-12-31T23:59:59.998Z",
        "12008-01-01T00:00:00Z",
        "-0044-03-15T00:00:00Z",
        "999999999-01-01T00:00:00Z",
    ])
}

/// A filter over attributes of a User that its schema allows.
pub(crate) fn user_filter() -> impl Strategy<Value = Filter> {
    let path = |text: &str| -> AttrPath { text.parse().unwrap() };
    let texts = prop::sample::select(vec![
        "userName",
        "title",
        "NAME.givenName",
        "emails",
        "emails.type",
        "emails.value",
        "externalId",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
    ]);
    let booleans = prop::sample::select(vec!["active", "emails.primary"]);
    let any_op = prop::sample::select(CompareOp::ALL.to_vec());
    let equality = prop::sample::select(vec![CompareOp::Eq, CompareOp::Ne]);
    let inside = prop_oneof![
        (
            prop::sample::select(vec!["type", "value"]),
            any_op.clone(),
            text()
        )
            .prop_map(move |(sub, op, text)| Filter::compare(
                AttrPath::of(None, sub, None),
                op,
                text
            )),
        (equality.clone(), any::<bool>()).prop_map(move |(op, value)| {
            Filter::compare(AttrPath::of(None, "primary", None), op, value)
        }),
        Just(Filter::present(AttrPath::of(None, "value", None))),
    ];
    let inside_name = (any_op.clone(), text()).prop_map(move |(op, text)| {
        Filter::compare(AttrPath::of(None, "givenName", None), op, text)
    });
    let dated = prop::sample::select(
        CompareOp::ALL
            .into_iter()
            .filter(|op| !op.is_substring())
            .collect::<Vec<_>>(),
    );
    let mixed = joined(prop_oneof![
        4 => (texts.clone(), any_op, text())
            .prop_map(move |(attr, op, text)| Filter::compare(path(attr), op, text)),
        1 => (booleans.clone(), equality, any::<bool>())
            .prop_map(move |(attr, op, value)| Filter::compare(path(attr), op, value)),
        1 => prop_oneof![texts.clone(), booleans.clone()]
            .prop_map(move |attr| Filter::present(path(attr))),
        1 => prop_oneof![texts, booleans]
            .prop_map(move |attr| Filter::eq(path(attr), CompValue::Null)),
        1 => joined(inside).prop_map(move |inner| Filter::value_path(path("emails"), inner)),
        1 => joined(inside_name).prop_map(move |inner| Filter::value_path(path("name"), inner)),
        1 => (dated, date_time()).prop_map(move |(op, time)| {
            Filter::compare(path("meta.lastModified"), op, time)
        }),
    ]);
    prop_oneof![3 => mixed, 1 => crowded_filter()]
}

/// A filter whose terms all look at the same values, by the same path or by another.
fn crowded_filter() -> impl Strategy<Value = Filter> {
    let paths = prop::sample::select(vec![
        ["title", "title"],
        ["name.givenName", "name[givenName"],
        ["emails", "emails[value"],
        ["emails.type", "emails[type"],
    ]);
    paths.prop_flat_map(|paths| {
        let op = prop::sample::select(CompareOp::ALL.to_vec());
        let text = prop_oneof![2 => beyond_ascii(), 1 => text()];
        let term = (prop::sample::select(paths.to_vec()), op, text);
        joined(term.prop_map(|(path, op, text)| {
            let compare = |path: &str| Filter::compare(path.parse().unwrap(), op, text.as_str());
            match path.split_once('[') {
                Some((path, sub)) => Filter::value_path(path.parse().unwrap(), compare(sub)),
                None => compare(path),
            }
        }))
    })
}

/// A user, with values of the wrong type now and then.
pub(crate) fn user() -> impl Strategy<Value = Resource> {
    let email = (
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(any::<bool>()),
    )
        .prop_map(|(of_type, value, primary)| {
            let mut email = Object::new();
            if let Some(of_type) = of_type {
                email.insert("type", of_type);
            }
            if let Some(value) = value {
                email.insert("value", value);
            }
            if let Some(primary) = primary {
                email.insert("primary", primary);
            }
            Value::Object(email)
        });
    (
        prop::collection::vec(email, 0..3),
        prop::collection::vec(
            (
                prop::sample::select(vec!["userName", "title", "externalId", "active"]),
                scalar(),
            ),
            0..4,
        ),
        prop::option::of(text()),
        prop::option::of(text()),
        prop::option::of(date_time()),
    )
        .prop_map(|(emails, members, given, department, changed)| {
            let mut user = Object::from_iter(members);
            if let Some(changed) = changed {
                user.insert("meta", Object::from_iter([("lastModified", changed)]));
            }
            user.insert("emails", Value::Array(emails));
            if let Some(given) = given {
                user.insert("name", Object::from_iter([("givenName", given)]));
            }
            if let Some(department) = department {
                let extension = Object::from_iter([("department", department)]);
                user.insert(
                    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                    extension,
                );
            }
            Resource::from(user)
        })
}
