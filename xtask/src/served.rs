//! Servers of ours, on free ports.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The token that clients use.
pub(crate) const TOKEN: &str = "not-a-secret";

/// A running server; it is killed when this is dropped.
pub(crate) struct Served {
    child: Child,
    /// The base URL, as the server printed it.
    pub(crate) url: String,
}

impl Served {
    /// Starts `scim serve` of a profile that was built before, with these arguments beside address and token.
    pub(crate) fn start<A: AsRef<OsStr>>(profile: &str, arguments: &[A]) -> Result<Self> {
        let mut command = Command::new(binary(&[profile, "scim"])?);
        command.args(["serve", "--listen", "127.0.0.1:0"]);
        Self::run(command.args(arguments))
    }

    /// Starts an example that was built for release before.
    pub(crate) fn example<A: AsRef<OsStr>>(name: &str, arguments: &[A]) -> Result<Self> {
        let mut command = Command::new(binary(&["release", "examples", name])?);
        Self::run(command.args(arguments))
    }

    fn run(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let command = command.env("SCIM_TOKEN", TOKEN).env("SCIM_LOG", "warn");
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| name.clone())?;
        let output = child.stdout.take();
        let mut served = Self {
            child,
            url: String::new(),
        };
        for line in output.into_iter().flat_map(|o| BufReader::new(o).lines()) {
            let line = line?;
            if let Some(url) = line.strip_prefix("SCIM base URL: ") {
                served.url = url.to_owned();
            }
            if line == "ready" {
                return Ok(served);
            }
        }
        bail!("{name} ended before it was ready")
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A binary lies below the folder in which that of this one lies.
fn binary(place: &[&str]) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2).context("the target folder")?;
    let path: PathBuf = place.iter().collect();
    Ok(target
        .join(path)
        .with_extension(std::env::consts::EXE_EXTENSION))
}
