//! Alerts: rules that are evaluated after each tick, what people agree about them, and who is told (docs/alerts.md).
//!
//! ```text
//! loading ─► evaluation (after each tick) ─► keeping (alerts.db) ─► view ─► list, detail, rules
//!                   └─► board ─► telling (a thread) ─► outbox ─► channels
//! routing, overlay ───────────────┘
//! ```

mod acknowledging;
mod board;
mod catalogue;
mod checking;
mod coming;
mod contact;
mod desktop;
mod detail;
mod evaluation;
mod heartbeat;
mod history;
mod keeping;
mod ladder;
mod links;
mod list;
mod loading;
mod markdown;
mod outbox;
mod overlay;
mod own;
mod parcel;
mod picture;
mod reasons;
mod routes;
mod routing;
mod rules;
mod runbook;
mod silencing;
mod telling;
mod trying;
mod view;
mod words;

#[cfg(test)]
mod tests;

pub(crate) use self::{
    acknowledging::{acknowledge, withdraw},
    board::Alerting,
    catalogue::shipped_names,
    checking::{check_definition, check_rules, tested},
    detail::get,
    evaluation::Evaluation,
    history::{critical, events, happenings, notices},
    list::list,
    markdown::blocks as markdown_blocks,
    routes::{list as routes, oncall, test as test_route},
    rules::{list as rules, test_rules},
    runbook::get as runbook,
    silencing::{
        add as add_silence, end as end_silence, forget as forget_maintenance, list as silences, preview as preview_silence,
        set as set_maintenance,
    },
    trying::{drill as fire_drill, receiver as test_receiver},
    words::line,
};
