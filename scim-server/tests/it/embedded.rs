//! The example under axum works as it says.

use axum::body::{Body, to_bytes};
use axum::http::Request;
use tower::ServiceExt as _;

#[path = "../../examples/axum.rs"]
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
