//! Rows as a statement returns them.

use crate::error::Error;
use crate::{postgresql, sqlite};

/// One row of a result. Columns count from 0.
#[derive(Debug)]
pub struct Row<'r>(Inner<'r>);

#[derive(Debug)]
enum Inner<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r postgres::Row),
}

/// What a column holds, read without changing its type.
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl<'r> Row<'r> {
    pub(crate) const fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self(Inner::Sqlite(row))
    }

    pub(crate) const fn postgres(row: &'r postgres::Row) -> Self {
        Self(Inner::Postgres(row))
    }

    /// Returns a whole number.
    ///
    /// # Errors
    /// When the column is missing, NULL or of another type.
    pub fn int(&self, column: usize) -> Result<i64, Error> {
        self.int_opt(column)?.ok_or(Error::Row { column, wanted: "a number" })
    }

    /// Returns a text.
    ///
    /// # Errors
    /// When the column is missing, NULL or of another type.
    pub fn text(&self, column: usize) -> Result<String, Error> {
        self.text_opt(column)?.ok_or(Error::Row { column, wanted: "a text" })
    }

    /// Returns bytes.
    ///
    /// # Errors
    /// When the column is missing, NULL or of another type.
    pub fn blob(&self, column: usize) -> Result<Vec<u8>, Error> {
        self.blob_opt(column)?.ok_or(Error::Row { column, wanted: "bytes" })
    }

    /// Returns a whole number, or `None` for NULL.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn int_opt(&self, column: usize) -> Result<Option<i64>, Error> {
        match self.cell(column) {
            Some(Cell::Int(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Text(_) | Cell::Blob(_)) | None => Err(Error::Row { column, wanted: "a number" }),
        }
    }

    /// Returns a text, or `None` for NULL.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn text_opt(&self, column: usize) -> Result<Option<String>, Error> {
        match self.cell(column) {
            Some(Cell::Text(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(_) | Cell::Blob(_)) | None => Err(Error::Row { column, wanted: "a text" }),
        }
    }

    /// Returns bytes, or `None` for NULL.
    ///
    /// # Errors
    /// When the column is missing or of another type.
    pub fn blob_opt(&self, column: usize) -> Result<Option<Vec<u8>>, Error> {
        match self.cell(column) {
            Some(Cell::Blob(value)) => Ok(Some(value)),
            Some(Cell::Null) => Ok(None),
            Some(Cell::Int(_) | Cell::Text(_)) | None => Err(Error::Row { column, wanted: "bytes" }),
        }
    }

    fn cell(&self, column: usize) -> Option<Cell> {
        match self.0 {
            Inner::Sqlite(row) => sqlite::cell(row, column),
            Inner::Postgres(row) => postgresql::cell(row, column),
        }
    }
}
