//! Law 3 over SQL: the condition and the residual together select what matches.

use proptest::prelude::*;
use scim_core::{Policy, Resource, builtin};
use scim_filter::{SortBy, SortOrder};

use super::store::{Layout, Users, valid};
use crate::agree::agree;
use crate::generate;

fn layout() -> impl Strategy<Value = Layout> {
    let without = prop_oneof![Just(0), any::<u16>(), (0..12u32).prop_map(|bit| 1 << bit)];
    (any::<bool>(), any::<bool>(), without).prop_map(|(keys, composite, without)| Layout {
        keys,
        composite,
        without,
    })
}

fn users() -> impl Strategy<Value = Vec<Resource>> {
    prop::collection::vec(generate::user(), 1..6).prop_map(|users| {
        let users = users.iter().enumerate().map(|(id, user)| valid(user, id));
        users.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn sql_and_residual_select_what_the_other_forms_match(
        users in users(),
        filters in prop::collection::vec((generate::user_filter(), layout()), 4),
    ) {
        let mut users = Users::new(users);
        for (filter, layout) in filters {
            let checked = filter.check(builtin::user_schema(), &Policy::strict()).unwrap();
            let mut expected = Vec::new();
            for (index, user) in users.users().iter().enumerate() {
                if agree(&checked, user)? {
                    expected.push(index);
                }
            }
            let found = users.matching(&checked, layout);
            prop_assert_eq!(
                found,
                expected,
                "{} {:?}: {:?}",
                filter,
                layout,
                users.users().iter().map(ToString::to_string).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn order_by_sorts_as_resources_do(
        users in users(),
        layout in layout(),
        path in prop::sample::select(vec![
            "id", "userName", "title", "externalId", "active", "name.givenName",
            "meta.lastModified", "emails", "emails.type",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        ]),
        descending in any::<bool>(),
    ) {
        let mut users = Users::new(users);
        let order = if descending { SortOrder::Descending } else { SortOrder::Ascending };
        let by = SortBy::check(path, order, builtin::user_schema(), &Policy::strict()).unwrap();
        let mut expected: Vec<usize> = (0..users.users().len()).collect();
        expected.sort_by_key(|&index| by.key(&users.users()[index]));
        if let Some(sorted) = users.sorted(&by, layout) {
            prop_assert_eq!(&sorted, &expected, "{} {:?}", path, layout);
            for (at, &index) in expected.iter().enumerate() {
                let place = by.key(&users.users()[index]);
                let behind = users.sorted_after(&by, &place, layout);
                prop_assert_eq!(&behind, &expected[at + 1..], "{} {}", path, place);
            }
        } else {
            prop_assert!(layout.without != 0 || path.starts_with("emails"), "{}", path);
        }
    }
}

#[test]
fn the_cases_agree_in_sql() {
    let users: Vec<_> = scim_testdata::resources()
        .into_iter()
        .filter(|(_, text)| text.contains("core:2.0:User"))
        .map(|(_, text)| text.parse().unwrap())
        .collect();
    let users: Vec<_> = users
        .iter()
        .enumerate()
        .map(|(id, user)| valid(user, id))
        .collect();
    let mut users = Users::new(users);
    let mut tried = 0;
    for case in scim_testdata::filter_cases() {
        let Ok(filter) = case.filter.parse::<scim_filter::Filter>() else {
            continue;
        };
        let Ok(checked) = filter.check(builtin::user_schema(), &Policy::lenient()) else {
            continue;
        };
        for keys in [false, true] {
            let layout = Layout {
                keys,
                ..Layout::FULL
            };
            let expected: Vec<usize> = (0..users.users().len())
                .filter(|&index| checked.matches(&users.users()[index]))
                .collect();
            assert_eq!(
                users.matching(&checked, layout),
                expected,
                "{filter} {layout:?}"
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}
