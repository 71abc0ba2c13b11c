//! What makes of clients do otherwise than others: one table, with the reason for each line.
//!
//! A client is known by what it says it is. Whoever lies about that harms nobody but himself: no line gives access.

use engine::Habits;

use crate::payload::{Dates, Days};

/// What one client does otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quirks {
    /// How it writes days, and expects them.
    pub(crate) dates: Dates,
    /// What the engine has to know.
    pub(crate) habits: Habits,
}

/// Which clients a line is about.
#[derive(Debug, Clone, Copy)]
enum Client {
    /// Those whose type begins so, in whatever case.
    Type(&'static str),
    /// Those whose program's name begins with the one and has the other in it.
    Agent(&'static str, &'static str),
}

/// What a line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Switch {
    /// Days of contacts are at this hour of UTC.
    BirthdayHour(u8),
    /// Days in the calendar are the digits of their dates.
    DaysAsDigits,
    /// What it moved shows twice when it is told to add it, and the first delete of it is not heeded.
    ShowsMovedTwice,
    /// It puts back itself what it may not move, and needs no corrections.
    PutsRefusedBack,
    /// An empty element takes nothing away: an item put right goes first, and comes in the next round.
    KeepsWhatWasAdded,
}

/// One line of the table.
#[derive(Debug)]
struct Line {
    client: Client,
    switch: Switch,
    /// Where it is known from.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "for who reads the table, and for the test that wants one")
    )]
    reason: &'static str,
}

const AOSP: Client = Client::Agent("Android/", "-EAS-");
const BLACKBERRY: Client = Client::Type("BlackBerry");
const OUTLOOK: Client = Client::Type("WindowsOutlook");
const TBSYNC: Client = Client::Type("TbSync");
const THUNDERBIRD: Client = Client::Agent("Thunderbird", "ActiveSync");

const TABLE: [Line; 8] = [
    Line {
        client: AOSP,
        switch: Switch::BirthdayHour(8),
        reason: "AOSP's client writes birthdays as 08:00Z and adds a day from 12:00 on",
    },
    Line {
        client: BLACKBERRY,
        switch: Switch::BirthdayHour(11),
        reason: "BlackBerry 10 writes birthdays as 11:00 UTC",
    },
    Line {
        client: TBSYNC,
        switch: Switch::DaysAsDigits,
        reason: "TbSync reads the date of an all-day event from its digits, with a zone of zeros",
    },
    Line {
        client: THUNDERBIRD,
        switch: Switch::DaysAsDigits,
        reason: "TbSync under a type that its user chose: the program's name tells it",
    },
    Line {
        client: OUTLOOK,
        switch: Switch::ShowsMovedTwice,
        reason: "Outlook on a desktop shows a moved message twice if it is sent it before it synced the folder, and \
                 ignores the first delete there",
    },
    Line {
        client: AOSP,
        switch: Switch::PutsRefusedBack,
        reason: "AOSP's parser puts a message back on status 1, 2 and 5; an add on top would double it",
    },
    Line {
        client: TBSYNC,
        switch: Switch::KeepsWhatWasAdded,
        reason: "TbSync skips empty elements, so what its user added stays on an item that is only changed",
    },
    Line {
        client: THUNDERBIRD,
        switch: Switch::KeepsWhatWasAdded,
        reason: "TbSync under a type that its user chose: the program's name tells it",
    },
];

impl Client {
    fn is(self, kind: &str, agent: &str) -> bool {
        match self {
            Self::Type(start) => kind.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start)),
            Self::Agent(start, part) => agent.starts_with(start) && agent.contains(part),
        }
    }
}

impl Quirks {
    /// Returns what the client of this type and program does otherwise.
    pub(crate) fn of(kind: &str, agent: &str) -> Self {
        let lines = TABLE.iter().filter(|line| line.client.is(kind, agent));
        lines.fold(Self::default(), |quirks, line| quirks.with(line.switch))
    }

    fn with(mut self, switch: Switch) -> Self {
        match switch {
            Switch::BirthdayHour(hour) => self.dates.birthday_hour = hour,
            Switch::DaysAsDigits => self.dates.days = Days::Digits,
            Switch::ShowsMovedTwice => self.habits.shows_moved_twice = true,
            Switch::PutsRefusedBack => self.habits.puts_refused_back = true,
            Switch::KeepsWhatWasAdded => self.habits.keeps_what_was_added = true,
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients as they name themselves.
    const CLIENTS: [(&str, &str); 9] = [
        ("Android", "Android/4.4.2-EAS-2.0"),
        ("Android", "Android-Mail/7.5"),
        ("BlackBerry", "RIM-Q10"),
        ("iPhone", "Apple-iPhone8C4/1504.100"),
        ("WindowsOutlook15", "Outlook/15.0"),
        ("TbSync", "my own words"),
        ("my own words", "Thunderbird ActiveSync"),
        ("SAMSUNGGTI9300", "SAMSUNG-GT-I9300/101.40102"),
        ("WP8", "MSFT-WP/8.0.10512"),
    ];

    #[test]
    fn every_line_has_a_reason_and_a_client_that_it_is_about() {
        for line in &TABLE {
            assert!(line.reason.len() > 20, "{line:?}");
            let about: Vec<_> = CLIENTS.iter().filter(|(kind, agent)| line.client.is(kind, agent)).collect();
            assert!(!about.is_empty(), "{line:?}");
            assert!(about.len() < 3, "{line:?} is about too many: {about:?}");
            for (kind, agent) in about {
                let quirks = Quirks::of(kind, agent);
                assert_eq!(quirks.with(line.switch), quirks, "{line:?} is overruled for {kind} {agent}");
            }
        }
    }

    #[test]
    #[rustfmt::skip] // a table reads as a table
    fn each_client_has_its_own() {
        let quirks = |birthday_hour, days, habits| Quirks { dates: Dates { birthday_hour, days }, habits };
        let hour = |hour, habits| quirks(hour, Days::Midnight, habits);
        let none = Habits::default();
        let table = [
            hour(8, Habits { puts_refused_back: true, ..none }),
            hour(0, none),
            hour(11, none),
            hour(0, none),
            hour(0, Habits { shows_moved_twice: true, ..none }),
            quirks(0, Days::Digits, Habits { keeps_what_was_added: true, ..none }),
            quirks(0, Days::Digits, Habits { keeps_what_was_added: true, ..none }),
            hour(0, none),
            hour(0, none),
        ];
        for ((kind, agent), due) in CLIENTS.iter().zip(table) {
            assert_eq!(Quirks::of(kind, agent), due, "{kind} {agent}");
        }
    }

    #[test]
    fn what_a_client_calls_itself_may_be_anything() {
        for name in ["", "\u{fc}", "WindowsOutloo\u{fc}k", "blackberry"] {
            assert!(Quirks::of(name, name).dates.birthday_hour < 24);
        }
    }
}
