//! Writes of some members of a group: what they are shown, and what they leave.

use scim_core::{ScimError, Value};

use super::bench::{Bench, groups, users};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::conditional::Precondition;
use crate::membership::member_ids;
use crate::store::{Delta, Store, StoreError, Stored, Update};

checks! {
    a_delta_adds_and_removes_members,
    a_delta_is_seen_from_the_members,
    a_delta_is_shown_the_members_it_names,
    a_delta_changes_a_member_where_it_stands,
    a_delta_may_empty_a_group_and_fill_it,
    a_delta_of_one_of_two_members_with_one_id,
    a_delta_that_keeps_changes_nothing,
    a_delta_of_an_old_version_is_refused,
    a_delta_that_is_refused_leaves_everything,
    a_delta_of_nothing_is_not_found,
    a_delta_shows_as_many_members_as_asked,
    a_delta_leaves_other_attributes_alone,
}

/// The group with all of its members, as a delta returned it, and as a read shows it.
fn both<S: Store>(bench: &Bench<'_, S>, returned: Stored) -> Result<[Stored; 2], String> {
    let read = bench.get(&groups(), &returned.id);
    Ok([returned, read.map_err(|e| e.to_string())?])
}

fn ids(stored: &Stored) -> Vec<&str> {
    member_ids(stored.resource()).collect()
}

/// A group with unknown members.
fn group<S: Store>(bench: &Bench<'_, S>, members: &[&str]) -> Result<Stored, String> {
    let elements = members.iter().map(|id| format!(r#"{{"value":"{id}"}}"#));
    let elements = elements.collect::<Vec<_>>().join(",");
    let text = format!(r#"{{"displayName":"g","externalId":"x","members":[{elements}]}}"#);
    bench.create_in(&groups(), &text).map_err(|e| e.to_string())
}

fn a_delta_adds_and_removes_members<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a", "b", "c"])?;
    let after = bench.delta(&before.id, &["d", "e"], &["a", "c", "never"]);
    for after in both(bench, after.map_err(|e| e.to_string())?)? {
        ensure_eq!(ids(&after), ["b", "d", "e"], "the members");
        ensure!(
            after.version != before.version,
            "the version is the old one"
        );
        ensure!(
            after.last_modified > before.last_modified,
            "the time of the change is not later"
        );
        ensure_eq!(after.created, before.created, "the time of the creation");
    }
    Ok(())
}

fn a_delta_is_seen_from_the_members<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let group = group(bench, &["other"])?;
    let of_ada = || {
        let read = bench.get(&users(), &ada.id).map_err(|e| e.to_string())?;
        Ok::<_, String>(read.groups.len())
    };
    let found = || bench.find(&groups(), &format!(r#"members.value eq "{}""#, ada.id));
    let change = |add: &[&str], remove: &[&str]| {
        let changed = bench.delta(&group.id, add, remove);
        changed.map(drop).map_err(|e| e.to_string())
    };
    change(&[&ada.id], &[])?;
    ensure_eq!(of_ada()?, 1, "the groups of a new member");
    ensure_eq!(found()?, (1, vec![group.id.clone()]), "the groups with it");
    change(&[], &[&ada.id])?;
    ensure_eq!(of_ada()?, 0, "the groups of one that left");
    ensure_eq!(found()?.0, 0, "the number of groups without it");
    change(&[&ada.id], &[])?;
    bench.delete(&users(), &ada.id).map_err(|e| e.to_string())?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    ensure_eq!(ids(&read), ["other"], "the members after one was deleted");
    Ok(())
}

fn a_delta_is_shown_the_members_it_names<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let group = group(bench, &["a", "b", "c", "d"])?;
    let delta = Delta::new(["d", "b", "never"], usize::MAX);
    let kept = bench.apply_delta(&group.id, &Precondition::none(), &delta, |current, _| {
        let name = current
            .resource()
            .get("displayName")
            .and_then(Value::as_str);
        let seen: Vec<_> = member_ids(current.resource()).collect();
        match seen == ["b", "d"] && name == Some("g") {
            true => Ok(Update::Keep),
            false => Err(StoreError::failed(format!("shown were {seen:?}"))),
        }
    });
    kept.map(drop).map_err(|e| format!("{e:?}"))
}

fn a_delta_changes_a_member_where_it_stands<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a", "b", "c"])?;
    let changed = bench.delta_with(&before.id, &["b"], |members| {
        if let Some(Value::Object(member)) = members.first_mut() {
            member.insert("display", "B");
        }
    });
    for after in both(bench, changed.map_err(|e| e.to_string())?)? {
        ensure_eq!(ids(&after), ["a", "b", "c"], "the members");
        let text = after.resource().to_json();
        ensure!(text.contains(r#""display":"B""#), "unchanged: {text}");
    }
    Ok(())
}

fn a_delta_may_empty_a_group_and_fill_it<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a", "b"])?;
    let emptied = bench.delta(&before.id, &[], &["b", "a"]);
    for after in both(bench, emptied.map_err(|e| e.to_string())?)? {
        let members = after.resource().get("members");
        ensure!(members.is_none(), "an empty group has {members:?}");
    }
    let filled = bench.delta(&before.id, &["b", "c"], &[]);
    for after in both(bench, filled.map_err(|e| e.to_string())?)? {
        ensure_eq!(ids(&after), ["b", "c"], "the members");
    }
    Ok(())
}

fn a_delta_of_one_of_two_members_with_one_id<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    let id = &ada.id;
    let text = format!(
        r#"{{"displayName":"g","members":[{{"value":"{id}","type":"User"}},{{"value":"{id}"}}]}}"#
    );
    let group = bench
        .create_in(&groups(), &text)
        .map_err(|e| e.to_string())?;
    for left in [1, 0] {
        let changed = bench.delta_with(&group.id, &[id], |members| drop(members.pop()));
        for after in both(bench, changed.map_err(|e| e.to_string())?)? {
            ensure_eq!(ids(&after).len(), left, "the number of members");
        }
        let read = bench.get(&users(), id).map_err(|e| e.to_string())?;
        ensure_eq!(read.groups.len(), left, "the number of its groups");
    }
    Ok(())
}

fn a_delta_that_keeps_changes_nothing<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a", "b"])?;
    let kept = bench.delta(&before.id, &["a"], &["never"]);
    for after in both(bench, kept.map_err(|e| e.to_string())?)? {
        ensure_eq!(ids(&after), ["a", "b"], "the members");
        ensure_eq!(after.version, before.version, "the version");
        ensure_eq!(after.last_modified, before.last_modified, "the time");
    }
    Ok(())
}

