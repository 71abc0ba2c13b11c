//! Virtual phones, a sample organisation and the simulation, for tests only

mod memory;
pub mod postgres;
pub mod sim;

pub use memory::engine;
