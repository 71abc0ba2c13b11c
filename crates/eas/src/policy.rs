//! Policies: what a phone is asked to do with itself, by user and group.
//!
//! A policy names only what differs from one that asks nothing; the whole document is sent in any case.

use sha2::{Digest as _, Sha256};
use wbxml::page::provision::{
    ALLOW_BLUETOOTH, ALLOW_BROWSER, ALLOW_CAMERA, ALLOW_CONSUMER_EMAIL, ALLOW_DESKTOP_SYNC, ALLOW_HTML_EMAIL,
    ALLOW_INTERNET_SHARING, ALLOW_IRDA, ALLOW_POP_IMAP_EMAIL, ALLOW_REMOTE_DESKTOP,
    ALLOW_SIMPLE_DEVICE_PASSWORD, ALLOW_SMIME_ENCRYPTION_ALGORITHM_NEGOTIATION, ALLOW_SMIME_SOFT_CERTS,
    ALLOW_STORAGE_CARD, ALLOW_TEXT_MESSAGING, ALLOW_UNSIGNED_APPLICATIONS,
    ALLOW_UNSIGNED_INSTALLATION_PACKAGES, ALLOW_WI_FI, ALPHANUMERIC_DEVICE_PASSWORD_REQUIRED,
    APPROVED_APPLICATION_LIST, ATTACHMENTS_ENABLED, DEVICE_PASSWORD_ENABLED, DEVICE_PASSWORD_EXPIRATION,
    DEVICE_PASSWORD_HISTORY, EAS_PROVISION_DOC, MAX_ATTACHMENT_SIZE, MAX_CALENDAR_AGE_FILTER,
    MAX_DEVICE_PASSWORD_FAILED_ATTEMPTS, MAX_EMAIL_AGE_FILTER, MAX_EMAIL_BODY_TRUNCATION_SIZE,
    MAX_EMAIL_HTML_BODY_TRUNCATION_SIZE, MAX_INACTIVITY_TIME_DEVICE_LOCK,
    MIN_DEVICE_PASSWORD_COMPLEX_CHARACTERS, MIN_DEVICE_PASSWORD_LENGTH, PASSWORD_RECOVERY_ENABLED,
    REQUIRE_DEVICE_ENCRYPTION, REQUIRE_ENCRYPTED_SMIME_MESSAGES, REQUIRE_ENCRYPTION_SMIME_ALGORITHM,
    REQUIRE_MANUAL_SYNC_WHEN_ROAMING, REQUIRE_SIGNED_SMIME_ALGORITHM, REQUIRE_SIGNED_SMIME_MESSAGES,
    REQUIRE_STORAGE_CARD_ENCRYPTION, UNAPPROVED_IN_ROM_APPLICATION_LIST,
};
use wbxml::{Element, Tag};

/// The largest number in a policy; what phones keep in 31 bits.
const MAX_NUMBER: i64 = 2_147_483_647;

/// One thing that a policy can ask.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name in the configuration.
    pub key: &'static str,
    /// Its value in a policy that asks nothing; empty for "no limit".
    pub permissive: &'static str,
    /// What it can be.
    pub range: Range,
    /// What it means, in a sentence.
    pub meaning: &'static str,
    tag: Tag,
}

/// What a rule can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Range {
    /// Yes or no.
    Flag,
    /// A number from one to another.
    Number(i64, i64),
}

/// A rule's value, as the configuration has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(i64),
}

macro_rules! rules {
    ($($key:literal $tag:ident $permissive:literal $range:expr, $meaning:literal;)+) => {
        /// What a policy can ask, in the order of the document.
        pub const RULES: &[Rule] = &[$(Rule {
            key: $key, permissive: $permissive, range: $range, meaning: $meaning, tag: $tag,
        }),+];
    };
}

use Range::{Flag, Number};

