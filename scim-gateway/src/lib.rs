#![doc = include_str!("../README.md")]

mod auth;
mod config;
mod connections;
mod door;
mod gateway;
mod limits;
mod listener;
mod password;
mod sqlite;
mod wire;

pub use config::{Config, Database, Token};
pub use gateway::{Gateway, StartError};
pub use password::Passwords;
pub use scim_server;
pub use sqlite::{OpenError, SqliteStore};

/// The examples of README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
