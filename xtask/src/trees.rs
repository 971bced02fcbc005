//! What may stand in a dependency tree.

use anyhow::Result;

use crate::process::{cargo, cargo_output};
use crate::{LIBRARIES, root, verdict};

/// Async runtimes and HTTP crates, by the beginning of their names.
const BARRED: [&str; 16] = [
    "actix",
    "async-",
    "axum",
    "futures",
    "h2",
    "http",
    "hyper",
    "mio",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "tokio",
    "tower",
    "tungstenite",
    "ureq",
];

/// `scim-server` names `http` types, and nothing that performs I/O.
const BARRED_IN_SERVER: [&str; 10] = [
    "async-std",
    "axum",
    "hyper",
    "mio",
    "reqwest",
    "rustls",
    "smol",
    "socket2",
    "tokio",
    "ureq",
];

pub(crate) fn check(_: &[String]) -> Result<()> {
    let mut faults = Vec::new();
    let mut count = 0;
    let server: &[&str] = &["scim-server"];
    for (packages, barred) in [
        (&LIBRARIES[..], &BARRED[..]),
        (server, &BARRED_IN_SERVER[..]),
    ] {
        for package in packages {
            for name in dependencies(package)? {
                count += 1;
                if barred.iter().any(|prefix| name.starts_with(prefix)) {
                    faults.push(format!("{package} pulls in {name}"));
                }
            }
        }
    }
    verdict("trees", count, &faults)
}

/// All features on: a feature of a library must not bring a runtime either.
fn dependencies(package: &str) -> Result<Vec<String>> {
    let tree = cargo_output(&[
        "tree",
        "--package",
        package,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--all-features",
    ])?;
    let mut names: Vec<String> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// `preserve_order` and `arbitrary_precision` change what `serde_json` does for everyone in a build, so figures taken
/// with them on would not be the figures that users see.
pub(crate) fn benches(_: &[String]) -> Result<()> {
    const MANIFEST: &str = "benches/Cargo.toml";
    if !root().join(MANIFEST).exists() {
        println!("benches: none");
        return Ok(());
    }
    let tree = cargo_output(&[
        "tree",
        "--manifest-path",
        MANIFEST,
        "--workspace",
        "--all-features",
        "--prefix",
        "none",
        "--format",
        "{p} [{f}]",
    ])?;
    let lines: Vec<&str> = tree
        .lines()
        .filter(|line| line.starts_with("serde_json "))
        .collect();
    let faults: Vec<String> = lines
        .iter()
        .filter(|line| line.contains("preserve_order") || line.contains("arbitrary_precision"))
        .map(|line| format!("benches/ builds {line}"))
        .collect();
    verdict("benches", lines.len(), &faults)?;
    cargo(&[
        "bench",
        "--manifest-path",
        MANIFEST,
        "--workspace",
        "--no-run",
    ])
}