rules! {
    "device_password_enabled" DEVICE_PASSWORD_ENABLED "0" Flag, "Whether the phone is locked with a password.";
    "alphanumeric_device_password_required" ALPHANUMERIC_DEVICE_PASSWORD_REQUIRED "0" Flag, "Whether that has letters and digits.";
    "password_recovery_enabled" PASSWORD_RECOVERY_ENABLED "0" Flag, "Whether the phone keeps a recovery password here.";
    "require_storage_card_encryption" REQUIRE_STORAGE_CARD_ENCRYPTION "0" Flag, "Whether storage cards are encrypted.";
    "attachments_enabled" ATTACHMENTS_ENABLED "1" Flag, "Whether attachments may be fetched.";
    "min_device_password_length" MIN_DEVICE_PASSWORD_LENGTH "" Number(1, 16), "Characters of the password at least.";
    "max_inactivity_time_device_lock" MAX_INACTIVITY_TIME_DEVICE_LOCK "" Number(1, 9999), "Seconds until an idle phone locks itself.";
    "max_device_password_failed_attempts" MAX_DEVICE_PASSWORD_FAILED_ATTEMPTS "" Number(4, 16), "Wrong passwords after which the phone erases itself.";
    "max_attachment_size" MAX_ATTACHMENT_SIZE "" Number(0, MAX_NUMBER), "Bytes of an attachment at most.";
    "allow_simple_device_password" ALLOW_SIMPLE_DEVICE_PASSWORD "1" Flag, "Whether the password may be like 1234.";
    "device_password_expiration" DEVICE_PASSWORD_EXPIRATION "0" Number(0, 730), "Days until the password has to be changed; 0 for never.";
    "device_password_history" DEVICE_PASSWORD_HISTORY "0" Number(0, 50), "Old passwords that may not be used again.";
    "allow_storage_card" ALLOW_STORAGE_CARD "1" Flag, "Whether storage cards may be used.";
    "allow_camera" ALLOW_CAMERA "1" Flag, "Whether the camera may be used.";
    "require_device_encryption" REQUIRE_DEVICE_ENCRYPTION "0" Flag, "Whether the phone is encrypted.";
    "allow_unsigned_applications" ALLOW_UNSIGNED_APPLICATIONS "1" Flag, "Whether unsigned programs may run.";
    "allow_unsigned_installation_packages" ALLOW_UNSIGNED_INSTALLATION_PACKAGES "1" Flag, "Whether unsigned packages may be installed.";
    "min_device_password_complex_characters" MIN_DEVICE_PASSWORD_COMPLEX_CHARACTERS "1" Number(1, 4), "Kinds of characters in the password at least.";
    "allow_wifi" ALLOW_WI_FI "1" Flag, "Whether Wi-Fi may be used.";
    "allow_text_messaging" ALLOW_TEXT_MESSAGING "1" Flag, "Whether text messages may be sent.";
    "allow_pop_imap_email" ALLOW_POP_IMAP_EMAIL "1" Flag, "Whether POP and IMAP accounts may be used.";
    "allow_bluetooth" ALLOW_BLUETOOTH "2" Number(0, 2), "Bluetooth: 0 off, 1 for hands-free sets, 2 on.";
    "allow_irda" ALLOW_IRDA "1" Flag, "Whether infrared may be used.";
    "require_manual_sync_when_roaming" REQUIRE_MANUAL_SYNC_WHEN_ROAMING "0" Flag, "Whether a roaming phone syncs only when told to.";
    "allow_desktop_sync" ALLOW_DESKTOP_SYNC "1" Flag, "Whether the phone may sync with a computer.";
    "max_calendar_age_filter" MAX_CALENDAR_AGE_FILTER "0" Number(0, 7), "The past of calendars: 4 two weeks, 5 a month, 6 three, 7 six months, 0 all.";
    "allow_html_email" ALLOW_HTML_EMAIL "1" Flag, "Whether messages may be shown as HTML.";
    "max_email_age_filter" MAX_EMAIL_AGE_FILTER "0" Number(0, 5), "The past of mail: 1 a day, 2 three, 3 a week, 4 two weeks, 5 a month, 0 all.";
    "max_email_body_truncation_size" MAX_EMAIL_BODY_TRUNCATION_SIZE "-1" Number(-1, MAX_NUMBER), "Characters of a plain message at most; -1 for all.";
    "max_email_html_body_truncation_size" MAX_EMAIL_HTML_BODY_TRUNCATION_SIZE "-1" Number(-1, MAX_NUMBER), "The same of HTML.";
    "require_signed_smime_messages" REQUIRE_SIGNED_SMIME_MESSAGES "0" Flag, "Whether messages are signed (S/MIME).";
    "require_encrypted_smime_messages" REQUIRE_ENCRYPTED_SMIME_MESSAGES "0" Flag, "Whether messages are encrypted (S/MIME).";
    "require_signed_smime_algorithm" REQUIRE_SIGNED_SMIME_ALGORITHM "0" Number(0, 1), "For signing: 0 SHA-1, 1 MD5.";
    "require_encryption_smime_algorithm" REQUIRE_ENCRYPTION_SMIME_ALGORITHM "0" Number(0, 4), "For encrypting: 0 3DES, 1 DES, 2 to 4 RC2 of 128, 64 and 40 bits.";
    "allow_smime_encryption_algorithm_negotiation" ALLOW_SMIME_ENCRYPTION_ALGORITHM_NEGOTIATION "2" Number(0, 2), "Whether another may be used: 0 no, 1 a strong one, 2 any.";
    "allow_smime_soft_certs" ALLOW_SMIME_SOFT_CERTS "1" Flag, "Whether certificates in files may be used.";
    "allow_browser" ALLOW_BROWSER "1" Flag, "Whether the browser may be used.";
    "allow_consumer_email" ALLOW_CONSUMER_EMAIL "1" Flag, "Whether private mail accounts may be used.";
    "allow_remote_desktop" ALLOW_REMOTE_DESKTOP "1" Flag, "Whether remote desktops may be used.";
    "allow_internet_sharing" ALLOW_INTERNET_SHARING "1" Flag, "Whether the phone may be a hotspot.";
}

