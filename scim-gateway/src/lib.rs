//! The SCIM service provider of [`scim_server`] made runnable: HTTP, SQLite, credentials.
//!
//! [`Gateway`] binds an address and serves; [`SqliteStore`] is the store behind it and can serve another host as well.
//!
//! ```
//! use scim_gateway::{Config, Database, Gateway};
//!
//! # async fn run() -> Result<(), scim_gateway::StartError> {
//! let mut config = Config::new(Database::Memory);
//! config.listen = ([127, 0, 0, 1], 0).into();
//! let gateway = Gateway::bind(config).await?;
//! println!("{} {:?}", gateway.base_url(), gateway.first_token());
//! gateway.serve(std::future::ready(())).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # Untrusted input
//! Who has no token is refused, and nothing of the body is kept. Bodies, heads, connections and waiting work are
//! bounded in number, size and time; see `limits.rs`. Tokens are kept as hashes and compared in constant time; queries,
//! bodies and tokens never reach the log.

mod auth;
mod config;
mod door;
mod gateway;
mod limits;
mod listener;
mod sqlite;
mod wire;

pub use config::{Config, Database, Token};
pub use gateway::{Gateway, StartError};
pub use scim_server;
pub use sqlite::{OpenError, SqliteStore};

/// The examples of README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
