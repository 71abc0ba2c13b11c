//! Items, as who asks may read them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use engine::Uid;
use items::Kind;

use super::call::Call;
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Word, asked, shown};
use super::words::Encoding;

shown! {
    /// Some items of a folder.
    Items {
        /// The items, by number.
        items: Vec<ItemShown>,
        /// After which number the next page begins; null where this is the last.
        next: Option<i64>,
    }

    /// An item in a list.
    ItemShown {
        /// Its number in its folder.
        uid: i64,
        /// Its owner.
        owner: Option<String>,
        /// Its last change.
        modseq: i64,
        /// Its name in addresses.
        name: String,
        /// One line for people.
        summary: String,
    }

    /// An item with its text.
    ItemRead {
        /// Its number in its folder.
        uid: i64,
        /// What it is.
        kind: Word<Kind>,
        /// One line for people.
        summary: String,
        /// How its text is written here.
        encoding: Word<Encoding>,
        /// Its text: a vCard, iCalendar or message.
        content: String,
    }
}

asked! {
    /// Which items.
    Page {
        /// After the item of this number.
        after: Option<i64>,
        /// How many at most; 200 where it is left out.
        limit: Option<u32>,
    }
}

/// Items of a page where nobody says how many.
const USUAL_PAGE: u32 = 200;

pub(crate) fn routes() -> Vec<Route> {
    use Verb::Get;
    vec![
        Route::new((Get, "/folders/{folder}/items"), "List the items of a folder that one may read", list),
        Route::new((Get, "/folders/{folder}/items/{item}"), "Read an item", read),
    ]
}

fn list(call: &Call<'_>, query: &Page, _: &Nothing) -> Result<Items, Problem> {
    let limit = usize::try_from(query.limit.unwrap_or(USUAL_PAGE)).unwrap_or(usize::MAX);
    let after = Uid(query.after.unwrap_or_default());
    let (items, next) = call.engine.item_page(&call.caller, call.folder()?, (after, limit), call.now)?;
    let items = items.into_iter().map(|item| ItemShown {
        uid: item.uid.0,
        owner: item.owner,
        modseq: item.modseq.0,
        name: item.name,
        summary: item.summary,
    });
    Ok(Items { items: items.collect(), next: next.map(|uid| uid.0) })
}

fn read(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<ItemRead, Problem> {
    let uid = Uid(call.number("item")?);
    let item = call.engine.fetch(&call.caller, call.folder()?, uid, call.now)?;
    let item = item.ok_or_else(Problem::not_found)?;
    let (encoding, content) = written(item.content);
    Ok(ItemRead { uid: uid.0, kind: Word(item.kind), summary: item.summary, encoding, content })
}

/// Writes an item's bytes as a text.
pub(crate) fn written(content: Vec<u8>) -> (Word<Encoding>, String) {
    match String::from_utf8(content) {
        Ok(text) => (Word(Encoding::Text), text),
        Err(error) => (Word(Encoding::Base64), STANDARD.encode(error.into_bytes())),
    }
}
