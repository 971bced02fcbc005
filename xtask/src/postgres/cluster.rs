//! A PostgreSQL server of our own, on a socket in a temporary folder.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::process::succeed;
use crate::scratch::Scratch;

/// A running server, reached through a socket; it is stopped, and its data removed, when this is dropped.
pub(crate) struct Cluster {
    server: Child,
    programs: Programs,
    scratch: Scratch,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self> {
        let programs = Programs::find_or_install()?;
        let scratch = Scratch::new("postgres")?;
        if programs.as_root {
            let mut own = Command::new("chown");
            succeed(own.arg(format!("{USER}:{USER}")).arg(scratch.path()))?;
        }
        let data = scratch.path().join("data");
        let log = scratch.path().join("log");
        let mut init = programs.command("initdb");
        init.args(["--auth=trust", "--username=scim", "--encoding=UTF8"]);
        init.args(["--locale=C.UTF-8", "--no-sync", "--pgdata"]);
        succeed(init.arg(&data).stdout(Stdio::null()))?;
        let mut server = programs.command("postgres");
        server.arg("-D").arg(&data).arg("-k").arg(scratch.path());
        // Nothing here outlives a crash of the machine.
        server.args(["-c", "listen_addresses=", "-c", "fsync=off"]);
        server.args(["-c", "unix_socket_permissions=0700"]);
        let server = server.stderr(File::create(&log)?).spawn()?;
        let mut cluster = Self {
            server,
            programs,
            scratch,
        };
        cluster.wait().with_context(|| {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            format!("PostgreSQL does not start\n{log}")
        })?;
        Ok(cluster)
    }

    fn wait(&mut self) -> Result<()> {
        const TRIES: usize = 300;
        for _ in 0..TRIES {
            let mut ready = self.programs.command("pg_isready");
            ready.arg("--host").arg(self.scratch.path());
            if ready.stdout(Stdio::null()).status()?.success() {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("{status}");
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        bail!("no answer in time")
    }

    /// Where it listens, as libpq reads it.
    pub(crate) fn address(&self) -> String {
        let folder = self.scratch.path().display();
        format!("host={folder} user=scim dbname=postgres")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.programs.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]);
        let stopped = stop.arg(self.scratch.path().join("data")).status();
        if !stopped.is_ok_and(|status| status.success()) {
            let _ = self.server.kill();
        }
        let _ = self.server.wait();
    }
}

/// Whom Debian's package makes to run the server, which refuses to be root. Their group is called like them.
const USER: &str = "postgres";

/// The programs of PostgreSQL.
struct Programs {
    folder: PathBuf,
    /// Whether this process is root, and they run as [`USER`].
    as_root: bool,
}

impl Programs {
    fn find_or_install() -> Result<Self> {
        let user = Command::new("id").arg("-u").output().context("id")?;
        let as_root = user.stdout == b"0\n";
        let folder = match newest() {
            Some(folder) => folder,
            None if as_root => {
                install()?;
                newest().context("the package has no server in it")?
            }
            None => bail!(
                "no PostgreSQL is installed: run `apt-get install postgresql`, or this task, as root"
            ),
        };
        Ok(Self { folder, as_root })
    }

    fn command(&self, name: &str) -> Command {
        let program = self.folder.join(name);
        let mut command = match self.as_root {
            true => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={USER}"))
                    .arg(format!("--regid={USER}"));
                command.arg("--clear-groups").arg(program);
                command
            }
            false => Command::new(program),
        };
        command.current_dir("/");
        command
    }
}

/// Where Debian puts the programs of the newest server that is installed.
fn newest() -> Option<PathBuf> {
    let versions = Path::new("/usr/lib/postgresql").read_dir().ok()?;
    let folders = versions.filter_map(|version| {
        let version = version.ok()?;
        let number: u32 = version.file_name().to_str()?.parse().ok()?;
        let folder = version.path().join("bin");
        folder.join("initdb").exists().then_some((number, folder))
    });
    folders.max().map(|(_, folder)| folder)
}

/// Installs Debian's package without starting the server that comes with it.
fn install() -> Result<()> {
    let apt = |arguments: &[&str]| {
        let mut apt = Command::new("apt-get");
        // By this the package's own scripts start nothing.
        apt.env("RUNLEVEL", "1")
            .env("DEBIAN_FRONTEND", "noninteractive");
        succeed(apt.args(arguments))
    };
    apt(&["update"])?;
    apt(&["install", "--yes", "--no-install-recommends", "postgresql"])
}
