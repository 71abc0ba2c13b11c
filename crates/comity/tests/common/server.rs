//! The program as a server.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// Where a server tells its address.
#[derive(Debug, Clone, Copy)]
pub enum Tells {
    /// On standard output, as the demo.
    InOutput,
    /// On standard error, as `serve`.
    InLog,
}

/// A running server; killed if a test fails before it stops it.
pub struct Server {
    child: Child,
    pub address: String,
}

impl Server {
    /// Starts the program and reads its address from what it prints.
    pub fn start(command: &mut Command, tells: Tells) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let stdout: Box<dyn Read + Send> = Box::new(child.stdout.take().unwrap());
        let stderr: Box<dyn Read + Send> = Box::new(child.stderr.take().unwrap());
        let (told, other) = match tells {
            Tells::InOutput => (stdout, stderr),
            Tells::InLog => (stderr, stdout),
        };
        std::thread::spawn(move || std::io::copy(&mut BufReader::new(other), &mut std::io::sink()));
        let mut told = BufReader::new(told);
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert_ne!(told.read_line(&mut line).unwrap(), 0, "it ended before it told its address");
            if let Some((_, rest)) = line.split_once("http://") {
                break rest.split_whitespace().next().unwrap().to_owned();
            }
        };
        std::thread::spawn(move || std::io::copy(&mut told, &mut std::io::sink()));
        Self { child, address }
    }

    /// Sends a request and returns the whole answer.
    pub fn ask(&self, head: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let request = format!("{head}\r\nHost: comity\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Kills it where it stands, and waits until it is gone.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop and returns its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}
