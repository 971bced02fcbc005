//! `/Me`: the resource that stands for whoever asks (RFC 7644 §3.11, decision E17).

use scim_server::bytes::Bytes;
use scim_server::contract::block_on;
use scim_server::http::Request;
use scim_server::{Cause, Subject, Tenant};

use crate::host::{Answer, BASE, Host, patch, read, user};

fn host() -> Host {
    Host::new(|builder| {
        builder
            .subjects(|context| match context.principal.as_deref()? {
                "robot" => Some(Subject::new("Robot", "1")),
                id => Some(Subject::new("User", id)),
            })
            .me_creates("User")
    })
}

fn ask(host: &Host, principal: Option<&str>, line: &str, body: &str) -> Answer {
    let (method, path) = line.split_once(' ').unwrap();
    let request = Request::builder()
        .method(method)
        .uri(format!("/scim/v2{path}"));
    let request = request.body(Bytes::from(body.to_owned())).unwrap();
    let mut context = host.context();
    context.principal = principal.map(str::to_owned);
    read(block_on(host.provider.handle(request, &context)))
}

#[test]
fn e17_each_client_is_its_own_resource() {
    let host = host();
    let ada = host.user("ada");
    let grace = host.user("grace");
    let location = format!("{BASE}/Users/{ada}");
    let me = |line: &str, body: &str| ask(&host, Some(&ada), line, body);

    let answer = me("GET /Me?attributes=userName", "");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(&["userName"]), Some("ada"));
    assert_eq!(answer.text(&["meta", "location"]), None);
    assert_eq!(answer.header("location"), Some(&*location));
    assert_eq!(answer.header("content-location"), Some(&*location));

    let body = patch(r#"{"op":"add","path":"title","value":"Countess"}"#);
    let answer = me("PATCH /Me", &body);
    assert_eq!(answer.text(&["title"]), Some("Countess"));
    assert_eq!(answer.text(&["meta", "location"]), Some(&*location));

    let answer = me("PUT /Me", &user("lovelace"));
    assert_eq!((answer.status, answer.text(&["title"])), (200, None));
    assert_eq!(answer.header("location"), Some(&*location));

    let other = ask(&host, Some(&grace), "GET /Me", "");
    assert_eq!(other.text(&["userName"]), Some("grace"));

    assert_eq!(me("OPTIONS /Me", "").status, 204);
    assert_eq!(me("DELETE /Me", "").status, 204);
    assert_eq!(me("GET /Me", "").status, 404);
    assert_eq!(host.send(&format!("GET /Users/{grace}"), "").status, 200);
}

#[test]
fn a_post_creates_the_type_that_the_host_chose() {
    let host = host();
    let answer = ask(&host, Some("newcomer"), "POST /Me", &user("ada"));
    assert_eq!(answer.status, 201);
    assert_eq!(answer.text(&["meta", "resourceType"]), Some("User"));
    let location = format!("{BASE}/Users/{}", answer.text(&["id"]).unwrap());
    assert_eq!(answer.header("location"), Some(&*location));

    let host = Host::new(|builder| builder.subjects(|_| None));
    let answer = ask(&host, Some("newcomer"), "POST /Me", &user("ada"));
    assert_eq!(answer.status, 501);
}

#[test]
fn who_is_no_resource_finds_none() {
    let host = host();
    host.user("ada");
    assert_eq!(ask(&host, None, "GET /Me", "").status, 404);
    assert_eq!(ask(&host, Some("nobody"), "GET /Me", "").status, 404);
}

#[test]
fn the_subject_is_looked_for_in_the_tenant_of_the_request() {
    let host = host();
    let ada = host.user("ada");
    let mut context = host.context();
    context.principal = Some(ada);
    context.tenant = Tenant::new("acme");
    let request = Request::get("/scim/v2/Me").body(Bytes::new()).unwrap();
    let response = block_on(host.provider.handle(request, &context));
    assert_eq!(response.status(), 404);
}

#[test]
fn a_type_that_is_none_is_the_fault_of_the_host() {
    let host = host();
    let mut context = host.context();
    context.principal = Some("robot".to_owned());
    let request = Request::get("/scim/v2/Me").body(Bytes::new()).unwrap();
    let response = block_on(host.provider.handle(request, &context));
    assert_eq!(response.status(), 500);
    let cause = response.extensions().get::<Cause>().unwrap().to_string();
    assert!(cause.contains("Robot"), "{cause}");
}
