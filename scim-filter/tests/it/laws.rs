//! The laws that hold for every filter, tried on filters made at random.

use proptest::prelude::*;
use scim_core::{ComparisonKey, Policy, Resource, Value, builtin};
use scim_filter::{Checked, CompValue, CompareOp, Equality, Filter, FilterLimits, Parser, Path};

use crate::generate;

fn check(filter: &Filter) -> Option<Checked> {
    filter.check_without_schema().ok()
}

fn check_user(filter: &Filter) -> Checked {
    filter
        .check(builtin::user_schema(), &Policy::strict())
        .unwrap_or_else(|error| panic!("{filter}: {error}"))
}

/// A parser without bounds: what is generated may be larger than what a server takes.
fn parser() -> Parser {
    Parser::new().limits(FilterLimits {
        bytes: usize::MAX,
        depth: usize::MAX,
        terms: usize::MAX,
    })
}

proptest! {
    #[test]
    fn what_is_printed_is_read_back(filter in generate::filter()) {
        let printed = filter.to_string();
        let read = parser().parse(&printed);
        prop_assert_eq!(read.map(|read| read.into_inner()), Ok(filter), "{}", printed);
    }

    #[test]
    fn a_printed_path_is_read_back(path in generate::path()) {
        let printed = path.to_string();
        let read = parser().parse_path(&printed);
        prop_assert_eq!(read.map(|read| read.into_inner()), Ok(path), "{}", printed);
    }

    #[test]
    fn printing_what_was_read_is_canonical(
        text in r#"(\(|\)|\[|\]|not|and|or|eq|sw|pr|a|b\.c|"x"|  ?|1|true|null|urn:a:b|\.){0,24}"#
    ) {
        for policy in [Policy::strict(), Policy::lenient()] {
            let parser = Parser::new().policy(&policy);
            if let Ok(filter) = parser.parse(&text) {
                let printed = filter.to_string();
                let again: Filter = printed.parse().unwrap();
                prop_assert_eq!(&again.to_string(), &printed);
                prop_assert_eq!(again, filter.into_inner());
            }
            if let Ok(path) = parser.parse_path(&text) {
                let printed = path.to_string();
                let again: Path = printed.parse().unwrap();
                prop_assert_eq!(&again.to_string(), &printed);
                prop_assert_eq!(again, path.into_inner());
            }
        }
    }

    #[test]
    fn a_near_miss_is_an_error_with_a_place(
        text in r#"(\(|\)|\[|\]|not|and|or|eq|pr|a|b\.c|"|x|\\|é| |\t|1|true|urn:a:b|\.){0,24}"#
    ) {
        for policy in [Policy::strict(), Policy::lenient()] {
            let parser = Parser::new().policy(&policy);
            for error in [parser.parse(&text).err(), parser.parse_path(&text).err()]
                .into_iter()
                .flatten()
            {
                let span = error.span();
                prop_assert!(text.get(span.clone()).is_some(), "{:?} of {:?}", span, text);
                prop_assert_eq!(error.snippet().lines().count(), 2);
                prop_assert_eq!(error.to_string().lines().count(), 1);
            }
        }
    }

    #[test]
    fn lenient_reads_what_strict_reads(
        text in r#"(\(|\)|\[|\]|not|and|or|eq|pr|a|b\.c|"x"| |1|true|urn:a:b){0,24}"#
    ) {
        if let Ok(filter) = Parser::new().parse(&text) {
            let lenient = Parser::new().policy(&Policy::lenient()).parse(&text).unwrap();
            prop_assert_eq!(filter.into_inner(), lenient.into_inner());
        }
    }

    #[test]
    fn and_or_not_without_schema(
        a in generate::filter(),
        b in generate::filter(),
        resource in generate::resource(),
    ) {
        if let (Some(x), Some(y)) = (check(&a), check(&b)) {
            let (x, y) = (x.matches(&resource), y.matches(&resource));
            prop_assert_eq!(a.clone().and(b.clone()).matches(&resource), x && y);
            prop_assert_eq!(a.clone().or(b).matches(&resource), x || y);
            prop_assert_eq!((!a).matches(&resource), !x);
        }
    }

    #[test]
    fn and_or_not_for_a_user(
        a in generate::user_filter(),
        b in generate::user_filter(),
        user in generate::user(),
    ) {
        let matches = |filter: &Filter| check_user(filter).matches(&user);
        let (x, y) = (matches(&a), matches(&b));
        prop_assert_eq!(matches(&a.clone().and(b.clone())), x && y);
        prop_assert_eq!(matches(&a.clone().or(b)), x || y);
        prop_assert_eq!(matches(&!a), !x);
    }

    #[test]
    fn lenient_means_what_strict_means(
        filter in generate::user_filter(),
        user in generate::user(),
    ) {
        let lenient = filter.check(builtin::user_schema(), &Policy::lenient()).unwrap();
        prop_assert_eq!(check_user(&filter).matches(&user), lenient.matches(&user));
        prop_assert_eq!(lenient.departures(), []);
    }

    #[test]
    fn ne_is_not_eq_and_null_is_absence(
        filter in generate::user_filter(),
        user in generate::user(),
    ) {
        for leaf in filter.leaves() {
            let Filter::Compare { path, value, .. } = leaf else { continue };
            let of = |filter: Filter| {
                let checked = filter.check(builtin::user_schema(), &Policy::strict()).ok()?;
                Some(checked.matches(&user))
            };
            let eq = of(Filter::eq(path.clone(), value.clone()));
            let ne = of(Filter::ne(path.clone(), value.clone()));
            prop_assert_eq!(eq.map(|eq| !eq), ne);
            let null = of(Filter::compare(path.clone(), CompareOp::Eq, CompValue::Null));
            prop_assert_eq!(null.map(|null| !null), of(Filter::present(path.clone())));
        }
    }

    #[test]
    fn a_list_of_equalities_is_each_of_them(
        values in prop::collection::vec("[a-dA-D]{0,2}|ß|SS|é|e\u{301}", 1..40),
        user in generate::user(),
    ) {
        let terms = || values.iter().map(|value| Filter::eq("title".parse().unwrap(), value.as_str()));
        let one_by_one = terms().any(|term| check_user(&term).matches(&user));
        let list = terms().reduce(Filter::or).unwrap();
        prop_assert_eq!(check_user(&list).matches(&user), one_by_one);
        prop_assert_eq!(check_user(&!list).matches(&user), !one_by_one);
        let denied = terms().map(|term| !term).reduce(Filter::and).unwrap();
        prop_assert_eq!(check_user(&denied).matches(&user), !one_by_one);
    }

    #[test]
    fn a_match_has_every_equality_of_the_filter(
        filter in generate::user_filter(),
        user in generate::user(),
    ) {
        let without_schema = filter.check_without_schema();
        for checked in std::iter::once(check_user(&filter)).chain(without_schema) {
            if checked.matches(&user) {
                for equality in checked.equalities() {
                    prop_assert!(has(&user, &equality), "{} has no {:?}", user, equality);
                }
            }
        }
    }

    #[test]
    fn a_bound_never_changes_what_is_read(filter in generate::filter(), depth in 0..40_usize) {
        let printed = filter.to_string();
        let parser = Parser::new().limits(FilterLimits { depth, ..FilterLimits::default() });
        if let Ok(read) = parser.parse(&printed) {
            prop_assert_eq!(read.into_inner(), filter);
        }
    }
}

/// Whether a value at the path of the equality has one of its keys; found without the evaluator.
fn has(user: &Resource, equality: &Equality<'_>) -> bool {
    let path = equality.path();
    let container: Option<Value> = match path.schema() {
        Some(uri) => user.get(uri).cloned(),
        None => Some(Value::from(user.clone())),
    };
    let attribute = container.and_then(|object| object.as_object()?.get(path.attr()).cloned());
    let mut values: Vec<Value> = attribute
        .iter()
        .flat_map(Value::elements)
        .cloned()
        .collect();
    if let Some(sub) = path.sub() {
        values = values
            .iter()
            .filter_map(|value| value.as_object()?.get(sub).cloned())
            .collect();
    }
    let is_key = |key: &ComparisonKey| values.iter().any(|value| key.equals(value));
    equality.keys().iter().any(is_key)
}
