//! [`Gateway`]: a service provider on a socket.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use scim_core::{AuthenticationScheme, BaseUrl, Policy};
use scim_server::{
    BuildError, Limits, MemoryStore, ProtocolPolicy, ServiceProvider, StoreError, active_by_default,
};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use uuid::Uuid;

use crate::auth::{Credentials, TokenHash, is_token, random_token};
use crate::door::{Door, Ready, router};
use crate::password::Passwords;
use crate::{Config, Database, OpenError, SqliteStore, Token, limits, listener};

/// A service provider that is bound to its address and ready to serve.
///
/// ```no_run
/// use scim_gateway::{Config, Database, Gateway};
/// # async fn run() -> Result<(), scim_gateway::StartError> {
/// let gateway = Gateway::bind(Config::new(Database::Memory)).await?;
/// println!("{}", gateway.base_url());
/// gateway.serve(std::future::pending()).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Gateway {
    listener: TcpListener,
    router: Router,
    address: SocketAddr,
    base_url: BaseUrl,
    first_token: Option<Token>,
    credentials: Credentials,
    /// Where the credentials are kept.
    database: Option<SqliteStore>,
    token_lifetime: Option<Duration>,
}

/// Why a gateway cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error("cannot use the database `{}`", path.display())]
    Database {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: OpenError,
    },
    /// The database does not keep the credentials.
    #[error("cannot read or write the credentials")]
    Credentials(#[from] StoreError),
    /// The operating system has no random bytes.
    #[error("cannot make a token without random bytes")]
    Random(#[from] getrandom::Error),
    /// A client could not send the token (RFC 6750 §2.1).
    #[error("a token holds letters, digits and `-._~+/` alone, with `=` at the end")]
    Token,
    /// The settings of the service provider contradict each other.
    #[error("the settings contradict each other")]
    Settings(#[from] BuildError),
    /// The base path or the public URL is not one.
    #[error("`{text}` is not {expected}")]
    Url {
        /// What was given.
        text: String,
        /// What it should be.
        expected: &'static str,
    },
}

impl Gateway {
    /// Opens the database, makes a token if there is none, and begins to listen.
    ///
    /// # Errors
    /// A [`StartError`] that names what is in the way.
    pub async fn bind(config: Config) -> Result<Self, StartError> {
        let base_path = base_path(&config.base_path)?;
        let public_url = config.public_url.as_deref().map(parse_base_url);
        let public_url = public_url.transpose()?;
        if let Some(token) = &config.token
            && !is_token(token.reveal())
        {
            return Err(StartError::Token);
        }
        let listener = listen(config.listen).await?;
        let address = listener.local_addr().map_err(|source| StartError::Listen {
            address: config.listen,
            source,
        })?;
        let base_url = match public_url {
            Some(url) => url,
            None => parse_base_url(&format!("http://{}{base_path}", reachable(address)))?,
        };
        let given = config.token.as_ref();
        let mut database = None;
        let (router, credentials, first_token) = match &config.database {
            Database::Memory => {
                let (hash, first) = match given {
                    Some(token) => (TokenHash::of(token.reveal()), None),
                    None => new_token()?,
                };
                let store = MemoryStore::with(config.store);
                let credentials = Credentials::new(vec![hash]);
                let setup = Setup {
                    config: &config,
                    base_url: base_url.clone(),
                    base_path,
                    credentials: credentials.clone(),
                    cursor_key: cursor_key(&random_token()?),
                };
                (setup.router(store)?, credentials, first)
            }
            Database::File(path) => {
                let schemas = config.registry.resource_schemas();
                let store = SqliteStore::open_with(path, schemas, config.store);
                let store = store.map_err(|source| StartError::Database {
                    path: path.clone(),
                    source,
                })?;
                let (hashes, first) = credentials(&store, given, config.token_lifetime).await?;
                database = Some(store.clone());
                let credentials = Credentials::new(hashes);
                let cursor_secret = store.cursor_secret(random_token()?).await?;
                let setup = Setup {
                    config: &config,
                    base_url: base_url.clone(),
                    base_path,
                    credentials: credentials.clone(),
                    cursor_key: cursor_key(&cursor_secret),
                };
                (setup.router(store)?, credentials, first)
            }
        };
        Ok(Self {
            listener,
            router,
            address,
            base_url,
            first_token,
            credentials,
            database,
            token_lifetime: config.token_lifetime,
        })
    }

    /// The address that is listened on, with the port that was found for port 0.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// The base URL, as clients should use it.
    pub fn base_url(&self) -> &str {
        self.base_url.as_str()
    }

    /// The token that was made by this start, if one was. [`Gateway::serve`] keeps its hash, so there is time to show it
    /// before: a token that could not be shown is made anew by the next start.
    pub fn first_token(&self) -> Option<&Token> {
        self.first_token.as_ref()
    }

    /// Answers requests until `shutdown` completes, then takes no new ones, lets those under way finish, and closes the
    /// database. What has not ended nine seconds later is given up.
    ///
    /// # Errors
    /// The first token cannot be kept.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) -> Result<(), StartError> {
        if let (Some(store), Some(token)) = (&self.database, &self.first_token) {
            let hash = TokenHash::of(token.reveal());
            store.set_token(CREDENTIAL, hash).await?;
        }
        // Ends with the shutdown, and gives the database back before it is closed.
        let (database, credentials) = (self.database, self.credentials);
        let lifetime = self.token_lifetime;
        let shutdown = async move {
            tokio::select! {
                () = shutdown => {}
                () = follow(database, credentials, lifetime) => {}
            }
        };
        let (most, grace) = (limits::CONNECTIONS, limits::SHUTDOWN_GRACE);
        listener::serve(self.listener, self.router, shutdown, most, grace).await;
        Ok(())
    }
}

/// What a router is made of, beside the store.
struct Setup<'c> {
    config: &'c Config,
    base_url: BaseUrl,
    base_path: String,
    credentials: Credentials,
    cursor_key: [u8; 32],
}

