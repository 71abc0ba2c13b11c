//! What happens on a day.

use eas::request::Received;
use eas::{Reply, Woken};
use engine::{DeniedChange, Timestamp};
use hyper::{HeaderMap, Method};
use jiff::SignedDuration;
use phone::{Class, Folder, FolderId, Greeting, Habit, ItemId, Kind, Moving, Phone, Request, Version};

use crate::office::{BOARD, FIXTURES, MEMBERS, Office};
use crate::transcript::Transcript;

/// Folders of his own that Bo has on his phone: Inbox, calendar and contacts.
const OWN: [u8; 3] = [2, 8, 9];

/// More requests than any part of the day needs.
const MAX_REQUESTS: usize = 40;

/// The occurrences of the series that Bo touches, in UTC.
const WEDNESDAY: &str = "20260304T080000Z";
const THURSDAY: &str = "20260305T080000Z";

/// An occurrence of the series in the shared calendar.
const TRAINING: &str = "20260309T170000Z";

/// Plays a day and returns its transcript.
pub(crate) fn play(kind: Kind, version: Version) -> String {
    let mut day = Day::begin(kind, version);
    day.starts_up();
    day.writes_his_own();
    day.repeats_a_key();
    day.repeats_a_client_id();
    day.is_denied();
    day.changes_occurrences();
    day.writes_an_all_day_event();
    day.sends_mail();
    day.loses_a_folder();
    day.ends()
}

struct Day {
    office: Office,
    now: Timestamp,
    phone: Phone,
    transcript: Transcript,
    /// How many denied changes, notices and messages to Anna were told.
    told: (usize, usize, usize),
}

impl Day {
    fn begin(kind: Kind, version: Version) -> Self {
        let now: Timestamp = "2026-03-02T07:00:00Z".parse().unwrap();
        let office = Office::open(now);
        let phone = Phone::with_habit("phone1", kind, Habit { version, ..kind.habit() });
        let mut transcript = Transcript::default();
        transcript.line("#", &format!("A day of {kind:?} at {version}: user bo, device phone1."));
        Self { office, now, phone, transcript, told: (0, 0, 0) }
    }

    fn heading(&mut self, text: &str) {
        self.now = self.now.saturating_add(SignedDuration::from_mins(30)).unwrap();
        self.transcript.heading(text);
    }

    fn starts_up(&mut self) {
        self.heading("Bo sets the phone up");
        let steps = if self.phone.habit().greeting == Greeting::None { 1 } else { 2 };
        for _ in 0..steps {
            self.exchange();
        }
        let is_wanted = |folder: &&Folder| OWN.contains(&folder.number()) || folder.number() > 10;
        let others: Vec<FolderId> =
            self.phone.folders().filter(|folder| !is_wanted(folder)).map(|one| one.id().clone()).collect();
        for folder in &others {
            self.phone.leave_out(folder);
        }
        self.goes_on();
        self.waits("nothing happens");
    }

    /// Sends a request that waits until its time is up; a client without one asks again.
    fn waits(&mut self, why: &str) {
        self.transcript.line("#", why);
        if self.phone.kind() == Kind::TbSync {
            self.phone.want_all();
            return self.goes_on();
        }
        let request = self.phone.ping_request(480);
        let reply = self.deliver(&request, Woken::TimeUp, |_| {});
        self.phone.apply(&request, reply.status, &reply.body).unwrap();
        self.goes_on();
    }

    fn writes_his_own(&mut self) {
        self.heading("Bo adds, changes and deletes what is his");
        let folder = self.folder(Class::Contacts, "Contacts");
        let item = self.item(&folder, "LastName", "Ober");
        self.phone
            .change(&folder, item, &[("JobTitle", "Coach"), ("Email1Address", "lena@club.example")])
            .unwrap();
        let new = self.phone.add(&folder, &[("FirstName", "Gerd"), ("LastName", "Müller")]).unwrap();
        self.goes_on();
        self.phone.delete(&folder, new).unwrap();
        self.goes_on();
    }

    fn repeats_a_key(&mut self) {
        self.heading("An answer is lost, and the phone asks with the same key again");
        let folder = self.folder(Class::Contacts, "Contacts");
        let item = self.item(&folder, "LastName", "Ober");
        self.phone.change(&folder, item, &[("JobTitle", "Head coach")]).unwrap();
        self.loses_an_answer();
        self.goes_on();
    }

    fn repeats_a_client_id(&mut self) {
        self.heading("The answer to a new contact is lost");
        let folder = self.folder(Class::Contacts, "Contacts");
        self.phone.add(&folder, &[("FirstName", "Franz"), ("LastName", "Beckenbauer")]).unwrap();
        self.loses_an_answer();
        self.goes_on();
    }

