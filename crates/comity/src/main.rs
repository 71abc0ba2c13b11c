//! Comity.
fn main() {}
