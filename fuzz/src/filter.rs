//! scim-filter: text is parsed, printed, checked and evaluated, and so are trees that were made.

mod tree;

use std::sync::LazyLock;

use scim_core::{Document, Policy, Resource, Valid, builtin};
use scim_filter::{Checked, Filter, ParseFilterError, Parser};
use scim_smith::Source;

/// Pieces of filters and paths.
pub const WORDS: &[&str] = &[
    " and ",
    " or ",
    "not (",
    "(",
    ")",
    "[",
    "]",
    " eq ",
    " ne ",
    " co ",
    " sw ",
    " ew ",
    " gt ",
    " ge ",
    " lt ",
    " le ",
    " pr",
    "\"",
    "\\u00e9",
    "\\\"",
    "null",
    "true",
    "False",
    "1.0",
    "-1e9",
    "userName",
    "emails",
    "emails[type eq \"work\"]",
    ".value",
    "name.familyName",
    "active",
    "meta.lastModified",
    "\"2011-05-13T04:42:34Z\"",
    "schemas",
    "password",
    "manager",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:",
    "department",
    "$ref",
    "'",
    "--",
    "%",
    "?1",
    "\\u0000",
    " ",
    "  ",
    "\0\x01\x02\x03",
    "\x04\x05\x06\x07",
    "\x08\x0b\x0e\x11",
    "\x14\x17\x1a\x1d",
];

/// The filters and paths of the case tables, and bytes that become trees.
pub fn seeds() -> Vec<Vec<u8>> {
    let filters = scim_testdata::filter_cases()
        .into_iter()
        .map(|case| case.filter);
    let paths = scim_testdata::path_cases()
        .into_iter()
        .map(|case| case.path);
    let short = filters.chain(paths).filter(|text| text.len() < 512);
    let made = (0..=255u8).map(|start| {
        let bytes = (0..64u8).map(|step| start.wrapping_mul(31) ^ step.wrapping_mul(start | 1));
        bytes.collect()
    });
    short.map(String::into_bytes).chain(made).collect()
}

/// What is printed is read again, evaluation keeps its laws, and errors point into the text. The bytes are
/// tried as text, and as choices of a resource and a tree about it.
pub fn run(data: &[u8]) {
    if let Ok(text) = std::str::from_utf8(data) {
        read(text);
    }
    let schema = builtin::user_schema();
    // A half for each, so that a mutation changes one of them.
    let (first, second) = data.split_at(data.len() / 2);
    let user = scim_smith::stored(&mut Source::new(first), schema);
    let made = tree::filter(&mut Source::new(second), schema, &user);
    filter(&made, std::slice::from_ref(&user));
}

fn read(text: &str) {
    let (strict, lenient) = (Policy::strict(), Policy::lenient());
    let parse = |policy: &Policy| Parser::new().policy(policy).parse(text);
    match (parse(&strict), parse(&lenient)) {
        (Ok(a), Ok(b)) => {
            let (a, b) = (a.into_inner(), b.into_inner());
            assert_eq!(a, b, "lenient reads what strict reads");
            filter(&a, &USERS);
        }
        (Ok(_), Err(error)) => panic!("strict reads what lenient refuses: {error}"),
        (Err(error), Ok(b)) => {
            place(&error, text);
            filter(&b.into_inner(), &USERS);
        }
        (Err(a), Err(b)) => [a, b].iter().for_each(|error| place(error, text)),
    }
    match Parser::new().policy(&lenient).parse_path(text) {
        Ok(path) => {
            let path = path.into_inner();
            let printed = path.to_string();
            let again = Parser::new()
                .parse_path(&printed)
                .expect("a printed path is read");
            assert_eq!(again.into_inner(), path);
        }
        Err(error) => place(&error, text),
    }
}

fn place(error: &ParseFilterError, text: &str) {
    let span = error.span();
    assert!(text.get(span).is_some(), "the span is inside the text");
    assert!(!error.to_string().contains('\n'));
    let _ = error.snippet();
}

/// Whom a text is asked about.
static USERS: LazyLock<Vec<Resource>> = LazyLock::new(|| {
    [
        "rfc-user-full",
        "rfc-user-enterprise",
        "user-empty-values",
        "user-folding",
    ]
    .map(|stem| scim_testdata::resource(stem).parse().expect("a resource"))
    .into()
});

fn filter(filter: &Filter, users: &[Resource]) {
    let printed = filter.to_string();
    let again: Filter = match printed.parse() {
        Ok(again) => again,
        // Canonical text may be longer than what it came from, and there is a bound on that.
        Err(error) => panic!("`{printed}` is not read: {error}"),
    };
    assert_eq!(again, *filter);
    assert_eq!(again.to_string(), printed);
    let negated = Filter::Not(Box::new(filter.clone()));
    for policy in [Policy::strict(), Policy::lenient()] {
        let Ok(checked) = filter.check(builtin::user_schema(), &policy) else {
            continue;
        };
        let negated = negated.check(builtin::user_schema(), &policy).ok();
        for user in users {
            let matches = evaluate(&checked, user);
            if let Some(negated) = &negated {
                assert_ne!(negated.matches(user), matches, "`not` is the complement");
            }
        }
        let _ = checked.equalities();
    }
    if let Ok(checked) = filter.check_without_schema() {
        for user in users {
            evaluate(&checked, user);
        }
    }
}

/// The answer, which is the same in every form that a resource has.
fn evaluate(filter: &Checked, user: &Resource) -> bool {
    let matches = filter.matches(user);
    let document = Document::from_valid(&Valid::assume(user.clone()));
    assert_eq!(filter.matches_document(&document), matches, "document");
    let text = user.to_json();
    assert_eq!(filter.matches_json(text.as_bytes()), Ok(matches), "text");
    assert_eq!(filter.matches_serialize(&**user), Ok(matches), "typed");
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Trees that are refused, or that match nothing or everything, would show little.
    #[test]
    fn many_trees_fit_and_some_match() {
        let schema = builtin::user_schema();
        let (mut fit, mut matched) = (0, 0);
        for seed in 0..2_000 {
            let mut source = Source::from_seed(seed);
            let user = scim_smith::stored(&mut source, schema);
            let made = tree::filter(&mut source, schema, &user);
            if let Ok(checked) = made.check(schema, &Policy::strict()) {
                fit += 1;
                matched += usize::from(checked.matches(&user));
            }
        }
        assert!(fit > 400, "{fit} fit");
        assert!(matched > 100 && fit - matched > 100, "{matched} of {fit}");
    }
}
