//! Users, groups and spaces.

use engine::{NewUser, Principal, PrincipalKind};

use super::call::Call;
use super::problem::Problem;
use super::route::{Route, Verb};
use super::shape::{Nothing, Time, Word, asked, shown};

shown! {
    /// A user, group or space.
    PrincipalShown {
        /// What it is.
        kind: Word<PrincipalKind>,
        /// Its name.
        name: String,
        /// A user's address.
        email: Option<String>,
        /// What people call it.
        display_name: String,
        /// Whether it is a system admin.
        admin: bool,
        /// Whether it may not log in.
        disabled: bool,
        /// When it was added.
        created_at: Time,
    }

    /// Who asks.
    Me {
        /// The user's name.
        name: String,
        /// His address.
        email: Option<String>,
        /// What people call him.
        display_name: String,
        /// Whether he is a system admin.
        admin: bool,
        /// The groups he is in, directly or through other groups.
        groups: Vec<String>,
    }

    /// A password that was made, shown this once.
    AppPassword {
        /// The password.
        password: String,
    }
}

asked! {
    /// A user to be added.
    UserAsked {
        /// Unique among users, groups and spaces.
        name: String,
        /// His address, unique too.
        email: String,
        /// What people call him; his name where it is left out.
        display_name: Option<String>,
        /// Whether he may see and change any folder's grants and every account.
        admin: Option<bool>,
        /// His password; without one he logs in with app passwords only.
        password: Option<String>,
    }

    /// Something that has a name.
    Named {
        /// Unique among users, groups and spaces.
        name: String,
    }

    /// A new password.
    Password {
        /// The password.
        password: String,
    }

    /// What an app password is for.
    Label {
        /// For people.
        label: String,
    }
}

impl From<Principal> for PrincipalShown {
    fn from(one: Principal) -> Self {
        Self {
            kind: Word(one.kind),
            name: one.name,
            email: one.email,
            display_name: one.display_name,
            admin: one.admin,
            disabled: one.disabled,
            created_at: Time(one.created_at),
        }
    }
}

pub(crate) fn routes() -> Vec<Route> {
    use Verb::{Delete, Get, Post, Put};
    vec![
        Route::new((Get, "/me"), "Who asks", me),
        Route::new((Get, "/users"), "List users (system admins)", |call, _: &Nothing, _: &Nothing| {
            list(call, PrincipalKind::User)
        }),
        Route::new((Post, "/users"), "Add a user with the default folders (system admins)", add_user),
        Route::new((Get, "/users/{name}"), "Show a user (himself and system admins)", user),
        Route::new(
            (Delete, "/users/{name}"),
            "Remove a user with all he owns (system admins)",
            |call, _: &Nothing, _: &Nothing| remove(call, PrincipalKind::User),
        ),
        Route::new(
            (Post, "/users/{name}/disable"),
            "Keep a user out (system admins, others than himself)",
            disable,
        ),
        Route::new((Post, "/users/{name}/enable"), "Let a user in again (system admins)", enable),
        Route::new((Put, "/users/{name}/password"), "Set a user's password (system admins)", set_password),
        Route::new(
            (Post, "/users/{name}/app-passwords"),
            "Make an app password (system admins)",
            add_app_password,
        ),
        Route::new((Get, "/groups"), "List groups (system admins)", |call, _: &Nothing, _: &Nothing| {
            list(call, PrincipalKind::Group)
        }),
        Route::new((Post, "/groups"), "Add a group (system admins)", add_group),
        Route::new(
            (Delete, "/groups/{group}"),
            "Remove a group (system admins)",
            |call, _: &Nothing, _: &Nothing| remove(call, PrincipalKind::Group),
        ),
        Route::new((Get, "/groups/{group}/members"), "List a group's own members (system admins)", members),
        Route::new((Put, "/groups/{group}/members/{member}"), "Add a user or group (system admins)", join),
        Route::new((Delete, "/groups/{group}/members/{member}"), "Take a member out (system admins)", leave),
        Route::new((Get, "/spaces"), "List spaces (system admins)", |call, _: &Nothing, _: &Nothing| {
            list(call, PrincipalKind::Space)
        }),
        Route::new((Post, "/spaces"), "Add a space (system admins)", add_space),
        Route::new(
            (Delete, "/spaces/{name}"),
            "Remove a space with its folders (system admins)",
            |call, _: &Nothing, _: &Nothing| remove(call, PrincipalKind::Space),
        ),
    ]
}

