//! What must be true when a case is over.

/// A denied change that must be on record.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) operation: &'static str,
    /// Words that were lost and must stand in it.
    pub(crate) words: Vec<String>,
    pub(crate) notice: Notice,
}

/// Whether a notice tells of a denied change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notice {
    One,
    None,
}

/// An item as everybody must see it: its title, and its flag's word if it is flagged.
pub(crate) type Seen = (String, Option<String>);

/// What must be true when a case is over.
#[derive(Debug, Default)]
pub(crate) struct Due {
    /// What is in the shared folder, and in the user's own.
    pub(crate) shared: Vec<Seen>,
    pub(crate) own: Vec<Seen>,
    /// The records that the case made.
    pub(crate) records: Vec<Record>,
    /// Titles of items that others may hear of: those that were changed by leave.
    pub(crate) heard: Vec<String>,
    /// How many rounds more than usual the user's own doing takes.
    pub(crate) extra_rounds: usize,
}

impl Due {
    pub(crate) fn record(&mut self, operation: &'static str, words: &[&str]) {
        let notice = match operation {
            "create" | "change" => Notice::One,
            _ => Notice::None,
        };
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        self.records.push(Record { operation, words, notice });
    }
}
