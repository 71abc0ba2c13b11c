//! The Share page: who may do what in one folder.
//!
//! Everything that was edited and not saved stands in the form. Each button sends the whole form, and says in `do` what
//! is to come of it; all but `save` show the page again, with what saving would change.

mod draft;
mod found;
mod row;
mod told;

use askama::Template;
use axum::http::StatusCode;
use engine::{
    AccessList, Actor, By, FolderId, FolderPath, MissedChange, Preview, PrincipalRef, ShareError, Via, Voice,
};
use jiff::tz::TimeZone;

use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::fields::Fields;
use crate::frame::Frame;
use crate::link;
use crate::page::principal;

use draft::{Draft, Fate};
use found::Found;
use row::{Gain, RowView};

/// Principals that one form can add.
const MAX_PICKED: usize = 100;

#[derive(Template)]
#[template(path = "share.html")]
#[expect(clippy::struct_excessive_bools, reason = "what the template asks")]
struct Page {
    frame: Frame,
    /// The folder's name.
    folder: String,
    /// Whose it is, and where in it.
    place: String,
    kind: &'static str,
    /// The page that shows the folder as somebody else sees it.
    view: String,
    owner: String,
    revision: i64,
    rows: Vec<RowView>,
    users: Found,
    groups: Found,
    depth: bool,
    give_up: bool,
    /// What went wrong, or is still to be done.
    wrong: Option<String>,
    missed: Vec<Missed>,
    is_edited: bool,
    /// Whether saving would give up the reader's own right.
    loses_own: bool,
    gains: Vec<Gain>,
    skipped: Vec<String>,
    mark: String,
}

/// What somebody else changed meanwhile.
struct Missed {
    at: String,
    text: String,
}

#[derive(Template)]
#[template(path = "shared.html")]
struct Given {
    frame: Frame,
    folder: String,
    place: String,
    effect: String,
    admins: Vec<String>,
}

/// One folder as one visitor has it before him.
struct Desk<'a> {
    visit: &'a Visit<'a>,
    folder: FolderId,
    list: AccessList,
    zone: TimeZone,
}

/// What is said above the list.
#[derive(Default)]
struct Said {
    wrong: Option<String>,
    missed: Vec<MissedChange>,
}

impl<'a> Desk<'a> {
    fn open(visit: &'a Visit<'a>) -> Result<Self, Refusal> {
        let (account, path) = link::parse_folder("share", &visit.ask.path).ok_or(Refusal::NotFound)?;
        let path = FolderPath::try_from(path.as_str()).map_err(|_| Refusal::NotFound)?;
        let viewer = Actor::User(visit.caller());
        let folder = visit.engine().folder_at(viewer, &account, &path, visit.ask.now)?;
        let list = visit.engine().access_list(viewer, folder, visit.ask.now)?;
        let zone = visit.session.zone.clone().unwrap_or(TimeZone::UTC);
        Ok(Self { visit, folder, list, zone })
    }

