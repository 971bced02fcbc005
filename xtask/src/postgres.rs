//! The tests that need PostgreSQL, against a cluster that is made for them and thrown away.
//!
//! The server comes from Debian's package, which is installed where it is missing and the user may install it.

mod cluster;

use anyhow::Result;

use self::cluster::Cluster;
use crate::process::cargo_test;

/// Each a package whose test binary `it` is left out of `cargo test --workspace`.
const PACKAGES: [&str; 1] = ["scim-filter-postgres"];

pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let cluster = Cluster::start()?;
    let address = cluster.address();
    PACKAGES.iter().try_for_each(|package| {
        let scope = ["--package", package, "--test", "it"];
        cargo_test(&scope, arguments, &[("SCIM_TEST_POSTGRES", &address)])
    })
}
