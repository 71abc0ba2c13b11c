//! Points in time as iCalendar says them.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// A point in time: a day, a clock's time wherever one is, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day.
    Day(Date),
    /// A time on the clock, in whatever zone.
    Floating(DateTime),
    /// An instant.
    At {
        /// The instant.
        instant: Timestamp,
        /// What the author's clock showed, where that is known.
        local: Option<DateTime>,
    },
}

impl Moment {
    /// Returns what a clock shows; in `zone` where the moment does not say it.
    #[must_use]
    pub fn local(self, zone: &TimeZone) -> DateTime {
        match self {
            Self::Day(date) => date.to_datetime(Time::midnight()),
            Self::Floating(local) | Self::At { local: Some(local), .. } => local,
            Self::At { instant, local: None } => zone.to_datetime(instant),
        }
    }

    /// Returns the instant; a day begins, and a floating time is, as `zone` has it.
    #[must_use]
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Day(_) | Self::Floating(_) => {
                let local = self.local(zone);
                // Only a time beyond the last year there is has no instant.
                zone.to_ambiguous_timestamp(local).compatible().unwrap_or(Timestamp::MAX)
            }
            Self::At { instant, .. } => instant,
        }
    }

    /// Returns whether a phone that was shown this moment by a clock in `home` means it when it sends `sent`.
    pub(crate) fn is_as_shown(self, sent: Self, home: &TimeZone) -> bool {
        match (self, sent) {
            (Self::At { instant, local: None }, Self::At { instant: sent, .. })
            | (Self::At { instant, .. }, Self::At { instant: sent, local: None }) => instant == sent,
            (Self::Floating(local), Self::At { local: Some(sent), .. }) => local == sent,
            // Midnight is sent as the day.
            (_, Self::Day(day)) => self.local(home) == day.to_datetime(Time::midnight()),
            (Self::Day(_) | Self::Floating(_) | Self::At { .. }, Self::Floating(_) | Self::At { .. }) => {
                self == sent
            }
        }
    }

    pub(crate) fn readable(self) -> String {
        match self {
            Self::Day(date) => date.to_string(),
            Self::Floating(local) | Self::At { local: Some(local), .. } => {
                local.strftime("%Y-%m-%d %H:%M").to_string()
            }
            Self::At { instant, local: None } => instant.strftime("%Y-%m-%d %H:%MZ").to_string(),
        }
    }
}
