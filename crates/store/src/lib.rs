//! Tables and transactions on SQLite and PostgreSQL
