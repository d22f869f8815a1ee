//! Channels against servers on this machine that speak what the real ones speak.
#![allow(clippy::unwrap_used, reason = "what cannot be set up ends a test")]

mod bench;
mod chat;
mod email;
#[path = "../loopback/listen.rs"]
mod listen;
mod pagers;
mod post;
mod server;
mod slack;
mod strange;
mod webhook;
