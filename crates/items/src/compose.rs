//! Messages that go out: what a user's device wrote, put into the form in which mail travels.
//!
//! Header lines that are not ours to change stay byte for byte. Every line ends with CRLF, and no value can end its
//! line: what is written into a header goes through one writer.

mod answer;
mod draft;
mod head;
mod letter;
mod meeting;
mod outgoing;
mod part;

pub use answer::{Include, answer};
pub use draft::{DraftEdit, NewFile};
pub use letter::letter;
pub use meeting::{Meeting, meeting};
pub use outgoing::{MAX_RECIPIENTS, Outgoing, Signature, Unsendable, is_message, is_usable, recipients};

pub(crate) use draft::{apply, create};

/// Returns text on one line, without control characters: fit for a header.
fn one_line(text: &str) -> String {
    text.chars().map(|one| if one.is_control() { ' ' } else { one }).collect()
}
