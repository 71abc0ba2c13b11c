//! The download of a large attachment: how much of it the server holds while it sends it.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use engine::Uid;

use crate::figure::{Figure, Goal, float, median, number};
use crate::letter::with_file;
use crate::phone::Phone;
use crate::serve;
use crate::site::Site;
use crate::wire::{self, Name};
use crate::{child, memory};

/// The part that is the server.
pub(crate) const SERVER: &str = "attachment-server";

const USER: &str = "anna";
const DEVICE: &str = "phone";
/// Just large enough to be kept in pieces: what it takes to warm up.
const SMALL_BYTES: usize = 300_000;
const LARGE_BYTES: usize = 20_000_000;
const ROUNDS: usize = 5;
/// Bytes that the phone reads at a time.
const BUFFER: usize = 64 * 1024;
const KIB_IN_MIB: f64 = 1024.0;

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let (small, large) = prepare(folder)?;
    let folder = folder.to_str().context("the temporary folder has a name that is not text")?;
    let mut grown_mib = Vec::new();
    for _ in 0..ROUNDS {
        let mut server = child::Server::start(SERVER, folder)?;
        fetch(server.address, &small, SMALL_BYTES)?;
        let idle_kib: f64 = server.ask("forget")?.parse().context("reading the memory in use")?;
        fetch(server.address, &large, LARGE_BYTES)?;
        let peak_kib: f64 = server.ask("peak")?.parse().context("reading the most memory in use")?;
        grown_mib.push((peak_kib - idle_kib) / KIB_IN_MIB);
        server.stop()?;
    }
    Ok(vec![Figure {
        what: "download of a large attachment, memory beyond idle",
        from: format!(
            "peak while {} bytes are sent as base64; median of {ROUNDS}",
            number(float(LARGE_BYTES))
        ),
        value: median(&grown_mib),
        unit: "MiB",
        goal: Goal::Under(2.0),
    }])
}

/// Makes two messages, and returns the requests that fetch their files.
fn prepare(folder: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let site = Site::open(folder)?;
    site.add_user(USER)?;
    let password = site.engine().add_app_password(USER, "phone", crate::clock::time())?;
    for (number, size) in [SMALL_BYTES, LARGE_BYTES].into_iter().enumerate() {
        site.put_mail(USER, |_| with_file(number, size), 1)?;
    }
    Phone::new(&site, USER, DEVICE)?.take_folders()?;
    let inbox = site.folder(USER, "Inbox")?;
    let name = Name { user: USER.to_owned(), device: DEVICE.to_owned() };
    let address = format!("{}?{}", eas::http::PATH, name.query("ItemOperations"));
    let [small, large] = site.mail(USER)?[..] else { bail!("there are not two messages") };
    let request =
        |uid: Uid| name.request_with(&address, &password, &wire::fetch(&format!("{inbox}-{uid}-0")));
    Ok((request(small), request(large)))
}

/// Fetches a file, as slowly as a phone that looks at every piece.
fn fetch(address: SocketAddr, request: &[u8], size_bytes: usize) -> Result<()> {
    let mut stream = TcpStream::connect(address).context("connecting")?;
    stream.write_all(request).context("sending a request")?;
    let mut buffer = vec![0; BUFFER];
    let (mut got, mut head) = (0, Vec::new());
    let least = size_bytes.div_ceil(3) * 4;
    loop {
        let read = stream.read(&mut buffer).context("reading an answer")?;
        ensure!(read > 0, "the server hung up after {got} bytes");
        if head.len() < BUFFER {
            head.extend_from_slice(buffer.get(..read).unwrap_or_default());
        }
        got += read;
        if got >= expected(&head).unwrap_or(usize::MAX) {
            ensure!(got > least, "only {got} bytes came, of {least}");
            return Ok(());
        }
    }
}

/// Returns how long an answer is, its head included, once that is known.
fn expected(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    let head = std::str::from_utf8(answer.get(..end)?).ok()?;
    let length = head.lines().find_map(|line| {
        line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
    })?;
    Some(end + 4 + length)
}

/// Is the server: serves, and tells its memory until there are no more orders.
pub(crate) fn server(folder: &Path) -> Result<()> {
    let site = Site::open(folder)?;
    let served = serve::serve(&site)?;
    child::say(&served.address.to_string());
    for order in std::io::stdin().lines() {
        match order.context("reading an order")?.as_str() {
            "forget" => {
                memory::forget_peak()?;
                child::say(&memory::own_kib()?.to_string());
            }
            "peak" => child::say(&memory::own_peak_kib()?.to_string()),
            other => bail!("'{other}' is no order"),
        }
    }
    Ok(())
}
