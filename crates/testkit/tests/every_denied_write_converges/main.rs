//! Whatever a phone does that its user may not: within three rounds it shows again what the server holds, each lost
//! value is on record exactly once and handed back, and nobody else notices.
//!
//! Every row of what a phone can try, in every circumstance: wanting changes or not, answers lost, small windows, the
//! item changed or deleted by somebody else before or in between, alone or among edits that are allowed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test's helpers fail as tests do"
)]

mod act;
mod case;
mod check;
#[path = "../common/mod.rs"]
mod common;
mod content;
mod due;
mod stage;

use case::{Case, Client, Row};
use stage::Stage;

fn plays(row: Row) {
    for kind in row.kinds() {
        for client in Client::all(row, *kind) {
            let mut stage = Stage::new(row, *kind, client);
            for case in Case::all(row, *kind, client) {
                stage.play(&case);
            }
        }
    }
}

#[test]
fn an_item_that_was_added() {
    plays(Row::Add);
}

#[test]
fn an_item_that_was_changed() {
    plays(Row::Change);
}

#[test]
fn an_item_that_was_changed_when_the_right_to_was_gone() {
    plays(Row::ChangeRevoked);
}

#[test]
fn an_item_that_was_added_and_changed_before_the_phone_dropped_it() {
    plays(Row::ChangePhantom);
}

#[test]
fn an_occurrence_that_was_changed() {
    plays(Row::ChangeOccurrence);
}

#[test]
fn an_occurrence_that_was_deleted() {
    plays(Row::DeleteOccurrence);
}

#[test]
fn a_file_that_was_added_to_an_event() {
    plays(Row::AddFile);
}

#[test]
fn a_file_that_was_taken_from_an_event() {
    plays(Row::DeleteFile);
}

#[test]
fn an_item_that_was_deleted() {
    plays(Row::Delete);
}

#[test]
fn an_item_that_was_deleted_and_was_gone_already() {
    plays(Row::DeleteGone);
}

#[test]
fn a_message_that_was_flagged() {
    plays(Row::Mark);
}

#[test]
fn a_message_that_was_read_which_is_allowed() {
    plays(Row::Read);
}

#[test]
fn an_item_that_was_moved_out() {
    plays(Row::MoveOut);
}

#[test]
fn an_item_that_was_moved_in() {
    plays(Row::MoveIn);
}

#[test]
fn a_folder_that_was_emptied() {
    plays(Row::Empty);
}

#[test]
fn a_folder_that_was_made() {
    plays(Row::CreateFolder);
}

#[test]
fn a_folder_that_was_renamed() {
    plays(Row::RenameFolder);
}

#[test]
fn a_folder_that_was_deleted() {
    plays(Row::DeleteFolder);
}

#[test]
fn anything_in_a_folder_that_may_not_be_seen_any_more() {
    plays(Row::Anything);
}
