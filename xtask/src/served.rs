//! The binary `scim`, serving on a free port.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// The token that clients use.
pub(crate) const TOKEN: &str = "not-a-secret";

/// A running `scim serve`; it is killed when this is dropped.
pub(crate) struct Served {
    child: Child,
    /// The base URL, as the server printed it.
    pub(crate) url: String,
}

impl Served {
    /// Starts a binary that was built before, with these arguments beside address and token.
    pub(crate) fn start<A: AsRef<OsStr>>(profile: &str, arguments: &[A]) -> Result<Self> {
        let binary = binary(profile)?;
        let mut child = Command::new(&binary)
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("SCIM_TOKEN", TOKEN)
            .env("SCIM_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| binary.display().to_string())?;
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
        bail!("{} ended before it was ready", binary.display())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The binary lies where this one lies, or in the folder of another profile beside that.
fn binary(profile: &str) -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let target = here.ancestors().nth(2).context("the target folder")?;
    Ok(target
        .join(profile)
        .join(format!("scim{}", std::env::consts::EXE_SUFFIX)))
}