    fn is_denied(&mut self) {
        let folder = self.folder(Class::Contacts, MEMBERS);
        self.heading("Bo adds to a folder that he may only read");
        self.phone.add(&folder, &[("FirstName", "Uli"), ("LastName", "Hoeneß")]).unwrap();
        self.goes_on();
        self.heading("Bo changes what he may only read");
        let neuer = self.item(&folder, "LastName", "Neuer");
        self.phone.change(&folder, neuer, &[("FirstName", "Manuel"), ("Spouse", "Anika")]).unwrap();
        self.goes_on();
        self.heading("Bo deletes what he may only read");
        // Some phones get an item anew that is put right.
        let neuer = self.item(&folder, "LastName", "Neuer");
        self.phone.delete(&folder, neuer).unwrap();
        self.goes_on();
        if self.phone.habit().moving != Moving::Never {
            self.heading("Bo moves what he may only read");
            let kahn = self.item(&folder, "LastName", "Kahn");
            let own = self.folder(Class::Contacts, "Contacts");
            self.phone.move_item(&folder, kahn, &own).unwrap();
            self.goes_on();
            self.waits("is there anything left?");
        }
    }

    fn changes_occurrences(&mut self) {
        let own = self.folder(Class::Calendar, "Calendar");
        self.heading("Bo changes one occurrence of his series and deletes another");
        let series = self.item(&own, "Subject", "Jour fixe");
        self.phone.change_occurrence(&own, (series, WEDNESDAY), &[("Subject", "Jour fixe, short")]).unwrap();
        self.phone.delete_occurrence(&own, (series, THURSDAY)).unwrap();
        self.goes_on();
        self.heading("Bo changes an occurrence that he may only read");
        let shared = self.folder(Class::Calendar, FIXTURES);
        let training = self.item(&shared, "Subject", "Training");
        self.phone.change_occurrence(&shared, (training, TRAINING), &[("Location", "Outside")]).unwrap();
        self.goes_on();
        self.heading("Bo deletes an occurrence that he may only read");
        let training = self.item(&shared, "Subject", "Training");
        self.phone.delete_occurrence(&shared, (training, TRAINING)).unwrap();
        self.goes_on();
    }

    /// The phone is in Berlin, where a day begins at 23:00 UTC of the day before.
    fn writes_an_all_day_event(&mut self) {
        self.heading("Bo adds a whole day");
        let own = self.folder(Class::Calendar, "Calendar");
        let series = self.item(&own, "Subject", "Jour fixe");
        let zone = self.phone.item(&own, series).unwrap().text("Timezone").unwrap_or_default();
        let mut fields = vec![("Subject", "Day off"), ("AllDayEvent", "1")];
        if self.phone.habit().version < Version::V16_0 {
            let times =
                [("StartTime", "20260312T230000Z"), ("EndTime", "20260313T230000Z"), ("Timezone", &zone)];
            fields.extend(times);
        } else {
            fields.extend([("StartTime", "20260313T000000Z"), ("EndTime", "20260314T000000Z")]);
        }
        self.phone.add(&own, &fields).unwrap();
        self.goes_on();
        let anna = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//club//EN\nBEGIN:VEVENT\nUID:rest\nDTSTAMP:20260101T000000Z\n\
                    DTSTART;VALUE=DATE:20260320\nDTEND;VALUE=DATE:20260321\nSUMMARY:Rest day\nEND:VEVENT\nEND:VCALENDAR\n";
        self.office.import(("bo", "Calendar"), anna, self.now);
        self.waits("somebody puts a whole day into Bo's calendar");
    }

    fn sends_mail(&mut self) {
        if self.phone.kind() == Kind::TbSync {
            return;
        }
        self.heading("Bo writes to Anna, and the answer is lost");
        let message = "From: bo@club.example\r\nTo: anna@club.example\r\nSubject: Training\r\n\
                       Message-ID: <1@phone1>\r\nDate: Mon, 02 Mar 2026 12:00:00 +0000\r\n\r\nWhen?\r\n";
        self.phone.send_mail(message.as_bytes());
        self.loses_an_answer();
        self.goes_on();
    }

    fn loses_a_folder(&mut self) {
        self.heading("Bo loses his rights in a folder while the phone waits");
        let now = self.now;
        if self.phone.kind() == Kind::TbSync {
            self.office.revoke(BOARD, now);
        } else {
            let request = self.phone.ping_request(480);
            let reply = self.deliver(&request, Woken::Changed, |office| office.revoke(BOARD, now));
            self.phone.apply(&request, reply.status, &reply.body).unwrap();
            self.goes_on();
        }
        self.waits("is there anything left?");
    }

