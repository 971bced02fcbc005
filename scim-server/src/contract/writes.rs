//! Writing: versions, times, preconditions, uniqueness, refusal.

use chrono::TimeDelta;
use scim_core::ScimError;

use super::bench::{Bench, text, users, write};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::conditional::Precondition;
use crate::store::{Store, StoreError, Update};

checks! {
    an_update_changes_version_and_time,
    a_time_never_goes_back,
    keeping_changes_nothing,
    a_refused_change_leaves_everything_as_it_was,
    the_precondition_is_judged_before_the_change,
    an_unknown_resource_comes_before_the_precondition,
    a_deleted_resource_is_gone,
    delete_obeys_the_precondition,
    a_unique_value_is_taken_once,
    a_unique_value_is_compared_without_regard_to_case,
    an_update_may_not_take_a_unique_value_of_another,
    a_unique_value_is_free_after_it_was_changed,
    a_unique_value_is_free_after_the_delete,
    who_is_created_again_is_new_or_comes_back,
    nobody_comes_back_by_a_value_that_another_had_since,
    a_refused_create_leaves_nothing,
}

fn an_update_changes_version_and_time<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = bench.user("ada").map_err(|e| e.to_string())?;
    let after = bench
        .set(&users(), &before.id, "title", Some("Countess".into()))
        .map_err(|e| e.to_string())?;
    ensure_eq!(text(&after, "title"), Some("Countess"), "the new title");
    ensure_eq!(text(&after, "userName"), Some("ada"), "the old name");
    ensure!(
        after.version != before.version,
        "the version stayed {}",
        after.version
    );
    ensure!(
        after.last_modified > before.last_modified,
        "the time stayed"
    );
    ensure_eq!(after.created, before.created, "the time of creation");
    let read = bench.get(&users(), &before.id).map_err(|e| e.to_string())?;
    ensure_eq!(read.version, after.version, "the version read");
    ensure_eq!(read.last_modified, after.last_modified, "the time read");
    ensure_eq!(read.resource(), after.resource(), "the attributes read");
    let again = bench
        .set(&users(), &before.id, "title", None)
        .map_err(|e| e.to_string())?;
    ensure!(
        again.version != after.version && again.version != before.version,
        "an old version came back"
    );
    ensure_eq!(text(&again, "title"), None, "the title that was taken away");
    Ok(())
}

fn a_time_never_goes_back<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let past = bench.now() - TimeDelta::days(1);
    let before = bench.user("ada").map_err(|e| e.to_string())?;
    let schema = users().schema;
    let after = bench
        .update(
            &users(),
            &before.id,
            &Precondition::none(),
            move |current, _| {
                let mut resource = current.resource().clone();
                resource.insert("title", "x");
                Ok(Update::Write(write(current, &schema, resource, past)))
            },
        )
        .map_err(|e| e.to_string())?;
    ensure_eq!(
        after.last_modified,
        before.last_modified + TimeDelta::milliseconds(1),
        "the time"
    );
    Ok(())
}

fn keeping_changes_nothing<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = bench.user("ada").map_err(|e| e.to_string())?;
    let kept = bench
        .update(&users(), &before.id, &Precondition::none(), |_, _| {
            Ok(Update::Keep)
        })
        .map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &before.id).map_err(|e| e.to_string())?;
    for (after, what) in [(kept, "the answer"), (read, "what is stored")] {
        ensure_eq!(
            after.version,
            before.version,
            format!("the version of {what}")
        );
        ensure_eq!(
            after.last_modified,
            before.last_modified,
            format!("the time of {what}")
        );
        ensure_eq!(after.resource(), before.resource(), what);
    }
    Ok(())
}

fn a_refused_change_leaves_everything_as_it_was<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let before = bench.user("ada").map_err(|e| e.to_string())?;
    let refusal = ScimError::new(418, "no");
    let refused = {
        let refusal = refusal.clone();
        bench.update(&users(), &before.id, &Precondition::none(), move |_, _| {
            Err(refusal.clone().into())
        })
    };
    match refused {
        Err(StoreError::Refused(error)) => ensure_eq!(error, refusal, "the refusal"),
        other => return Err(format!("expected the refusal, found {other:?}")),
    }
    let after = bench.get(&users(), &before.id).map_err(|e| e.to_string())?;
    ensure_eq!(after.version, before.version, "the version");
    ensure_eq!(after.resource(), before.resource(), "the attributes");
    bench
        .user("grace")
        .map_err(|e| format!("the store is stuck: {e}"))?;
    Ok(())
}

