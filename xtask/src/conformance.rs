//! The checks of others: `scim2-tester`, a suite in Python, against the binary `scim`.
//!
//! Its versions are pinned in `conformance/requirements.txt` and installed into a virtual environment that is thrown
//! away. No check of that version contradicts RFC 7643, RFC 7644 or `docs/decisions.md`, so none is left out.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::process::{cargo, succeed};
use crate::root;
use crate::scratch::Scratch;
use crate::served::{Served, TOKEN};

pub(crate) fn run(_: &[String]) -> Result<()> {
    cargo(&["build", "--package", "scim-cli"])?;
    let scratch = Scratch::new("conformance")?;
    let files = root().join("xtask/conformance");
    let python = environment(
        &scratch.path().join("venv"),
        &files.join("requirements.txt"),
    )?;
    let database = scratch.path().join("scim.db");
    let stores = [
        ("in memory", vec!["--in-memory".as_ref()]),
        ("on SQLite", vec!["--db".as_ref(), database.as_os_str()]),
    ];
    for (store, arguments) in stores {
        println!("scim2-tester, {store}");
        let served = Served::start("debug", &arguments)?;
        let mut check = Command::new(&python);
        check.arg(files.join("check.py"));
        check.env("SCIM_URL", &served.url).env("SCIM_TOKEN", TOKEN);
        succeed(&mut check).with_context(|| format!("scim2-tester, {store}"))?;
    }
    Ok(())
}

/// A new virtual environment with what is required in it: the path of its Python.
fn environment(path: &Path, requirements: &Path) -> Result<PathBuf> {
    succeed(Command::new("python3").args(["-m", "venv"]).arg(path))?;
    let python = path.join("bin/python");
    let mut install = Command::new(&python);
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    succeed(install.arg("--requirement").arg(requirements))?;
    Ok(python)
}
