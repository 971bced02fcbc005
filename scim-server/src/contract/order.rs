//! Queries: filter, order, pages.

use scim_core::{SortOrder, Value};

use super::bench::{Bench, groups, ids, text, users};
use super::{Outcome, checks, ensure_eq};
use crate::store::{Query, Start, Store};

checks! {
    results_come_in_creation_order,
    pages_cover_the_results_without_gaps,
    a_count_of_zero_gives_the_total,
    a_filter_selects,
    a_filter_on_several_terms_selects,
    a_filter_sees_what_is_computed,
    a_filter_follows_an_update,
    a_filter_sees_what_the_query_shows,
    results_are_sorted,
    an_order_sees_what_the_query_shows,
    who_has_no_value_is_sorted_as_the_rfc_says,
    a_query_over_several_types_finds_all,
}

fn create<S: Store>(bench: &Bench<'_, S>, count: usize) -> Result<Vec<String>, String> {
    (0..count)
        .map(|n| {
            // The names run against the order of creation.
            let user = bench.user(&format!("user-{:03}", count - n));
            user.map(|user| user.id).map_err(|e| e.to_string())
        })
        .collect()
}

fn results_come_in_creation_order<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let created = create(bench, 20)?;
    ensure_eq!(
        bench.find(&users(), "userName pr")?,
        (20, created.clone()),
        "with a filter"
    );
    let touched = created.first().cloned().unwrap_or_default();
    bench
        .set(&users(), &touched, "title", Some("x".into()))
        .map_err(|e| e.to_string())?;
    let page = bench.query(Query::new(vec![users().schema], 100));
    ensure_eq!(
        ids(&page.map_err(|e| e.to_string())?),
        created,
        "after an update of the first"
    );
    Ok(())
}

fn pages_cover_the_results_without_gaps<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let created = create(bench, 7)?;
    let mut found = Vec::new();
    for start_index in [1, 4, 7, 10] {
        let mut query = Query::new(vec![users().schema], 3);
        query.start = Start::Index(start_index);
        let page = bench.query(query).map_err(|e| e.to_string())?;
        ensure_eq!(page.total, Some(7), format!("the total at {start_index}"));
        found.extend(ids(&page));
    }
    ensure_eq!(found, created, "all pages together");
    let mut query = Query::new(vec![users().schema], 3);
    query.start = Start::Index(u64::MAX);
    let page = bench.query(query).map_err(|e| e.to_string())?;
    ensure_eq!(
        (page.total, page.resources.len()),
        (Some(7), 0),
        "far beyond the end"
    );
    Ok(())
}

fn a_count_of_zero_gives_the_total<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    create(bench, 3)?;
    let page = bench.query(Query::new(vec![users().schema], 0));
    let page = page.map_err(|e| e.to_string())?;
    ensure_eq!(
        (page.total, page.resources.len()),
        (Some(3), 0),
        "total and page"
    );
    Ok(())
}