fn a_delta_of_an_old_version_is_refused<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a"])?;
    let changed = bench.delta(&before.id, &["b"], &[]);
    let changed = changed.map_err(|e| e.to_string())?;
    let delta = Delta::new(["c"], 0);
    let refuse = |expected: &Precondition| {
        bench.apply_delta(&before.id, expected, &delta, |_, _| {
            Err(StoreError::failed("it was called"))
        })
    };
    let stale = refuse(&Precondition::if_match(&before.version));
    ensure!(
        matches!(&stale, Err(StoreError::Refused(error)) if error.status == 412),
        "{stale:?}"
    );
    let fresh = refuse(&Precondition::if_match(&changed.version));
    ensure!(matches!(fresh, Err(StoreError::Failed(_))), "{fresh:?}");
    Ok(())
}

fn a_delta_that_is_refused_leaves_everything<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a"])?;
    let delta = Delta::new(["b"], usize::MAX);
    let refused = bench.apply_delta(&before.id, &Precondition::none(), &delta, |_, _| {
        Err(ScimError::new(400, "no").into())
    });
    ensure!(
        matches!(&refused, Err(StoreError::Refused(error)) if error.detail.as_deref() == Some("no")),
        "{refused:?}"
    );
    let read = bench
        .get(&groups(), &before.id)
        .map_err(|e| e.to_string())?;
    ensure_eq!(read.version, before.version, "the version");
    ensure_eq!(ids(&read), ["a"], "the members");
    Ok(())
}

fn a_delta_of_nothing_is_not_found<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let ada = bench.user("ada").map_err(|e| e.to_string())?;
    for id in ["nobody", &ada.id] {
        let outcome = bench.delta(id, &["a"], &[]);
        ensure!(matches!(outcome, Err(StoreError::NotFound)), "{outcome:?}");
    }
    Ok(())
}

fn a_delta_shows_as_many_members_as_asked<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a", "b", "c"])?;
    for (shown, id) in [(0, "d"), (2, "e"), (5, "f"), (usize::MAX, "g")] {
        let delta = Delta::new([id], shown);
        let changed = bench.adding(&before.id, &delta, &[id]);
        let [returned, read] = both(bench, changed.map_err(|e| e.to_string())?)?;
        let (some, all) = (ids(&returned), ids(&read));
        ensure!(
            some.len() >= shown.min(all.len()),
            "{shown} were asked for, {some:?} came"
        );
        ensure!(all.starts_with(&some), "{some:?} of {all:?}");
        ensure_eq!(returned.version, read.version, "the version");
        ensure_eq!(returned.last_modified, read.last_modified, "the time");
    }
    Ok(())
}

fn a_delta_leaves_other_attributes_alone<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = group(bench, &["a"])?;
    let after = bench.delta(&before.id, &["b"], &["a"]);
    for after in both(bench, after.map_err(|e| e.to_string())?)? {
        for name in ["displayName", "externalId"] {
            let (was, is) = (before.resource().get(name), after.resource().get(name));
            ensure_eq!(is, was, name);
        }
    }
    let found = bench.find(&groups(), r#"displayName eq "g" and externalId eq "x""#)?;
    ensure_eq!(found.1, [before.id], "what the other attributes find");
    Ok(())
}
