//! The story itself.

use ::access::Preset;
use anyhow::{Context as _, Result};
use engine::{DeniedId, Engine, FolderPath};
use phone::{FolderId, ItemId, Phone, Round};

use super::carrier::Carrier;
use super::round;
use super::teller::{Teller, Tone};
use crate::sample::SPACE;

/// Characters of a line of the story.
const WIDTH: usize = 110;

/// Characters before what is said in a step.
const INDENT: usize = 11;

/// A story on its way.
pub(super) struct Story<'a> {
    engine: &'a Engine,
    phone: Phone,
    carrier: &'a mut Carrier,
    teller: Teller,
    text: String,
    steps: u32,
    /// The last denied change that was told.
    told: DeniedId,
}

/// What the user does with one contact.
struct Deed<'a> {
    /// What he does, in a sentence.
    what: &'a str,
    folder: &'a FolderId,
    /// The contact, by its last name.
    last: &'a str,
}

impl<'a> Story<'a> {
    /// Returns a story about a phone that was just set up.
    pub(super) fn new(engine: &'a Engine, phone: Phone, carrier: &'a mut Carrier, teller: Teller) -> Self {
        Self { engine, phone, carrier, teller, text: String::new(), steps: 0, told: DeniedId(0) }
    }

    /// Tells it; returns the phone as it is at the end.
    pub(super) fn tell(mut self) -> Result<(Phone, String)> {
        self.sync().context("setting up the phone")?;
        self.phone.record_rounds();
        let public = self.folder("Public Contacts")?;
        let sponsors = self.folder("Sponsors (Anna Berg)")?;
        let own = self.folder("Contacts")?;
        self.opening(&public)?;
        self.may_not(&public, &own)?;
        self.notice()?;
        self.chapter(&sponsors, "anna", "Sponsors", "The same where he may")?;
        self.may(&sponsors, &own)?;
        self.ending()?;
        Ok((self.phone, self.text.trim_end().to_owned()))
    }

    fn opening(&mut self, public: &FolderId) -> Result<()> {
        let kind = self.phone.kind().device_type();
        let version = self.phone.habit().version;
        let name = self.carrier.caller().display_name().to_owned();
        self.line(&format!(
            "{name} has a phone ({kind}, ActiveSync {version}), which cannot know what he may do."
        ));
        self.chapter(public, SPACE, "Public Contacts", "Where he may not write")
    }

    /// Tells which folder comes next and what he may do there.
    fn chapter(&mut self, folder: &FolderId, account: &str, path: &str, heading: &str) -> Result<()> {
        let path = FolderPath::try_from(path)?;
        let user = self.carrier.caller().name();
        let levels = self.engine.access(user, (account, &path), None, self.carrier.now())?.levels;
        let levels = Preset::of(levels).map_or_else(|| levels.to_string(), |preset| preset.to_string());
        let count = self.phone.items(folder).count();
        let heading = self.teller.say(Tone::Heading, heading);
        self.line(&format!("\n{heading}: '{path}' of {account}, {count} contacts, {levels}"));
        Ok(())
    }

    fn may_not(&mut self, public: &FolderId, own: &FolderId) -> Result<()> {
        let neuer = self.named(public, "Neuer")?;
        self.phone.change(public, neuer, &[("FirstName", "Manuel")])?;
        self.step(&Deed { what: "He changes Manoel to Manuel.", folder: public, last: "Neuer" })?;
        self.phone.add(public, &[("FirstName", "Nora"), ("LastName", "Neumann")])?;
        self.step(&Deed { what: "He adds Nora Neumann.", folder: public, last: "Neumann" })?;
        let bianchi = self.named(public, "Bianchi")?;
        self.phone.delete(public, bianchi)?;
        self.step(&Deed { what: "He deletes Paolo Bianchi.", folder: public, last: "Bianchi" })?;
        let demir = self.named(public, "Demir")?;
        self.phone.move_item(public, demir, own)?;
        self.step(&Deed { what: "He moves Aylin Demir to his own contacts.", folder: public, last: "Demir" })
    }

    fn may(&mut self, sponsors: &FolderId, own: &FolderId) -> Result<()> {
        let kaya = self.named(sponsors, "Kaya")?;
        self.phone.change(sponsors, kaya, &[("JobTitle", "Sponsor, club bus and boats")])?;
        self.step(&Deed { what: "He changes what Emre Kaya pays for.", folder: sponsors, last: "Kaya" })?;
        self.phone.add(sponsors, &[("FirstName", "Nora"), ("LastName", "Neumann")])?;
        self.step(&Deed { what: "He adds Nora Neumann.", folder: sponsors, last: "Neumann" })?;
        let jansen = self.named(sponsors, "Jansen")?;
        self.phone.delete(sponsors, jansen)?;
        self.step(&Deed { what: "He deletes Pieter Jansen.", folder: sponsors, last: "Jansen" })?;
        let eriksen = self.named(sponsors, "Eriksen")?;
        self.phone.move_item(sponsors, eriksen, own)?;
        self.step(&Deed { what: "He moves Nils Eriksen to his own contacts.", folder: own, last: "Eriksen" })
    }

