//! HTML to plain text and back, for bodies a client wants in the other form. Never a sanitizer: nothing here
//! is shown as HTML to anybody who did not ask for the sender's HTML.

use mail_parser::decoders::html::add_html_token;

/// How far a `>` inside a quoted attribute value is looked past.
const MAX_TAG_BYTES: usize = 4 * 1024;
/// The longest character reference, `&` and `;` included.
const MAX_REFERENCE_BYTES: usize = 34;

/// Returns the text of `html` as a reader sees it: blocks become lines, list items get a `* `, references are
/// resolved. Total.
#[must_use]
pub fn to_text(html: &str) -> String {
    let mut text = Text::default();
    let mut quotes = Quotes::Close;
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        text.push(before);
        rest = match markup(after, &mut quotes) {
            Markup::Tag(tag, rest) => {
                text.tag(tag);
                skip_content(tag, rest)
            }
            Markup::Skip(rest) => rest,
            Markup::None => {
                text.push("<");
                after
            }
        };
    }
    text.push(rest);
    text.finish()
}

/// Returns `text` as an HTML document that shows it unchanged.
#[must_use]
pub fn from_text(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 8 + 32);
    html.push_str("<html><body>");
    for one in text.chars() {
        match one {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' => html.push_str("<br>\r\n"),
            '\r' => {}
            _ => html.push(one),
        }
    }
    html.push_str("</body></html>");
    html
}

/// What follows a `<`.
enum Markup<'a> {
    /// A tag's inside, and what comes after it.
    Tag(&'a str, &'a str),
    /// A comment, a declaration: what comes after it.
    Skip(&'a str),
    /// No markup at all.
    None,
}

fn markup<'a>(after: &'a str, quotes: &mut Quotes) -> Markup<'a> {
    if let Some(comment) = after.strip_prefix("!--") {
        return Markup::Skip(comment.split_once("-->").map_or("", |(_, rest)| rest));
    }
    match after.chars().next() {
        Some(one) if one.is_ascii_alphabetic() || matches!(one, '/' | '!' | '?') => {
            match tag_end(after, quotes) {
                Some((_, rest)) if matches!(one, '!' | '?') => Markup::Skip(rest),
                Some((tag, rest)) => Markup::Tag(tag, rest),
                // Cut off inside a tag: there is no text in it.
                None => Markup::Skip(""),
            }
        }
        Some(_) | None => Markup::None,
    }
}

/// Whether quotes around attribute values close, as far as was seen; if one does not, none is believed any
/// more, so that the search for their ends costs no more than the text is long.
#[derive(PartialEq, Eq)]
enum Quotes {
    Close,
    StayOpen,
}

/// Splits at the `>` that ends a tag, past one inside quotes if the quotes close soon enough.
fn tag_end<'a>(after: &'a str, quotes: &mut Quotes) -> Option<(&'a str, &'a str)> {
    let mut quote = None;
    let searched = if *quotes == Quotes::Close { MAX_TAG_BYTES } else { 0 };
    for (at, one) in after.char_indices().take_while(|(at, _)| *at < searched) {
        match (quote, one) {
            (None, '>') => return Some((after.get(..at)?, after.get(at + 1..)?)),
            (None, '"' | '\'') => quote = Some(one),
            (Some(open), one) if open == one => quote = None,
            (Some(_) | None, _) => {}
        }
    }
    if quote.is_some() {
        *quotes = Quotes::StayOpen;
    }
    after.split_once('>')
}

/// Returns the lower-case name of a tag: `/p` for its end.
fn tag_name(tag: &str) -> String {
    let end = tag
        .char_indices()
        .skip(1)
        .find(|(_, one)| !one.is_ascii_alphanumeric())
        .map_or(tag.len(), |(at, _)| at);
    tag.get(..end).unwrap_or_default().to_ascii_lowercase()
}

/// Skips what is not text after the tags that hold none.
fn skip_content<'a>(tag: &str, rest: &'a str) -> &'a str {
    let name = tag_name(tag);
    if !matches!(name.as_str(), "style" | "script" | "title" | "template") || tag.ends_with('/') {
        return rest;
    }
    let closes = |at: usize| {
        let after = rest.get(at + 2..at + 2 + name.len());
        after.is_some_and(|after| after.eq_ignore_ascii_case(&name))
    };
    rest.match_indices("</")
        .find(|(at, _)| closes(*at))
        .and_then(|(at, _)| rest.get(at..))
        .unwrap_or_default()
}

/// Plain text that is being put together.
#[derive(Default)]
struct Text {
    out: String,
    /// Line breaks owed before the next word.
    breaks: usize,
    /// Whether a space is owed before the next word.
    space: bool,
    /// How many `pre` elements are open.
    preformatted: usize,
}

