//! [`Config`]: how a gateway is set up.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use scim_schema::Registry;
use scim_server::{Limits, StoreOptions};

/// How a [`Gateway`](crate::Gateway) is set up. Start from [`Config::new`] and change what differs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// Where to listen; `127.0.0.1:8080` by default. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// Where resources are kept.
    pub database: Database,
    /// The path below which SCIM lives; `/scim/v2` by default, empty for the root (RFC 7644 §3.13).
    pub base_path: String,
    /// The base URL that clients use, path included, such as `https://id.example.com/scim/v2`. Without one it is made
    /// from the address that is listened on; the `Host` header of a request is never believed (decision E12).
    pub public_url: Option<String>,
    /// The bearer token to accept. It replaces the one that was made at the first start.
    pub token: Option<Token>,
    /// How long a token is accepted after it was made or given (RFC 7644 §7.4); for ever by default. A start without a
    /// valid token makes a new one; one with [`Config::token`] gives it anew, and one before the time at which a token was
    /// made, by a clock that was wrong, counts from now.
    pub token_lifetime: Option<Duration>,
    /// The schemas and resource types that are served; the built-in ones by default.
    pub registry: Registry,
    /// Longest request body in bytes; 16 MiB by default.
    pub body_limit: usize,
    /// Whether ServiceProviderConfig can be read without a token, so that a client learns how to authenticate
    /// (RFC 7643 §5, decision D10); no by default.
    pub open_config: bool,
    /// What the store does beyond the protocol; nothing by default.
    pub store: StoreOptions,
}

impl Config {
    /// Resources in `database`, everything else by default.
    pub fn new(database: Database) -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 8080).into(),
            database,
            base_path: "/scim/v2".into(),
            public_url: None,
            token: None,
            token_lifetime: None,
            registry: Registry::builtin(),
            body_limit: Limits::default().body_bytes,
            open_config: false,
            store: StoreOptions::default(),
        }
    }
}

/// Where resources are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Database {
    /// In an SQLite file, created if there is none.
    File(PathBuf),
    /// In memory, gone when the gateway stops.
    Memory,
}

/// A bearer token. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// The text of the token.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text, which nobody but the client should see.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl From<String> for Token {
    fn from(text: String) -> Self {
        Self(text)
    }
}
