//! `comity serve`: the server from start to stop.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use axum::Router;
use axum::routing::get;
use clap::Args;
use eas::{Hub, Partial, Provisioning, Rates, Server};
use engine::{Engine, FolderPath, ForgottenDevice};
use tracing_subscriber::EnvFilter;

use crate::activity;
use crate::clock::clock;
use crate::config::Config;
use crate::listen::Listeners;
use crate::output;
use crate::place::Place;
use crate::shutdown::Signals;

/// Milliseconds between looks for what other processes changed; a waiting phone is to hear of it within two seconds.
const POLL_MS: u64 = 1000;
/// Seconds between looks for devices that have not come for long.
const FORGET_EVERY_S: u64 = 3600;

/// Where a server listens if nothing else is said.
pub(crate) const DEFAULT_LISTEN: &str = "127.0.0.1:8080";

/// Serves phones.
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port; can be given several times
    #[arg(long, value_name = "ADDR:PORT", default_value = DEFAULT_LISTEN)]
    listen: Vec<SocketAddr>,
}

impl Serve {
    /// Runs until it is asked to stop.
    pub(crate) fn run(&self, place: &Place) -> Result<()> {
        start_log("info");
        let config = place.config()?;
        let engine = Arc::new(place.open(&config)?);
        warn(&engine);
        blocking(run(&self.listen, &config, &engine, |addresses| {
            for address in addresses {
                tracing::info!("listening on http://{address}");
            }
            Ok(())
        }))
    }
}

/// Runs the async part of the program.
pub(crate) fn blocking(work: impl Future<Output = Result<()>>) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("starting the runtime")?;
    let done = runtime.block_on(work);
    // A worker may still be in a transaction; the database is whole whether it ends or not.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Listens, tells `listening` on what, and serves until SIGTERM or ctrl-c.
///
/// The engine is lent, so that its database is never closed on an async thread, where a driver may not wait.
pub(crate) async fn run(
    addresses: &[SocketAddr],
    config: &Config,
    engine: &Arc<Engine>,
    listening: impl FnOnce(&[SocketAddr]) -> Result<()>,
) -> Result<()> {
    let signals = Signals::hear()?;
    let listeners = Listeners::open(addresses, &config.serve.trusted_proxies).await?;
    let server = server(Arc::clone(engine), config)?;
    let polls = tokio::spawn(poll(Arc::clone(&server)));
    let forgets = tokio::spawn(forget_devices(Arc::clone(&server)));
    listening(&listeners.addresses()?)?;
    let site = Arc::new(web::Site::new(Arc::clone(engine), pages(config), clock));
    listeners.serve(router(server, site, Arc::clone(engine)), signals.asked()).await;
    polls.abort();
    forgets.abort();
    tracing::info!("stopped");
    Ok(())
}

/// Returns the server of all protocols, as it is configured.
fn server(engine: Arc<Engine>, config: &Config) -> Result<Arc<Server>> {
    let provision = if config.provision.required { Provisioning::Required } else { Provisioning::Offered };
    let rates = Rates {
        device_requests_per_minute: config.limits.device_requests_per_minute,
        account_writes_per_second: config.limits.account_writes_per_second,
    };
    let settings = eas::Settings {
        public_url: config.public_url.clone(),
        redirects: config.redirects(),
        provision,
        policies: config.policies().map_err(anyhow::Error::msg)?,
        partial: if config.provision.partial { Partial::Accepted } else { Partial::Refused },
        rates,
        ..eas::Settings::default()
    };
    Ok(Arc::new(Server::new(engine, settings)))
}

/// Returns what the admin decides for the pages.
fn pages(config: &Config) -> web::Settings {
    web::Settings { public_url: config.public_url.clone() }
}

/// Returns all that is served.
fn router(server: Arc<Server>, site: Arc<web::Site>, engine: Arc<Engine>) -> Router {
    let hub = Arc::new(Hub::default());
    server.engine().watch(Arc::clone(&hub) as Arc<dyn engine::Watcher>);
    let pages = web::router(site).route("/healthz", get(|| async { "ok\n" }));
    pages.merge(dav::http::router(engine, clock)).merge(eas::http::router(server, hub, clock))
}

/// Looks every second for what other processes changed, and tells those who wait; writes the notices that were put off;
/// tells who watches what goes on here.
async fn poll(server: Arc<Server>) {
    let process: Arc<str> = activity::process(clock()).into();
    let mut ticks = tokio::time::interval(Duration::from_millis(POLL_MS));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let (server, process) = (Arc::clone(&server), Arc::clone(&process));
        let look = move || -> Result<()> {
            server.engine().poll_changes().context("looking for changes")?;
            server.engine().write_due_notices(clock()).context("writing notices that were put off")?;
            activity::tell(&server, &process).context("telling what goes on")
        };
        match tokio::task::spawn_blocking(look).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!("{error:#}"),
            Err(error) => tracing::error!(%error, "looking for changes"),
        }
    }
}

/// Forgets every hour the devices that were not seen for long, where the admin wants that.
async fn forget_devices(server: Arc<Server>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(FORGET_EVERY_S));
    loop {
        ticks.tick().await;
        let server = Arc::clone(&server);
        match tokio::task::spawn_blocking(move || server.engine().forget_unseen_devices(clock())).await {
            Ok(Ok(forgotten)) => {
                for ForgottenDevice { user, address, kind } in forgotten {
                    tracing::info!(
                        user,
                        device = address,
                        kind,
                        "forgot a device that has not come for long"
                    );
                }
            }
            Ok(Err(error)) => tracing::warn!("forgetting devices: {:#}", anyhow!(error)),
            Err(error) => tracing::error!(%error, "forgetting devices"),
        }
    }
}

/// Starts the log, on standard error. `RUST_LOG` says how much; without it, all from `level` on.
pub(crate) fn start_log(level: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    let colours = std::io::stderr().is_terminal() && !output::wants_no_colour();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_target(false).with_ansi(colours);
    log.with_writer(std::io::stderr).init();
}

/// Warns of what an admin may not have meant.
fn warn(engine: &Engine) {
    let settings = engine.settings();
    if !settings.notice.enabled {
        tracing::warn!(
            "notices are off: nobody is told of changes that were not allowed; `comity denied list` shows them"
        );
    }
    match engine.outbox_count() {
        Ok(0) => {}
        Ok(count) => tracing::warn!(
            "{count} messages for people outside wait in the outbox: mail does not leave this server yet; `comity outbox list` shows them"
        ),
        Err(error) => tracing::warn!("looking into the outbox: {:#}", anyhow!(error)),
    }
    for folder in &settings.shared_folders {
        let account = &folder.account;
        let there = FolderPath::try_from(folder.path.as_str()).and_then(|path| engine.grants(account, &path));
        match there {
            Ok(_) => {}
            Err(engine::Error::NotFound { .. } | engine::Error::Invalid { .. }) => tracing::warn!(
                "[[shared_folder]] {account} '{}' does not exist; phones get it when it does",
                folder.path
            ),
            Err(error) => tracing::warn!("looking for [[shared_folder]] {account}: {:#}", anyhow!(error)),
        }
    }
}
