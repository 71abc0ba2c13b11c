//! `comity user away`

use anyhow::Result;
use engine::{Away, AwayState, AwayText, Timestamp};
use serde::Serialize;

use crate::session::Session;

/// A user's out-of-office answer, as printed.
#[derive(Debug, Serialize)]
struct AwayRow {
    user: String,
    state: &'static str,
    now: bool,
    from: Option<String>,
    until: Option<String>,
    internal: TextRow,
    external_known: TextRow,
    external_unknown: TextRow,
}

/// One of its texts, as printed.
#[derive(Debug, Serialize)]
struct TextRow {
    enabled: bool,
    html: bool,
    text: String,
}

impl From<AwayText> for TextRow {
    fn from(text: AwayText) -> Self {
        let AwayText { enabled, text, html } = text;
        Self { enabled, html, text }
    }
}

/// Prints whether and what a user's senders are answered.
pub(super) fn show(session: &Session, name: &str) -> Result<()> {
    let away = session.engine.away(&session.engine.act_as(name)?)?;
    session.out.show(&row(name, away, session.now), |row| {
        let line = |head: &str, text: &str| vec![head.to_owned(), text.to_owned()];
        let mut lines = vec![line("user", &row.user), line("state", row.state)];
        lines.extend(row.from.as_deref().map(|from| line("from", from)));
        lines.extend(row.until.as_deref().map(|until| line("until", until)));
        lines.push(line("answers now", if row.now { "yes" } else { "no" }));
        for (head, text) in [
            ("to users here", &row.internal),
            ("to contacts elsewhere", &row.external_known),
            ("to others", &row.external_unknown),
        ] {
            lines.push(line(head, if text.enabled { &text.text } else { "no answer" }));
        }
        crate::output::pairs(lines)
    })
}

fn row(name: &str, away: Away, now: Timestamp) -> AwayRow {
    let time = |ms: i64| Timestamp::from_millisecond(ms).ok().map(|at| at.to_string());
    let (state, from, until) = match away.state {
        AwayState::Off => ("off", None, None),
        AwayState::On => ("on", None, None),
        AwayState::Timed { from_ms, until_ms } => ("timed", time(from_ms), time(until_ms)),
    };
    AwayRow {
        user: name.to_owned(),
        state,
        now: away.state.is_on(now.as_millisecond()),
        from,
        until,
        internal: away.internal.into(),
        external_known: away.known.into(),
        external_unknown: away.unknown.into(),
    }
}
