//! Provision: the policy a phone asks for, and its word that it applies it.
//!
//! Two steps: the phone gets the policy with a temporary key, acknowledges it with that key, and gets the key that
//! it sends with every request from then on. Both keys follow from user and device, so a repeated step has the same
//! answer and nothing is kept between the two.

mod wipe;

use wbxml::Element;
use wbxml::page::provision::{DATA, POLICIES, POLICY, POLICY_KEY, POLICY_TYPE, PROVISION, STATUS};
use wbxml::page::settings;

use super::{Session, body};
use crate::policy;
use crate::provisioning::{Step, policy_key};
use crate::reply::{Reply, number};
use crate::server::{Failure, Partial, Provisioning, Settings};
use crate::status::CommonStatus;

/// The only form of policy from 12.0 on.
const WBXML_POLICY: &str = "MS-EAS-Provisioning-WBXML";

/// The most bytes of a policy type that are sent back.
const MAX_POLICY_TYPE: usize = 64;

const DONE: u8 = 1;
const PROTOCOL_ERROR: u8 = 2;
const POLICY_TYPE_UNKNOWN: u8 = 3;
const POLICY_KEY_UNKNOWN: u8 = 5;

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
        let asked = session.server.policy_of(session.caller)?;
        session.server.rounds.count(session.device.id, session.now);
        head.with(number(STATUS, DONE))
            .with(number(POLICY_KEY, policy_key(session.caller, &session.device, asked, Step::Offered)))
            .with(Element::new(DATA).with(policy::document(asked)))
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
    let asked = session.server.policy_of(session.caller)?;
    let key_of = |step| policy_key(session.caller, &session.device, asked, step);
    if key.trim().parse() != Ok(key_of(Step::Offered)) {
        return Ok(head.with(number(STATUS, POLICY_KEY_UNKNOWN)));
    }
    let Settings { provision, partial, .. } = session.server.settings();
    let required = *provision == Provisioning::Required;
    match status.map(str::trim) {
        // Applied in part or not at all, or managed by somebody else: enough where nothing is asked of phones.
        Some("2") if required && *partial == Partial::Refused => {
            return Err(CommonStatus::NotFullyProvisionable.into());
        }
        Some("3") if required => return Err(CommonStatus::NotFullyProvisionable.into()),
        Some("4") if required => return Err(CommonStatus::ExternallyManaged.into()),
        Some(_) | None => {}
    }
    let key = key_of(Step::Acknowledged);
    if session.device.policy_key != i64::from(key) {
        session.engine().set_device_policy_key(&session.device, i64::from(key), session.now)?;
    }
    Ok(head.with(number(STATUS, DONE)).with(number(POLICY_KEY, key)))
}
