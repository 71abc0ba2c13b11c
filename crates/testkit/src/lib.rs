//! Virtual phones, a sample organisation and the simulation, for tests only

pub mod postgres;
