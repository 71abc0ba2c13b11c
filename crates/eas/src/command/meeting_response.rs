//! `MeetingResponse`: a user accepts or declines an invitation.

use engine::{FolderId, MeetingAnswer, MeetingOutcome, Response, Target, Timestamp, Uid};
use items::event::Answer;
use wbxml::Element;
use wbxml::page::meeting_response::{
    CALENDAR_ID, COLLECTION_ID, INSTANCE_ID, MEETING_RESPONSE, REQUEST, REQUEST_ID, RESULT, SEND_RESPONSE,
    STATUS, USER_RESPONSE,
};
use wbxml::page::{air_sync_base, search};

use super::{Session, body};
use crate::payload::date;
use crate::reply::{Reply, number};
use crate::request::{Request, Version};
use crate::server::Failure;
use crate::status::CommonStatus;
use crate::wire_id;

const DONE: u8 = 1;
const INVALID: u8 = 2;
const SERVER_ERROR: u8 = 4;

/// Answers one request may have.
const MAX_ANSWERS: usize = 100;
/// Characters of an `InstanceId`: `2026-09-08T09:00:00.000Z`.
const INSTANCE_CHARS: usize = 24;
/// Builds of iOS (12.4 to 13) that leave it to the server to tell the organizer, at versions where devices do.
const SILENT_BUILDS: std::ops::RangeInclusive<u32> = 1607..=1707;

/// Answers the request, one invitation after the other.
pub(crate) fn handle(
    session: &Session<'_>,
    request: &Request,
    root: Option<&Element>,
) -> Result<Reply, Failure> {
    let root = body(root, MEETING_RESPONSE)?;
    if root.children(REQUEST).count() > MAX_ANSWERS || root.child(REQUEST).is_none() {
        return Err(CommonStatus::InvalidXml.into());
    }
    let mut document = Element::new(MEETING_RESPONSE);
    for asked in root.children(REQUEST) {
        document.push(result(session, request, asked));
    }
    Ok(Reply::wbxml(&document))
}

fn result(session: &Session<'_>, request: &Request, asked: &Element) -> Element {
    let answered = parse(session, request, asked).and_then(|answer| answer_of(session, &answer));
    let mut result = Element::new(RESULT);
    if let Some(id) = asked.child(REQUEST_ID) {
        result.push(id.clone());
    }
    match answered {
        Ok(event) => {
            result.push(number(STATUS, DONE));
            let id = |(folder, uid)| wire_id::render(folder, engine::ItemRef::Item(uid));
            result.content.extend(event.map(|event| Element::text(CALENDAR_ID, id(event)).into()));
        }
        Err(status) => result.push(number(STATUS, status)),
    }
    if let Some(id) = asked.child(INSTANCE_ID) {
        result.push(id.clone());
    }
    result
}

fn answer_of(session: &Session<'_>, answer: &MeetingAnswer) -> Result<Option<(FolderId, Uid)>, u8> {
    match session.engine().answer_meeting(session.caller, &session.device, answer, session.now) {
        Ok(MeetingOutcome::Done(event)) => Ok(event),
        Ok(MeetingOutcome::NoMeeting | MeetingOutcome::Denied) => Err(INVALID),
        Ok(MeetingOutcome::NoSeries) => Err(CommonStatus::NoRecurrence.value()),
        Err(error) => {
            tracing::warn!(error = %crate::server::chain(&error), "an invitation could not be answered");
            Err(SERVER_ERROR)
        }
    }
}

fn parse(session: &Session<'_>, request: &Request, asked: &Element) -> Result<MeetingAnswer, u8> {
    let (folder, uid) = named(asked).ok_or(INVALID)?;
    let answer = match asked.child_text(USER_RESPONSE).as_deref() {
        Some("1") => Answer::Accepted,
        Some("2") => Answer::Tentative,
        Some("3") => Answer::Declined,
        Some(_) | None => return Err(INVALID),
    };
    let occurrence = match asked.child_text(INSTANCE_ID) {
        None => None,
        Some(_) if session.version < Version::V14_1 => return Err(INVALID),
        Some(text) => Some(instance(&text).ok_or(CommonStatus::InvalidDateTime.value())?),
    };
    let response = match asked.child(SEND_RESPONSE) {
        Some(send) if session.version >= Version::V16_0 => Response::Mail(words(send)),
        None if session.version < Version::V16_0 && is_silent(&request.agent) => {
            Response::Mail(String::new())
        }
        Some(_) | None => Response::None,
    };
    Ok(MeetingAnswer { folder, uid, answer, occurrence, response })
}

/// Returns what is answered. Its id names the folder it is really in, whatever folder the phone says: some say the
/// calendar's and mean the message.
fn named(asked: &Element) -> Option<(FolderId, Uid)> {
    if let Some(long) = asked.child_text(search::LONG_ID) {
        return wire_id::from_long(&long);
    }
    let id = asked.child_text(REQUEST_ID)?;
    let folder = wire_id::folder(&asked.child_text(COLLECTION_ID).unwrap_or_default());
    match wire_id::target(folder, &id) {
        Target::Item(uid) => Some((folder, uid)),
        Target::Phantom(_) => None,
        Target::Unknown(_) => wire_id::from_long(&id),
    }
}

fn instance(text: &str) -> Option<Timestamp> {
    date::instant(text).filter(|_| text.len() == INSTANCE_CHARS)
}

/// Returns what the user wrote to the organizer.
fn words(send: &Element) -> String {
    let Some(body) = send.child(air_sync_base::BODY) else { return String::new() };
    let data = body.child_text(air_sync_base::DATA).unwrap_or_default();
    match body.child_text(air_sync_base::TYPE).as_deref() {
        Some("2") => items::html::to_text(&data),
        Some(_) | None => data.into_owned(),
    }
}

/// Returns whether the program is one that leaves the organizer untold: `Apple-iPhone9C1/1607.83`.
fn is_silent(agent: &str) -> bool {
    let build = agent.strip_prefix("Apple-").and_then(|rest| rest.split_once('/'));
    let number = build.and_then(|(_, build)| build.split('.').next()?.parse().ok());
    number.is_some_and(|number| SILENT_BUILDS.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_builds_leave_it_to_the_server() {
        for (agent, expected) in [
            ("Apple-iPhone9C1/1607.83", true),
            ("Apple-iPad5C3/1707.13", true),
            ("Apple-iPhone9C1/1606.1", false),
            ("Apple-iPhone9C1/1708.1", false),
            ("Android/1650.1", false),
            ("", false),
        ] {
            assert_eq!(is_silent(agent), expected, "{agent}");
        }
    }

    #[test]
    fn an_instance_is_written_one_way() {
        assert!(instance("2026-09-08T09:00:00.000Z").is_some());
        for text in ["20260908T090000Z", "2026-09-08T09:00:00Z", "2026-09-08T09:00:00.000X0", ""] {
            assert!(instance(text).is_none(), "{text}");
        }
    }
}
