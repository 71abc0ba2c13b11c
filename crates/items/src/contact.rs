//! Being written.
use crate::{EditError, Stamp};
/// Being written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Edit {}
pub(crate) fn create(_: &Edit, _: &Stamp) -> Result<Vec<u8>, EditError> {
    Err(EditError::Missing { component: "" })
}
pub(crate) fn apply(_: &[u8], _: &Edit, _: &Stamp) -> Result<Vec<u8>, EditError> {
    Err(EditError::Missing { component: "" })
}
