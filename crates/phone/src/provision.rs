//! `Provision`: a phone takes whatever policy it is given.

use wbxml::Element;
use wbxml::page::provision as tag;

use crate::error::AnswerError;
use crate::phone::Phone;
use crate::request::{Command, Request, Sent};
use crate::settings::device_information;
use crate::version::Version;

/// The policy that the phone acknowledged, and what it has to do for the next one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Policy {
    key: u32,
    step: Step,
}

#[derive(Debug, Clone, Default)]
enum Step {
    #[default]
    None,
    Ask,
    Acknowledge(String),
}

const POLICY_TYPE: &str = "MS-EAS-Provisioning-WBXML";

impl Policy {
    pub(crate) const fn key(&self) -> u32 {
        self.key
    }

    pub(crate) const fn has_step(&self) -> bool {
        match self.step {
            Step::None => false,
            Step::Ask | Step::Acknowledge(_) => true,
        }
    }

    /// Makes the phone ask for the policy: the server wants one.
    pub(crate) fn ask(&mut self) {
        self.step = Step::Ask;
        self.key = 0;
    }
}

impl Phone {
    pub(crate) fn policy_request(&mut self) -> Option<Request> {
        let policy = Element::new(tag::POLICY).with(Element::text(tag::POLICY_TYPE, POLICY_TYPE));
        let mut root = Element::new(tag::PROVISION);
        let policy = match &self.policy.step {
            Step::None => return None,
            Step::Ask => {
                if self.habit.version >= Version::V14_1 {
                    root.push(device_information(self.kind(), self.device_id()));
                }
                policy
            }
            Step::Acknowledge(key) => {
                policy.with(Element::text(tag::POLICY_KEY, key)).with(Element::text(tag::STATUS, "1"))
            }
        };
        root.push(Element::new(tag::POLICIES).with(policy));
        Some(self.request(Command::Provision, Some(root), Sent::Nothing))
    }

    pub(crate) fn apply_provision(&mut self, root: Option<&Element>) -> Result<(), AnswerError> {
        let shape = |what| AnswerError::Shape { command: Command::Provision, what };
        let policy = root.and_then(|root| root.child(tag::POLICIES)?.child(tag::POLICY));
        let policy = policy.ok_or(shape("it has no policy"))?;
        let Some(key) = policy.child_text(tag::POLICY_KEY) else {
            self.policy.step = Step::None;
            return Ok(());
        };
        self.policy.step = match self.policy.step {
            Step::Ask => Step::Acknowledge(key.into_owned()),
            Step::None | Step::Acknowledge(_) => {
                self.policy.key = key.parse().map_err(|_| shape("the policy key is not a number"))?;
                Step::None
            }
        };
        Ok(())
    }
}
