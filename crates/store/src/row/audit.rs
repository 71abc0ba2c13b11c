//! The audit log: rows are only ever added.

use crate::id::{FolderId, PrincipalId};
use crate::{Error, Query, Row, Tx, params};

/// One row of `audit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRow {
    /// Its number.
    pub id: i64,
    /// Milliseconds since 1970.
    pub at: i64,
    /// Who did it; `None` for the server's operator.
    pub actor: Option<PrincipalId>,
    /// His name.
    pub actor_name: String,
    /// In whose name, where that is somebody else.
    pub on_behalf: String,
    /// Over which protocol.
    pub protocol: String,
    /// With which device or program.
    pub device: String,
    /// From which network address.
    pub address: String,
    /// What was done, such as `grant`.
    pub action: String,
    /// To what, in words.
    pub object: String,
    /// The folder it is about.
    pub folder: Option<FolderId>,
    /// The revision of the folder's grants that it made; 0 where it made none.
    pub revision: i64,
    /// The principal it is about; [`PrincipalId::EVERYONE`] for everyone.
    pub subject: Option<PrincipalId>,
    /// How people name that principal.
    pub subject_name: String,
    /// What was there before.
    pub old: String,
    /// What is there now.
    pub new: String,
}

/// Which rows are looked for; what is `None` does not matter.
#[derive(Debug, Clone, Copy, Default)]
pub struct AuditFilter {
    /// About this folder.
    pub folder: Option<FolderId>,
    /// By this user or about him.
    pub user: Option<PrincipalId>,
    /// Of these times on, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Before this row.
    pub before: Option<i64>,
}

fn read(row: &Row<'_>) -> Result<AuditRow, Error> {
    Ok(AuditRow {
        id: row.int(0)?,
        at: row.int(1)?,
        actor: row.int_opt(2)?.map(PrincipalId),
        actor_name: row.text(3)?,
        on_behalf: row.text(4)?,
        protocol: row.text(5)?,
        device: row.text(6)?,
        address: row.text(7)?,
        action: row.text(8)?,
        object: row.text(9)?,
        folder: row.int_opt(10)?.map(FolderId),
        revision: row.int(11)?,
        subject: row.int_opt(12)?.map(PrincipalId),
        subject_name: row.text(13)?,
        old: row.text(14)?,
        new: row.text(15)?,
    })
}

/// Adds a row.
///
/// # Errors
/// When the database fails.
pub fn insert(tx: &mut Tx<'_>, row: &AuditRow) -> Result<(), Error> {
    let sql = "INSERT INTO audit (id, at, actor, actor_name, on_behalf, protocol, device, address, action, object, \
                 folder, revision, subject, subject_name, old, new) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)";
    let params = params![
        row.id,
        row.at,
        row.actor.map(|id| id.0),
        &row.actor_name,
        &row.on_behalf,
        &row.protocol,
        &row.device,
        &row.address,
        &row.action,
        &row.object,
        row.folder.map(|id| id.0),
        row.revision,
        row.subject.map(|id| id.0),
        &row.subject_name,
        &row.old,
        &row.new
    ];
    tx.execute(sql, &params).map(drop)
}

/// Returns the rows that are looked for, the newest first.
///
/// # Errors
/// When the database fails.
pub fn find(q: &mut Query<'_>, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditRow>, Error> {
    // A number no row or time reaches stands for "does not matter": placeholders keep one type each.
    let sql = "SELECT id, at, actor, actor_name, on_behalf, protocol, device, address, action, object, folder, revision, \
                 subject, subject_name, old, new FROM audit \
               WHERE id < $1 AND at >= $2 AND ($3 < 0 OR folder = $3) AND ($4 < 0 OR actor = $4 OR subject = $4) \
               ORDER BY id DESC LIMIT $5";
    let params = params![
        filter.before.unwrap_or(i64::MAX),
        filter.since.unwrap_or(i64::MIN),
        filter.folder.map_or(-1, |id| id.0),
        filter.user.map_or(-1, |id| id.0),
        limit
    ];
    q.all(sql, &params, read)
}

/// Returns what was done to a folder's grants since a revision, oldest first.
///
/// # Errors
/// When the database fails.
pub fn since(q: &mut Query<'_>, folder: FolderId, revision: i64, limit: i64) -> Result<Vec<AuditRow>, Error> {
    let sql = "SELECT id, at, actor, actor_name, on_behalf, protocol, device, address, action, object, folder, revision, \
                 subject, subject_name, old, new FROM audit \
               WHERE folder = $1 AND revision > $2 ORDER BY id LIMIT $3";
    q.all(sql, &params![folder, revision, limit], read)
}
