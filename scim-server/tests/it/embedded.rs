//! The example under axum works as it says.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;

#[path = "../../examples/axum/main.rs"]
#[expect(dead_code, reason = "`main` is the example's own")]
mod axum_example;

const BASE: &str = "http://127.0.0.1:8080/scim/v2";

#[tokio::test]
async fn axum_serves_the_protocol() {
    let app = axum_example::app(BASE.parse().unwrap()).unwrap();
    let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}"#;
    let post = |token: &str, body: Vec<u8>| {
        let request = Request::post("/scim/v2/Users").header("Authorization", token);
        request.body(Body::from(body)).unwrap()
    };
    for (token, body, status) in [
        ("Bearer wrong", user.into(), 401),
        ("Bearer change-me", user.into(), 201),
        ("Bearer change-me", vec![b' '; (16 << 20) + 1], 413),
    ] {
        let response = app.clone().oneshot(post(token, body)).await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "application/scim+json");
    }
    let list = Request::get("/scim/v2/Users?filter=userName%20eq%20%22ADA%22")
        .header("Authorization", "Bearer change-me")
        .body(Body::empty());
    let response = app.oneshot(list.unwrap()).await.unwrap();
    assert_eq!(response.status(), 200);
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(
        body.contains(&format!("\"location\":\"{BASE}/Users/")),
        "{body}"
    );
}

#[tokio::test]
async fn a_table_of_the_hosts_own_is_served() {
    let app = axum_example::app(BASE.parse().unwrap()).unwrap();
    let send = async |line: &str, body: &str| {
        let (method, path) = line.split_once(' ').unwrap();
        let request = Request::builder()
            .method(method)
            .uri(format!("/scim/v2{path}"))
            .header("Authorization", "Bearer change-me")
            .body(Body::from(body.to_owned()));
        let response = app.clone().oneshot(request.unwrap()).await.unwrap();
        let status = response.status().as_u16();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    };
    let user = |name: &str, more: &str| {
        format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"{name}"{more}}}"#
        )
    };
    let grace = user(
        "grace",
        r#","emails":[{"value":"grace@example.com"}],"title":"Admiral""#,
    );
    let (status, created) = send("POST /Users", &grace).await;
    assert_eq!(status, 201, "{created}");
    assert!(!created.contains("Admiral"), "no column for it: {created}");
    assert_eq!(send("POST /Users", &user("ada", "")).await.0, 201);
    assert_eq!(send("POST /Users", &user("ADA", "")).await.0, 409);
    let (_, sorted) = send("GET /Users?sortBy=userName&filter=active%20eq%20true", "").await;
    assert!(
        sorted.find("ada").unwrap() < sorted.find("grace").unwrap(),
        "{sorted}"
    );
    assert!(sorted.contains(r#""totalResults":2"#), "{sorted}");
    let id = created
        .split(r#""id":""#)
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let patch = r#"{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":false}]}"#;
    let (status, patched) = send(&format!("PATCH /Users/{id}"), patch).await;
    assert_eq!(status, 200, "{patched}");
    assert!(patched.contains(r#""active":false"#), "{patched}");
    assert!(patched.contains("grace@example.com"), "{patched}");
    assert_eq!(send(&format!("DELETE /Users/{id}"), "").await.0, 204);
    assert_eq!(send(&format!("GET /Users/{id}"), "").await.0, 404);
    assert_eq!(send("GET /Groups", "").await.0, 404);
}
