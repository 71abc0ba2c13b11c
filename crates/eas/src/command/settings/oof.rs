//! The block of Settings about the out-of-office answer.

use engine::{Away, AwayState, AwayText, MAX_AWAY_CHARS, Timestamp};
use items::html;
use wbxml::page::settings::{
    APPLIES_TO_EXTERNAL_KNOWN, APPLIES_TO_EXTERNAL_UNKNOWN, APPLIES_TO_INTERNAL, BODY_TYPE, ENABLED,
    END_TIME, GET, OOF, OOF_MESSAGE, OOF_STATE, REPLY_MESSAGE, SET, START_TIME, STATUS,
};
use wbxml::{Element, Tag};

use super::{CONFLICTING, DONE, INVALID, PROTOCOL_ERROR};
use crate::command::Session;
use crate::payload::{dashed, instant};
use crate::reply::number;
use crate::server::Failure;

/// Whom a text is for, in the order they are told.
const AUDIENCES: [Tag; 3] = [APPLIES_TO_INTERNAL, APPLIES_TO_EXTERNAL_KNOWN, APPLIES_TO_EXTERNAL_UNKNOWN];

/// The form a text is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    Html,
}

/// Answers the block.
pub(super) fn answer(session: &Session<'_>, block: &Element) -> Result<Element, Failure> {
    let status = |value: u8| Element::new(OOF).with(number(STATUS, value));
    match (block.child(GET), block.child(SET)) {
        (Some(get), None) => Ok(match get.child(BODY_TYPE).map_or(Ok(Form::Plain), form) {
            Ok(form) => status(DONE).with(shown(&session.engine().away(session.caller)?, form)),
            Err(value) => status(value),
        }),
        (None, Some(set)) => {
            let before = session.engine().away(session.caller)?;
            let value = match changed(before, set) {
                Ok(away) => {
                    session.engine().set_away(session.caller, &away, session.now)?;
                    DONE
                }
                Err(value) => value,
            };
            Ok(status(value))
        }
        (Some(_), Some(_)) | (None, None) => Ok(status(PROTOCOL_ERROR)),
    }
}

fn shown(away: &Away, form: Form) -> Element {
    let time = |tag: Tag, ms: i64| {
        Element::text(tag, dashed(Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH)))
    };
    let mut get = Element::new(GET);
    match away.state {
        AwayState::Off => get.push(number(OOF_STATE, 0)),
        AwayState::On => get.push(number(OOF_STATE, 1)),
        AwayState::Timed { from_ms, until_ms } => {
            get.push(number(OOF_STATE, 2));
            get.push(time(START_TIME, from_ms));
            get.push(time(END_TIME, until_ms));
        }
    }
    for (audience, text) in AUDIENCES.into_iter().zip([&away.internal, &away.known, &away.unknown]) {
        get.push(message(audience, text, form));
    }
    get
}

fn message(audience: Tag, text: &AwayText, form: Form) -> Element {
    let (reply, name) = match (form, text.html) {
        (Form::Plain, false) => (text.text.clone(), "Text"),
        (Form::Plain, true) => (html::to_text(&text.text), "Text"),
        (Form::Html, false) => (html::from_text(&text.text), "HTML"),
        (Form::Html, true) => (text.text.clone(), "HTML"),
    };
    let mut message =
        Element::new(OOF_MESSAGE).with(Element::new(audience)).with(number(ENABLED, u8::from(text.enabled)));
    if !text.text.is_empty() {
        message.push(Element::text(REPLY_MESSAGE, reply));
    }
    message.with(Element::text(BODY_TYPE, name))
}

/// Returns what is to be kept; what the phone does not name stays.
fn changed(mut away: Away, set: &Element) -> Result<Away, u8> {
    if let Some(state) = set.child_text(OOF_STATE) {
        let times = (set.child(START_TIME), set.child(END_TIME));
        away.state = match (state.trim(), times) {
            (_, (Some(_), None) | (None, Some(_))) => return Err(PROTOCOL_ERROR),
            ("0", _) => AwayState::Off,
            ("1", _) => AwayState::On,
            ("2", (Some(from), Some(until))) => timed(from, until)?,
            ("2", (None, None)) if matches!(away.state, AwayState::Timed { .. }) => away.state,
            _ => return Err(INVALID),
        };
    }
    let messages: Vec<&Element> = set.children(OOF_MESSAGE).collect();
    if messages.len() > AUDIENCES.len() {
        return Err(PROTOCOL_ERROR);
    }
    let mut told: Vec<Tag> = Vec::new();
    for message in messages {
        let text = text(message)?;
        let audiences: Vec<Tag> =
            AUDIENCES.into_iter().filter(|audience| message.child(*audience).is_some()).collect();
        if audiences.is_empty() {
            return Err(PROTOCOL_ERROR);
        }
        if audiences.iter().any(|audience| told.contains(audience)) {
            return Err(CONFLICTING);
        }
        for audience in &audiences {
            match *audience {
                APPLIES_TO_INTERNAL => away.internal.clone_from(&text),
                APPLIES_TO_EXTERNAL_KNOWN => away.known.clone_from(&text),
                _ => away.unknown.clone_from(&text),
            }
        }
        told.extend(audiences);
    }
    Ok(away)
}

fn timed(from: &Element, until: &Element) -> Result<AwayState, u8> {
    let at = |element: &Element| instant(&element.value()).map(Timestamp::as_millisecond).ok_or(INVALID);
    let (from_ms, until_ms) = (at(from)?, at(until)?);
    if from_ms < until_ms { Ok(AwayState::Timed { from_ms, until_ms }) } else { Err(CONFLICTING) }
}

fn text(message: &Element) -> Result<AwayText, u8> {
    let form = message.child(BODY_TYPE).map_or(Ok(Form::Plain), form)?;
    let text = message.child_text(REPLY_MESSAGE).unwrap_or_default().into_owned();
    if text.chars().count() > MAX_AWAY_CHARS {
        return Err(INVALID);
    }
    let enabled = message.flag(ENABLED).ok_or(PROTOCOL_ERROR);
    let enabled = if message.child(ENABLED).is_none() { false } else { enabled? };
    Ok(AwayText { enabled, text, html: form == Form::Html })
}

fn form(element: &Element) -> Result<Form, u8> {
    match element.value().trim() {
        text if text.eq_ignore_ascii_case("Text") => Ok(Form::Plain),
        text if text.eq_ignore_ascii_case("HTML") => Ok(Form::Html),
        _ => Err(INVALID),
    }
}
