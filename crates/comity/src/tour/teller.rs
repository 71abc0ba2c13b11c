//! How the story looks: plain, or with colours on a terminal.

use std::io::IsTerminal as _;

use crate::output::wants_no_colour;

/// Writes the parts of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Teller {
    /// Text only.
    Plain,
    /// With a terminal's colours.
    Coloured,
}

/// How a piece of text stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A heading.
    Heading,
    /// Beside the story.
    Faint,
    /// It was done.
    Good,
    /// It was not allowed.
    Denied,
}

impl Teller {
    /// Returns colours where standard output is a terminal whose user did not ask for none.
    pub(super) fn for_terminal() -> Self {
        if std::io::stdout().is_terminal() && !wants_no_colour() { Self::Coloured } else { Self::Plain }
    }

    /// Returns text only.
    #[cfg(test)]
    pub(super) const fn plain() -> Self {
        Self::Plain
    }

    /// Returns text in a tone.
    pub(super) fn say(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Heading => "1",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Denied => "31",
        };
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_only_on_terminals() {
        assert_eq!(Teller::Plain.say(Tone::Good, "done"), "done");
        assert_eq!(Teller::Coloured.say(Tone::Good, "done"), "\u{1b}[32mdone\u{1b}[0m");
    }
}
