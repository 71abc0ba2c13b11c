//! Levels, grants, how they combine, and what a user may do
