//! Paging by cursor: the place of a page holds while resources come and go (RFC 9865).

use std::sync::Arc;

use scim_core::{Policy, SortOrder};
use scim_schema::Projection;

use super::bench::{Bench, groups, ids, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::store::{Query, Start, Store, StoreError, Wants};

checks! {
    pages_by_cursor_cover_the_results_without_gaps,
    pages_by_cursor_follow_the_order,
    pages_by_cursor_follow_the_filter,
    pages_by_cursor_follow_an_order_that_is_not_shown,
    pages_by_cursor_cover_several_types,
    a_page_of_nothing_names_no_place,
    a_place_holds_while_resources_come_and_go,
    a_place_in_an_order_holds_while_resources_come_and_go,
    a_place_the_store_never_named_is_refused,
}

/// The ids on one page, and the place to continue after.
fn page<S: Store>(
    bench: &Bench<'_, S>,
    query: &Query,
    after: Option<String>,
    count: usize,
) -> Result<(Vec<String>, Option<String>), String> {
    let mut query = query.clone();
    query.start = Start::After(after);
    query.count = count;
    let page = bench.query(query).map_err(|e| e.to_string())?;
    ensure!(
        page.resources.len() <= count,
        "{} resources on a page of {count}",
        page.resources.len()
    );
    Ok((ids(&page), page.next))
}

/// The ids on all pages from a place on.
fn rest<S: Store>(
    bench: &Bench<'_, S>,
    query: &Query,
    mut after: Option<String>,
    count: usize,
) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    for _ in 0..100 {
        let (ids, next) = page(bench, query, after, count)?;
        found.extend(ids);
        if next.is_none() {
            return Ok(found);
        }
        after = next;
    }
    Err("the pages do not end".to_owned())
}

fn create<S: Store>(bench: &Bench<'_, S>, names: &[&str]) -> Result<Vec<String>, String> {
    let made = names.iter().map(|name| bench.user(name));
    made.map(|user| user.map(|user| user.id).map_err(|e| e.to_string()))
        .collect()
}

fn pages_by_cursor_cover_the_results_without_gaps<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let created = create(bench, &["c", "a", "f", "b", "e", "d"])?;
    let query = Query::new(vec![users().schema], 1000);
    for count in [1, 2, 3, 4, 6, 7] {
        let found = rest(bench, &query, None, count)?;
        ensure_eq!(found, created, format!("in pages of {count}"));
    }
    let (ids, next) = page(bench, &query, None, 6)?;
    ensure_eq!((ids.len(), next), (6, None), "the only page");
    Ok(())
}

fn pages_by_cursor_follow_the_order<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    for (name, title) in [
        ("1", "x"),
        ("2", ""),
        ("3", "Y"),
        ("4", ""),
        ("5", "X"),
        ("6", "ß"),
    ] {
        let title = match title {
            "" => String::new(),
            title => format!(r#","title":"{title}""#),
        };
        let body = format!(r#"{{"userName":"{name}"{title}}}"#);
        bench
            .create_in(&users(), &body)
            .map_err(|e| e.to_string())?;
    }
    for by in ["title", "userName", "meta.created", "id"] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let query = bench.ordered(&users(), by, order)?;
            let whole = bench.sorted(&users(), by, order)?;
            for count in [1, 2, 4] {
                let found = rest(bench, &query, None, count)?;
                ensure_eq!(found, whole, format!("by {by} {order} in pages of {count}"));
            }
        }
    }
    Ok(())
}

fn pages_by_cursor_follow_the_filter<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    create(bench, &["a1", "b1", "a2", "b2", "a3"])?;
    for filter in [
        r#"userName sw "a""#,
        r#"userName eq "a3" or userName eq "b1" or userName eq "a1""#,
    ] {
        let (_, whole) = bench.find(&users(), filter)?;
        let query = bench.filtered(&users(), filter)?;
        ensure_eq!(rest(bench, &query, None, 2)?, whole, filter);
    }
    Ok(())
}

