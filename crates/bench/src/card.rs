//! Contacts of the size that real ones have: about 600 bytes.

const FIRST: [&str; 8] = ["Anna", "Bo", "Carla", "David", "Elena", "Farid", "Greta", "Hugo"];
const LAST: [&str; 8] =
    ["Andersson", "Berg", "Castellanos", "Dupont", "Eriksen", "Fischer", "Grünwald", "Haddad"];
const TOWN: [&str; 4] = ["Lausanne", "Graz", "Tromsø", "Ghent"];

/// Returns contact `number`. Its `revision` is in its note, and changes nothing else.
pub(crate) fn card(number: usize, revision: usize) -> String {
    let pick =
        |list: &[&'static str], step: usize| list.get(number / step % list.len()).copied().unwrap_or("");
    let (first, last, town) = (pick(&FIRST, 1), pick(&LAST, 8), pick(&TOWN, 64));
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nPRODID:-//Example//Address Book 7.2//EN\r\nUID:contact-{number:08}@example.org\r\n\
         FN:{first} {last} {number}\r\nN:{last} {number};{first};;Dr.;\r\nORG:Example Works {town};Sales\r\n\
         TITLE:Regional Manager\r\nEMAIL;TYPE=INTERNET,WORK:{first}.{number}@works.example.org\r\n\
         EMAIL;TYPE=INTERNET,HOME:{first}{number}@home.example.net\r\nTEL;TYPE=WORK,VOICE:+41 21 555 {number:05}\r\n\
         TEL;TYPE=CELL:+41 79 555 {number:05}\r\nTEL;TYPE=HOME,VOICE:+41 22 555 {number:05}\r\n\
         ADR;TYPE=WORK:;;{number} Station Road;{town};;1000;Switzerland\r\n\
         BDAY:1975-04-{day:02}\r\nURL:https://works.example.org/people/{number}\r\nCATEGORIES:Customers,{town}\r\n\
         NOTE:Met at the spring fair. Prefers to be called in the morning. Revision {revision}.\r\n\
         REV:2026-01-01T00:00:00Z\r\nEND:VCARD\r\n",
        day = number % 28 + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_read_without_trouble_and_has_the_size_of_a_real_one() {
        for number in [0, 1, 77, 39_999] {
            let card = card(number, 3);
            assert_eq!(items::report(items::Kind::Contacts, card.as_bytes()), []);
            assert!((500..=800).contains(&card.len()), "{}", card.len());
        }
    }
}