fn me(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Me, Problem> {
    let caller = &call.caller;
    Ok(Me {
        name: caller.name().to_owned(),
        email: caller.email().map(str::to_owned),
        display_name: caller.display_name().to_owned(),
        admin: caller.is_admin(),
        groups: call.engine.groups_of(caller)?,
    })
}

fn list(call: &Call<'_>, kind: PrincipalKind) -> Result<Vec<PrincipalShown>, Problem> {
    let all = call.as_admin()?.engine.principals(kind)?;
    Ok(all.into_iter().map(PrincipalShown::from).collect())
}

fn remove(call: &Call<'_>, kind: PrincipalKind) -> Result<Nothing, Problem> {
    let name = if kind == PrincipalKind::Group { call.text("group") } else { call.text("name") };
    if name == call.as_admin()?.caller.name() {
        return Err(engine::Error::Refused { what: "nobody removes himself".to_owned() }.into());
    }
    call.admin().remove_principal(kind, name, call.now)?;
    Ok(Nothing {})
}

fn shown(call: &Call<'_>, name: &str, kind: PrincipalKind) -> Result<PrincipalShown, Problem> {
    let found = call.engine.principal(name)?;
    if found.kind == kind { Ok(found.into()) } else { Err(Problem::not_found()) }
}

fn add_user(call: &Call<'_>, _: &Nothing, body: &UserAsked) -> Result<PrincipalShown, Problem> {
    let user = NewUser {
        name: &body.name,
        email: &body.email,
        display_name: body.display_name.as_deref().unwrap_or(&body.name),
        admin: body.admin.unwrap_or_default(),
        password: body.password.as_deref(),
    };
    call.as_admin()?.admin().add_user(&user, call.now)?;
    shown(call, &body.name, PrincipalKind::User)
}

fn user(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<PrincipalShown, Problem> {
    let name = call.text("name");
    shown(call.as_admin_or(name)?, name, PrincipalKind::User)
}

fn disable(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    let name = call.text("name");
    if name == call.as_admin()?.caller.name() {
        return Err(engine::Error::Refused { what: "nobody keeps himself out".to_owned() }.into());
    }
    call.admin().disable_user(name, call.now)?;
    Ok(Nothing {})
}

fn enable(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    call.as_admin()?.admin().enable_user(call.text("name"), call.now)?;
    Ok(Nothing {})
}

fn set_password(call: &Call<'_>, _: &Nothing, body: &Password) -> Result<Nothing, Problem> {
    call.as_admin()?.admin().set_password(call.text("name"), &body.password, call.now)?;
    Ok(Nothing {})
}

fn add_app_password(call: &Call<'_>, _: &Nothing, body: &Label) -> Result<AppPassword, Problem> {
    let password = call.as_admin()?.admin().add_app_password(call.text("name"), &body.label, call.now)?;
    Ok(AppPassword { password })
}

fn add_group(call: &Call<'_>, _: &Nothing, body: &Named) -> Result<PrincipalShown, Problem> {
    call.as_admin()?.admin().add_group(&body.name, call.now)?;
    shown(call, &body.name, PrincipalKind::Group)
}

fn add_space(call: &Call<'_>, _: &Nothing, body: &Named) -> Result<PrincipalShown, Problem> {
    call.as_admin()?.admin().add_space(&body.name, call.now)?;
    shown(call, &body.name, PrincipalKind::Space)
}

fn members(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Vec<String>, Problem> {
    Ok(call.as_admin()?.engine.members(call.text("group"))?)
}

fn join(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    call.as_admin()?.admin().join(call.text("group"), call.text("member"), call.now)?;
    Ok(Nothing {})
}

fn leave(call: &Call<'_>, _: &Nothing, _: &Nothing) -> Result<Nothing, Problem> {
    call.as_admin()?.admin().leave(call.text("group"), call.text("member"), call.now)?;
    Ok(Nothing {})
}