impl Setup<'_> {
    fn router<S: Ready + 'static>(self, store: S) -> Result<Router, StartError> {
        let limits = Limits {
            body_bytes: self.config.body_limit,
            ..Limits::default()
        };
        let passwords = Passwords::new();
        // Ids that grow with time keep the index of the database compact.
        let ids = || Uuid::now_v7().to_string();
        let provider = ServiceProvider::builder(self.config.registry.clone(), store, ids)
            .policy(Policy::lenient())
            .protocol(ProtocolPolicy::lenient())
            .limits(limits)
            .base_path(self.base_path)
            .defaults(active_by_default)
            .hash_secrets(move |password| passwords.clone().hash(password))
            .cursors(self.cursor_key, limits::CURSOR_TIMEOUT)
            .authentication_schemes(vec![bearer()])
            .build()?;
        Ok(router(Door {
            provider,
            credentials: self.credentials,
            base_url: self.base_url,
            open_config: self.config.open_config,
        }))
    }
}

/// How clients authenticate, for ServiceProviderConfig (RFC 7643 §5).
fn bearer() -> AuthenticationScheme {
    AuthenticationScheme::new(
        "oauthbearertoken",
        "Bearer token",
        "A token in the `Authorization` header, as RFC 6750 says.",
    )
}

/// The one credential of the gateway; the table has room for more.
const CREDENTIAL: &str = "first";

/// The key that seals cursors, from a random secret.
fn cursor_key(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// Accepts what the database says, for ever: another process may have replaced a token, and tokens grow old.
async fn follow(
    database: Option<SqliteStore>,
    credentials: Credentials,
    lifetime: Option<Duration>,
) {
    let Some(database) = database else {
        if let Some(lifetime) = lifetime {
            tokio::time::sleep(lifetime).await;
            credentials.replace(Vec::new());
        }
        return std::future::pending().await;
    };
    loop {
        tokio::time::sleep(limits::CREDENTIALS_AGE).await;
        match database.token_hashes(lifetime).await {
            Ok(hashes) => credentials.replace(hashes),
            Err(error) => tracing::warn!(%error, "the credentials cannot be read"),
        }
    }
}

/// The hashes to accept, and the token that was made because there was none. It is not kept yet.
async fn credentials(
    store: &SqliteStore,
    given: Option<&Token>,
    lifetime: Option<Duration>,
) -> Result<(Vec<TokenHash>, Option<Token>), StartError> {
    if let Some(token) = given {
        store
            .set_token(CREDENTIAL, TokenHash::of(token.reveal()))
            .await?;
    }
    store.age_tokens_from_now().await?;
    let hashes = store.token_hashes(lifetime).await?;
    if !hashes.is_empty() {
        return Ok((hashes, None));
    }
    let (hash, token) = new_token()?;
    Ok((vec![hash], token))
}

fn new_token() -> Result<(TokenHash, Option<Token>), StartError> {
    let token = random_token()?;
    Ok((TokenHash::of(&token), Some(Token::new(token))))
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| StartError::Listen { address, source })
}

/// An address that a client on this machine can connect to.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    address
}

/// A slash in front and none at the end; empty for the root.
fn base_path(text: &str) -> Result<String, StartError> {
    let inner = text.trim_matches('/');
    let is_good = inner.is_empty()
        || inner.split('/').all(|segment| {
            !matches!(segment, "" | "." | "..")
                && segment
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        });
    match is_good {
        true if inner.is_empty() => Ok(String::new()),
        true => Ok(format!("/{inner}")),
        false => Err(StartError::Url {
            text: text.to_owned(),
            expected: "a path of letters, digits and `-._~`",
        }),
    }
}

fn parse_base_url(text: &str) -> Result<BaseUrl, StartError> {
    text.parse().map_err(|_| StartError::Url {
        text: text.to_owned(),
        expected: "a base URL like `https://id.example.com/scim/v2`",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_paths() {
        for (text, path) in [
            ("/scim/v2", "/scim/v2"),
            ("scimgate/", "/scimgate"),
            ("", ""),
            ("/", ""),
        ] {
            assert_eq!(base_path(text).unwrap(), path);
        }
        for text in ["/a//b", "/a b", "/a/..", "/é", "/a?b"] {
            assert!(base_path(text).is_err(), "{text}");
        }
    }

    #[test]
    fn addresses_without_a_host_are_reached_at_home() {
        for (address, found) in [
            ("0.0.0.0:80", "127.0.0.1:80"),
            ("[::]:80", "[::1]:80"),
            ("10.0.0.1:80", "10.0.0.1:80"),
        ] {
            assert_eq!(reachable(address.parse().unwrap()).to_string(), found);
        }
    }
}
