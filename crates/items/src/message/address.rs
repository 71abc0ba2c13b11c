//! Addresses as they are shown.

use std::fmt;

/// One address of a message, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The display name, "" for none.
    pub name: String,
    /// The address, "" where only a name is given (an empty group).
    pub address: String,
}

impl Address {
    /// Returns the name, or the address where there is no name.
    #[must_use]
    pub fn label(&self) -> &str {
        if self.name.is_empty() { &self.address } else { &self.name }
    }
}

impl fmt::Display for Address {
    /// Writes `"Name" <address>`, with quotes inside the name escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.as_str(), self.address.as_str()) {
            ("", address) => f.write_str(address),
            (name, "") => write!(f, "\"{}\"", escape(name)),
            (name, address) => write!(f, "\"{}\" <{address}>", escape(name)),
        }
    }
}

fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

/// The addresses of one header field, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressList(pub Vec<Address>);

impl AddressList {
    /// Returns whether there is no address.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the addresses as a header field shows them: `"Name" <address>`, separated by a comma and a
    /// space.
    #[must_use]
    pub fn display(&self) -> String {
        self.joined(", ", usize::MAX)
    }

    /// Returns as many whole addresses as fit into `max_chars`, with `separator` between them.
    #[must_use]
    pub fn joined(&self, separator: &str, max_chars: usize) -> String {
        fit(self.0.iter().map(Address::to_string), separator, max_chars)
    }

    /// Returns as many whole names as fit into `max_chars`, with `separator` between them; an address without
    /// a name stands for itself.
    #[must_use]
    pub fn labels(&self, separator: &str, max_chars: usize) -> String {
        fit(self.0.iter().map(|address| address.label().to_owned()), separator, max_chars)
    }
}

fn fit(texts: impl Iterator<Item = String>, separator: &str, max_chars: usize) -> String {
    let mut out = String::new();
    let mut chars = 0_usize;
    for text in texts {
        let before = if out.is_empty() { "" } else { separator };
        chars = chars.saturating_add(before.chars().count() + text.chars().count());
        if chars > max_chars {
            break;
        }
        out.push_str(before);
        out.push_str(&text);
    }
    out
}
