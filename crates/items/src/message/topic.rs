//! The subject without the marks of replies and forwards.

/// Marks of replies and forwards in the languages whose mail programs translate them.
const MARKS: [&str; 16] =
    ["re", "fw", "fwd", "aw", "wg", "antw", "sv", "vs", "vb", "tr", "rv", "res", "enc", "rif", "ynt", "odp"];

/// Returns the subject without any number of leading `Re:`, `Fwd:`, `AW:`, `WG:`, also counted ones
/// (`Re[2]:`).
#[must_use]
pub fn thread_topic(subject: &str) -> &str {
    let mut topic = subject.trim();
    while let Some(rest) = without_mark(topic) {
        topic = rest;
    }
    topic
}

fn without_mark(subject: &str) -> Option<&str> {
    let (mark, rest) = subject.split_once([':', '：'])?;
    let word = mark.trim_end().trim_end_matches([']', ')']);
    let word = word.trim_end_matches(|one: char| one.is_ascii_digit()).trim_end_matches(['[', '(']);
    MARKS.iter().any(|known| word.eq_ignore_ascii_case(known)).then_some(rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::thread_topic;

    #[test]
    fn marks_of_replies_and_forwards_go() {
        let table = [
            ("Lunch", "Lunch"),
            ("Re: Lunch", "Lunch"),
            ("AW: WG: Fwd: RE:Lunch", "Lunch"),
            ("Re[2]: Lunch", "Lunch"),
            ("Re (3): Lunch", "Re (3): Lunch"),
            ("Ré: x", "Ré: x"),
            ("Agenda: Lunch", "Agenda: Lunch"),
            ("[list] Re: Lunch", "[list] Re: Lunch"),
            ("Re:", ""),
            ("", ""),
        ];
        for (subject, topic) in table {
            assert_eq!(thread_topic(subject), topic, "{subject}");
        }
    }
}
