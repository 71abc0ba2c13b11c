//! Who is in which group.

use crate::id::PrincipalId;
use crate::row::principal::{self, PrincipalRow};
use crate::{Error, Query, Tx, params};

/// Adds a member to a group; adding it twice changes nothing.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, group: PrincipalId, member: PrincipalId) -> Result<(), Error> {
    let sql =
        "INSERT INTO members (group_id, member) VALUES ($1, $2) ON CONFLICT (group_id, member) DO NOTHING";
    tx.execute(sql, &params![group, member]).map(drop)
}

/// Takes a member out of a group and returns whether it was in it.
///
/// # Errors
/// When the database fails.
pub fn remove(tx: &mut Tx<'_>, group: PrincipalId, member: PrincipalId) -> Result<bool, Error> {
    let sql = "DELETE FROM members WHERE group_id = $1 AND member = $2";
    Ok(tx.execute(sql, &params![group, member])? > 0)
}

/// Returns the names of a group's own members.
///
/// # Errors
/// When the database fails.
pub fn names(q: &mut Query<'_>, group: PrincipalId) -> Result<Vec<String>, Error> {
    let sql = "SELECT p.name FROM members m JOIN principals p ON p.id = m.member \
               WHERE m.group_id = $1 ORDER BY p.name";
    q.all(sql, &params![group], |row| row.text(0))
}

/// Returns every group that contains the principal, directly or through other groups; circles end by themselves.
///
/// # Errors
/// When the database fails.
pub fn groups_of(q: &mut Query<'_>, principal: PrincipalId) -> Result<Vec<PrincipalId>, Error> {
    let sql = "WITH RECURSIVE closure (id) AS ( \
                 SELECT group_id FROM members WHERE member = $1 \
                 UNION \
                 SELECT m.group_id FROM members m JOIN closure c ON m.member = c.id) \
               SELECT id FROM closure";
    q.all(sql, &params![principal], |row| Ok(PrincipalId(row.int(0)?)))
}

/// Returns everybody for whom a grant is meant for a user too: himself, his groups, directly or through other groups,
/// and everyone; nobody where he is disabled.
///
/// # Errors
/// When the database fails.
pub fn stands_for(q: &mut Query<'_>, user: PrincipalId) -> Result<Vec<PrincipalId>, Error> {
    let sql = "WITH RECURSIVE closure (id) AS ( \
                 SELECT id FROM principals WHERE id = $1 AND disabled = 0 \
                 UNION \
                 SELECT m.group_id FROM members m JOIN closure c ON m.member = c.id) \
               SELECT id FROM closure";
    let mut all = q.all(sql, &params![user], |row| Ok(PrincipalId(row.int(0)?)))?;
    if !all.is_empty() {
        all.push(PrincipalId::EVERYONE);
    }
    Ok(all)
}

/// Returns every user in the group, directly or through other groups, by name; circles end by themselves.
///
/// # Errors
/// When the database fails.
pub fn users_below(q: &mut Query<'_>, group: PrincipalId) -> Result<Vec<PrincipalRow>, Error> {
    let sql = "WITH RECURSIVE closure (id) AS ( \
                 SELECT member FROM members WHERE group_id = $1 \
                 UNION \
                 SELECT m.member FROM members m JOIN closure c ON m.group_id = c.id) \
               SELECT p.id, p.kind, p.name, p.email, p.display_name, p.admin, p.disabled, p.generation, \
                 p.created_at FROM principals p JOIN closure c ON p.id = c.id WHERE p.kind = 1 ORDER BY p.name";
    q.all(sql, &params![group], principal::read)
}

/// Returns every membership: a group and a member of its own.
///
/// # Errors
/// When the database fails.
pub fn all(q: &mut Query<'_>) -> Result<Vec<(PrincipalId, PrincipalId)>, Error> {
    let sql = "SELECT group_id, member FROM members";
    q.all(sql, &[], |row| Ok((PrincipalId(row.int(0)?), PrincipalId(row.int(1)?))))
}

/// Returns the groups that a principal is a member of itself, with their names.
///
/// # Errors
/// When the database fails.
pub fn own_groups(q: &mut Query<'_>, member: PrincipalId) -> Result<Vec<(PrincipalId, String)>, Error> {
    let sql = "SELECT p.id, p.name FROM members m JOIN principals p ON p.id = m.group_id \
               WHERE m.member = $1 ORDER BY p.name";
    q.all(sql, &params![member], |row| Ok((PrincipalId(row.int(0)?), row.text(1)?)))
}

/// Returns how many groups lie in one another above a principal, the longest way; it counts up to `limit`.
///
/// # Errors
/// When the database fails.
pub fn height_above(q: &mut Query<'_>, principal: PrincipalId, limit: i64) -> Result<i64, Error> {
    let sql = "WITH RECURSIVE above (id, height) AS ( \
                 SELECT group_id, 1 FROM members WHERE member = $1 \
                 UNION \
                 SELECT m.group_id, a.height + 1 FROM members m JOIN above a ON m.member = a.id \
                   WHERE a.height < $2) \
               SELECT CAST(COALESCE(MAX(height), 0) AS BIGINT) FROM above";
    Ok(q.first(sql, &params![principal, limit], |row| row.int(0))?.unwrap_or(0))
}

/// Returns how many groups lie in one another below a group, itself not counted, the longest way; it counts up to
/// `limit`.
///
/// # Errors
/// When the database fails.
pub fn depth_below(q: &mut Query<'_>, group: PrincipalId, limit: i64) -> Result<i64, Error> {
    let sql = "WITH RECURSIVE below (id, depth) AS ( \
                 SELECT p.id, 1 FROM members m JOIN principals p ON p.id = m.member \
                   WHERE m.group_id = $1 AND p.kind = 2 \
                 UNION \
                 SELECT p.id, b.depth + 1 FROM below b JOIN members m ON m.group_id = b.id \
                   JOIN principals p ON p.id = m.member WHERE p.kind = 2 AND b.depth < $2) \
               SELECT CAST(COALESCE(MAX(depth), 0) AS BIGINT) FROM below";
    Ok(q.first(sql, &params![group, limit], |row| row.int(0))?.unwrap_or(0))
}
