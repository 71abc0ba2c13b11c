//! Provision: the policy a phone asks for, and its word that it applies it.
//!
//! Two steps: the phone gets the policy with a temporary key, acknowledges it with that key, and gets the key that
//! it sends with every request from then on. Both keys follow from user and device, so a repeated step has the same
//! answer and nothing is kept between the two.

mod wipe;

use sha2::{Digest as _, Sha256};
use wbxml::page::provision::{
    ALLOW_BLUETOOTH, ALLOW_BROWSER, ALLOW_CAMERA, ALLOW_CONSUMER_EMAIL, ALLOW_DESKTOP_SYNC, ALLOW_HTML_EMAIL,
    ALLOW_INTERNET_SHARING, ALLOW_IRDA, ALLOW_POP_IMAP_EMAIL, ALLOW_REMOTE_DESKTOP,
    ALLOW_SIMPLE_DEVICE_PASSWORD, ALLOW_SMIME_ENCRYPTION_ALGORITHM_NEGOTIATION, ALLOW_SMIME_SOFT_CERTS,
    ALLOW_STORAGE_CARD, ALLOW_TEXT_MESSAGING, ALLOW_UNSIGNED_APPLICATIONS,
    ALLOW_UNSIGNED_INSTALLATION_PACKAGES, ALLOW_WI_FI, ALPHANUMERIC_DEVICE_PASSWORD_REQUIRED,
    APPROVED_APPLICATION_LIST, ATTACHMENTS_ENABLED, DATA, DEVICE_PASSWORD_ENABLED,
    DEVICE_PASSWORD_EXPIRATION, DEVICE_PASSWORD_HISTORY, EAS_PROVISION_DOC, MAX_ATTACHMENT_SIZE,
    MAX_CALENDAR_AGE_FILTER, MAX_DEVICE_PASSWORD_FAILED_ATTEMPTS, MAX_EMAIL_AGE_FILTER,
    MAX_EMAIL_BODY_TRUNCATION_SIZE, MAX_EMAIL_HTML_BODY_TRUNCATION_SIZE, MAX_INACTIVITY_TIME_DEVICE_LOCK,
    MIN_DEVICE_PASSWORD_COMPLEX_CHARACTERS, MIN_DEVICE_PASSWORD_LENGTH, PASSWORD_RECOVERY_ENABLED, POLICIES,
    POLICY, POLICY_KEY, POLICY_TYPE, PROVISION, REQUIRE_DEVICE_ENCRYPTION, REQUIRE_ENCRYPTED_SMIME_MESSAGES,
    REQUIRE_ENCRYPTION_SMIME_ALGORITHM, REQUIRE_MANUAL_SYNC_WHEN_ROAMING, REQUIRE_SIGNED_SMIME_ALGORITHM,
    REQUIRE_SIGNED_SMIME_MESSAGES, REQUIRE_STORAGE_CARD_ENCRYPTION, STATUS,
    UNAPPROVED_IN_ROM_APPLICATION_LIST,
};
use wbxml::page::settings;
use wbxml::{Element, Tag};

use super::{Session, body};
use crate::reply::{Reply, number};
use crate::server::{Failure, Provisioning};
use crate::status::CommonStatus;

/// The only form of policy from 12.0 on.
const WBXML_POLICY: &str = "MS-EAS-Provisioning-WBXML";

/// The most bytes of a policy type that are sent back.
const MAX_POLICY_TYPE: usize = 64;

const DONE: u8 = 1;
const PROTOCOL_ERROR: u8 = 2;
const POLICY_TYPE_UNKNOWN: u8 = 3;
const POLICY_KEY_UNKNOWN: u8 = 5;

/// A policy that asks nothing of the phone; empty for "no limit".
const PERMISSIVE: &[(Tag, &str)] = &[
    (DEVICE_PASSWORD_ENABLED, "0"),
    (ALPHANUMERIC_DEVICE_PASSWORD_REQUIRED, "0"),
    (PASSWORD_RECOVERY_ENABLED, "0"),
    (REQUIRE_STORAGE_CARD_ENCRYPTION, "0"),
    (ATTACHMENTS_ENABLED, "1"),
    (MIN_DEVICE_PASSWORD_LENGTH, ""),
    (MAX_INACTIVITY_TIME_DEVICE_LOCK, ""),
    (MAX_DEVICE_PASSWORD_FAILED_ATTEMPTS, ""),
    (MAX_ATTACHMENT_SIZE, ""),
    (ALLOW_SIMPLE_DEVICE_PASSWORD, "1"),
    (DEVICE_PASSWORD_EXPIRATION, "0"),
    (DEVICE_PASSWORD_HISTORY, "0"),
    (ALLOW_STORAGE_CARD, "1"),
    (ALLOW_CAMERA, "1"),
    (REQUIRE_DEVICE_ENCRYPTION, "0"),
    (ALLOW_UNSIGNED_APPLICATIONS, "1"),
    (ALLOW_UNSIGNED_INSTALLATION_PACKAGES, "1"),
    (MIN_DEVICE_PASSWORD_COMPLEX_CHARACTERS, "1"),
    (ALLOW_WI_FI, "1"),
    (ALLOW_TEXT_MESSAGING, "1"),
    (ALLOW_POP_IMAP_EMAIL, "1"),
    (ALLOW_BLUETOOTH, "2"),
    (ALLOW_IRDA, "1"),
    (REQUIRE_MANUAL_SYNC_WHEN_ROAMING, "0"),
    (ALLOW_DESKTOP_SYNC, "1"),
    (MAX_CALENDAR_AGE_FILTER, "0"),
    (ALLOW_HTML_EMAIL, "1"),
    (MAX_EMAIL_AGE_FILTER, "0"),
    (MAX_EMAIL_BODY_TRUNCATION_SIZE, "-1"),
    (MAX_EMAIL_HTML_BODY_TRUNCATION_SIZE, "-1"),
    (REQUIRE_SIGNED_SMIME_MESSAGES, "0"),
    (REQUIRE_ENCRYPTED_SMIME_MESSAGES, "0"),
    (REQUIRE_SIGNED_SMIME_ALGORITHM, "0"),
    (REQUIRE_ENCRYPTION_SMIME_ALGORITHM, "0"),
    (ALLOW_SMIME_ENCRYPTION_ALGORITHM_NEGOTIATION, "2"),
    (ALLOW_SMIME_SOFT_CERTS, "1"),
    (ALLOW_BROWSER, "1"),
    (ALLOW_CONSUMER_EMAIL, "1"),
    (ALLOW_REMOTE_DESKTOP, "1"),
    (ALLOW_INTERNET_SHARING, "1"),
    (UNAPPROVED_IN_ROM_APPLICATION_LIST, ""),
    (APPROVED_APPLICATION_LIST, ""),
];

