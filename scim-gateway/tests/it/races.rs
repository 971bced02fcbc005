//! Many clients at once.

use std::collections::HashSet;
use std::sync::Barrier;

use scim_gateway::{Config, Database};
use scim_testdata::scenario::{Request, Response};

use crate::folder::Folder;
use crate::running::{Running, header, text, user};

const CLIENTS: usize = 8;
const GROUP: &str =
    r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"}"#;

/// Runs `job` on a gateway of each kind, for clients that begin together.
fn together<T: Send>(job: impl Fn(&Running, usize) -> T + Sync, check: impl Fn(&Running, Vec<T>)) {
    let folder = Folder::new();
    for database in [Database::Memory, Database::File(folder.file("scim.db"))] {
        let running = Running::start(Config::new(database));
        let group = running.client.ask("POST", "/Groups", GROUP);
        assert_eq!(group.status, 201, "{}", text(&group));
        let barrier = Barrier::new(CLIENTS);
        let outcomes = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..CLIENTS)
                .map(|number| {
                    let (running, barrier, job) = (&running, &barrier, &job);
                    scope.spawn(move || {
                        barrier.wait();
                        job(running, number)
                    })
                })
                .collect();
            let outcomes = clients.into_iter().map(|client| client.join().unwrap());
            outcomes.collect()
        });
        check(&running, outcomes);
    }
}

/// The only group, with its version.
fn group(running: &Running) -> (String, String, Vec<String>) {
    let list = text(&running.client.ask("GET", "/Groups", ""));
    let (_, id) = list.split_once(r#""id":""#).unwrap();
    let path = format!("/Groups/{}", id.split('"').next().unwrap());
    let answer = running.client.ask("GET", &path, "");
    let members = text(&answer);
    let members = members.split(r#"{"value":""#).skip(1);
    let members = members.map(|rest| rest.split('"').next().unwrap().to_owned());
    (
        path,
        header(&answer, "etag").unwrap().to_owned(),
        members.collect(),
    )
}

fn patch(running: &Running, path: &str, operations: &str, version: Option<&str>) -> Response {
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{operations}]}}"#
    );
    let client = &running.client;
    let request = Request::new("PATCH", path)
        .header("Authorization", &format!("Bearer {}", client.token))
        .header("Content-Type", "application/scim+json")
        .body(body);
    client.send(match version {
        Some(version) => request.header("If-Match", version),
        None => request,
    })
}

#[test]
fn members_that_many_clients_add_and_remove_are_all_kept() {
    const ROUNDS: usize = 6;
    let job = |running: &Running, number: usize| {
        let (path, _, _) = group(running);
        for round in 0..ROUNDS {
            for operations in [
                format!(
                    r#"{{"op":"add","path":"members","value":[{{"value":"m-{number}-{round}"}},{{"value":"p-{number}"}}]}}"#
                ),
                format!(r#"{{"op":"remove","path":"members[value eq \"p-{number}\"]"}}"#),
            ] {
                let answer = patch(running, &path, &operations, None);
                assert_eq!(answer.status, 200, "{}", text(&answer));
            }
        }
    };
    together(job, |running, _| {
        let (_, _, members) = group(running);
        assert_eq!(members.len(), CLIENTS * ROUNDS);
        let members: HashSet<_> = members.into_iter().collect();
        assert_eq!(members.len(), CLIENTS * ROUNDS);
        assert!(members.iter().all(|member| member.starts_with("m-")));
    });
}

#[test]
fn members_that_many_clients_write_under_a_condition_are_all_kept() {
    const ROUNDS: usize = 3;
    let job = |running: &Running, number: usize| {
        for round in 0..ROUNDS {
            loop {
                let (path, version, mut members) = group(running);
                members.push(format!("m-{number}-{round}"));
                let members = members.iter().map(|id| format!(r#"{{"value":"{id}"}}"#));
                let members = members.collect::<Vec<_>>().join(",");
                let operation =
                    format!(r#"{{"op":"replace","path":"members","value":[{members}]}}"#);
                let answer = patch(running, &path, &operation, Some(&version));
                match answer.status {
                    200 => break,
                    status => assert_eq!(status, 412, "{}", text(&answer)),
                }
            }
        }
    };
    together(job, |running, _| {
        assert_eq!(group(running).2.len(), CLIENTS * ROUNDS);
    });
}

#[test]
fn one_of_many_clients_creates_a_user() {
    let job = |running: &Running, _| running.client.ask("POST", "/Users", &user("ada")).status;
    together(job, |_, statuses| {
        let created = statuses.iter().filter(|status| **status == 201).count();
        let refused = statuses.iter().filter(|status| **status == 409).count();
        assert_eq!((created, refused), (1, CLIENTS - 1));
    });
}

#[test]
fn v08_members_that_are_there_already_make_no_new_version() {
    together(
        |_, _| (),
        |running, _| {
            let add = r#"{"op":"add","path":"members","value":[{"value":"a"}]}"#;
            let never = r#"{"op":"remove","path":"members[value eq \"b\"]"}"#;
            let (path, empty, _) = group(running);
            let version = |answer: &Response| header(answer, "etag").unwrap().to_owned();
            let added = patch(running, &path, add, None);
            assert_ne!(version(&added), empty);
            for operations in [add, never, &format!("{never},{add}")] {
                let again = patch(running, &path, operations, None);
                assert_eq!(version(&again), version(&added), "{operations}");
                assert_eq!(text(&again), text(&added), "{operations}");
            }
            let stale = patch(running, &path, never, Some(&empty));
            assert_eq!(stale.status, 412);
            let fresh = patch(running, &path, never, Some(&version(&added)));
            assert_eq!(fresh.status, 200);
        },
    );
}