impl Text {
    fn push(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some((before, after)) = rest.split_once('&') {
            self.words(before);
            let end = after.bytes().take(MAX_REFERENCE_BYTES).position(|byte| byte == b';');
            let named = end.and_then(|end| after.get(..end)).filter(|name| is_reference(name));
            rest = if let Some(name) = named {
                let mut decoded = String::new();
                add_html_token(&mut decoded, format!("&{name};").as_bytes(), false);
                self.literal(&decoded.replace('\u{A0}', " "));
                after.get(name.len() + 1..).unwrap_or_default()
            } else {
                self.literal("&");
                after
            };
        }
        self.words(rest);
    }

    /// Adds text whose white space counts as one space, unless it is preformatted.
    fn words(&mut self, raw: &str) {
        if self.preformatted > 0 {
            self.literal(&raw.replace("\r\n", "\n"));
            return;
        }
        let mut rest = raw;
        while let Some(at) = rest.find(|one: char| one.is_ascii_whitespace()) {
            self.literal(rest.get(..at).unwrap_or_default());
            self.space = true;
            rest = rest.get(at..).unwrap_or_default().trim_ascii_start();
        }
        self.literal(rest);
    }

    fn literal(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if self.breaks > 0 {
            if !self.out.is_empty() {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            }
        } else if self.space && !self.out.is_empty() {
            self.out.push(' ');
        }
        (self.breaks, self.space) = (0, false);
        self.out.push_str(word);
    }

    fn tag(&mut self, tag: &str) {
        match tag_name(tag).as_str() {
            "br" => self.breaks = (self.breaks + 1).min(2),
            "p" | "/p" | "h1" | "/h1" | "h2" | "/h2" | "h3" | "/h3" | "h4" | "/h4" | "blockquote"
            | "/blockquote" => {
                self.breaks = 2;
            }
            "pre" => (self.breaks, self.preformatted) = (2, self.preformatted + 1),
            "/pre" => (self.breaks, self.preformatted) = (2, self.preformatted.saturating_sub(1)),
            "div" | "/div" | "tr" | "/tr" | "table" | "/table" | "ul" | "/ul" | "ol" | "/ol" | "h5"
            | "/h5" | "h6" | "/h6" | "dt" | "dd" | "hr" | "section" | "article" | "header" | "footer"
            | "address" => {
                self.breaks = self.breaks.max(1);
            }
            "li" => {
                self.breaks = self.breaks.max(1);
                self.literal("*");
                self.space = true;
            }
            "td" | "th" => self.space = true,
            _ => {}
        }
    }

    fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

/// Whether `name` can stand between `&` and `;`.
fn is_reference(name: &str) -> bool {
    let body = name.strip_prefix('#').unwrap_or(name);
    !body.is_empty() && body.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::{from_text, to_text};

    #[test]
    fn html_reads_as_text() {
        let table = [
            ("<p>Dear  all,</p>\r\n<p>see&nbsp;you &amp; me</p>", "Dear all,\n\nsee you & me"),
            ("a<br>b<br/>c", "a\nb\nc"),
            ("<div>one</div><div>two</div>", "one\ntwo"),
            ("<ul><li>x</li><li><b>y</b></li></ul>", "* x\n* y"),
            ("<style>p{color:red}</style><title>t</title>seen<script>a<b</script>", "seen"),
            ("<!-- no --><!DOCTYPE html>yes", "yes"),
            ("<a title=\"1>2\">link</a>", "link"),
            ("1 < 2 &unknown; &#8364; &#x41; & b", "1 < 2 &unknown; € A & b"),
            ("<pre>a\r\n  b</pre>c", "a\n  b\n\nc"),
            ("<td>a</td><td>b</td>", "a b"),
            ("cut <a href=", "cut"),
            ("", ""),
        ];
        for (html, text) in table {
            assert_eq!(to_text(html), text, "{html}");
        }
    }

    #[test]
    fn text_survives_as_html() {
        let text = "a < b & \"c\"\n\n> quoted";
        assert_eq!(
            from_text(text),
            "<html><body>a &lt; b &amp; &quot;c&quot;<br>\r\n<br>\r\n&gt; quoted</body></html>"
        );
        assert_eq!(to_text(&from_text(text)), text);
    }

    #[test]
    fn hostile_html_costs_linear_time() {
        for piece in ["<", "<!", "<a \"", "<!--", "&", "<style>", "</", "<p>", "&#x", "<x '>"] {
            let _ = to_text(&piece.repeat(1_000_000));
        }
    }
}