/// What the document ends with: lists that are always empty.
const LISTS: [Tag; 2] = [UNAPPROVED_IN_ROM_APPLICATION_LIST, APPROVED_APPLICATION_LIST];

/// What some users' phones are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    name: String,
    users: Vec<String>,
    groups: Vec<String>,
    /// One per rule; `None` where it asks nothing.
    values: Vec<Option<String>>,
}

impl Policy {
    /// Returns a policy for these users and the members of these groups; for everybody where it names neither.
    ///
    /// # Errors
    /// When a value's rule is not known, or the value is none that it can have; a sentence for the admin.
    pub fn new(
        name: &str,
        (users, groups): (Vec<String>, Vec<String>),
        values: impl IntoIterator<Item = (String, Value)>,
    ) -> Result<Self, String> {
        let mut own: Vec<Option<String>> = RULES.iter().map(|_| None).collect();
        for (key, value) in values {
            let known = RULES.iter().zip(&mut own).find(|(rule, _)| rule.key == key);
            let Some((rule, place)) = known else {
                return Err(format!("unknown field `{key}` in policy '{name}'"));
            };
            *place = Some(rule.checked(value).map_err(|what| format!("policy '{name}': {what}"))?);
        }
        Ok(Self { name: name.to_owned(), users, groups, values: own })
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether it matters which groups a user is in.
    pub(crate) const fn asks_for_groups(&self) -> bool {
        !self.groups.is_empty()
    }

    /// Returns whether it is for this user, a member of these groups.
    pub(crate) fn is_for(&self, user: &str, groups: &[String]) -> bool {
        let everybody = self.users.is_empty() && self.groups.is_empty();
        let named = self.users.iter().any(|name| name == user);
        everybody || named || self.groups.iter().any(|group| groups.contains(group))
    }

    /// Returns what tells it from every other policy.
    pub(crate) fn digest(&self) -> Vec<u8> {
        let text = format!("{:?}", self.values);
        Sha256::digest(text.as_bytes()).to_vec()
    }
}

impl Rule {
    /// Returns a value as the document has it.
    fn checked(&self, value: Value) -> Result<String, String> {
        match (self.range, value) {
            (Flag, Value::Flag(flag)) => Ok(u8::from(flag).to_string()),
            (Number(low, high), Value::Number(number)) if (low..=high).contains(&number) => {
                Ok(number.to_string())
            }
            (Flag, Value::Number(_)) => Err(format!("{} is true or false", self.key)),
            (Number(low, high), _) => Err(format!("{} is a number from {low} to {high}", self.key)),
        }
    }
}

/// Returns the document of a policy; without one, of a policy that asks nothing.
pub(crate) fn document(policy: Option<&Policy>) -> Element {
    let mut document = Element::new(EAS_PROVISION_DOC);
    for (index, rule) in RULES.iter().enumerate() {
        let own = policy.and_then(|policy| policy.values.get(index)).and_then(Option::as_deref);
        let value = own.unwrap_or(rule.permissive);
        document.push(if value.is_empty() { Element::new(rule.tag) } else { Element::text(rule.tag, value) });
    }
    LISTS.into_iter().fold(document, |document, list| document.with(Element::new(list)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(values: &[(&str, Value)]) -> Result<Policy, String> {
        let values = values.iter().map(|(key, value)| ((*key).to_owned(), *value));
        Policy::new("p", (vec![], vec![]), values)
    }

    #[test]
    fn a_policy_changes_what_it_names_and_nothing_else() {
        let asked = policy(&[
            ("device_password_enabled", Value::Flag(true)),
            ("min_device_password_length", Value::Number(6)),
            ("allow_camera", Value::Flag(false)),
        ]);
        let (strict, permissive) = (document(asked.as_ref().ok()), document(None));
        let differs = strict.elements().zip(permissive.elements()).filter(|(a, b)| a != b);
        let differs: Vec<_> = differs.map(|(a, _)| (a.tag, a.value().into_owned())).collect();
        let expected =
            [(DEVICE_PASSWORD_ENABLED, "1"), (MIN_DEVICE_PASSWORD_LENGTH, "6"), (ALLOW_CAMERA, "0")];
        assert_eq!(differs, expected.map(|(tag, value)| (tag, value.to_owned())));
        assert_eq!(permissive.elements().count(), RULES.len() + LISTS.len());
    }

    #[test]
    fn values_have_their_ranges() {
        for (value, good) in [(0, false), (1, true), (16, true), (17, false)] {
            let asked = policy(&[("min_device_password_length", Value::Number(value))]);
            assert_eq!(asked.is_ok(), good, "{value}");
        }
        assert!(policy(&[("allow_camera", Value::Number(0))]).unwrap_err().contains("true or false"));
        assert!(policy(&[("allow_bluetooth", Value::Flag(true))]).unwrap_err().contains("from 0 to 2"));
        assert!(policy(&[("allow_fun", Value::Flag(true))]).unwrap_err().contains("`allow_fun`"));
    }

    #[test]
    fn it_is_for_users_and_groups_or_for_everybody() {
        let of = |users: &[&str], groups: &[&str]| {
            let own = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
            Policy::new("p", (own(users), own(groups)), []).unwrap().is_for("bo", &["staff".to_owned()])
        };
        assert!(of(&[], &[]) && of(&["bo"], &[]) && of(&["anna"], &["staff"]));
        assert!(!of(&["anna"], &[]) && !of(&[], &["board"]) && !of(&["staff"], &["bo"]));
    }

    #[test]
    fn every_rule_has_one_name_and_a_permissive_value() {
        let mut keys: Vec<_> = RULES.iter().map(|rule| rule.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), RULES.len());
        for rule in RULES {
            let fits = match rule.range {
                Flag => matches!(rule.permissive, "0" | "1"),
                Number(low, high) => {
                    rule.permissive.is_empty()
                        || rule.permissive.parse().is_ok_and(|number| (low..=high).contains(&number))
                }
            };
            assert!(fits && rule.meaning.ends_with('.'), "{}", rule.key);
        }
    }
}
