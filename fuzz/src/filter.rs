//! scim-filter: text is parsed, printed, checked and evaluated.

use std::sync::LazyLock;

use scim_core::{Document, Policy, Resource, Valid, builtin};
use scim_filter::{Checked, Filter, ParseFilterError, Parser};

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
];

/// The filters and paths of the case tables.
pub fn seeds() -> Vec<Vec<u8>> {
    let filters = scim_testdata::filter_cases()
        .into_iter()
        .map(|case| case.filter);
    let paths = scim_testdata::path_cases()
        .into_iter()
        .map(|case| case.path);
    let short = filters.chain(paths).filter(|text| text.len() < 512);
    short.map(String::into_bytes).collect()
}

/// What is printed is read again, evaluation keeps its laws, and errors point into the text.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (strict, lenient) = (Policy::strict(), Policy::lenient());
    let parse = |policy: &Policy| Parser::new().policy(policy).parse(text);
    match (parse(&strict), parse(&lenient)) {
        (Ok(a), Ok(b)) => {
            let (a, b) = (a.into_inner(), b.into_inner());
            assert_eq!(a, b, "lenient reads what strict reads");
            filter(&a);
        }
        (Ok(_), Err(error)) => panic!("strict reads what lenient refuses: {error}"),
        (Err(error), Ok(b)) => {
            place(&error, text);
            filter(&b.into_inner());
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

fn filter(filter: &Filter) {
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
        for user in USERS.iter() {
            let matches = evaluate(&checked, user);
            if let Some(negated) = &negated {
                assert_ne!(negated.matches(user), matches, "`not` is the complement");
            }
        }
        let _ = checked.equalities();
    }
    if let Ok(checked) = filter.check_without_schema() {
        for user in USERS.iter() {
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
