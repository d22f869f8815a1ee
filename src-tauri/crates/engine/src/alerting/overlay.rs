//! What people agreed about alerts, at one moment: who has which, what is quiet.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant, Outcome,
    alert::{Acknowledgement, Maintenance, Silenced},
};
use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    notify::{
        dispatch::{Held, Hold},
        matcher::Matchers,
        silence::{self, Silence, window::Window},
    },
    sample::Moment,
};
use quarterdeck_store::{acknowledgements, silences, silences::SilenceRow};

use super::words;
use crate::Engine;

/// What people agreed.
#[derive(Default)]
pub(super) struct Overlays {
    /// Silences that are not over.
    pub silences: Vec<Silence>,
    /// Maintenance windows.
    pub windows: Vec<(Maintenance, Window)>,
    /// Who has which alert, also where the time of that is out.
    pub acknowledged: BTreeMap<String, Acknowledgement>,
}

impl Overlays {
    /// As it is at a moment.
    pub(super) fn read(engine: &Engine, now: Instant) -> Outcome<Self> {
        engine.store().read(|c| {
            let silences = silences::ending_after(c, now)?.iter().map(silence).collect();
            // A window that this version cannot read holds nothing, and the list says so.
            let windows =
                silences::maintenance(c)?.into_iter().filter_map(|agreed| Window::read(&agreed).ok().map(|window| (agreed, window)));
            Ok(Self { silences, windows: windows.collect(), acknowledged: acknowledgements::all(c)? })
        })
    }

    /// The silences and windows that hold an alert with such labels.
    pub(super) fn silenced(&self, labels: &Labels, at: Moment) -> Vec<Silenced> {
        let silences = self.silences.iter().filter(|silence| silence.holds(labels, at)).map(|silence| Silenced {
            id: silence.id.clone(),
            maintenance: false,
            by: silence.by.clone(),
            reason: silence.reason.clone(),
            until: words::instant(silence.until),
        });
        let windows = self.windows.iter().filter(|(_, window)| window.holds(labels, at)).map(|(agreed, window)| Silenced {
            id: agreed.name.clone(),
            maintenance: true,
            by: agreed.by.clone(),
            reason: agreed.reason.clone(),
            until: words::instant(window.active_until(at).unwrap_or(at)),
        });
        silences.chain(windows).collect()
    }

    /// True where somebody agreed that nobody is told.
    pub(super) fn is_silenced(&self, labels: &Labels, at: Moment) -> bool {
        self.silences.iter().any(|silence| silence.holds(labels, at)) || self.windows.iter().any(|(_, window)| window.holds(labels, at))
    }

    /// Who has an alert at a moment.
    pub(super) fn acknowledgement(&self, id: &str, at: Moment) -> Option<&Acknowledgement> {
        self.acknowledged.get(id).filter(|given| given.until.is_none_or(|until| until.timestamp_millis() > at))
    }

    /// How many silences and windows hold now.
    pub(super) fn active(&self, at: Moment) -> usize {
        let silences = self.silences.iter().filter(|silence| (silence.from..silence.until).contains(&at)).count();
        silences + self.windows.iter().filter(|(_, window)| window.active_until(at).is_some()).count()
    }
}

impl Held for Overlays {
    fn holds(&self, alert: &Alert, at: Moment) -> Option<Hold> {
        if self.is_silenced(&alert.labels, at) {
            return Some(Hold::Silence);
        }
        self.acknowledgement(&alert.id, at).map(|_| Hold::Acknowledgement)
    }

    fn ran_out(&self, alert: &Alert, at: Moment) -> Option<Moment> {
        self.acknowledged.get(&alert.id)?.until.map(|until| until.timestamp_millis()).filter(|until| *until <= at)
    }
}

/// A silence as it holds. One whose matchers cannot be read any more holds nothing.
pub(super) fn silence(row: &SilenceRow) -> Silence {
    let (matchers, readable) = match silence::matchers(&row.matchers) {
        Ok(matchers) => (matchers, true),
        Err(_) => (Matchers::default(), false),
    };
    let from = row.from.timestamp_millis();
    let until = if readable { row.until.timestamp_millis() } else { from };
    Silence { id: row.id.clone(), matchers, from, until, by: row.by.clone(), reason: row.reason.clone() }
}
