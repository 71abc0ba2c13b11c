//! PostgreSQL servers for tests, made in a temporary directory from the installed server programs.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use postgres::{Client, NoTls};

/// Set to 1 where a test without PostgreSQL must fail, not pass: `./check` does.
const REQUIRE: &str = "COMITY_REQUIRE_POSTGRES";

/// PostgreSQL refuses to run as root; a cluster of root's runs as this user, "nobody" on most systems.
const NOBODY: u32 = 65_534;

/// Makes a cluster, says so, and keeps it until standard input ends: when the [`Cluster`] is dropped, and when the
/// test process dies in whatever way.
const SCRIPT: &str = r#"
trap '' INT TERM HUP
cd "$2"
{ "$1/initdb" -D data -U comity -A trust -E UTF8 --no-locale --no-sync &&
  "$1/pg_ctl" -D data -w -l log -o "-k '$2' -c listen_addresses= -c max_connections=200" start
} >log.start 2>&1 && echo ready || cat log.start log
read -r _
"$1/pg_ctl" -D data -m immediate -w stop >log.stop 2>&1
cd /
rm -rf "$2"
"#;

/// A running server that listens on a Unix socket only. Dropping it stops the server and removes its files.
#[derive(Debug)]
pub struct Cluster {
    programs: PathBuf,
    directory: PathBuf,
    run_as: RunAs,
    keeper: Child,
    databases: AtomicU32,
}

/// The user that the server runs as.
#[derive(Debug, Clone, Copy)]
enum RunAs {
    Ourselves,
    Nobody,
}

impl Cluster {
    /// Starts a server, or says on standard error that its programs are missing and returns `None`.
    ///
    /// # Panics
    /// When the server does not start, or its programs are missing where `COMITY_REQUIRE_POSTGRES` says they must not.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let required = std::env::var(REQUIRE).is_ok_and(|value| value == "1");
            assert!(!required, "PostgreSQL's server programs (initdb, pg_ctl, postgres) are not installed");
            eprintln!("PostgreSQL's server programs are not installed: not tested on PostgreSQL");
            return None;
        };
        let directory =
            tempfile::Builder::new().prefix("comity-pg").tempdir().expect("a temporary directory");
        let directory = directory.keep();
        let run_as = RunAs::of_owner(&directory);
        if matches!(run_as, RunAs::Nobody) {
            chown(&directory, Some(NOBODY), Some(NOBODY)).expect("root may give a directory away");
        }
        let mut command = Command::new("sh");
        command.arg("-c").arg(SCRIPT).arg("sh").arg(&programs).arg(&directory);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut keeper = run_as.apply(&mut command).spawn().expect("a shell");
        await_ready(&mut keeper);
        Some(Self { programs, directory, run_as, keeper, databases: AtomicU32::new(0) })
    }

    /// Returns the server that all tests of this process share, which ends with the process.
    ///
    /// # Panics
    /// As [`Cluster::start`].
    #[must_use]
    pub fn shared() -> Option<&'static Self> {
        static SHARED: OnceLock<Option<Cluster>> = OnceLock::new();
        SHARED.get_or_init(Self::start).as_ref()
    }

    /// Makes a new, empty database and returns its address.
    ///
    /// # Panics
    /// When the server does not make it.
    #[must_use]
    pub fn database(&self) -> String {
        let name = format!("test{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let mut client = Client::connect(&self.address("postgres"), NoTls).expect("the server runs");
        client.batch_execute(&format!("CREATE DATABASE {name}")).expect("the name is new");
        self.address(&name)
    }

    /// Stops the server as a crash would, without a last checkpoint, and starts it again.
    ///
    /// # Panics
    /// When it does not come back.
    pub fn crash(&self) {
        let status = self.pg_ctl(&["-m", "immediate", "restart"]);
        assert!(status.success(), "the server did not restart: {status}");
    }

    fn pg_ctl(&self, arguments: &[&str]) -> ExitStatus {
        let mut command = Command::new(self.programs.join("pg_ctl"));
        command.current_dir(&self.directory).args(["-D", "data", "-w", "-s", "-l", "log"]).args(arguments);
        self.run_as.apply(&mut command).status().expect("pg_ctl was there before")
    }

    fn address(&self, database: &str) -> String {
        let mut host = String::new();
        for byte in self.directory.as_os_str().as_encoded_bytes() {
            write!(host, "%{byte:02x}").expect("writing to a string cannot fail");
        }
        format!("postgresql:///{database}?user=comity&host={host}")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // The script cleans up; that it could not is no reason to fail a test that passed.
        drop(self.keeper.wait());
    }
}

/// Waits for the script's first line.
fn await_ready(keeper: &mut Child) {
    let mut output = BufReader::new(keeper.stdout.take().expect("its output is piped"));
    let mut said = String::new();
    output.read_line(&mut said).expect("the script writes text");
    if said.trim() != "ready" {
        drop(keeper.stdin.take());
        output.read_to_string(&mut said).expect("the script writes text");
    }
    assert_eq!(said.trim(), "ready", "the server did not start");
}

/// Returns the directory of the server programs: the one on the path, else Debian's newest.
fn programs() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path =
        std::env::split_paths(&path).map(|directory| directory.join("initdb")).find(|it| it.exists());
    if let Some(initdb) = on_path {
        // What is on the path may be a link to where all of them are.
        return initdb.canonicalize().ok()?.parent().map(Path::to_owned);
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let newest = versions
        .filter(|version| version.path().join("bin/initdb").exists())
        .max_by_key(|version| version.file_name().to_string_lossy().parse::<u32>().unwrap_or(0))?;
    Some(newest.path().join("bin"))
}

impl RunAs {
    /// Returns the user for a process that has just made `directory`.
    fn of_owner(directory: &Path) -> Self {
        let owner = directory.metadata().expect("the directory was made").uid();
        if owner == 0 { Self::Nobody } else { Self::Ourselves }
    }

    fn apply(self, command: &mut Command) -> &mut Command {
        match self {
            Self::Ourselves => command,
            Self::Nobody => command.uid(NOBODY).gid(NOBODY),
        }
    }
}
