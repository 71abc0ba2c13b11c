//! DELETE.

use engine::NamedWrite;

use super::by;
use super::put::answer;
use crate::condition::conditions;
use crate::context::{Context, OrReply as _};
use crate::reply::Reply;
use crate::request::Request;
use crate::target::Target;

/// Deletes an item, or a folder of the user's own. A folder of somebody else is deleted at its owner's place: who deletes
/// a share means to be rid of it, not of what is in it.
pub(crate) fn delete(context: &Context<'_>, request: &Request, target: &Target) -> Result<Reply, Reply> {
    let (place, name) = match target {
        Target::Item(place, name) if !request.path.slash => (place, name),
        Target::Item(..) | Target::Top(..) => return Err(Reply::absent()),
        Target::Folder(place) if place.folder.own && place.folder.role == 0 => {
            let agent = request.agent();
            let dropped = context.engine.drop_folder(&by(context, &agent), place.folder.id, context.now);
            return dropped.or_reply().map(|()| Reply::empty(204));
        }
        Target::Folder(_) | Target::Root | Target::Principals | Target::Principal(_) | Target::Home(_) => {
            return Err(Reply::empty(403));
        }
    };
    let (conditions, agent) = (conditions(request), request.agent());
    let write = NamedWrite { folder: place.folder.id, name, conditions: &conditions, agent: &agent };
    let outcome = context.engine.delete_named(context.caller, &write, context.now).or_reply()?;
    Ok(answer(place, name, outcome))
}
