//! What a reader sets for himself.

use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::{link, words};

/// Sets the language, and shows the same page in it.
pub(crate) fn set_language(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let form = visit.form()?;
    let language = words::of_tag(form.get("language"));
    let language = language.ok_or_else(|| Refusal::Form("no such language".to_owned()))?;
    visit.engine().set_language(visit.caller().name(), language, visit.ask.now)?;
    Ok(Answer::go(link::next(form.get("next"))))
}