fn pages_by_cursor_follow_an_order_that_is_not_shown<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut people = Vec::new();
    for name in ["c", "a", "d", "b"] {
        people.push(bench.user(name).map_err(|e| e.to_string())?);
    }
    for (number, person) in people.iter().enumerate() {
        let group = bench.group(&format!("g{number}"), &[person]);
        group.map_err(|e| e.to_string())?;
    }
    for (scope, by, shown) in [
        (users(), "userName", "title"),
        (users(), "groups.display", "userName"),
        (users(), "meta.lastModified", "userName"),
        (groups(), "members.value", "displayName"),
    ] {
        for order in [SortOrder::Ascending, SortOrder::Descending] {
            let mut query = bench.ordered(&scope, by, order)?;
            let whole = bench.sorted(&scope, by, order)?;
            let only = Projection::new(&scope.schema, &[shown], &[], &Policy::strict());
            query.wants = Wants::of(Arc::new(only.map_err(|e| e.to_string())?));
            for count in [1, 3] {
                let found = rest(bench, &query, None, count)?;
                ensure_eq!(found, whole, format!("by {by} {order}, showing {shown}"));
            }
        }
    }
    Ok(())
}

fn pages_by_cursor_cover_several_types<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut created = Vec::new();
    for n in 0..3 {
        created.extend(create(bench, &[&format!("u{n}")])?);
        let group = bench.group(&format!("g{n}"), &[]);
        created.push(group.map_err(|e| e.to_string())?.id);
    }
    let query = Query::new(vec![users().schema, groups().schema], 1000);
    ensure_eq!(rest(bench, &query, None, 4)?, created, "all pages together");
    Ok(())
}

fn a_page_of_nothing_names_no_place<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let query = Query::new(vec![users().schema], 1000);
    ensure_eq!(
        page(bench, &query, None, 5)?,
        (vec![], None),
        "without resources"
    );
    create(bench, &["a", "b"])?;
    ensure_eq!(
        page(bench, &query, None, 0)?,
        (vec![], None),
        "a count of zero"
    );
    Ok(())
}

fn a_place_holds_while_resources_come_and_go<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let created = create(bench, &["a", "b", "c", "d", "e", "f"])?;
    let pick = |places: &[usize]| -> Vec<String> {
        places
            .iter()
            .filter_map(|at| created.get(*at).cloned())
            .collect()
    };
    let query = Query::new(vec![users().schema], 1000);
    let (first, place) = page(bench, &query, None, 3)?;
    ensure_eq!(first, pick(&[0, 1, 2]), "the first page");
    // One that was seen, the one at the place itself, and one that is still to come.
    for gone in pick(&[0, 2, 4]) {
        bench.delete(&users(), &gone).map_err(|e| e.to_string())?;
    }
    let mut expected = pick(&[3, 5]);
    expected.extend(create(bench, &["0", "z"])?);
    ensure_eq!(rest(bench, &query, place, 3)?, expected, "what follows");
    Ok(())
}

fn a_place_in_an_order_holds_while_resources_come_and_go<S: Store>(
    bench: &Bench<'_, S>,
) -> Outcome {
    let created = create(bench, &["b", "d", "f", "h", "j", "l"])?;
    let pick = |places: &[usize]| -> Vec<String> {
        places
            .iter()
            .filter_map(|at| created.get(*at).cloned())
            .collect()
    };
    let query = bench.ordered(&users(), "userName", SortOrder::Ascending)?;
    let (first, place) = page(bench, &query, None, 3)?;
    ensure_eq!(first, pick(&[0, 1, 2]), "the first page");
    for gone in pick(&[0, 2, 4]) {
        bench.delete(&users(), &gone).map_err(|e| e.to_string())?;
    }
    // Behind the place nothing new is met, before it everything.
    let behind = create(bench, &["a", "e"])?;
    let ahead = create(bench, &["g", "z"])?;
    let found = rest(bench, &query, place, 2)?;
    ensure!(
        !found.iter().any(|id| behind.contains(id)),
        "a resource from before the place was met"
    );
    let mut expected = pick(&[3, 5]);
    expected.insert(0, ahead.first().cloned().unwrap_or_default());
    expected.extend(ahead.last().cloned());
    ensure_eq!(found, expected, "what follows");
    Ok(())
}

fn a_place_the_store_never_named_is_refused<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    create(bench, &["a", "b"])?;
    let plain = Query::new(vec![users().schema], 10);
    let sorted = bench.ordered(&users(), "userName", SortOrder::Ascending)?;
    for mut query in [plain, sorted] {
        query.start = Start::After(Some("no place at all".to_owned()));
        let refused = bench.query(query);
        ensure!(matches!(refused, Err(StoreError::Place)), "{refused:?}");
    }
    Ok(())
}
