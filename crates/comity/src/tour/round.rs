//! One request and its answer, in a few words.

use phone::Round;
use wbxml::page::{air_sync, contacts, email, move_};
use wbxml::{Element, Tag};

/// Returns what a phone told; empty where it only asked for news.
pub(super) fn sent(round: &Round) -> String {
    let Some(root) = &round.request else { return String::new() };
    let moves = root.children(move_::MOVE).map(|one| {
        let text = |tag| one.child_text(tag).unwrap_or_default();
        format!("Move {} to folder {}", text(move_::SRC_MSG_ID), text(move_::DST_FLD_ID))
    });
    let told: Vec<_> = moves.chain(collections(root).flat_map(commands)).collect();
    if told.is_empty() { String::new() } else { format!("{}: {}", round.command, told.join(", ")) }
}

/// Returns what it was answered; empty where nothing was said.
pub(super) fn answered(round: &Round) -> String {
    let Some(root) = &round.answer else { return String::new() };
    let moves = root.children(move_::RESPONSE).map(|one| {
        let text = |tag| one.child_text(tag).unwrap_or_default();
        let (source, destination) = (text(move_::SRC_MSG_ID), text(move_::DST_MSG_ID));
        format!("Move {source} status {}, now {destination}", text(move_::STATUS))
    });
    let folders = collections(root).flat_map(|folder| {
        let responses = folder.children(air_sync::RESPONSES).flat_map(Element::elements).map(response);
        responses.chain(commands(folder)).collect::<Vec<_>>()
    });
    moves.chain(folders).collect::<Vec<_>>().join(", then ")
}

fn collections(root: &Element) -> impl Iterator<Item = &Element> {
    let lists = root.children(air_sync::COLLECTIONS);
    lists.flat_map(|list| list.children(air_sync::COLLECTION))
}

fn commands(folder: &Element) -> Vec<String> {
    folder.children(air_sync::COMMANDS).flat_map(Element::elements).map(command).collect()
}

/// Returns a command with the item it is about.
fn command(command: &Element) -> String {
    let id = command.child_text(air_sync::SERVER_ID).or_else(|| command.child_text(air_sync::CLIENT_ID));
    let data = command.child(air_sync::APPLICATION_DATA);
    let name = data.and_then(name).map(|name| format!(" \"{name}\"")).unwrap_or_default();
    format!("{} {}{name}", word(command.tag), id.unwrap_or_default())
}

/// Returns what became of a command.
fn response(response: &Element) -> String {
    let id = response.child_text(air_sync::SERVER_ID).or_else(|| response.child_text(air_sync::CLIENT_ID));
    let status = response.child_text(air_sync::STATUS).unwrap_or_default();
    format!("{} {} status {status}", word(response.tag), id.unwrap_or_default())
}

fn word(tag: Tag) -> &'static str {
    tag.name().unwrap_or("?")
}

/// Returns what an item is called: a contact "Last, First", a message by its subject.
fn name(data: &Element) -> Option<String> {
    if let Some(subject) = data.child_text(email::SUBJECT) {
        return Some(subject.into_owned());
    }
    let (last, first) = (data.child_text(contacts::LAST_NAME), data.child_text(contacts::FIRST_NAME));
    let parts: Vec<_> = [last, first].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

#[cfg(test)]
mod tests {
    use phone::Command;

    use super::*;

    fn sync(folder: Element) -> Element {
        Element::new(air_sync::SYNC).with(Element::new(air_sync::COLLECTIONS).with(folder))
    }

    #[test]
    fn a_round_is_told_by_its_commands() {
        let data = Element::new(air_sync::APPLICATION_DATA)
            .with(Element::text(contacts::FIRST_NAME, "Manuel"))
            .with(Element::text(contacts::LAST_NAME, "Neuer"));
        let change =
            Element::new(air_sync::CHANGE).with(Element::text(air_sync::SERVER_ID, "1:2")).with(data);
        let status = Element::new(air_sync::CHANGE)
            .with(Element::text(air_sync::SERVER_ID, "1:2"))
            .with(Element::text(air_sync::STATUS, "7"));
        let folder =
            |tag, inner| sync(Element::new(air_sync::COLLECTION).with(Element::new(tag).with(inner)));
        let request = Some(folder(air_sync::COMMANDS, change));
        let answer = Some(folder(air_sync::RESPONSES, status));
        let round = Round { command: Command::Sync, request, status: 200, answer };
        assert_eq!(sent(&round), "Sync: Change 1:2 \"Neuer, Manuel\"");
        assert_eq!(answered(&round), "Change 1:2 status 7");
    }

    #[test]
    fn a_round_in_which_nothing_was_told_has_no_words() {
        let request = Some(sync(Element::new(air_sync::COLLECTION)));
        let round = Round { command: Command::Sync, request, status: 200, answer: None };
        assert_eq!((sent(&round), answered(&round)), (String::new(), String::new()));
    }
}
