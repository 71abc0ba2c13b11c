//! ResolveRecipients: who is meant by what was typed, and when they have time.

use engine::{MAX_SLOTS, Recipient, RecipientKind, Timestamp};
use items::event::Busy;
use jiff::SignedDuration;
use wbxml::page::resolve_recipients::{
    AVAILABILITY, CERTIFICATE_COUNT, CERTIFICATE_RETRIEVAL, CERTIFICATES, DISPLAY_NAME, EMAIL_ADDRESS,
    END_TIME, MAX_AMBIGUOUS_RECIPIENTS, MAX_CERTIFICATES, MERGED_FREE_BUSY, OPTIONS, PICTURE, RECIPIENT,
    RECIPIENT_COUNT, RESOLVE_RECIPIENTS, RESPONSE, START_TIME, STATUS, TO, TYPE,
};
use wbxml::{Element, Tag};

use super::{Session, body};
use crate::payload::instant;
use crate::reply::{Reply, number};
use crate::request::Version;
use crate::server::Failure;
use crate::status::CommonStatus;

/// The most texts in one request.
const MAX_TO: usize = 1_000;
/// The most texts in one request that asks for free and busy times.
const MAX_TO_WITH_TIMES: usize = 100;
/// The most characters of one text.
const MAX_TO_CHARS: usize = 256;
/// The most recipients that one text is answered with.
const MAX_AMBIGUOUS: usize = 100;
/// The largest number that a phone may name as its own limit.
const MAX_LIMIT: usize = 9_999;
/// Minutes of a half hour: free and busy times have one digit for each.
const SLOT_MIN: i64 = 30;
/// Days that are answered where a phone names no end.
const USUAL_DAYS: i64 = 7;

const DONE: u8 = 1;
const AMBIGUOUS: u8 = 2;
const AMBIGUOUS_IN_PART: u8 = 3;
const NOBODY: u8 = 4;
const PROTOCOL_ERROR: u8 = 5;
const NO_CERTIFICATE: u8 = 7;
/// The digit of a time nothing is known of.
const UNKNOWN_TIME: char = '4';

/// What a phone wants to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wanted {
    /// The first half hour and how many.
    times: Option<(Timestamp, usize)>,
    certificates: bool,
    pictures: bool,
    /// Recipients it takes for one text.
    limit: usize,
}

/// A value is missing or is none.
struct Malformed;

/// Answers a ResolveRecipients.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, RESOLVE_RECIPIENTS)?;
    let texts: Vec<String> = root.children(TO).take(MAX_TO + 1).map(|to| to.value().into_owned()).collect();
    let too_long = |text: &String| text.chars().count() > MAX_TO_CHARS;
    let Some(wanted) = wanted(session, root.child(OPTIONS))
        .ok()
        .filter(|_| !texts.is_empty() && texts.len() <= MAX_TO && !texts.iter().any(too_long))
    else {
        return Ok(Reply::failed(RESOLVE_RECIPIENTS, (STATUS, PROTOCOL_ERROR)));
    };
    let found = session.engine().resolve(session.caller, &texts)?;
    let mut answer = Element::new(RESOLVE_RECIPIENTS).with(number(STATUS, DONE));
    for (text, meant) in texts.iter().zip(&found) {
        answer.push(one(session, (text, meant), &wanted, texts.len())?);
    }
    Ok(Reply::wbxml(&answer))
}

fn wanted(session: &Session<'_>, options: Option<&Element>) -> Result<Wanted, Malformed> {
    let all = Wanted { times: None, certificates: false, pictures: false, limit: MAX_AMBIGUOUS };
    let Some(options) = options else { return Ok(all) };
    limit(options, MAX_CERTIFICATES)?;
    let retrieval = match options.child_text(CERTIFICATE_RETRIEVAL) {
        Some(text) => text.trim().parse::<u8>().map_err(|_| Malformed)?,
        None => 1,
    };
    if !(1..=3).contains(&retrieval) {
        return Err(Malformed);
    }
    let availability = options.child(AVAILABILITY).filter(|_| session.version >= Version::V14_0);
    Ok(Wanted {
        times: availability.map(times).transpose()?,
        certificates: retrieval > 1,
        pictures: session.version >= Version::V14_1 && options.child(PICTURE).is_some(),
        limit: limit(options, MAX_AMBIGUOUS_RECIPIENTS)?
            .map_or(MAX_AMBIGUOUS, |limit| limit.min(MAX_AMBIGUOUS)),
    })
}

