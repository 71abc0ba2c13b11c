//! Ten thousand waiting Pings, then as many waiting Syncs: what each holds in the server, and how soon a change
//! reaches its phone.
//!
//! Server and phones are processes of their own. The server tells the moment of each commit by the time of day, which
//! both read from the same clock.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use engine::{Changed, FolderId, FolderPath, Watcher};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::figure::{Figure, Goal, float, median, number};
use crate::phone::Phone;
use crate::serve;
use crate::site::{Site, in_parallel};
use crate::wire::{self, Name};
use crate::{child, clock, memory};

/// The part that is the phones; it starts the server.
pub(crate) const PHONES: &str = "pings-phones";
/// The part that is the server.
pub(crate) const SERVER: &str = "pings-server";

const USERS: usize = 500;
/// Phones of each user: as many as he may have.
const PHONES_EACH: usize = 20;
const PINGS: usize = USERS * PHONES_EACH;
/// Changes, each in a folder that one phone watches.
const CHANGES: usize = 200;
/// The longest wait there is: none ends while this measures.
const HEARTBEAT_S: u32 = 3540;
/// Threads that set up users and phones.
const THREADS: usize = 32;
/// Between two looks at how many wait.
const LOOK: Duration = Duration::from_millis(50);
/// How long all may take to wait, and one change to arrive.
const PATIENCE: Duration = Duration::from_secs(120);
/// The folder that only the first phone of each user watches.
const ALONE: &str = "Contacts";
/// The folders that all others watch.
const SHARED: [&str; 2] = ["Inbox", "Calendar"];

/// What phones wait with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wait {
    Ping,
    Sync,
}

impl Wait {
    const ALL: [Self; 2] = [Self::Ping, Self::Sync];

    /// Returns the command's name.
    const fn name(self) -> &'static str {
        match self {
            Self::Ping => "Ping",
            Self::Sync => "Sync",
        }
    }

    fn body(self, folders: &[(FolderId, String)]) -> Vec<u8> {
        match self {
            Self::Ping => {
                let folders: Vec<_> = folders.iter().map(|(folder, _)| *folder).collect();
                wire::ping(HEARTBEAT_S, &folders)
            }
            Self::Sync => wire::waiting_sync(HEARTBEAT_S, folders),
        }
    }
}

/// Measures it.
pub(crate) fn run(folder: &Path) -> Result<Vec<Figure>> {
    let [ping, sync] = Wait::ALL.map(|wait| {
        let folder = folder.join(wait.name());
        let folder = folder.to_str().context("the temporary folder has a name that is not text")?;
        let told = child::run(&[PHONES, folder, wait.name()])?;
        let each_kib = (told.figure("waiting_kib")? - told.figure("idle_kib")?) / float(PINGS);
        Ok::<_, anyhow::Error>((told, each_kib))
    });
    let ((ping, ping_kib), (sync, sync_kib)) = (ping?, sync?);
    Ok(vec![
        Figure {
            what: "waiting Pings, server memory of each",
            from: format!(
                "{} MiB with {} waiting, {} MiB idle",
                number(ping.figure("waiting_kib")? / 1024.0),
                number(float(PINGS)),
                number(ping.figure("idle_kib")? / 1024.0)
            ),
            value: ping_kib,
            unit: "KiB",
            goal: Goal::Under(20.0),
        },
        woken("waiting Pings, commit to first byte at the phone", &ping)?,
        Figure {
            what: "a waiting Sync's memory / a waiting Ping's",
            from: format!(
                "{} / {} KiB, {} waiting",
                number(sync_kib),
                number(ping_kib),
                number(float(PINGS))
            ),
            value: sync_kib / ping_kib,
            unit: "",
            goal: Goal::AtMost(1.2),
        },
        woken("waiting Syncs, commit to first byte, the item with it", &sync)?,
    ])
}

fn woken(what: &'static str, told: &child::Told) -> Result<Figure> {
    Ok(Figure {
        what,
        from: format!("median of {CHANGES} changes; the slowest: {} ms", number(told.figure("slowest_ms")?)),
        value: told.figure("median_ms")?,
        unit: "ms",
        goal: Goal::Under(50.0),
    })
}

/// Is the phones: sets them up, starts the server, lets them wait, and takes the time of changes.
pub(crate) fn phones(folder: &Path, wait: &str) -> Result<()> {
    let wait = Wait::ALL.into_iter().find(|one| one.name() == wait).context("no such way to wait")?;
    let requests = prepare(folder, wait)?;
    let mut server = child::Server::start(
        SERVER,
        folder.to_str().context("the temporary folder has a name that is not text")?,
    )?;
    let idle_kib = memory::resident_kib(server.process.id())?;
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let (tell, told) = mpsc::channel();
    runtime.block_on(connect(server.address, requests, &tell))?;
    runtime.block_on(all_waiting(&mut server))?;
    child::tell("idle_kib", idle_kib);
    child::tell("waiting_kib", memory::resident_kib(server.process.id())?);
    let latencies = (0..CHANGES).map(|user| change(&mut server, &told, user)).collect::<Result<Vec<_>>>()?;
    child::tell("median_ms", median(&latencies));
    child::tell("slowest_ms", latencies.into_iter().fold(0.0, f64::max));
    runtime.shutdown_background();
    server.stop()
}

