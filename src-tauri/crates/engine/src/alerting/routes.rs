//! Routes as they are, who would be told, and who is on call.

use quarterdeck_model::{
    Fault, Instant, Millis, Outcome, WirePath,
    alert::{AlertNotice, ChannelRow, Contact, Ladder, LadderLevel, NoticeState, Oncall, Receiver, Rota, RouteTest, Router, Shift},
    inspection::Tone,
};
use quarterdeck_monitor::{
    labels::Labels,
    notify::{
        channel::Channel,
        config::Config,
        oncall::{Tell, ladder::Level, rota},
        shown, why,
    },
    sample::Moment,
};
use quarterdeck_store::alerts::notices;

use super::{
    ladder,
    overlay::Overlays,
    parcel,
    routing::{BUILT_IN, OncallFile, RouterFile, Routers},
    words,
};
use crate::{
    Engine,
    health::words::when,
    operation::Scope,
    ops::{OncallList, RouteList, TestRoute},
};

/// So many shifts of a rota are shown behind the one of now.
const SHIFTS: usize = 4;

/// Shows the routes of each configuration.
pub(crate) fn list(scope: &Scope) -> Outcome<RouteList> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let routers = engine.alerting().routers(engine)?;
    let all = routers.all.iter().map(|file| router(engine, file, now)).collect::<Outcome<_>>()?;
    Ok(RouteList { routers: all, as_of: now })
}

/// Tells who would be told. Faults: `router-missing`, `router-unusable`.
pub(crate) fn test(scope: &Scope, asked: &TestRoute) -> Outcome<RouteTest> {
    let engine = &scope.engine;
    let now = engine.clock().now();
    let at = asked.at.unwrap_or(now);
    let labels = Labels::new(asked.labels.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let routers = engine.alerting().routers(engine)?;
    let file = chosen(&routers, asked.router.as_deref(), &labels)?;
    let config = usable(file)?;
    let overlays = Overlays::read(engine, now)?;
    let held = overlays.silenced(&labels, at.timestamp_millis()).into_iter().map(|held| {
        let what = if held.maintenance { "The maintenance" } else { "The silence" };
        format!("{what} {} of {} holds it until {}: {}", held.id, held.by, when(held.until, now), held.reason)
    });
    let ladder = routers.oncall_of(&file.key).and_then(|oncall| Some((oncall, oncall.oncall.ladder(&labels)?)));
    let levels = ladder.map(|(oncall, found)| {
        let level = |level: &Level| {
            let moment = at.timestamp_millis() + i64::try_from(level.after.as_millis()).unwrap_or(0);
            let who: Vec<String> = oncall.oncall.reached(&level.tell, moment).iter().map(ladder::name).collect();
            format!("{} ({})", level.sentence(), who.join(", "))
        };
        found.levels.iter().map(level).collect()
    });
    Ok(RouteTest {
        router: file.key.clone(),
        told: why::told(config, &labels, at.timestamp_millis()),
        held: held.collect(),
        ladder: levels.unwrap_or_default(),
        at,
    })
}

/// Lists who is on call.
pub(crate) fn oncall(scope: &Scope) -> Outcome<OncallList> {
    let now = scope.engine.clock().now();
    let routers = scope.engine.alerting().routers(&scope.engine)?;
    Ok(OncallList { oncall: routers.oncall.iter().map(|file| oncall_row(file, now.timestamp_millis())).collect(), as_of: now })
}

/// The configuration of a key, or the one that labels lead to. Fault `router-missing`.
pub(super) fn chosen<'r>(routers: &'r Routers, key: Option<&str>, labels: &Labels) -> Outcome<&'r RouterFile> {
    let found = match key {
        Some(key) => routers.get(key),
        None => routers.of(labels),
    };
    found.ok_or_else(|| {
        Fault::refused("router-missing", format!("There is no configuration of routes {:?}.", key.unwrap_or(BUILT_IN)))
            .hint("List them with: quarterdeck routes")
    })
}

/// What is in use of a configuration. Fault `router-unusable`.
pub(super) fn usable(file: &RouterFile) -> Outcome<&Config> {
    file.config.as_deref().ok_or_else(|| {
        let shown = file.file.as_ref().map_or_else(|| file.key.clone(), |path| path.display().to_string());
        Fault::refused("router-unusable", format!("{shown} cannot be used.")).hint(format!("Run: quarterdeck routes check {shown}"))
    })
}

