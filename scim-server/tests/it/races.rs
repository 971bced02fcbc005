//! Several clients at once.

use std::sync::{Barrier, Mutex};
use std::thread;

use scim_server::scim_core::Value;

use crate::host::{Answer, Host, patch, user};

const CLIENTS: usize = 8;
const ROUNDS: usize = 20;

/// What each client is answered, all of them starting together.
fn together(job: impl Fn(usize) -> Vec<Answer> + Sync) -> Vec<Answer> {
    let (start, answers) = (Barrier::new(CLIENTS), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (start, answers, job) = (&start, &answers, &job);
            scope.spawn(move || {
                start.wait();
                let got = job(client);
                answers.lock().unwrap().extend(got);
            });
        }
    });
    answers.into_inner().unwrap()
}

fn count(host: &Host, item: &str, attribute: &str) -> usize {
    let read = host.send(&format!("GET {item}"), "").body;
    let value = read.as_object().unwrap().get(attribute).cloned();
    value
        .as_ref()
        .map_or(0, |value: &Value| value.elements().count())
}

#[test]
fn patches_of_one_resource_at_once_lose_nothing() {
    let host = Host::lenient();
    let ada = format!("/Users/{}", host.user("ada"));
    let group = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"g"}"#;
    let group = format!("/Groups/{}", host.create("Groups", group));
    for (item, attribute) in [(&group, "members"), (&ada, "emails")] {
        let answers = together(|client| {
            let rounds = (0..ROUNDS).map(|round| {
                let value = format!(r#"[{{"value":"{client}-{round}"}}]"#);
                let operation = format!(r#"{{"op":"add","path":"{attribute}","value":{value}}}"#);
                host.send(&format!("PATCH {item}"), &patch(&operation))
            });
            rounds.collect()
        });
        let mut versions: Vec<_> = answers.iter().map(|a| a.header("etag").unwrap()).collect();
        versions.sort_unstable();
        versions.dedup();
        assert_eq!(
            versions.len(),
            CLIENTS * ROUNDS,
            "each write has its own version"
        );
        assert_eq!(
            count(&host, item, attribute),
            CLIENTS * ROUNDS,
            "{attribute}"
        );
    }
}

#[test]
fn of_writes_that_expect_one_version_one_is_done() {
    let host = Host::strict();
    let ada = format!("/Users/{}", host.user("ada"));
    let read = host.send(&format!("GET {ada}"), "");
    let version = read.header("etag").unwrap();
    let answers = together(|client| {
        let operation = format!(r#"{{"op":"add","path":"title","value":"{client}"}}"#);
        let headers = [("If-Match", version)];
        vec![host.send_with(&format!("PATCH {ada}"), &headers, &patch(&operation))]
    });
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412]);
}

#[test]
fn one_of_several_clients_gets_a_name() {
    let host = Host::strict();
    for round in 0..ROUNDS {
        let answers = together(|client| {
            // The same name in another case.
            let mut name = format!("ada-{round}");
            if client % 2 == 0 {
                name.make_ascii_uppercase();
            }
            vec![host.send("POST /Users", &user(&name))]
        });
        let created = answers.iter().filter(|answer| answer.status == 201).count();
        assert_eq!(created, 1);
        let mut others = answers.iter().filter(|answer| answer.status != 201);
        assert!(others.all(|a| (a.status, a.scim_type()) == (409, Some("uniqueness"))));
    }
}
