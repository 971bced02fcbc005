//! Creating several resources in one transaction.

use scim_core::{Resource, ScimError, Valid};

use super::bench::{Bench, groups, text, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::store::{NewResource, NotCreated, Scope, Store, StoreError, Stored};

checks! {
    resources_are_created_together,
    groups_created_together_may_hold_each_other,
    all_are_created_or_none,
    the_refused_one_is_named,
    what_is_created_together_is_unique_among_itself,
}

/// Creates resources with the ids `new-0`, `new-1` and so on from their texts; no text is refused.
fn create<S: Store>(
    bench: &Bench<'_, S>,
    new: &[(Scope, Option<&str>)],
) -> Result<Vec<Stored>, NotCreated> {
    let now = bench.now();
    let scopes: Vec<_> = new.iter().map(|(scope, _)| scope.clone()).collect();
    let made: Vec<_> = new
        .iter()
        .enumerate()
        .map(|(index, (scope, text))| {
            let resource = text.and_then(|text| text.parse::<Resource>().ok())?;
            let id = format!("new-{index}");
            Some(NewResource::new(
                id,
                &scope.schema,
                Valid::assume(resource),
                now,
            ))
        })
        .collect();
    bench.create_all(&scopes, move |index, _| {
        let made = made.get(index).cloned().flatten();
        made.ok_or_else(|| ScimError::new(418, "no").into())
    })
}

fn resources_are_created_together<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = bench.user("before").map_err(|e| e.to_string())?;
    let made = create(
        bench,
        &[
            (users(), Some(r#"{"userName":"ada"}"#)),
            (
                groups(),
                Some(r#"{"displayName":"g","members":[{"value":"new-0","type":"User"}]}"#),
            ),
            (users(), Some(r#"{"userName":"grace"}"#)),
        ],
    );
    let made = made.map_err(|e| e.to_string())?;
    let ids: Vec<_> = made.iter().map(|stored| stored.id.as_str()).collect();
    ensure_eq!(ids, ["new-0", "new-1", "new-2"], "the ids");
    for (stored, scope) in made.iter().zip([users(), groups(), users()]) {
        let read = bench.get(&scope, &stored.id).map_err(|e| e.to_string())?;
        ensure_eq!(read.version, stored.version, "the version");
        ensure_eq!(read.resource(), stored.resource(), "the attributes");
        ensure_eq!(read.groups, stored.groups, "the groups");
    }
    let ada = made.first().map_or(0, |ada| ada.groups.len());
    ensure_eq!(ada, 1, "the number of groups of ada");
    let all = (3, vec![before.id, "new-0".to_owned(), "new-2".to_owned()]);
    ensure_eq!(bench.find(&users(), "id pr")?, all, "the users in order");
    Ok(())
}

fn groups_created_together_may_hold_each_other<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let a = r#"{"displayName":"a","members":[{"value":"new-1","type":"Group"}]}"#;
    let b = r#"{"displayName":"b","members":[{"value":"new-0","type":"Group"}]}"#;
    let made = create(bench, &[(groups(), Some(a)), (groups(), Some(b))]);
    made.map_err(|e| e.to_string())?;
    for (member, group) in [("new-0", "new-1"), ("new-1", "new-0")] {
        let found = bench.find(&groups(), &format!(r#"members.value eq "{member}""#))?;
        let expected = (1, vec![group.to_owned()]);
        ensure_eq!(found, expected, format!("the groups of {member}"));
    }
    bench
        .delete(&groups(), "new-0")
        .map_err(|e| e.to_string())?;
    let b = bench.get(&groups(), "new-1").map_err(|e| e.to_string())?;
    ensure!(
        b.resource().get("members").is_none(),
        "a deleted group stayed a member"
    );
    Ok(())
}

fn all_are_created_or_none<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let grace = r#"{"userName":"grace"}"#;
    let g = r#"{"displayName":"g","members":[{"value":"new-0"}]}"#;
    let taken = create(
        bench,
        &[
            (users(), Some(grace)),
            (groups(), Some(g)),
            (users(), Some(r#"{"userName":"ADA"}"#)),
        ],
    );
    let refused = create(bench, &[(users(), Some(grace)), (users(), None)]);
    ensure!(taken.is_err() && refused.is_err(), "one was not refused");
    let users_left = bench.find(&users(), "id pr")?;
    ensure_eq!(users_left, (1, vec![ada.id]), "the users");
    ensure_eq!(bench.find(&groups(), "id pr")?.0, 0, "the groups");
    // Neither the name nor the id is taken.
    let made = create(bench, &[(users(), Some(grace))]);
    let made = made.map_err(|e| format!("something stayed: {e}"))?;
    let name = made.first().and_then(|grace| text(grace, "userName"));
    ensure_eq!(name, Some("grace"), "the name");
    let groups = made.first().map_or(9, |grace| grace.groups.len());
    ensure_eq!(groups, 0, "the number of groups");
    Ok(())
}

fn the_refused_one_is_named<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    bench.user("ada").map_err(|e| e.to_string())?;
    let grace = (users(), Some(r#"{"userName":"grace"}"#));
    let ada = (users(), Some(r#"{"userName":"ada"}"#));
    let taken = create(bench, &[grace.clone(), ada, grace.clone()]);
    ensure!(
        matches!(
            &taken,
            Err(NotCreated {
                index: Some(1),
                error: StoreError::Conflict { .. },
                ..
            })
        ),
        "{taken:?}"
    );
    let refused = create(bench, &[grace, (groups(), None)]);
    ensure!(
        matches!(
            &refused,
            Err(NotCreated {
                index: Some(1),
                error: StoreError::Refused(_),
                ..
            })
        ),
        "{refused:?}"
    );
    Ok(())
}

fn what_is_created_together_is_unique_among_itself<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = (users(), Some(r#"{"userName":"ada"}"#));
    let twice = create(bench, &[ada.clone(), ada]);
    ensure!(
        matches!(&twice, Err(NotCreated { index: Some(1), .. })),
        "{twice:?}"
    );
    ensure_eq!(bench.find(&users(), "id pr")?.0, 0, "the number of users");
    Ok(())
}
