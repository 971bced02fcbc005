//! `scim serve`: a service provider on a socket.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use scim_gateway::scim_server::StoreOptions;
use scim_gateway::{Config, Database, Gateway, Token};

use crate::definitions::Definitions;
use crate::output;

/// Run a SCIM service provider.
///
/// The first start creates the database file and a bearer token, and prints the token once, with three curl lines
/// to try it. The token is stored as a hash; when it is lost, start with --token to set another.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  scim serve                                     database scim.db, http://127.0.0.1:8080/scim/v2
  scim serve --in-memory --listen 127.0.0.1:0    for trying, on any free port
  SCIM_TOKEN=... scim serve --public-url https://id.example.com/scim/v2
  scim serve --schema badge.json --resource-type user.json
      users with an extension of your own: user.json is what /ResourceTypes/User answers, with the URI of
      badge.json among its schemaExtensions. Without these options at a later start what the extension holds is
      not shown, and not lost

GET /health answers 200 when the server is ready. SIGTERM and Ctrl-C end it cleanly within ten
seconds; asked twice it ends at once.
SCIM_LOG sets what is logged to standard error: error, warn, info (default), debug.")]
pub(crate) struct Arguments {
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", value_parser = address)]
    listen: SocketAddr,
    /// The SQLite file; created if there is none
    #[arg(long, value_name = "FILE", default_value = "scim.db")]
    db: PathBuf,
    /// Keep everything in memory and forget it at the end
    #[arg(long, conflicts_with = "db")]
    in_memory: bool,
    /// The bearer token to accept, in place of the one that was printed
    #[arg(long, env = "SCIM_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Days for which a token is accepted; after them the next start makes a new one. One that is given, by --token or
    /// SCIM_TOKEN, counts anew from each start
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    token_lifetime: Option<u32>,
    /// The path below which SCIM lives
    #[arg(long, value_name = "PATH", default_value = "/scim/v2")]
    base_path: String,
    /// The base URL that clients use, if it differs: behind a proxy, for instance
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// Let ServiceProviderConfig be read without a token
    #[arg(long)]
    open_config: bool,
    /// Give who is created again, under the same userName, the id it had before it was deleted
    #[arg(long)]
    revive_deleted: bool,
    /// List in the groups of a user also those that hold it through other groups
    #[arg(long)]
    indirect_groups: bool,
    #[command(flatten)]
    definitions: Definitions,
}

pub(crate) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("SCIM_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info")),
        )
        // A log that cannot be written is no reason to end.
        .log_internal_errors(false)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let mut config = Config::new(match arguments.in_memory {
        true => Database::Memory,
        false => Database::File(arguments.db.clone()),
    });
    config.listen = arguments.listen;
    config.base_path = arguments.base_path;
    let has_public_url = arguments.public_url.is_some();
    config.public_url = arguments.public_url;
    let days = |days| Duration::from_secs(u64::from(days) * 24 * 60 * 60);
    config.token_lifetime = arguments.token_lifetime.map(days);
    config.token = arguments.token.map(Token::new);
    config.open_config = arguments.open_config;
    config.store = StoreOptions {
        revive_deleted: arguments.revive_deleted,
        indirect_groups: arguments.indirect_groups,
    };
    config.registry = arguments.definitions.registry()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(async {
        // Before anything is printed: whoever reads it may stop us at once.
        let stop = stop()?;
        let gateway = Gateway::bind(config).await?;
        // The token is kept when it has been seen.
        output::print(&greeting(&gateway, has_public_url))?;
        gateway.serve(stop).await?;
        let _ = output::print("stopped\n");
        Ok(ExitCode::SUCCESS)
    });
    // What was given up must not keep the process alive.
    runtime.shutdown_timeout(Duration::from_millis(500));
    outcome
}

/// What a first look needs: where the server is, and the token if it is new.
fn greeting(gateway: &Gateway, has_public_url: bool) -> String {
    let base = gateway.base_url();
    let address = gateway.local_addr();
    let mut text = format!("SCIM base URL: {base}\n");
    if has_public_url {
        text.push_str(&format!("Listening on:  {address}\n"));
    } else if address.ip().is_unspecified() {
        text.push_str(&format!(
            "Listening on:  {address}, all addresses of this machine; --public-url says what others call it\n"
        ));
    }
    if let Some(token) = gateway.first_token() {
        let token = token.reveal();
        let authorization = format!("-H 'Authorization: Bearer {token}'");
        let json = "-H 'Content-Type: application/scim+json'";
        let user = r#"{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada@example.com"}"#;
        let filter = r#"filter=userName eq "ada@example.com""#;
        text.push_str(&format!(
            "Bearer token:  {token}\n
The token is shown this once. To try it:\n
curl {authorization} '{base}/ServiceProviderConfig'
curl {authorization} {json} -d '{user}' '{base}/Users'
curl {authorization} -G --data-urlencode '{filter}' '{base}/Users'\n\n"
        ));
    }
    text.push_str("ready\n");
    text
}

/// An address with a port; `localhost` is the one name that means the same everywhere.
fn address(text: &str) -> Result<SocketAddr, String> {
    let numbers = match text.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => text.to_owned(),
    };
    numbers.parse().map_err(|_| {
        "expected an address and a port, such as 127.0.0.1:8080, [::1]:8080 or localhost:8080"
            .into()
    })
}

/// Completes when the process is asked to end, by SIGTERM or Ctrl-C. Asked once more it ends without waiting for anything.
fn stop() -> anyhow::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let (mut terminate, mut interrupt) = {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate()).context("SIGTERM")?;
        let interrupt = signal(SignalKind::interrupt()).context("SIGINT")?;
        (terminate, interrupt)
    };
    let mut asked = async move || {
        #[cfg(unix)]
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    };
    Ok(async move {
        asked().await;
        tokio::spawn(async move {
            asked().await;
            std::process::exit(1);
        });
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_numbers_or_localhost() {
        for (text, expected) in [
            ("localhost:8080", "127.0.0.1:8080"),
            ("[::1]:80", "[::1]:80"),
            ("0.0.0.0:0", "0.0.0.0:0"),
        ] {
            assert_eq!(address(text).unwrap().to_string(), expected);
        }
        for text in [
            "",
            "8080",
            ":8080",
            "localhost",
            "localhost:x",
            "example.com:80",
        ] {
            assert!(
                address(text).unwrap_err().contains("127.0.0.1:8080"),
                "{text}"
            );
        }
    }
}