/// The step a key belongs to.
#[derive(Debug, Clone, Copy)]
enum Step {
    Offered,
    Acknowledged,
}

/// Answers either step of provisioning. What the phone says of itself may come along, and need not.
pub(crate) fn handle(session: &Session<'_>, root: Option<&Element>) -> Result<Reply, Failure> {
    let root = body(root, PROVISION)?;
    if let Some(reply) = wipe::handle(session, root)? {
        return Ok(reply);
    }
    let mut answer = Element::new(PROVISION);
    if let Some(block) = root.child(settings::DEVICE_INFORMATION) {
        let status = super::settings::device_information(session, block)?;
        answer.push(Element::new(settings::DEVICE_INFORMATION).with(number(settings::STATUS, status)));
    }
    let Some(policy) = root.child(POLICIES).and_then(|policies| policies.child(POLICY)) else {
        return Ok(Reply::failed(PROVISION, (STATUS, PROTOCOL_ERROR)));
    };
    let Some(policy_type) = policy.child_text(POLICY_TYPE).filter(|text| text.len() <= MAX_POLICY_TYPE)
    else {
        return Ok(Reply::failed(PROVISION, (STATUS, PROTOCOL_ERROR)));
    };
    let head = Element::new(POLICY).with(Element::text(POLICY_TYPE, policy_type.as_ref()));
    let policy = if policy_type != WBXML_POLICY {
        head.with(number(STATUS, POLICY_TYPE_UNKNOWN))
    } else if let Some(key) = policy.child_text(POLICY_KEY) {
        acknowledged(session, head, &key, policy.child_text(STATUS).as_deref())?
    } else {
        let document = PERMISSIVE.iter().fold(Element::new(EAS_PROVISION_DOC), |document, (tag, value)| {
            document.with(if value.is_empty() { Element::new(*tag) } else { Element::text(*tag, *value) })
        });
        head.with(number(STATUS, DONE))
            .with(number(POLICY_KEY, policy_key(session, Step::Offered)))
            .with(Element::new(DATA).with(document))
    };
    Ok(Reply::wbxml(&answer.with(number(STATUS, DONE)).with(Element::new(POLICIES).with(policy))))
}

/// Answers the second step.
fn acknowledged(
    session: &Session<'_>,
    head: Element,
    key: &str,
    status: Option<&str>,
) -> Result<Element, Failure> {
    if key.trim().parse() != Ok(policy_key(session, Step::Offered)) {
        return Ok(head.with(number(STATUS, POLICY_KEY_UNKNOWN)));
    }
    let required = session.server.settings().provision == Provisioning::Required;
    match status {
        // Not applied, and managed by somebody else: enough only where nothing is asked of phones.
        Some("3") if required => return Err(CommonStatus::NotFullyProvisionable.into()),
        Some("4") if required => return Err(CommonStatus::ExternallyManaged.into()),
        Some(_) | None => {}
    }
    let key = policy_key(session, Step::Acknowledged);
    if session.device.policy_key != i64::from(key) {
        session.engine().set_device_policy_key(&session.device, i64::from(key), session.now)?;
    }
    Ok(head.with(number(STATUS, DONE)).with(number(POLICY_KEY, key)))
}

/// Returns the key of one step: from 1 to 2^32 - 1, since an early phone fails on 0.
fn policy_key(session: &Session<'_>, step: Step) -> u32 {
    let word = match step {
        Step::Offered => "offered",
        Step::Acknowledged => "acknowledged",
    };
    let seed = format!("{word} {} {}", session.caller.user(), session.device.address);
    let hash = Sha256::digest(seed.as_bytes());
    hash.iter().take(4).fold(0_u32, |key, byte| key << 8 | u32::from(*byte)).max(1)
}
