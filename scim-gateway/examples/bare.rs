//! The least that axum can do: answers every request with the bytes of a file. `cargo xtask load` holds the gateway
//! against it.

use std::path::PathBuf;

use axum::Router;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let file: PathBuf = std::env::args_os().nth(1).ok_or("a file")?.into();
    let body = bytes::Bytes::from(std::fs::read(file)?);
    let answer = async move || {
        let headers = [
            (CONTENT_TYPE, "application/scim+json"),
            (ETAG, "W/\"19aa6b50a4f\""),
            (
                LOCATION,
                "http://127.0.0.1:12345/scim/v2/Users/019aa6b5-0a4f-7000-8000-000000000001",
            ),
        ];
        (headers, body)
    };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("SCIM base URL: http://{}", listener.local_addr()?);
    println!("ready");
    axum::serve(listener, Router::new().fallback(answer)).await?;
    Ok(())
}