fn the_precondition_is_judged_before_the_change<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let first = bench.user("ada").map_err(|e| e.to_string())?;
    let second = bench
        .set(&users(), &first.id, "title", Some("x".into()))
        .map_err(|e| e.to_string())?;
    let stale = Precondition::if_match(&first.version);
    let refused = bench.update(&users(), &first.id, &stale, |_, _| {
        Err(ScimError::new(418, "the change was asked").into())
    });
    match refused {
        Err(StoreError::Refused(error)) => ensure_eq!(error.status, 412, "the status"),
        other => return Err(format!("expected 412, found {other:?}")),
    }
    let current = Precondition::if_match(&second.version);
    bench
        .update(&users(), &first.id, &current, |_, _| Ok(Update::Keep))
        .map_err(|e| format!("the current version is refused: {e}"))?;
    Ok(())
}

fn an_unknown_resource_comes_before_the_precondition<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let never = Precondition::if_match("never");
    let updated = bench.update(&users(), "nobody", &never, |_, _| Ok(Update::Keep));
    ensure!(
        matches!(updated, Err(StoreError::NotFound)),
        "update: {updated:?}"
    );
    let deleted = bench.delete_if(&users(), "nobody", &never);
    ensure!(
        matches!(deleted, Err(StoreError::NotFound)),
        "delete: {deleted:?}"
    );
    Ok(())
}

fn a_deleted_resource_is_gone<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let other = bench.user("grace").map_err(|e| e.to_string())?;
    bench
        .delete(&users(), &user.id)
        .map_err(|e| e.to_string())?;
    let read = bench.get(&users(), &user.id);
    ensure!(matches!(read, Err(StoreError::NotFound)), "get: {read:?}");
    let updated = bench.set(&users(), &user.id, "title", None);
    ensure!(
        matches!(updated, Err(StoreError::NotFound)),
        "update: {updated:?}"
    );
    let deleted = bench.delete(&users(), &user.id);
    ensure!(
        matches!(deleted, Err(StoreError::NotFound)),
        "delete: {deleted:?}"
    );
    ensure_eq!(
        bench.find(&users(), "userName pr")?,
        (1, vec![other.id]),
        "who is left"
    );
    Ok(())
}

fn delete_obeys_the_precondition<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let refused = bench.delete_if(&users(), &user.id, &Precondition::if_match("never"));
    match refused {
        Err(StoreError::Refused(error)) => ensure_eq!(error.status, 412, "the status"),
        other => return Err(format!("expected 412, found {other:?}")),
    }
    bench
        .get(&users(), &user.id)
        .map_err(|e| format!("it was deleted all the same: {e}"))?;
    let current = Precondition::if_match(&user.version);
    bench
        .delete_if(&users(), &user.id, &current)
        .map_err(|e| e.to_string())?;
    Ok(())
}

fn a_unique_value_is_taken_once<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    bench.user("ada").map_err(|e| e.to_string())?;
    conflict(bench.user("ada"))?;
    ensure_eq!(
        bench.find(&users(), "userName pr")?.0,
        1,
        "the number of users"
    );
    Ok(())
}

fn a_unique_value_is_compared_without_regard_to_case<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    bench.user("Zoë@Straße").map_err(|e| e.to_string())?;
    conflict(bench.user("ZOE\u{308}@STRASSE"))?;
    Ok(())
}

fn an_update_may_not_take_a_unique_value_of_another<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    bench.user("ada").map_err(|e| e.to_string())?;
    let grace = bench.user("grace").map_err(|e| e.to_string())?;
    conflict(bench.set(&users(), &grace.id, "userName", Some("ADA".into())))?;
    let after = bench.get(&users(), &grace.id).map_err(|e| e.to_string())?;
    ensure_eq!(
        text(&after, "userName"),
        Some("grace"),
        "the name after the refusal"
    );
    ensure_eq!(
        after.version,
        grace.version,
        "the version after the refusal"
    );
    bench
        .set(&users(), &grace.id, "userName", Some("GRACE".into()))
        .map_err(|e| format!("its own value is refused: {e}"))?;
    Ok(())
}

