//! What fires and what people agree about it: `alerts`, `silences`, `maintenance`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use quarterdeck_engine::ops::{
    AcknowledgeAlerts, AddSilence, AlertEventList, AlertList, EndSilence, ForgetMaintenance, GetAlert, ListAlertEvents, ListAlerts,
    ListNotices, ListSilences, NoticeList, PreviewSilence, SetMaintenance, SilenceList, SilencePreview, WithdrawAcknowledgement,
};
use quarterdeck_model::{
    Clock, Fault, Instant, Outcome, SystemClock,
    alert::{AlertDetail, AlertState, LabelMatcher, Maintenance, MaintenanceRow, Silence},
    system::Name,
};

use super::{Door, moment, show_alerts as show};

#[derive(Args)]
pub struct AlertsArgs {
    #[command(subcommand)]
    verb: Option<AlertsVerb>,
    /// Only those of this system
    #[arg(long, value_name = "SYSTEM")]
    system: Option<Name>,
}

#[derive(Subcommand)]
enum AlertsVerb {
    /// What fires, is pending, is held, or cannot fire; worst first
    List {
        /// Only this state, such as firing or no-data; may be given again
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Vec<AlertState>,
    },
    /// Everything about one alert: why, since when, what happened before, who was told, who is next, what to do
    Show {
        /// Its id, or the key of a rule
        id: String,
    },
    /// Take alerts: nobody else is told until they clear
    #[command(visible_alias = "ack")]
    Acknowledge {
        /// Their ids
        #[arg(required = true)]
        ids: Vec<String>,
        /// What is done about it
        #[arg(long, default_value = "")]
        note: String,
        /// For so long at most, as in 2h
        #[arg(long = "for", value_name = "TIME", value_parser = lasting)]
        lasting: Option<chrono::TimeDelta>,
    },
    /// Give an alert back: telling goes on
    #[command(visible_alias = "unack")]
    Withdraw { id: String },
    /// What happened, newest first
    History {
        /// Not before: 7d (ago), 2026-11-22, or RFC 3339
        #[arg(long, value_name = "TIME", default_value = "7d")]
        from: String,
        /// Only where this occurs in the name, the sentence or the person
        #[arg(long)]
        text: Option<String>,
    },
    /// Who was told what, by which way, with what answer; newest first
    Notices {
        /// Only those to this receiver
        #[arg(long)]
        receiver: Option<String>,
        /// Only those that failed or are tried again
        #[arg(long)]
        failed: bool,
    },
}

#[derive(Args)]
pub struct SilencesArgs {
    #[command(subcommand)]
    verb: Option<SilencesVerb>,
}