fn limit(options: &Element, tag: Tag) -> Result<Option<usize>, Malformed> {
    let Some(text) = options.child_text(tag) else { return Ok(None) };
    let limit = text.trim().parse().map_err(|_| Malformed)?;
    if limit <= MAX_LIMIT { Ok(Some(limit)) } else { Err(Malformed) }
}

/// Reads which half hours are asked for: at least one, and no more than the engine tells.
fn times(availability: &Element) -> Result<(Timestamp, usize), Malformed> {
    let at = |tag: Tag| availability.child_text(tag).map(|text| instant(&text).ok_or(Malformed)).transpose();
    let from = at(START_TIME)?.ok_or(Malformed)?;
    let length = match at(END_TIME)? {
        Some(until) => until.duration_since(from),
        None => SignedDuration::from_hours(24 * USUAL_DAYS),
    };
    let (seconds, slot) = (length.as_secs(), 60 * SLOT_MIN);
    // One that has begun is a whole one.
    let slots = usize::try_from(seconds.saturating_add(slot - 1) / slot).map_err(|_| Malformed)?;
    if seconds < slot || slots > MAX_SLOTS { Err(Malformed) } else { Ok((from, slots)) }
}

fn one(
    session: &Session<'_>,
    (text, meant): (&str, &[Recipient]),
    wanted: &Wanted,
    asked: usize,
) -> Result<Element, Failure> {
    let shown = if meant.len() > 1 { meant.len().min(wanted.limit) } else { meant.len() };
    let status = match meant.len() {
        0 => NOBODY,
        1 => DONE,
        all if all == shown => AMBIGUOUS,
        _ => AMBIGUOUS_IN_PART,
    };
    let mut response = Element::new(RESPONSE)
        .with(Element::text(TO, text))
        .with(number(STATUS, status))
        .with(number(RECIPIENT_COUNT, shown));
    for recipient in meant.iter().take(shown) {
        let mut element = Element::new(RECIPIENT)
            .with(number(TYPE, if recipient.kind == RecipientKind::User { 1 } else { 2 }))
            .with(Element::text(DISPLAY_NAME, &recipient.display_name))
            .with(Element::text(EMAIL_ADDRESS, &recipient.email));
        // Of many who may be meant, nobody's calendar is read.
        if let Some(times) = wanted.times.filter(|_| status == DONE) {
            element.push(availability(session, recipient, times, asked)?);
        }
        if wanted.certificates {
            let none = Element::new(CERTIFICATES).with(number(STATUS, NO_CERTIFICATE));
            element.push(none.with(number(CERTIFICATE_COUNT, 0)));
        }
        if wanted.pictures {
            element.push(Element::new(PICTURE).with(number(STATUS, CommonStatus::NoPicture.value())));
        }
        response.push(element);
    }
    Ok(response)
}

fn availability(
    session: &Session<'_>,
    recipient: &Recipient,
    (from, slots): (Timestamp, usize),
    asked: usize,
) -> Result<Element, Failure> {
    let status = |status: u8| Element::new(AVAILABILITY).with(number(STATUS, status));
    if asked > MAX_TO_WITH_TIMES {
        return Ok(status(CommonStatus::AvailabilityTooManyRecipients.value()));
    }
    if recipient.kind == RecipientKind::Contact {
        return Ok(status(CommonStatus::AvailabilityFailure.value()));
    }
    let taken = session.engine().free_busy(session.caller, &recipient.email, (from, slots), session.now)?;
    let digits: String = match taken {
        Some(taken) => taken.into_iter().map(digit).collect(),
        None => std::iter::repeat_n(UNKNOWN_TIME, slots).collect(),
    };
    Ok(status(DONE).with(Element::text(MERGED_FREE_BUSY, digits)))
}

const fn digit(busy: Busy) -> char {
    match busy {
        Busy::Free | Busy::Elsewhere => '0',
        Busy::Tentative => '1',
        Busy::Busy => '2',
        Busy::Away => '3',
    }
}