/// Makes users and phones, and returns the request of each phone: those of one user follow each other.
fn prepare(folder: &Path, wait: Wait) -> Result<Vec<Vec<u8>>> {
    let site = Site::open(folder)?;
    let per_thread = in_parallel(THREADS, |thread| {
        let users = (thread..USERS).step_by(THREADS);
        users.map(|number| Ok((number, user(&site, number, wait)?))).collect::<Result<Vec<_>>>()
    })?;
    let mut users: Vec<_> = per_thread.into_iter().flatten().collect();
    users.sort_by_key(|(number, _)| *number);
    Ok(users.into_iter().flat_map(|(_, requests)| requests).collect())
}

/// Makes a user and his phones, which hold all that is in the folders they watch.
fn user(site: &Site, number: usize, wait: Wait) -> Result<Vec<Vec<u8>>> {
    let user = format!("user{number}");
    site.add_user(&user)?;
    // A password of this kind takes the server no time to check, as a user's own does at his first request.
    let password = site.engine().add_app_password(&user, "phones", clock::time())?;
    let mut requests = Vec::new();
    for phone in 0..PHONES_EACH {
        let name = Name { user: user.clone(), device: format!("phone{phone}") };
        let names = if phone == 0 { &[ALONE][..] } else { &SHARED };
        let folders = names.iter().map(|name| site.folder(&user, name)).collect::<Result<Vec<_>>>()?;
        let held = Phone::new(site, &user, &name.device)?;
        held.take_folders()?;
        let keys = folders.into_iter().map(|folder| Ok((folder, held.take_all(folder)?)));
        let keys = keys.collect::<Result<Vec<_>>>()?;
        let address = format!("{}?{}", eas::http::PATH, name.query(wait.name()));
        requests.push(name.request_with(&address, &password, &wait.body(&keys)));
    }
    Ok(requests)
}

/// What a phone heard: which it is, and when the first byte came, in nanoseconds since 1970.
type Heard = (usize, i128);

/// Opens a connection for each phone and sends its Ping.
async fn connect(address: SocketAddr, requests: Vec<Vec<u8>>, tell: &Sender<Heard>) -> Result<()> {
    for (number, request) in requests.into_iter().enumerate() {
        let mut stream = TcpStream::connect(address).await.context("connecting")?;
        stream.set_nodelay(true).context("setting up a connection")?;
        stream.write_all(&request).await.context("sending a request")?;
        let tell = tell.clone();
        tokio::spawn(async move {
            let mut first = [0];
            let read = stream.read(&mut first).await;
            let at = clock::time().as_nanosecond();
            if let Ok(1..) = read {
                // Nobody listens any more once everything is measured.
                let _ = tell.send((number, at));
            }
        });
    }
    Ok(())
}

/// Waits until all phones wait.
async fn all_waiting(server: &mut child::Server) -> Result<()> {
    let began = clock::instant();
    loop {
        let waiting: usize = server.ask("waiting")?.parse().context("reading how many wait")?;
        if waiting == PINGS {
            return Ok(());
        }
        ensure!(began.elapsed() < PATIENCE, "only {waiting} of {PINGS} phones wait");
        tokio::time::sleep(LOOK).await;
    }
}

/// Makes a change and returns how many milliseconds after its commit the phone heard of it.
fn change(server: &mut child::Server, told: &Receiver<Heard>, user: usize) -> Result<f64> {
    let committed: i128 =
        server.ask(&format!("change user{user}"))?.parse().context("reading a commit's time")?;
    let (phone, heard_at) = told.recv_timeout(PATIENCE).context("no phone heard of a change")?;
    ensure!(phone == user * PHONES_EACH, "phone {phone} heard of a change for user {user}");
    let nanoseconds = u64::try_from(heard_at - committed).context("a phone heard before the commit")?;
    Ok(Duration::from_nanos(nanoseconds).as_secs_f64() * 1000.0)
}

/// Is the server: serves, and obeys orders until there are no more.
pub(crate) fn server(folder: &Path) -> Result<()> {
    let site = Site::open(folder)?;
    let stopwatch = Arc::new(Stopwatch::default());
    // Before the phones' own watcher: the time must not wait for it.
    site.engine().watch(Arc::clone(&stopwatch) as Arc<dyn Watcher>);
    let served = serve::serve(&site)?;
    child::say(&served.address.to_string());
    let path = FolderPath::try_from(ALONE)?;
    for (number, order) in std::io::stdin().lines().enumerate() {
        let order = order.context("reading an order")?;
        match order.split_once(' ') {
            None if order == "waiting" => child::say(&served.hub.waiting().to_string()),
            Some(("change", user)) => {
                site.put((user, &path), number, 0)?;
                child::say(&stopwatch.last().to_string());
            }
            Some(_) | None => bail!("'{order}' is no order"),
        }
    }
    Ok(())
}

/// Remembers when the last commit was, in nanoseconds since 1970.
#[derive(Debug, Default)]
struct Stopwatch(Mutex<i128>);

impl Stopwatch {
    fn last(&self) -> i128 {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Watcher for Stopwatch {
    fn changed(&self, _: &Changed) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = clock::time().as_nanosecond();
    }
}
