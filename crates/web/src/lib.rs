//! Pages for people: who may do what in a folder, one's phones, changes that were not allowed, and running the server.
//!
//! Every page is made on the server, works with a keyboard and without scripts, and is written in the reader's
//! language. A page is three things: `src/page/NAME.rs` (a plain function from a `ask::Visit` to an answer),
//! `templates/NAME.html` (which extends `base.html`), and its texts in `locales/en.ftl` and `locales/de.ftl`; one line
//! in `src/page.rs` gives it its address. A form carries `{{ frame.token() }}`, or it is refused.
//!
//! Pages hold no rules: what may be seen and done is the engine's answer. They cannot import `store`.

mod answer;
mod api;
mod ask;
mod asset;
mod cookie;
mod fields;
mod frame;
mod link;
mod origin;
mod page;
mod site;
mod words;

pub use origin::{Connection, Transport};
pub use site::{Settings, Site, router};
