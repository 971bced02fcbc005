//! Bulk requests (RFC 7644 §3.7, decisions B01 to B17).

mod references;
mod requests;
mod results;

use scim_server::scim_core::{Policy, Value};
use scim_server::{Departures, Limits, ProtocolPolicy};

use crate::host::{Answer, BASE, Host, user};

const GROUP: &str = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]"#;
const USER: &str = r#""schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]"#;
const MANAGER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = r#""schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]"#;

/// The message with these operations, and more members before them.
fn message(more: &str, operations: &[String]) -> String {
    let operations = operations.join(",");
    format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],{more}"Operations":[{operations}]}}"#
    )
}

fn bulk(host: &Host, operations: &[String]) -> Answer {
    let answer = host.send("POST /Bulk", &message("", operations));
    assert_eq!(answer.status, 200, "{answer:?}");
    let schema = "urn:ietf:params:scim:api:messages:2.0:BulkResponse";
    assert_eq!(answer.text(&["schemas", "0"]), Some(schema));
    answer
}

fn post(bulk_id: &str, path: &str, data: &str) -> String {
    format!(r#"{{"method":"POST","path":"{path}","bulkId":"{bulk_id}","data":{data}}}"#)
}

fn post_user(name: &str) -> String {
    post(name, "/Users", &user(name))
}

fn post_group(name: &str, members: &[&str]) -> String {
    let members: Vec<_> = members
        .iter()
        .map(|member| format!(r#"{{"value":"bulkId:{member}"}}"#))
        .collect();
    let members = members.join(",");
    let data = format!(r#"{{{GROUP},"displayName":"{name}","members":[{members}]}}"#);
    post(name, "/Groups", &data)
}

fn operation(method: &str, path: &str, data: &str) -> String {
    format!(r#"{{"method":"{method}","path":"{path}","data":{data}}}"#)
}

/// The status of each result, in order.
fn statuses(answer: &Answer) -> Vec<&str> {
    let results = answer.body.as_object().unwrap().get("Operations").unwrap();
    let results = results.as_array().unwrap().iter();
    results
        .map(|result| {
            result
                .as_object()
                .unwrap()
                .get("status")
                .unwrap()
                .as_str()
                .unwrap()
        })
        .collect()
}

fn text<'a>(answer: &'a Answer, at: usize, name: &str) -> Option<&'a str> {
    answer.text(&["Operations", &at.to_string(), name])
}

/// Keyword and words of a failed operation.
fn error(answer: &Answer, at: usize) -> (Option<&str>, &str) {
    let at = at.to_string();
    let schema = answer.text(&["Operations", &at, "response", "schemas", "0"]);
    assert_eq!(schema, Some("urn:ietf:params:scim:api:messages:2.0:Error"));
    let status = answer.text(&["Operations", &at, "response", "status"]);
    assert_eq!(status, answer.text(&["Operations", &at, "status"]));
    (
        answer.text(&["Operations", &at, "response", "scimType"]),
        answer
            .text(&["Operations", &at, "response", "detail"])
            .unwrap(),
    )
}

/// The id at the end of a location.
fn id(answer: &Answer, at: usize) -> String {
    let location = text(answer, at, "location").unwrap();
    location.rsplit('/').next().unwrap().to_owned()
}

/// The ids that a group lists.
fn members(host: &Host, group: &str) -> Vec<String> {
    let group = host.send(&format!("GET /Groups/{group}"), "");
    assert_eq!(group.status, 200);
    let members = group.body.as_object().unwrap().get("members");
    let members = members.into_iter().flat_map(Value::elements);
    members
        .map(|member| {
            member
                .as_object()
                .unwrap()
                .get("value")
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}