fn a_unique_value_is_free_after_it_was_changed<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    bench
        .set(&users(), &user.id, "userName", Some("grace".into()))
        .map_err(|e| e.to_string())?;
    bench.user("ada").map_err(|e| e.to_string())?;
    conflict(bench.user("grace"))?;
    Ok(())
}

fn a_unique_value_is_free_after_the_delete<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let first = bench.user("ada").map_err(|e| e.to_string())?;
    bench
        .delete(&users(), &first.id)
        .map_err(|e| e.to_string())?;
    let second = bench.user("ada").map_err(|e| e.to_string())?;
    ensure_eq!(
        bench.find(&users(), r#"userName eq "ada""#)?,
        (1, vec![second.id]),
        "who has the name"
    );
    Ok(())
}

/// Decision G06.
fn who_is_created_again_is_new_or_comes_back<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let mut last = bench.user("ada").map_err(|e| e.to_string())?;
    let other = bench.user("grace").map_err(|e| e.to_string())?;
    bench.group("g", &[&last]).map_err(|e| e.to_string())?;
    let mut versions = vec![last.version.clone()];
    // The second round is one more time for who came back, the last under a name of its own.
    for (name, again) in [("ada", "ADA"), ("ada", "ada"), ("countess", "countess")] {
        let titled = bench
            .set(&users(), &last.id, "title", Some(name.into()))
            .and_then(|_| bench.set(&users(), &last.id, "userName", Some(name.into())))
            .map_err(|e| e.to_string())?;
        versions.push(titled.version.clone());
        bench
            .delete(&users(), &last.id)
            .map_err(|e| e.to_string())?;
        let gone = bench.get(&users(), &last.id);
        ensure!(matches!(gone, Err(StoreError::NotFound)), "{gone:?}");
        ensure_eq!(
            bench.find(&users(), "title pr")?.0,
            0,
            "traces of who is gone"
        );
        let found = bench.user(again).map_err(|e| e.to_string())?;
        ensure!(
            !versions.contains(&found.version),
            "the version {} came back",
            found.version
        );
        versions.push(found.version.clone());
        if found.id == last.id {
            ensure_eq!(found.created, last.created, "the time of creation");
            ensure!(
                found.last_modified > titled.last_modified,
                "the time went back"
            );
        } else {
            ensure_eq!(found.last_modified, found.created, "the time of who is new");
        }
        let read = bench.get(&users(), &found.id).map_err(|e| e.to_string())?;
        ensure_eq!(read.version, found.version, "the version read");
        ensure_eq!(read.last_modified, found.last_modified, "the time read");
        ensure_eq!(
            text(&read, "title"),
            None,
            "an attribute of who was deleted"
        );
        ensure!(read.groups.is_empty(), "a membership of who was deleted");
        let (_, order) = bench.find(&users(), "id pr")?;
        ensure_eq!(order, [&*other.id, &*found.id], "the order of creation");
        last = found;
    }
    let stranger = bench.user("stranger").map_err(|e| e.to_string())?;
    ensure!(stranger.id != last.id, "a stranger took an id");
    conflict(bench.user("countess"))
}

fn nobody_comes_back_by_a_value_that_another_had_since<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let gone = bench.user("eve").map_err(|e| e.to_string())?;
    bench
        .delete(&users(), &gone.id)
        .map_err(|e| e.to_string())?;
    let other = bench.user("fay").map_err(|e| e.to_string())?;
    for name in ["Eve", "fay2"] {
        bench
            .set(&users(), &other.id, "userName", Some(name.into()))
            .map_err(|e| e.to_string())?;
    }
    let new = bench.user("eve").map_err(|e| e.to_string())?;
    ensure!(
        new.id != gone.id,
        "who had the name before another came back"
    );
    Ok(())
}

fn a_refused_create_leaves_nothing<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let refused = bench.create_with(&users(), |_| Err(ScimError::new(418, "no").into()));
    ensure!(
        matches!(refused, Err(StoreError::Refused(_))),
        "{refused:?}"
    );
    ensure_eq!(bench.find(&users(), "id pr")?.0, 0, "the number of users");
    bench
        .user("ada")
        .map_err(|e| format!("the store is stuck: {e}"))?;
    Ok(())
}

/// The refusal of a `userName` that is taken.
fn conflict<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Outcome {
    match outcome {
        Err(StoreError::Conflict { attribute }) if attribute.ends_with("userName") => Ok(()),
        other => Err(format!(
            "expected a conflict of `userName`, found {other:?}"
        )),
    }
}
