//! Several threads at once.

use std::collections::HashSet;
use std::sync::{Barrier, Mutex, PoisonError};
use std::thread;

use scim_core::Value;

use super::bench::{Bench, groups, users, write};
use super::{Outcome, checks, ensure, ensure_eq};
use crate::conditional::Precondition;
use crate::membership::member_ids;
use crate::store::{Store, StoreError, Update};

checks! {
    one_of_many_creates_wins_a_unique_value,
    updates_at_once_lose_nothing,
    deltas_and_updates_at_once_lose_nothing,
    one_of_many_updates_wins_a_version,
    a_delete_and_an_update_do_not_mix,
}

const THREADS: usize = 8;

/// Runs `job` in several threads that start together, and collects what they return.
fn together<T: Send>(job: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(THREADS);
    let results = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for number in 0..THREADS {
            let (barrier, results, job) = (&barrier, &results, &job);
            scope.spawn(move || {
                barrier.wait();
                let result = job(number);
                let mut results = results.lock().unwrap_or_else(PoisonError::into_inner);
                results.push(result);
            });
        }
    });
    results.into_inner().unwrap_or_else(PoisonError::into_inner)
}

fn one_of_many_creates_wins_a_unique_value<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let results = together(|number| {
        let name = if number % 2 == 0 { "ada" } else { "ADA" };
        bench.user(name)
    });
    let won = results.iter().filter(|result| result.is_ok()).count();
    ensure_eq!(won, 1, "the number of creates that won");
    for lost in results.into_iter().filter_map(Result::err) {
        ensure!(matches!(lost, StoreError::Conflict { .. }), "{lost:?}");
    }
    ensure_eq!(
        bench.find(&users(), "userName pr")?.0,
        1,
        "the number of users"
    );
    Ok(())
}

fn updates_at_once_lose_nothing<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    const ROUNDS: usize = 10;
    let group = bench.group("g", &[]).map_err(|e| e.to_string())?;
    let faults = together(|number| -> Outcome {
        for round in 0..ROUNDS {
            let now = bench.now();
            let schema = groups().schema;
            bench
                .update(
                    &groups(),
                    &group.id,
                    &Precondition::none(),
                    move |current, _| {
                        let mut resource = current.resource().clone();
                        let mut members: Vec<Value> = resource
                            .get("members")
                            .map(|members| members.elements().cloned().collect())
                            .unwrap_or_default();
                        let member = format!(r#"{{"value":"m-{number}-{round}"}}"#);
                        members.push(member.parse().map_err(StoreError::failed)?);
                        resource.insert("members", Value::Array(members));
                        Ok(Update::Write(write(current, &schema, resource, now)))
                    },
                )
                .map_err(|e| e.to_string())?;
        }
        Ok(())
    });
    faults.into_iter().collect::<Outcome>()?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    let members: HashSet<_> = member_ids(read.resource()).collect();
    ensure_eq!(members.len(), THREADS * ROUNDS, "the number of members");
    Ok(())
}

fn deltas_and_updates_at_once_lose_nothing<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    const ROUNDS: usize = 10;
    let group = bench.group("g", &[]).map_err(|e| e.to_string())?;
    let faults = together(|number| -> Outcome {
        for round in 0..ROUNDS {
            let id = format!("m-{number}-{round}");
            let passing = format!("p-{number}");
            let delta = |add: &str, remove: &str| {
                let changed = bench.delta(&group.id, &[add], &[remove]);
                changed.map(drop).map_err(|e| e.to_string())
            };
            delta(&id, "never")?;
            delta(&passing, "never")?;
            delta(&id, &passing)?;
            if number == 0 {
                let name = Some(format!("g-{round}").into());
                let set = bench.set(&groups(), &group.id, "displayName", name);
                set.map_err(|e| e.to_string())?;
            }
        }
        Ok(())
    });
    faults.into_iter().collect::<Outcome>()?;
    let read = bench.get(&groups(), &group.id).map_err(|e| e.to_string())?;
    let members: Vec<_> = member_ids(read.resource()).collect();
    ensure_eq!(members.len(), THREADS * ROUNDS, "the number of members");
    let different: HashSet<_> = members.into_iter().collect();
    ensure_eq!(different.len(), THREADS * ROUNDS, "of different ones");
    Ok(())
}

fn one_of_many_updates_wins_a_version<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let expected = Precondition::if_match(&user.version);
    let results = together(|number| {
        let now = bench.now();
        let schema = users().schema;
        bench.update(&users(), &user.id, &expected, move |current, _| {
            let mut resource = current.resource().clone();
            resource.insert("title", format!("t{number}"));
            Ok(Update::Write(write(current, &schema, resource, now)))
        })
    });
    let won = results.iter().filter(|result| result.is_ok()).count();
    ensure_eq!(won, 1, "the number of updates that won");
    for lost in results.into_iter().filter_map(Result::err) {
        let refused = matches!(&lost, StoreError::Refused(error) if error.status == 412);
        ensure!(refused, "{lost:?}");
    }
    Ok(())
}

fn a_delete_and_an_update_do_not_mix<S: Store>(bench: &Bench<'_, S>) -> Outcome {
    let user = bench.user("ada").map_err(|e| e.to_string())?;
    let results = together(|number| match number {
        0 => bench.delete(&users(), &user.id),
        _ => bench
            .set(&users(), &user.id, "title", Some("x".into()))
            .map(drop),
    });
    for result in results {
        let good = matches!(result, Ok(()) | Err(StoreError::NotFound));
        ensure!(good, "{result:?}");
    }
    let read = bench.get(&users(), &user.id);
    ensure!(
        matches!(read, Err(StoreError::NotFound)),
        "the user came back: {read:?}"
    );
    ensure_eq!(
        bench.find(&users(), "userName pr")?.0,
        0,
        "the number of users"
    );
    Ok(())
}
