//! Typed views over the stored text of items, and the difference between two versions
