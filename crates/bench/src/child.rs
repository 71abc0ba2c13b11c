//! Parts of measurements in processes of their own.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

/// The argument that makes this program a part of a measurement.
pub(crate) const FLAG: &str = "--child";

/// Starts its arguments with as many open files as the system lets this user have.
const WITH_MANY_FILES: &str = "ulimit -n \"$(ulimit -Hn)\" && exec \"$0\" \"$@\"";

/// What a part measured, by name.
#[derive(Debug)]
pub(crate) struct Told(HashMap<String, f64>);

impl Told {
    /// Returns one figure.
    pub(crate) fn figure(&self, name: &str) -> Result<f64> {
        self.0.get(name).copied().with_context(|| format!("the part did not tell its {name}"))
    }
}

/// Returns where this program is.
pub(crate) fn program() -> Result<PathBuf> {
    std::env::current_exe().context("finding this program")
}

/// Returns the command that starts a part.
pub(crate) fn command(arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new("sh");
    command.args(["-c", WITH_MANY_FILES]).arg(program()?).arg(FLAG).args(arguments);
    Ok(command)
}

/// Runs a part to its end and returns what it measured.
pub(crate) fn run(arguments: &[&str]) -> Result<Told> {
    let output = command(arguments)?.stderr(Stdio::inherit()).output().context("starting a part")?;
    ensure!(output.status.success(), "a part ended with {}", output.status);
    let text = String::from_utf8(output.stdout).context("reading what a part measured")?;
    let figures = text.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        Some((name.to_owned(), value.parse().ok()?))
    });
    Ok(Told(figures.collect()))
}

/// Tells the process that started this one a figure.
pub(crate) fn tell(name: &str, value: f64) {
    say(&format!("{name}={value}"));
}

/// Tells the process that started this one something.
#[expect(clippy::print_stdout, reason = "the starting process reads it")]
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// A part that is a server: it says its address, then obeys orders, and ends with them.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its process.
    pub(crate) process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Server {
    /// Starts a part on a folder.
    pub(crate) fn start(part: &str, folder: &str) -> Result<Self> {
        let mut process = command(&[part, folder])?
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the server")?;
        let orders = process.stdin.take().context("the server takes no orders")?;
        let mut answers = BufReader::new(process.stdout.take().context("the server gives no answers")?);
        let address = line(&mut answers)?.parse().context("reading the server's address")?;
        Ok(Self { process, address, orders, answers })
    }

    /// Gives it an order and returns what it says.
    pub(crate) fn ask(&mut self, order: &str) -> Result<String> {
        writeln!(self.orders, "{order}").context("giving the server an order")?;
        line(&mut self.answers)
    }

    /// Ends it.
    pub(crate) fn stop(mut self) -> Result<()> {
        drop(self.orders);
        let status = self.process.wait().context("waiting for the server's end")?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

fn line(answers: &mut BufReader<ChildStdout>) -> Result<String> {
    let mut line = String::new();
    answers.read_line(&mut line).context("reading what the server says")?;
    ensure!(!line.is_empty(), "the server ended");
    Ok(line.trim_end().to_owned())
}
