//! Texts that others wrote, and broken ones.

use super::*;

fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/corpus/ics");
    let Ok(files) = std::fs::read_dir(&folder) else {
        println!("no corpus at {}: nothing was tried", folder.display());
        return Vec::new();
    };
    let paths = files.filter_map(Result::ok).map(|file| file.path());
    paths.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}

#[test]
fn every_event_of_the_corpus_is_read_and_patched() {
    let (mut events, mut troubled, mut started) = (0, 0, 0);
    for (name, stored) in corpus() {
        let _ = crate::event::properties(&stored);
        troubled += usize::from(!crate::event::report(&stored).is_empty());
        let event = Event::parse(&stored);
        if event == Event::default() {
            continue;
        }
        events += 1;
        started += usize::from(event.details.start.is_some());
        let index = crate::event::index(&stored);
        assert!(
            index.ends.is_none() || index.starts <= index.ends || event.rule.is_some(),
            "{name}: {index:?}"
        );
        let subject = Fields { subject: Change::Set("A new subject".to_owned()), ..Fields::default() };
        let new = apply(&stored, &with(subject), &stamp()).unwrap();
        assert_eq!(Event::parse(&new).details.subject.as_deref(), Some("A new subject"), "{name}");
        assert_eq!(other_lines(&stored), other_lines(&new), "{name}");
        let same = apply(&stored, &unchanged(&event), &stamp()).unwrap();
        assert!(
            same == stored,
            "{name}: {:?}",
            difference(&String::from_utf8_lossy(&stored), &String::from_utf8_lossy(&same))
        );
    }
    println!("{events} events, {started} with a start, {troubled} files with lines that were not understood");
}

/// Returns an edit that says what is there.
fn unchanged(event: &Event) -> Edit {
    let details = &event.details;
    let text = |text: &Option<String>| text.clone().map_or(Change::Remove, Change::Set);
    let home = TimeZone::UTC;
    let ordered = details
        .start
        .as_ref()
        .zip(details.end.as_ref())
        .filter(|(start, end)| start.instant(&home) <= end.instant(&home));
    let fields = Fields {
        subject: text(&details.subject),
        location: text(&details.location),
        body: details
            .body
            .as_ref()
            .map_or(Change::Keep, |body| Change::Set(Body::plain(body.replace('\n', "\r\n")))),
        start: ordered.map(|(start, _)| start.instant(&home)),
        end: ordered.map(|(_, end)| end.instant(&home)),
        all_day: Some(details.all_day()),
        busy: Change::Set(details.busy),
        sensitivity: Change::Set(details.sensitivity),
        reminder: details.reminder.map_or(Change::Remove, Change::Set),
        categories: Change::Set(details.categories.clone()),
        organizer: details.organizer.clone().map_or(Change::Keep, Change::Set),
        cancelled: Some(details.cancelled),
        ..Fields::default()
    };
    Edit { fields, recurrence: event.pattern.map_or(Change::Keep, Change::Set), ..Edit::default() }
}

/// Returns the raw lines, in order, that a new subject must not touch: all but SUMMARY and the time of writing of the
/// first event.
fn other_lines(text: &[u8]) -> Vec<Vec<u8>> {
    let document = Document::parse(text);
    let calendar = calendar::Calendar::of(&document).unwrap();
    let touched: Vec<_> = document
        .lines(calendar.master)
        .filter(|line| ["SUMMARY", "DTSTAMP", "LAST-MODIFIED"].iter().any(|name| line.is(name)))
        .map(crate::contentline::Line::range)
        .collect();
    let mut at = 0;
    let mut rest = Vec::new();
    for range in touched {
        rest.extend_from_slice(&text[at..range.start]);
        at = range.end;
    }
    rest.extend_from_slice(&text[at..]);
    rest.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Lines of a series taken out, doubled and exchanged, with bytes put in.
    #[test]
    fn no_text_is_too_broken(order in prop::collection::vec((0_usize..60, ".{0,4}"), 0..80)) {
        let lines: Vec<&str> = SERIES.lines().collect();
        let text: String = order.iter().filter_map(|(at, junk)| lines.get(*at).map(|line| format!("{line}{junk}\r\n"))).collect();
        let fields = Fields { start: Some(at("2026-03-04T09:30Z")), reminder: Change::Set(5), ..Fields::default() };
        let edit = Edit { fields, ..exception("2026-03-11T08:00Z", ExceptionChange::Delete) };
        let _ = (Event::parse(text.as_bytes()).ends(&berlin()), crate::event::properties(text.as_bytes()));
        let _ = crate::event::report(text.as_bytes());
        if let Ok(new) = apply(text.as_bytes(), &edit, &stamp()) {
            let again = Event::parse(&new);
            prop_assert_eq!(again.uid, Event::parse(text.as_bytes()).uid);
        }
    }
}
