//! The pages of those who run the server, under `/admin`. For everybody else there is nothing there.
//!
//! Each page is asked for and sends its forms at the same address. What is done stands in the audit log, with who did
//! it and from where: the engine writes it with the change.

mod audit;
mod desk;
mod device;
mod devices;
mod group;
mod groups;
mod list;
mod notice;
mod place;
mod space;
mod spaces;
mod user;
mod users;

use crate::answer::{Answer, Refusal};
use crate::ask::Visit;
use crate::page::error;

use desk::{Desk, Done};
use place::Place;

/// Shows a page.
pub(crate) fn show(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let (desk, place) = open(visit)?;
    page(&desk, &place)
}

/// Does what a form says. What cannot be done is told above the same page, which still has what was typed.
pub(crate) fn submit(visit: &Visit<'_>) -> Result<Answer, Refusal> {
    let (mut desk, place) = open(visit)?;
    match carry_out(&desk, &place) {
        Ok(Done::Go(to)) => Ok(Answer::go(&to)),
        Ok(Done::Tell(text)) => {
            desk.tell(text);
            page(&desk, &place)
        }
        Err(refusal) => {
            let status = error::status(&refusal);
            desk.refuse(refusal)?;
            Ok(page(&desk, &place)?.with_status(status))
        }
    }
}

fn open<'a>(visit: &'a Visit<'a>) -> Result<(Desk<'a>, Place), Refusal> {
    let desk = Desk::open(visit)?;
    let place = Place::parse(&visit.ask.path).ok_or(Refusal::NotFound)?;
    Ok((desk, place))
}

fn page(desk: &Desk<'_>, place: &Place) -> Result<Answer, Refusal> {
    match place {
        Place::Users => users::show(desk),
        Place::User(name) => user::show(desk, name),
        Place::Groups => groups::show(desk),
        Place::Group(name) => group::show(desk, name),
        Place::Spaces => spaces::show(desk),
        Place::Space(name) => space::show(desk, name),
        Place::Devices => devices::show(desk),
        Place::Device(user, address) => device::show(desk, (user, address)),
        Place::Audit => audit::show(desk),
        Place::Notice => notice::show(desk),
    }
}

fn carry_out(desk: &Desk<'_>, place: &Place) -> Result<Done, Refusal> {
    match place {
        Place::Users => users::submit(desk),
        Place::User(name) => user::submit(desk, name),
        Place::Groups => groups::submit(desk),
        Place::Group(name) => group::submit(desk, name),
        Place::Spaces => spaces::submit(desk),
        Place::Space(name) => space::submit(desk, name),
        Place::Device(user, address) => device::submit(desk, (user, address)),
        Place::Devices | Place::Audit | Place::Notice => Err(desk.no_such_button()),
    }
}
