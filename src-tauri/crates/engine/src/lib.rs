//! The composition: everything that a face can ask of Quarterdeck, from one [`ops::LIST`].

#[cfg(feature = "bindings")]
pub mod bindings;
pub mod definition;
mod directories;
pub mod engine;
pub mod home;
pub mod operation;
pub mod ops;

mod backup;
mod images;
mod intent;
mod jobs;
mod lookup;
mod merges;
mod parents;
mod proving;
mod recovery;
mod repository;
mod restore;
mod scope;
mod status;
mod systems;
mod truth;
mod undo;

pub use engine::Engine;
pub use home::Home;