    /// Says what the phone shows in the evening.
    fn ends(mut self) -> String {
        self.heading("In the evening the phone shows");
        for folder in self.phone.folders().filter(|folder| self.phone.syncs(folder.id())) {
            self.transcript.line("#", &format!("{} ({})", folder.name(), folder.number()));
            for item in self.phone.items(folder.id()) {
                let fields: Vec<String> =
                    SHOWN.iter().filter_map(|name| Some(format!("{name}: {}", item.text(name)?))).collect();
                let id = item.server_id().unwrap_or("none");
                self.transcript.line("#", &format!("  {id}  {}", fields.join(", ")));
            }
        }
        assert!(!self.phone.has_edits(), "something is still to be sent");
        self.transcript.finish()
    }

    fn folder(&self, class: Class, name: &str) -> FolderId {
        let mut found = self.phone.folders().filter(|one| one.class() == Some(class));
        found
            .find(|one| one.name().starts_with(name))
            .unwrap_or_else(|| panic!("no folder {name}"))
            .id()
            .clone()
    }

    fn item(&self, folder: &FolderId, field: &str, text: &str) -> ItemId {
        let mut items = self.phone.items(folder);
        items
            .find(|item| item.text(field).as_deref() == Some(text))
            .unwrap_or_else(|| panic!("no {text}"))
            .id()
    }

    /// Goes on until the phone has nothing left to do.
    fn goes_on(&mut self) {
        for _ in 0..MAX_REQUESTS {
            if !self.phone.has_work() {
                return;
            }
            self.exchange();
        }
        panic!("it never ends");
    }

    fn exchange(&mut self) {
        let request = self.phone.next_request().unwrap();
        let reply = self.deliver(&request, Woken::TimeUp, |_| {});
        self.phone.apply(&request, reply.status, &reply.body).unwrap();
    }

    fn loses_an_answer(&mut self) {
        let request = self.phone.next_request().unwrap();
        self.deliver(&request, Woken::TimeUp, |_| {});
        self.transcript.line("#", "this answer is lost");
    }

    /// Carries a request; while it waits, `meanwhile` happens.
    fn deliver(&mut self, request: &Request, why: Woken, meanwhile: impl Fn(&Office)) -> Reply {
        self.transcript.request(request);
        let mut headers = HeaderMap::new();
        headers.insert("ms-asprotocolversion", request.version.name().parse().unwrap());
        headers.insert("x-ms-policykey", request.policy_key.into());
        headers.insert("user-agent", self.phone.kind().user_agent().parse().unwrap());
        let (command, kind) = (request.command, self.phone.kind().device_type());
        let query = format!("Cmd={command}&User=bo&DeviceId=phone1&DeviceType={kind}");
        let Ok(Received::Command(asked)) = Received::parse(&Method::POST, &query, &headers) else {
            panic!("{query}")
        };
        let Office { server, bo } = &self.office;
        let reply = match server.handle(bo, &asked, &request.body, self.now) {
            eas::Answer::Reply(reply) => reply,
            eas::Answer::Wait(wait) => {
                meanwhile(&self.office);
                self.transcript.line("#", "it waits");
                match server.resume(bo, wait, why, self.now) {
                    eas::Answer::Reply(reply) => reply,
                    eas::Answer::Wait(_) => panic!("it waits on"),
                }
            }
        };
        self.transcript.answer(reply.status, &reply.body);
        self.tells();
        reply
    }

    /// Says what a request left behind: denied changes, notices, mail to Anna.
    fn tells(&mut self) {
        let denied = self.office.engine().denied(Some("bo")).unwrap();
        let (records, notices, mail) = self.told;
        let new: Vec<&DeniedChange> = denied.iter().rev().skip(records).collect();
        for one in &new {
            let uid = one.uid.map_or_else(|| "-".to_owned(), |uid| uid.0.to_string());
            let DeniedChange { id, operation, account, path, reason, summary, .. } = one;
            let silent = if one.silent { ", silent" } else { "" };
            let text =
                format!("denied {id}  {operation} {account}/{path} {uid}  {reason}{silent}  {summary}");
            self.transcript.line("+", &text);
        }
        let inbox = self.office.inbox("bo", self.now);
        inbox
            .iter()
            .skip(notices)
            .for_each(|subject| self.transcript.line("+", &format!("to bo: {subject}")));
        let annas = self.office.inbox("anna", self.now);
        annas.iter().skip(mail).for_each(|subject| self.transcript.line("+", &format!("to anna: {subject}")));
        self.told = (denied.len(), inbox.len(), annas.len());
    }
}

/// The fields that the evening's list names.
const SHOWN: &[&str] =
    &["Subject", "FirstName", "LastName", "JobTitle", "StartTime", "EndTime", "AllDayEvent", "Exceptions"];