    fn actor(&self) -> Actor<'a> {
        Actor::User(self.visit.caller())
    }

    fn name(&self) -> String {
        self.list.folder.path.rsplit('/').next().unwrap_or_default().to_owned()
    }

    /// Returns what people call a principal, which may be new in the list.
    fn display_name(&self, who: &PrincipalRef) -> String {
        if let Some(listed) = self.list.grants.iter().find(|grant| grant.principal == *who) {
            return listed.display_name.clone();
        }
        let (PrincipalRef::User(name) | PrincipalRef::Group(name)) = who else { return String::new() };
        self.visit.engine().principal(name).map(|found| found.display_name).unwrap_or_default()
    }

    /// Returns what people call who changed something, and whose grant it was.
    fn missed_names(&self, missed: &MissedChange, frame: &Frame) -> (String, String) {
        let by = PrincipalRef::User(missed.by.clone());
        let of: Result<PrincipalRef, _> = missed.principal.parse();
        let of = of.map(|of| principal::name(&of, &self.display_name(&of), frame));
        (
            principal::name(&by, &self.display_name(&by), frame),
            of.unwrap_or_else(|_| missed.principal.clone()),
        )
    }

    fn place(&self) -> String {
        match self.list.folder.path.rsplit_once('/') {
            Some((above, _)) => format!("{} / {}", self.list.owner.display_name, above.replace('/', " / ")),
            None => self.list.owner.display_name.clone(),
        }
    }

    /// Shows a draft with what saving it would change.
    fn page(&self, draft: &Draft, form: &Fields, said: Said) -> Result<Answer, Refusal> {
        let frame = self.visit.ask.frame();
        let (preview, refused) = self.preview(draft, &frame)?;
        let rows = draft.rows.iter().enumerate().map(|(number, row)| {
            let name = self.display_name(&row.who);
            RowView::of((number, row), &name, &self.list, (&self.zone, &frame))
        });
        let missed =
            said.missed.iter().map(|missed| told::missed(missed, self.missed_names(missed, &frame), &frame));
        let missed = missed.map(|(at, text)| Missed { at, text }).collect();
        let kind = self.list.folder.kind;
        let is_shown = said.wrong.is_some() || !draft.is_untouched();
        let page = Page {
            folder: self.name(),
            place: self.place(),
            kind: super::home::kind_key(kind),
            view: link::folder("view", &self.list.owner.name, &self.list.folder.path),
            owner: self.list.owner.display_name.clone(),
            revision: draft.revision.0,
            rows: rows.collect(),
            users: found::users(self.visit.engine(), form.get("users"), draft)?,
            groups: found::groups(self.visit.engine(), form.get("groups"), draft, &frame)?,
            depth: draft.depth == engine::Depth::Subtree,
            give_up: draft.own_admin == engine::OwnAdmin::GiveUp,
            wrong: said.wrong.or(refused).filter(|_| is_shown),
            missed,
            is_edited: !draft.is_untouched(),
            loses_own: preview.as_ref().is_some_and(|preview| preview.loses_own_admin),
            gains: preview
                .iter()
                .flat_map(|preview| &preview.changes)
                .map(|one| Gain::of(one, kind, &frame))
                .collect(),
            skipped: preview.map(|preview| preview.skipped).unwrap_or_default(),
            mark: draft.mark(),
            frame,
        };
        Ok(Answer::page(&page))
    }

    /// Returns what saving a draft would change, or why it would be refused.
    fn preview(&self, draft: &Draft, frame: &Frame) -> Result<(Option<Preview>, Option<String>), Refusal> {
        if draft.is_untouched() {
            return Ok((None, None));
        }
        // What others did meanwhile is told when it is saved.
        let change = engine::AccessListChange { revision: None, ..draft.change() };
        match self.visit.engine().preview_access_list(self.actor(), self.folder, &change, self.visit.ask.now)
        {
            Ok(preview) => Ok((Some(preview), None)),
            Err(ShareError::Failed(error)) => Err(error.into()),
            Err(error) => Ok((None, Some(told::refused(&error, self.list.folder.kind, frame)))),
        }
    }

    fn save(&self, draft: &Draft, form: &Fields) -> Result<Answer, Refusal> {
        let address = link::folder("share", &self.list.owner.name, &self.list.folder.path);
        if draft.is_untouched() {
            return Ok(Answer::go(&address));
        }
        let frame = self.visit.ask.frame();
        if form.get("shown") != draft.mark() {
            let said = Said { wrong: Some(frame.say("share-look-first")), ..Said::default() };
            return self.page(draft, form, said);
        }
        let via = Via { protocol: "web", device: "", address: &self.visit.ask.connection.address };
        let by = By { actor: self.actor(), via };
        let done =
            self.visit.engine().change_access_list(&by, self.folder, &draft.change(), self.visit.ask.now);
        match done {
            Ok(_) => Ok(Answer::go(&format!("{address}?done=saved"))),
            Err(ShareError::Conflict(conflict)) => {
                let draft = draft.onto(&conflict.now);
                let desk = Desk {
                    visit: self.visit,
                    folder: self.folder,
                    zone: self.zone.clone(),
                    list: conflict.now,
                };
                let said = Said { wrong: Some(frame.say("share-conflict")), missed: conflict.missed };
                Ok(desk.page(&draft, form, said)?.with_status(StatusCode::CONFLICT))
            }
            Err(ShareError::Failed(error)) => Err(error.into()),
            Err(error) => {
                let wrong = Some(told::refused(&error, self.list.folder.kind, &frame));
                let answer = self.page(draft, form, Said { wrong, ..Said::default() })?;
                Ok(answer.with_status(StatusCode::UNPROCESSABLE_ENTITY))
            }
        }
    }
}

/// Shows the list as it is; to who may not change it, what he may do himself.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let desk = Desk::open(visit)?;
    if desk.list.may_change {
        return desk.page(&Draft::of(&desk.list), &visit.ask.query, Said::default());
    }
    let frame = visit.ask.frame();
    let rights = desk.list.effect.rights();
    let words = engine::say(&rights, desk.list.folder.kind, Voice::Second, frame.words().language());
    let page = Given {
        folder: desk.name(),
        place: desk.place(),
        effect: frame.with("share-you-may", "rights", words),
        admins: desk.list.admins.iter().map(|who| principal::name(who, "", &frame)).collect(),
        frame,
    };
    Ok(Answer::page(&page))
}

/// Does what a button of the page says.
pub(crate) fn submit(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let desk = Desk::open(visit)?;
    if !desk.list.may_change {
        return Err(engine::Error::Refused { what: ShareError::NotAdmin.to_string() }.into());
    }
    let form = visit.form()?;
    let mut draft = Draft::parse(form, &desk.zone)?;
    let (what, which) = form.get("do").split_once('.').unwrap_or((form.get("do"), ""));
    let (number, preset) = which.split_once('.').unwrap_or((which, ""));
    let number = number.parse().unwrap_or(usize::MAX);
    match what {
        "save" => return desk.save(&draft, form),
        "add" => {
            for who in form.all("pick").take(MAX_PICKED) {
                draft.add(who.parse()?);
            }
        }
        "remove" => draft.remove(number),
        "put-back" => draft.put_back(number),
        "preset" => {
            let preset = preset.parse().map_err(|_| Refusal::Form("there is no such preset".to_owned()))?;
            draft.preset(number, preset);
        }
        // Searching, and seeing what would change: the page does both in any case.
        _ => {}
    }
    let form = if what == "add" { &Fields::default() } else { form };
    desk.page(&draft, form, Said::default())
}

/// Finds users or groups while their names are typed.
pub(crate) fn find(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    found::fragment(visit)
}

/// Returns whether a row counts.
const fn is_kept(fate: Fate) -> bool {
    matches!(fate, Fate::Kept)
}