fn router(engine: &Engine, file: &RouterFile, now: Instant) -> Outcome<Router> {
    let at = now.timestamp_millis();
    let config = file.config.as_deref();
    let mut receivers = Vec::new();
    for receiver in config.into_iter().flat_map(|config| &config.receivers) {
        let newest = newest(engine, &file.key, &receiver.name)?;
        let channels = receiver.channels.iter().map(|channel| channel_row(channel, &newest, now)).collect();
        receivers.push(Receiver { name: receiver.name.clone(), channels });
    }
    Ok(Router {
        key: file.key.clone(),
        system: file.system.clone(),
        file: file.file.clone().map(WirePath),
        root: config.map(shown::tree),
        receivers,
        inhibitions: config.map(shown::inhibitions).unwrap_or_default(),
        intervals: config.map(|config| shown::intervals(config, at)).unwrap_or_default(),
        findings: file.findings.clone(),
        in_use: in_use(file),
    })
}

fn in_use(file: &RouterFile) -> String {
    match (&file.config, file.findings.is_empty()) {
        (Some(_), true) if file.key == BUILT_IN => "Built in: for alerts that no file is about.".to_owned(),
        (Some(_), true) => "In use as it is.".to_owned(),
        (Some(_), false) => "It has mistakes: what it said before is in use.".to_owned(),
        (None, _) => "It has mistakes and cannot be used: its alerts go where they would without it.".to_owned(),
    }
}

/// The newest messages to a receiver.
fn newest(engine: &Engine, router: &str, receiver: &str) -> Outcome<Vec<AlertNotice>> {
    let Some(file) = engine.alerting().known(engine)? else { return Ok(Vec::new()) };
    let wanted = notices::Wanted { router: Some(router), receiver: Some(receiver), most: 50, ..notices::Wanted::default() };
    file.read(|c| notices::list(c, &wanted))
}

fn channel_row(channel: &Channel, newest: &[AlertNotice], now: Instant) -> ChannelRow {
    let to = parcel::to(channel);
    let last = newest.iter().find(|notice| notice.channel == channel.kind() && notice.to == to);
    let shown = |notice: &AlertNotice| when(notice.ended.unwrap_or(notice.at), now);
    let (tone, sentence) = match last {
        Some(notice) => match notice.state {
            NoticeState::Sent => (Tone::Ok, format!("sent {}, {}", shown(notice), notice.answer)),
            NoticeState::Failed => (Tone::Critical, format!("failed {}: {}", shown(notice), notice.answer)),
            NoticeState::Again => (Tone::Attention, notice.answer.clone()),
            NoticeState::Queued | NoticeState::Dropped => (Tone::Unknown, "waits".to_owned()),
        },
        None => (Tone::Unknown, "nothing was sent yet".to_owned()),
    };
    let remark = channel.remarks().first().map(|_| channel.remarks().join("; "));
    let last = last.map(|notice| notice.ended.unwrap_or(notice.at));
    ChannelRow { kind: channel.kind().to_owned(), to, tells_resolved: channel.send_resolved(), tone, sentence, last, remark }
}

fn oncall_row(file: &OncallFile, at: Moment) -> Oncall {
    let oncall = &file.oncall;
    let contact = |contact: &quarterdeck_monitor::notify::oncall::Contact| Contact {
        name: contact.name.clone(),
        role: contact.role.clone(),
        ways: contact.ways(),
    };
    let rota = |found: &quarterdeck_monitor::notify::oncall::Rota| {
        let now = rota::on_call(found, at);
        let shift = |shift: rota::Shift<'_>| Shift {
            from: words::instant(shift.from),
            until: words::instant(shift.until),
            who: shift.person.to_owned(),
            stands_in: shift.stands_in,
        };
        Rota {
            name: found.name.clone(),
            sentence: found.sentence(),
            now: now.person.to_owned(),
            until: words::instant(now.until),
            next: rota::shifts(found, now.until, SHIFTS).into_iter().map(shift).collect(),
        }
    };
    let ladder = |ladder: &quarterdeck_monitor::notify::oncall::Ladder| Ladder {
        name: ladder.name.clone(),
        matchers: ladder.matchers.iter().map(ToString::to_string).collect(),
        levels: ladder
            .levels
            .iter()
            .map(|level| LadderLevel {
                after: Millis::from(level.after),
                tell: level.tell.iter().map(Tell::sentence).collect(),
                again: level.every.map(Millis::from),
            })
            .collect(),
    };
    Oncall {
        key: file.key.clone(),
        system: file.system.clone(),
        file: WirePath(file.file.clone()),
        contacts: oncall.contacts.iter().map(contact).collect(),
        rotas: oncall.rotas.iter().map(rota).collect(),
        ladders: oncall.ladders.iter().map(ladder).collect(),
        findings: file.findings.clone(),
    }
}
