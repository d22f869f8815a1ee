//! What each channel was told of each group (Alertmanager's notification log), so that nothing is told twice, also not after a restart.

use std::collections::{HashMap, HashSet};

use quarterdeck_model::alert::NoticeReason;

use crate::sample::Moment;

/// What one channel was told last of one group; kept in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The group.
    pub group_key: String,
    /// The receiver.
    pub receiver: String,
    /// The kind of channel and its number among those of its kind in the receiver, as in `slack[0]`.
    pub channel: String,
    /// Ids of the alerts it knows as firing, sorted.
    pub firing: Vec<String>,
    /// Ids of the alerts it knows as over, sorted.
    pub resolved: Vec<String>,
    /// When it was told.
    pub at: Moment,
    /// From then on it may be thrown away, unless the group still fires.
    pub until: Moment,
}

/// Which channel, of which group.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ear {
    pub group_key: String,
    pub receiver: String,
    pub channel: String,
}

/// What an ear was told last.
#[derive(Debug, Clone, Default)]
pub struct Entry {
    pub firing: HashSet<String>,
    pub resolved: HashSet<String>,
    pub at: Moment,
    pub until: Moment,
}

/// What there is to tell now, of one group to one channel.
#[derive(Debug)]
pub struct News<'a> {
    /// Firing, and nothing holds it.
    pub firing: &'a [&'a str],
    /// Firing, and somebody has it.
    pub taken: &'a [&'a str],
    /// Over, and nothing holds it.
    pub resolved: &'a [&'a str],
    /// An acknowledgement of something that fires ran out at this moment.
    pub ran_out: Option<Moment>,
    /// The channel wants to know what is over.
    pub tells_resolved: bool,
    /// Milliseconds until the same is told again.
    pub repeat: i64,
    pub at: Moment,
}

impl News<'_> {
    /// Why it is to be told, if it is (Alertmanager's DedupStage.needsUpdate; acknowledgements are ours).
    pub fn reason(&self, told: Option<&Entry>) -> Option<NoticeReason> {
        let fires = !self.firing.is_empty();
        if !fires && self.resolved.is_empty() {
            return None;
        }
        let Some(told) = told else { return fires.then_some(NoticeReason::First) };
        if self.firing.iter().any(|id| !told.firing.contains(*id)) {
            return Some(if told.firing.is_empty() { NoticeReason::First } else { NoticeReason::Changed });
        }
        // What somebody has still fires, though nothing is told of it.
        let over = !fires && !self.taken.iter().any(|id| told.firing.contains(*id));
        if over {
            return (!told.firing.is_empty()).then_some(NoticeReason::Resolved);
        }
        if self.tells_resolved && self.resolved.iter().any(|id| !told.resolved.contains(*id)) {
            return Some(NoticeReason::Changed);
        }
        let again = told.at + self.repeat <= self.at || self.ran_out.is_some_and(|ran_out| ran_out > told.at);
        (fires && again).then_some(NoticeReason::Repeat)
    }
}

/// Everything that was told.
#[derive(Debug, Default)]
pub struct Log {
    entries: HashMap<Ear, Entry>,
    /// Ears whose entry changed without a message.
    quiet: HashSet<Ear>,
    /// When what is too old was last thrown away.
    tidied: Moment,
}

impl Log {
    pub fn new(remembered: Vec<Told>) -> Self {
        let entry = |told: Told| {
            let ear = Ear { group_key: told.group_key, receiver: told.receiver, channel: told.channel };
            let [firing, resolved] = [told.firing, told.resolved].map(|ids| ids.into_iter().collect());
            (ear, Entry { firing, resolved, at: told.at, until: told.until })
        };
        Self { entries: remembered.into_iter().map(entry).collect(), ..Self::default() }
    }

    pub fn get(&self, ear: &Ear) -> Option<&Entry> {
        self.entries.get(ear)
    }

    /// Remembers what an ear was told.
    pub fn set(&mut self, ear: Ear, entry: Entry) -> Told {
        let told = told(&ear, &entry);
        self.entries.insert(ear, entry);
        told
    }

    /// Remembers it without a message: for a channel that does not tell what is over.
    pub fn set_quietly(&mut self, ear: Ear, entry: Entry) {
        self.quiet.insert(ear.clone());
        self.entries.insert(ear, entry);
    }

    /// What is over, and was not told as over, is no longer known as firing: when it fires again, that is new.
    pub fn forget(&mut self, ear: &Ear, id: &str) {
        if self.entries.get_mut(ear).is_some_and(|entry| entry.firing.remove(id)) {
            self.quiet.insert(ear.clone());
        }
    }

    /// What changed without a message since this was asked last.
    pub fn take_quiet(&mut self) -> Vec<Told> {
        let mut changed: Vec<Told> = self.quiet.drain().filter_map(|ear| self.entries.get(&ear).map(|entry| told(&ear, entry))).collect();
        changed.sort_by(|a, b| (&a.group_key, &a.receiver, &a.channel).cmp(&(&b.group_key, &b.receiver, &b.channel)));
        changed
    }

    /// Everything that still counts.
    pub fn all(&self) -> Vec<Told> {
        self.entries.iter().map(|(ear, entry)| told(ear, entry)).collect()
    }

    /// Throws away what counts no longer and is of no group, at most once an hour.
    pub fn tidy(&mut self, at: Moment, groups: impl FnOnce() -> HashSet<String>) {
        if at - self.tidied >= 3_600_000 {
            self.tidied = at;
            let groups = groups();
            self.entries.retain(|ear, entry| entry.until > at || groups.contains(&ear.group_key));
        }
    }
}

fn told(ear: &Ear, entry: &Entry) -> Told {
    let sorted = |ids: &HashSet<String>| {
        let mut ids: Vec<String> = ids.iter().cloned().collect();
        ids.sort_unstable();
        ids
    };
    let Ear { group_key, receiver, channel } = ear.clone();
    Told {
        group_key,
        receiver,
        channel,
        firing: sorted(&entry.firing),
        resolved: sorted(&entry.resolved),
        at: entry.at,
        until: entry.until,
    }
}