#[derive(Subcommand)]
enum SilencesVerb {
    /// Those that hold, those to come, those that ended lately
    List,
    /// Tell nobody about certain alerts for a while
    Add {
        /// What labels must be: system=shop, 'alertname=~"Disk.*"'; all must hold
        #[arg(required = true)]
        matchers: Vec<String>,
        /// How long, as in 2h
        #[arg(long = "for", value_name = "TIME", value_parser = lasting)]
        lasting: chrono::TimeDelta,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Say what a silence would hold now
    Preview {
        /// What labels must be
        #[arg(required = true)]
        matchers: Vec<String>,
    },
    /// End a silence now
    End { id: String },
}

#[derive(Args)]
pub struct MaintenanceArgs {
    #[command(subcommand)]
    verb: Option<MaintenanceVerb>,
}

#[derive(Subcommand)]
enum MaintenanceVerb {
    /// Windows with when they hold
    List,
    /// Set a window, or replace the one of that name
    Set(Window),
    /// Forget a window
    Forget { name: String },
}

#[derive(Args)]
struct Window {
    /// Its name
    name: String,
    /// What labels must be: system=shop; all must hold
    #[arg(required = true)]
    matchers: Vec<String>,
    /// Weekdays, such as sunday or monday:friday (default: all)
    #[arg(long, value_name = "DAY")]
    on: Vec<String>,
    /// Days of the month, such as 1, -1 or 1:7 (default: all)
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    day: Vec<String>,
    /// From when on such a day, as in 22:00
    #[arg(long, value_name = "TIME")]
    from: String,
    /// Until when; before --from, the next day
    #[arg(long, value_name = "TIME")]
    until: String,
    /// The time zone, from the IANA list
    #[arg(long)]
    zone: String,
    /// Why
    #[arg(long)]
    reason: String,
}

/// Lists alerts, shows one, takes one, looks back.
pub async fn alerts(door: &Door, args: AlertsArgs) -> Outcome<ExitCode> {
    let (now, system) = (SystemClock.now(), args.system);
    match args.verb.unwrap_or(AlertsVerb::List { state: Vec::new() }) {
        AlertsVerb::List { state } => {
            let list: AlertList = door.call("list_alerts", ListAlerts { system, states: state }).await?;
            door.answer(&list, show::alerts)
        }
        AlertsVerb::Show { id } => {
            let detail: AlertDetail = door.call("get_alert", GetAlert { id }).await?;
            door.answer(&detail, show::alert)
        }
        AlertsVerb::Acknowledge { ids, note, lasting } => {
            let until = lasting.and_then(|lasting| now.checked_add_signed(lasting));
            let taken = ids.join(", ");
            door.call::<()>("acknowledge_alerts", AcknowledgeAlerts { ids, note, until }).await?;
            door.answer(&serde_json::json!({ "acknowledged": taken }), |_| format!("You have it: {taken}."))
        }
        AlertsVerb::Withdraw { id } => {
            door.call::<()>("withdraw_acknowledgement", WithdrawAcknowledgement { id: id.clone() }).await?;
            door.answer(&serde_json::json!({ "withdrawn": id }), |_| format!("{id} is given back: telling goes on."))
        }
        AlertsVerb::History { from, text } => {
            let asked = ListAlertEvents { system, from: Some(moment::read(&from, now)?), until: None, text, before: None };
            let list: AlertEventList = door.call("list_alert_events", asked).await?;
            door.answer(&list, show::events)
        }
        AlertsVerb::Notices { receiver, failed } => {
            let list: NoticeList = door.call("list_notices", ListNotices { system, receiver, failed, before: None }).await?;
            door.answer(&list, |list| show::notices(&list.notices))
        }
    }
}

/// Lists silences, makes one, ends one.
pub async fn silences(door: &Door, args: SilencesArgs) -> Outcome<ExitCode> {
    match args.verb.unwrap_or(SilencesVerb::List) {
        SilencesVerb::List => {
            let list: SilenceList = door.call("list_silences", ListSilences {}).await?;
            door.answer(&list, |list| show::silences(&list.silences))
        }
        SilencesVerb::Add { matchers: written, lasting, reason } => {
            let until = until(SystemClock.now(), lasting)?;
            let silence: Silence =
                door.call("add_silence", AddSilence { matchers: matchers(&written)?, from: None, until, reason }).await?;
            door.answer(&silence, |silence| show::silences(std::slice::from_ref(silence)))
        }
        SilencesVerb::Preview { matchers: written } => {
            let preview: SilencePreview = door.call("preview_silence", PreviewSilence { matchers: matchers(&written)? }).await?;
            door.answer(&preview, |preview| format!("{}\n{}", preview.sentence, show::rows(&preview.alerts)))
        }
        SilencesVerb::End { id } => {
            door.call::<()>("end_silence", EndSilence { id: id.clone() }).await?;
            door.answer(&serde_json::json!({ "ended": id }), |_| format!("The silence {id} is over."))
        }
    }
}

/// Lists maintenance windows, sets one, forgets one.
pub async fn maintenance(door: &Door, args: MaintenanceArgs) -> Outcome<ExitCode> {
    match args.verb.unwrap_or(MaintenanceVerb::List) {
        MaintenanceVerb::List => {
            let list: SilenceList = door.call("list_silences", ListSilences {}).await?;
            door.answer(&list.maintenance, |rows| show::maintenance(rows))
        }
        MaintenanceVerb::Set(window) => {
            let agreed = Maintenance {
                name: window.name,
                matchers: matchers(&window.matchers)?,
                weekdays: window.on,
                days_of_month: window.day,
                from: window.from,
                until: window.until,
                zone: window.zone,
                reason: window.reason,
                by: String::new(),
            };
            let row: MaintenanceRow = door.call("set_maintenance", SetMaintenance { window: agreed }).await?;
            door.answer(&row, |row| show::maintenance(std::slice::from_ref(row)))
        }
        MaintenanceVerb::Forget { name } => {
            door.call::<()>("forget_maintenance", ForgetMaintenance { name: name.clone() }).await?;
            door.answer(&serde_json::json!({ "forgotten": name }), |_| format!("{name} is forgotten."))
        }
    }
}

/// `label=value`, `label!=value`, `label=~expression`, `label!~expression`; the value may be between quotes.
pub fn matchers(written: &[String]) -> Outcome<Vec<LabelMatcher>> {
    let read = |text: &String| {
        let wrong = || {
            Fault::usage("bad-matcher", format!("{text:?} is no matcher."))
                .hint("Write label=value, label!=value, label=~expression or label!~expression.")
        };
        let at = text.find(['=', '!']).filter(|at| *at > 0).ok_or_else(wrong)?;
        let (label, rest) = text.split_at(at);
        let sign = ["=~", "!~", "!=", "="].into_iter().find(|sign| rest.starts_with(sign)).ok_or_else(wrong)?;
        let value = rest[sign.len()..].trim();
        let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        Ok(LabelMatcher { label: label.trim().to_owned(), sign: sign.to_owned(), value: value.to_owned() })
    };
    written.iter().map(read).collect()
}

fn until(now: Instant, lasting: chrono::TimeDelta) -> Outcome<Instant> {
    now.checked_add_signed(lasting).ok_or_else(|| Fault::usage("bad-moment", "That is too long.").hint("Write it as in 2h."))
}

fn state(text: &str) -> Result<AlertState, String> {
    serde_json::from_value(serde_json::Value::from(text))
        .map_err(|_| "write firing, pending, acknowledged, silenced, inhibited, muted, resolved, no-data, error or stale".to_owned())
}

fn lasting(text: &str) -> Result<chrono::TimeDelta, String> {
    moment::duration(text).filter(|time| *time > chrono::TimeDelta::zero()).ok_or_else(|| "write it as in 30m or 2h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matchers_are_read_as_people_type_them() {
        let read = |text: &str| matchers(&[text.to_owned()]).map(|mut found| found.remove(0));
        let parts = |text: &str| read(text).map(|found| (found.label, found.sign, found.value)).unwrap();
        let three = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(parts("system=shop"), three("system", "=", "shop"));
        assert_eq!(parts("alertname=~\"Disk.*\""), three("alertname", "=~", "Disk.*"));
        assert_eq!(parts("a!=b=c"), three("a", "!=", "b=c"));
        assert_eq!(parts("a!~b"), three("a", "!~", "b"));
        assert!(read("=b").is_err() && read("ab").is_err() && read("a!b").is_err());
    }
}
