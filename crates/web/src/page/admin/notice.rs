//! A notice of a denied change as it would be sent.

use askama::Template;

use super::desk::{Desk, Head};
use crate::answer::{Answer, Refusal};
use crate::frame::Frame;

#[derive(Template)]
#[template(path = "admin_notice.html")]
struct Page {
    frame: Frame,
    head: Head,
    subject: String,
    text: String,
    html: String,
    problem: Option<String>,
}

/// Shows a notice with the templates in use.
pub(super) fn show(desk: &Desk<'_>) -> Result<Answer, Refusal> {
    let engine::NoticePreview { subject, text, html, problem } =
        desk.engine().notice_preview(desk.caller(), desk.now())?;
    let (frame, head) = (desk.frame().clone(), desk.head());
    Ok(Answer::page(&Page { frame, head, subject, text, html, problem }))
}
