//! Who is told what was written.

use std::sync::{Arc, Mutex};

use scim_server::{Action, Event, Observe};

use crate::host::{Host, patch, user};

/// Keeps what it was told.
#[derive(Clone, Default)]
struct Witness(Arc<Mutex<Vec<Told>>>);

/// What was done, to which id, and which places changed.
type Told = (Action, String, Vec<String>);

impl Observe for Witness {
    fn written(&self, event: &Event<'_>) {
        let changes = event.changes.iter().map(|change| change.path.to_string());
        let told = (event.action, event.id.to_owned(), changes.collect());
        self.0.lock().unwrap().push(told);
    }
}

impl Witness {
    /// What was told since the last time.
    fn told(&self) -> Vec<Told> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    /// The one event of a write.
    fn one(&self, action: Action, id: &str) -> Vec<String> {
        let mut told = self.told();
        assert_eq!(told.len(), 1, "{told:?}");
        let (of, found, changes) = told.remove(0);
        assert_eq!((of, &*found), (action, id));
        changes
    }
}

#[test]
fn every_write_is_told_once_and_no_other() {
    let witness = Witness::default();
    let host = Host::new(|builder| builder.observe(witness.clone()));
    let id = host.user("ada");
    assert_eq!(witness.one(Action::Create, &id), ["userName"]);
    let item = format!("/Users/{id}");
    for (line, body, status) in [
        (format!("GET {item}"), String::new(), 200),
        (format!("PUT {item}"), user("ada"), 200),
        (
            format!("PATCH {item}"),
            patch(r#"{"op":"replace","path":"userName","value":"ada"}"#),
            200,
        ),
        (
            format!("PATCH {item}"),
            patch(r#"{"op":"add","path":"shoeSize","value":"9"}"#),
            400,
        ),
        ("POST /Users".to_owned(), user("ADA"), 409),
        ("DELETE /Users/nobody".to_owned(), String::new(), 404),
    ] {
        assert_eq!(host.send(&line, &body).status, status, "{line}");
        assert_eq!(witness.told(), [], "{line}: nothing was written");
    }
    let titled = user("ada").replace('}', r#","title":"x","nickName":"y"}"#);
    host.send(&format!("PUT {item}"), &titled);
    assert_eq!(witness.one(Action::Replace, &id), ["nickName", "title"]);
    let both =
        patch(r#"{"op":"remove","path":"title"},{"op":"replace","path":"nickName","value":"z"}"#);
    host.send(&format!("PATCH {item}"), &both);
    assert_eq!(witness.one(Action::Patch, &id), ["title", "nickName"]);
    host.send(&format!("DELETE {item}"), "");
    assert!(witness.one(Action::Delete, &id).is_empty());
}

#[test]
fn each_operation_of_a_bulk_request_is_told() {
    let witness = Witness::default();
    let host = Host::new(|builder| builder.observe(witness.clone()));
    let group = |name: &str, member: &str| {
        format!(
            r#"{{"method":"POST","path":"/Groups","bulkId":"{name}","data":{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{name}","members":[{{"value":"bulkId:{member}"}}]}}}}"#
        )
    };
    let send = |operations: &str| {
        let body = format!(
            r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{operations}]}}"#
        );
        assert_eq!(host.send("POST /Bulk", &body).status, 200);
        let told = witness.told();
        told.into_iter()
            .map(|(action, id, _)| (action, id))
            .collect::<Vec<_>>()
    };
    let created = send(&format!(
        "{},{},{}",
        group("a", "b"),
        group("b", "a"),
        group("c", "nobody")
    ));
    let actions: Vec<_> = created.iter().map(|(action, _)| *action).collect();
    assert_eq!(actions, [Action::Create; 2]);
    let id = &created.first().unwrap().1;
    let patch = patch(r#"{"op":"remove","path":"members"}"#);
    let told = send(&format!(
        r#"{{"method":"PATCH","path":"/Groups/{id}","data":{patch}}},{{"method":"DELETE","path":"/Groups/{id}"}}"#
    ));
    assert_eq!(
        told,
        [(Action::Patch, id.clone()), (Action::Delete, id.clone())]
    );
}