    /// Syncs, and tells what was sent, decided and why, and what the phone shows then.
    fn step(&mut self, deed: &Deed<'_>) -> Result<()> {
        self.steps += 1;
        self.line(&format!("\n{}. {}", self.steps, deed.what));
        self.sync()?;
        // A notice that came with it wakes the phone at once.
        self.sync()?;
        let rounds = self.phone.take_rounds();
        self.phone.record_rounds();
        if let Some(why) = self.newest_denied()? {
            self.rounds(&rounds);
            self.labelled(Tone::Denied, "denied", &why);
        } else {
            rounds.iter().map(round::sent).for_each(|sent| self.said("phone", &sent));
            self.labelled(Tone::Good, "done", "The server made the change, for everybody.");
        }
        let folder = self.phone.folder(deed.folder).map(phone::Folder::name).unwrap_or_default().to_owned();
        let shown = self.shown(deed.folder, deed.last);
        self.said("shows", &format!("in '{folder}': {shown}"));
        Ok(())
    }

    /// Tells what was sent and answered, and then what the phone got when it asked again.
    fn rounds(&mut self, rounds: &[Round]) {
        let (told, asked): (Vec<_>, Vec<_>) = rounds.iter().partition(|round| !round::sent(round).is_empty());
        for round in told {
            self.said("phone", &round::sent(round));
            let answered = round::answered(round);
            self.said(
                "server",
                if answered.is_empty() { "says nothing, which means yes" } else { &answered },
            );
        }
        let later: Vec<_> =
            asked.into_iter().map(round::answered).filter(|answered| !answered.is_empty()).collect();
        self.said("then", &later.join(", "));
    }

    /// Returns why the newest change was denied, if it was not told yet.
    fn newest_denied(&mut self) -> Result<Option<String>> {
        let denied = self.engine.denied(Some(self.carrier.caller().name()))?;
        let newest = denied.into_iter().filter(|denied| denied.id > self.told).max_by_key(|denied| denied.id);
        self.told = newest.as_ref().map_or(self.told, |denied| denied.id);
        Ok(newest.map(|denied| denied.why))
    }

    /// Returns what the phone shows of a contact.
    fn shown(&self, folder: &FolderId, last: &str) -> String {
        let found = self.phone.items(folder).find(|item| item.text("LastName").as_deref() == Some(last));
        found.map_or_else(
            || format!("no {last}"),
            |item| {
                let text = |name| item.text(name).unwrap_or_default();
                let job = item.text("JobTitle").map(|job| format!(", {job}")).unwrap_or_default();
                format!("{}, {}{job}", text("LastName"), text("FirstName"))
            },
        )
    }

    /// Shows the notices that came, the first of them whole.
    fn notice(&mut self) -> Result<()> {
        let inbox =
            self.phone.folders().find(|folder| folder.number() == 2).context("looking for the Inbox")?;
        let id = inbox.id().clone();
        let notices: Vec<_> = self
            .phone
            .items(&id)
            .filter_map(|item| {
                let subject = item.text("Subject").filter(|subject| subject.starts_with("Not allowed: "))?;
                Some((subject, item.text("Body").unwrap_or_default()))
            })
            .collect();
        let heading = self.teller.say(Tone::Heading, "In his Inbox");
        let count = notices.len();
        self.line(&format!(
            "\n{heading}: {count} notices, one for each change that held something he typed. The first:"
        ));
        let change = notices.iter().find(|(_, body)| body.contains("Your data")).or(notices.first());
        if let Some((subject, body)) = change {
            self.line(&format!("\n   | Subject: {subject}\n   |"));
            for line in body.trim_end().lines() {
                let quoted = format!("   | {line}");
                self.line(quoted.trim_end());
            }
        }
        Ok(())
    }

    fn ending(&mut self) -> Result<()> {
        let denied = self.engine.denied(Some(self.carrier.caller().name()))?.len();
        let heading = self.teller.say(Tone::Heading, "At the end");
        self.line(&format!(
            "\n{heading}: {denied} changes were not allowed, each is on record (`comity denied list`). Nobody else saw anything\n\
             of them, and the phone shows what the server has, like a phone that was set up just now."
        ));
        Ok(())
    }

    fn sync(&mut self) -> Result<()> {
        self.phone.sync_all(self.carrier)?;
        Ok(())
    }

    fn folder(&self, name: &str) -> Result<FolderId> {
        self.phone.contacts(name).with_context(|| format!("looking for the folder '{name}' on the phone"))
    }

    fn named(&self, folder: &FolderId, last: &str) -> Result<ItemId> {
        let found = self.phone.items(folder).find(|item| item.text("LastName").as_deref() == Some(last));
        found.map(phone::Item::id).with_context(|| format!("looking for {last} on the phone"))
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn said(&mut self, who: &str, what: &str) {
        self.labelled(Tone::Faint, who, what);
    }

    /// Adds what was said behind who said it, in as many lines as it takes; nothing where nothing was said.
    fn labelled(&mut self, tone: Tone, label: &str, said: &str) {
        let mut lines: Vec<String> = Vec::new();
        for word in said.split_whitespace() {
            let fits = |line: &&mut String| INDENT + line.chars().count() + word.chars().count() < WIDTH;
            match lines.last_mut().filter(fits) {
                Some(line) => line.extend([" ", word]),
                None => lines.push(word.to_owned()),
            }
        }
        if lines.is_empty() {
            return;
        }
        let gap = " ".repeat(INDENT.saturating_sub(3 + label.len()));
        let label = self.teller.say(tone, label);
        self.line(&format!("   {label}{gap}{}", lines.join(&format!("\n{}", " ".repeat(INDENT)))));
    }
}