fn a_filter_selects<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench
        .create_in(&users(), r#"{"externalId":"E-1","userName":"Ada","displayName":"Straße","active":true,"emails":[{"value":"Ada@x","type":"work"}]}"#)
        .map_err(|e| e.to_string())?
        .id;
    let grace = bench
        .create_in(&users(), r#"{"externalId":"e-1","userName":"grace","displayName":"x","active":false,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":"Navy"}}"#)
        .map_err(|e| e.to_string())?
        .id;
    for (filter, expected) in [
        (r#"userName eq "ADA""#, vec![&ada]),
        (r#"userName eq "nobody""#, vec![]),
        (r#"externalId eq "E-1""#, vec![&ada]),
        (r#"externalId eq "e-1""#, vec![&grace]),
        (r#"displayName eq "STRASSE""#, vec![&ada]),
        (r#"emails.value eq "ada@X""#, vec![&ada]),
        (r#"emails[type eq "work" and value sw "ada"]"#, vec![&ada]),
        (r#"emails[type eq "home"]"#, vec![]),
        ("active eq false", vec![&grace]),
        (r#"userName ne "ada""#, vec![&grace]),
        ("emails pr", vec![&ada]),
        ("not (emails pr)", vec![&grace]),
        (r#"userName co "%""#, vec![]),
        (r#"userName sw "a""#, vec![&ada]),
        (r#"userName gt "b""#, vec![&grace]),
        (
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "navy""#,
            vec![&grace],
        ),
    ] {
        let expected: Vec<_> = expected.into_iter().cloned().collect();
        ensure_eq!(
            bench.find(&users(), filter)?,
            (expected.len() as u64, expected),
            filter
        );
    }
    Ok(())
}

fn a_filter_on_several_terms_selects<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let created = create(bench, 5)?;
    let pick = |places: &[usize]| -> Vec<String> {
        places
            .iter()
            .filter_map(|at| created.get(*at).cloned())
            .collect()
    };
    for (filter, places) in [
        (r#"userName eq "user-005" and title pr"#, vec![]),
        (r#"userName eq "user-005" and not (title pr)"#, vec![0]),
        (
            r#"userName eq "user-001" or userName eq "USER-004""#,
            vec![1, 4],
        ),
        (r#"userName eq "user-001" or userName ew "5""#, vec![0, 4]),
        (
            r#"userName eq "user-001" and userName eq "user-002""#,
            vec![],
        ),
        (r#"not (userName eq "user-001")"#, vec![0, 1, 2, 3]),
    ] {
        let expected = pick(&places);
        ensure_eq!(
            bench.find(&users(), filter)?,
            (expected.len() as u64, expected),
            filter
        );
    }
    Ok(())
}

fn a_filter_sees_what_is_computed<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let other = bench.user("grace").map_err(|e| e.to_string())?;
    let created = crate::render::timestamp(other.created);
    let tag = crate::render::tag(&other.version).replace('"', "\\\"");
    for (filter, expected) in [
        (format!(r#"id eq "{}""#, user.id), vec![&user]),
        (format!(r#"id eq "{}""#, user.id.to_uppercase()), vec![]),
        (
            r#"meta.resourceType eq "User""#.to_owned(),
            vec![&user, &other],
        ),
        (format!(r#"meta.created ge "{created}""#), vec![&other]),
        (format!(r#"meta.lastModified lt "{created}""#), vec![&user]),
        (format!(r#"meta.version eq "{tag}""#), vec![&other]),
        (
            r#"schemas eq "urn:ietf:params:scim:schemas:core:2.0:user""#.to_owned(),
            vec![&user, &other],
        ),
        ("groups pr".to_owned(), vec![]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|user| user.id.clone()).collect();
        ensure_eq!(
            bench.find(&users(), &filter)?,
            (expected.len() as u64, expected),
            filter
        );
    }
    Ok(())
}

fn a_filter_follows_an_update<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench
        .create_in(&users(), r#"{"userName":"ada","externalId":"one"}"#)
        .map_err(|e| e.to_string())?;
    bench
        .set(&users(), &user.id, "externalId", Some("two".into()))
        .map_err(|e| e.to_string())?;
    ensure_eq!(
        bench.find(&users(), r#"externalId eq "one""#)?,
        (0, vec![]),
        "the old value"
    );
    ensure_eq!(
        bench.find(&users(), r#"externalId eq "two""#)?,
        (1, vec![user.id]),
        "the new value"
    );
    Ok(())
}

fn a_filter_sees_what_the_query_shows<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?.id;
    bench.user("grace").map_err(|e| e.to_string())?;
    let query = bench.filtered(&users(), r#"meta.location eq "here:ada" and userName pr"#)?;
    let query = query.seen_as(|stored, schema| {
        let mut resource = stored.complete(schema);
        let name = text(stored, "userName").unwrap_or_default().to_owned();
        let meta = resource.get_mut("meta").and_then(Value::as_object_mut);
        if let Some(meta) = meta {
            meta.insert("location", format!("here:{name}"));
        }
        resource
    });
    let page = bench.query(query).map_err(|e| e.to_string())?;
    ensure_eq!(
        (page.total, ids(&page)),
        (Some(1), vec![ada]),
        "by a location under a base URL"
    );
    Ok(())
}

fn results_are_sorted<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut expected = Vec::new();
    for name in ["b", "C", "a", "ß", "Z"] {
        expected.push((name, bench.user(name).map_err(|e| e.to_string())?.id));
    }
    let pick = |names: [&str; 5]| -> Vec<String> {
        let ids = names.iter().filter_map(|name| {
            let (_, id) = expected.iter().find(|(known, _)| known == name)?;
            Some(id.clone())
        });
        ids.collect()
    };
    // ß folds to ss.
    ensure_eq!(
        bench.sorted(&users(), "userName", SortOrder::Ascending)?,
        pick(["a", "b", "C", "ß", "Z"]),
        "ascending"
    );
    ensure_eq!(
        bench.sorted(&users(), "userName", SortOrder::Descending)?,
        pick(["Z", "ß", "C", "b", "a"]),
        "descending"
    );
    Ok(())
}

/// Decision Q11: the element that counts is the primary one, where the view shows which that is.
fn an_order_sees_what_the_query_shows<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut created = Vec::new();
    for (name, first, primary) in [("ada", "b", "y"), ("grace", "c", "x")] {
        let emails = format!(r#"[{{"value":"{first}"}},{{"value":"{primary}","primary":true}}]"#);
        let user = format!(r#"{{"userName":"{name}","emails":{emails}}}"#);
        let user = bench
            .create_in(&users(), &user)
            .map_err(|e| e.to_string())?;
        created.push(user.id);
    }
    let by_emails = || bench.ordered(&users(), "emails", SortOrder::Ascending);
    let found = bench.query(by_emails()?).map_err(|e| e.to_string())?;
    let reversed: Vec<_> = created.iter().rev().cloned().collect();
    ensure_eq!(ids(&found), reversed, "by the primary elements");
    let query = by_emails()?.seen_as(|stored, schema| {
        let mut resource = stored.complete(schema);
        if let Some(Value::Array(emails)) = resource.get_mut("emails") {
            for email in emails.iter_mut().filter_map(Value::as_object_mut) {
                email.remove("primary");
            }
        }
        resource
    });
    let found = bench.query(query).map_err(|e| e.to_string())?;
    ensure_eq!(ids(&found), created, "where none is seen to be primary");
    Ok(())
}

fn who_has_no_value_is_sorted_as_the_rfc_says<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let without = bench.user("1").map_err(|e| e.to_string())?.id;
    let with = bench
        .create_in(&users(), r#"{"userName":"2","title":"x"}"#)
        .map_err(|e| e.to_string())?
        .id;
    let also_without = bench.user("3").map_err(|e| e.to_string())?.id;
    let mut ties = [without, also_without];
    ties.sort();
    let [first, second] = ties;
    ensure_eq!(
        bench.sorted(&users(), "title", SortOrder::Ascending)?,
        [with.clone(), first.clone(), second.clone()],
        "ascending: last, ties by id"
    );
    ensure_eq!(
        bench.sorted(&users(), "title", SortOrder::Descending)?,
        [first, second, with],
        "descending: first, ties by id"
    );
    Ok(())
}

fn a_query_over_several_types_finds_all<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut created = Vec::new();
    for n in 0..3 {
        created.push(bench.user(&format!("u{n}")).map_err(|e| e.to_string())?.id);
        created.push(
            bench
                .group(&format!("g{n}"), &[])
                .map_err(|e| e.to_string())?
                .id,
        );
    }
    let page = bench.query(Query::new(vec![users().schema, groups().schema], 100));
    let page = page.map_err(|e| e.to_string())?;
    ensure_eq!(page.total, Some(6), "the total");
    ensure_eq!(ids(&page), created, "the resources in creation order");
    Ok(())
}
