//! Points about what is measured, what fires, and who is told.

use std::{collections::BTreeMap, fs, time::Duration};

use chrono::TimeDelta;
use quarterdeck_model::{
    JobCtx, Millis, Outcome,
    alert::{AlertSeverity, AlertState, RuleHealth, RuleRow},
    inspection::Tone,
    readiness::{RowVerdict, ValidationState},
};
use quarterdeck_readiness::expect::{Found, Unit};

use super::{Built, Helps, Seen, Usual, amiss, cures, none_of};
use crate::{
    alerting, dashboards, health,
    health::figures,
    ops::{ListAlerts, ListRules, ListValidations},
    promises,
    readiness::{
        gathering::{Field, address::encoded},
        validations,
    },
};

/// Rules that were evaluated longer ago say nothing of now.
const FRESH: TimeDelta = TimeDelta::minutes(5);

/// A watch that ended longer ago is not looked at.
const AGE: TimeDelta = TimeDelta::days(31);

/// What people mean by a month of promises.
const MONTH: Duration = Duration::from_secs(30 * 86_400);

pub(super) const POINTS: &[Built] = &[
    Built {
        name: "health-verdict",
        title: "Checks of the system that do not pass",
        expects: Usual::None,
        look: health_checks,
        page: "health/SYSTEM?tab=checks",
        helps: Helps::There("See checks"),
    },
    Built {
        name: "alerts-critical",
        title: "Critical alerts that fire",
        expects: Usual::None,
        look: critical,
        page: "alerts",
        helps: Helps::There("See alerts"),
    },
    Built {
        name: "alerts-firing",
        title: "Alerts that fire",
        expects: Usual::None,
        look: firing,
        page: "alerts",
        helps: Helps::There("See alerts"),
    },
    Built {
        name: "rules-that-cannot-fire",
        title: "Rules that cannot fire, or were not evaluated",
        expects: Usual::None,
        look: cannot_fire,
        page: "rules",
        helps: Helps::There("See rules"),
    },
    Built {
        name: "rules-without-runbook",
        title: "Alerts of its own without a runbook",
        expects: Usual::None,
        look: without_runbook,
        page: "rules",
        helps: Helps::There("See rules"),
    },
    Built {
        name: "rules-without-test",
        title: "Alerts of its own without a unit test",
        expects: Usual::None,
        look: without_test,
        page: "rules",
        helps: Helps::There("See rules"),
    },
    Built {
        name: "runbook-links",
        title: "Links in runbooks that lead nowhere, and mistakes in rules",
        expects: Usual::None,
        look: links,
        page: "rules",
        helps: Helps::There("See rules"),
    },
    Built {
        name: "routes-told",
        title: "Ways of telling whose newest message did not arrive",
        expects: Usual::None,
        look: told,
        page: "routes",
        helps: Helps::There("See routes"),
    },
    Built {
        name: "dashboards-show",
        title: "Panels of dashboards without any value",
        expects: Usual::None,
        look: panels,
        page: "dashboards/SYSTEM",
        helps: Helps::There("See dashboards"),
    },
    Built {
        name: "promises-kept",
        title: "Promises that are not kept now",
        expects: Usual::None,
        look: promises_kept,
        page: "promises/SYSTEM",
        helps: Helps::There("See promises"),
    },
    Built {
        name: "promises-kept-30-days",
        title: "Promises that were not kept over the last 30 days, or are not now",
        expects: Usual::None,
        look: promises_of_a_month,
        page: "promises/SYSTEM",
        helps: Helps::There("See promises"),
    },
    Built {
        name: "watch-kept",
        title: "How long the newest watch that is over kept every target",
        expects: Usual::Least(48.0 * 3_600.0, Unit::Seconds),
        look: watch_kept,
        page: "validation/SYSTEM",
        helps: Helps::Depends(cures::watch, "Start watch", "validation/SYSTEM?show=start"),
    },
];

fn health_checks(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let health = health::get(&field.scope, Some(&field.system.name))?;
    let Some(system) = health.systems.into_iter().find(|system| system.system == field.system.name) else {
        return Ok(Seen::unknown("its health is not known"));
    };
    if system.as_of.is_none() {
        return Ok(Seen::unknown(system.sentence));
    }
    let wrong = system.checks.iter().filter(|check| check.tone < Tone::Working).map(|check| check.what.clone()).collect();
    Ok(amiss(wrong, system.checks.len(), "checks", ("pass", "do not pass")))
}

fn of_alerts(field: &Field, wanted: impl Fn(AlertSeverity) -> bool, noun: &str) -> Outcome<Seen> {
    let asked = ListAlerts { system: Some(field.system.name.clone()), states: Vec::new() };
    let list = alerting::list(&field.scope, &asked)?;
    let Some(evaluated) = list.evaluated else { return Ok(Seen::unknown("no rule was evaluated")) };
    // What nobody looks at fires in silence.
    if field.now() - evaluated > FRESH {
        return Ok(Seen::unknown(format!("rules were evaluated last {}", evaluated.format("%Y-%m-%d %H:%M UTC"))));
    }
    let fires = |state| matches!(state, AlertState::Firing | AlertState::Acknowledged | AlertState::Silenced | AlertState::Inhibited);
    let found: Vec<_> = list.alerts.into_iter().filter(|row| fires(row.state) && wanted(row.severity)).collect();
    let row = found.first().map(|alert| format!("/{}", encoded(&alert.id)));
    let names: Vec<String> = found.into_iter().map(|alert| alert.name).collect();
    Ok(none_of(&names, noun, "fire").at(row))
}

fn critical(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    of_alerts(field, |severity| severity == AlertSeverity::Critical, "critical alerts")
}

fn firing(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    of_alerts(field, |_| true, "alerts")
}

/// Rules that look at the system: its own, and those that ship and are not switched off for it.
fn rules(field: &Field, own: bool) -> Outcome<Vec<RuleRow>> {
    let name = &field.system.name;
    let list = alerting::rules(&field.scope, &ListRules { system: Some(name.clone()) })?;
    let groups = list.groups.into_iter().filter(|group| !own || group.system.as_ref() == Some(name));
    Ok(groups.flat_map(|group| group.rules).filter(|rule| !rule.off.contains(name)).collect())
}

/// Rules with a defect, the first of them in sight.
fn of_rules(rules: &[RuleRow], is_wrong: impl Fn(&RuleRow) -> bool, noun: &str, does: (&str, &str)) -> Seen {
    let wrong: Vec<&RuleRow> = rules.iter().filter(|rule| is_wrong(rule)).collect();
    let row = wrong.first().map(|rule| format!("?rule={}", encoded(&rule.key)));
    amiss(wrong.iter().map(|rule| rule.name.clone()).collect(), rules.len(), noun, does).at(row)
}

fn cannot_fire(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let rules = rules(field, true)?;
    let waiting = rules.iter().filter(|rule| rule.health == RuleHealth::Waiting).count();
    if waiting > 0 {
        return Ok(Seen::unknown(format!("{waiting} of {} rules were not evaluated yet", rules.len())));
    }
    let defect = |health| matches!(health, RuleHealth::Error | RuleHealth::NoData | RuleHealth::Stale);
    Ok(of_rules(&rules, |rule| defect(rule.health), "rules", ("can fire", "cannot fire")))
}

fn without_runbook(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let alerts: Vec<RuleRow> = rules(field, true)?.into_iter().filter(|rule| !rule.records).collect();
    Ok(of_rules(&alerts, |rule| rule.runbook.is_none(), "alerts of its own", ("have a runbook", "have no runbook")))
}

fn without_test(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    // Tests are of names: several rules of one name have one.
    let alerts: BTreeMap<String, RuleRow> =
        rules(field, true)?.into_iter().filter(|rule| !rule.records).map(|rule| (rule.name.clone(), rule)).collect();
    let alerts: Vec<RuleRow> = alerts.into_values().collect();
    let tested = alerting::tested(field.folder()?);
    Ok(of_rules(&alerts, |rule| !tested.contains(&rule.name), "alerts of its own", ("have a test", "have no test")))
}

fn links(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let folder = field.folder()?;
    let findings = alerting::check_definition(folder).findings;
    let wrong: Vec<String> = findings.iter().map(|found| format!("{}:{}: {}", found.file, found.line, found.message)).collect();
    let pages = fs::read_dir(folder.join("runbooks")).into_iter().flatten().flatten();
    if wrong.is_empty() && !pages.map(|page| page.path()).any(|page| page.extension().is_some_and(|ending| ending == "md")) {
        return Ok(Seen::unknown("there are no runbooks"));
    }
    Ok(none_of(&wrong, "mistakes in rules, routes and runbooks", "were found"))
}

fn told(field: &Field, _: &JobCtx) -> Outcome<Seen> {
    let list = alerting::routes(&field.scope)?;
    let mine = |router: &quarterdeck_model::alert::Router| router.system.as_ref() == Some(&field.system.name);
    let any_of_its_own = list.routers.iter().any(mine);
    let routers = list.routers.iter().filter(|router| !any_of_its_own || mine(router));
    let channels: Vec<(String, Tone)> = routers
        .flat_map(|router| &router.receivers)
        .flat_map(|receiver| receiver.channels.iter().map(|channel| (format!("{} by {}", receiver.name, channel.kind), channel.tone)))
        .collect();
    if channels.is_empty() {
        return Ok(Seen::unknown("nobody is told of anything"));
    }
    let all = channels.len();
    let wrong = channels.into_iter().filter(|(_, tone)| *tone != Tone::Ok).map(|(way, _)| way).collect();
    let row = any_of_its_own.then(|| format!("?router={}", field.system.name));
    Ok(amiss(wrong, all, "ways of telling", ("arrived", "did not arrive, or were never tried")).at(row))
}

fn panels(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let (series, name) = (field.series()?, &field.system.name);
    let (mut wrong, mut all, mut row) = (Vec::new(), 0, None);
    for brief in dashboards::list(&field.scope, Some(name))?.dashboards {
        let dashboard = dashboards::get(&field.scope, name, &brief.name)?;
        let page = format!("/{}", encoded(&brief.name));
        if !dashboard.findings.is_empty() {
            row.get_or_insert_with(|| page.clone());
        }
        wrong.extend(dashboard.findings.iter().map(|found| format!("{}: {}", dashboard.title, found.message)));
        for (place, panel) in dashboard.panels.into_iter().enumerate() {
            all += 1;
            let mut shows = false;
            for query in panel.queries.iter().map(|query| query.query.as_str()) {
                shows |= !figures::instant(series.as_ref(), query, field.now(), name.as_str(), ctx)?.is_empty();
            }
            if !shows {
                row.get_or_insert_with(|| format!("{page}?panel={place}"));
                wrong.push(format!("{} · {}", dashboard.title, panel.title));
            }
        }
    }
    Ok(amiss(wrong, all, "panels", ("show something", "show nothing")).at(row))
}

fn promises_kept(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    of_promises(field, None, ctx)
}

fn promises_of_a_month(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    of_promises(field, Some(Millis::from(MONTH)), ctx)
}

/// Over a window; each over its own where none is named.
fn of_promises(field: &Field, window: Option<Millis>, ctx: &JobCtx) -> Outcome<Seen> {
    let table = promises::table(&field.scope_for(ctx), &field.system.name, window)?;
    if table.lines.is_empty() {
        return Ok(Seen::unknown("nothing is promised"));
    }
    let wrong = table.lines.iter().filter(|line| line.tone != Tone::Ok).map(|line| line.name.clone()).collect();
    Ok(amiss(wrong, table.lines.len(), "promises", ("are kept", "are not, or not known to be")))
}

/// A watch that somebody stopped did not go to its end, and one of last year says nothing of this release.
fn watch_kept(field: &Field, ctx: &JobCtx) -> Outcome<Seen> {
    let asked = ListValidations { system: Some(field.system.name.clone()) };
    let list = validations(&field.scope_for(ctx), &asked)?.validations;
    let over = list.into_iter().filter(|watch| watch.state == ValidationState::Ended && field.now() - watch.until <= AGE);
    let Some(newest) = over.max_by_key(|watch| watch.until) else {
        return Ok(Seen::unknown(format!("no watch went to its end in the last {} days", AGE.num_days())));
    };
    let words = format!("the newest one ended {}: {}", newest.until.format("%Y-%m-%d %H:%M UTC"), newest.sentence.trim_end_matches('.'));
    let kept = match newest.verdict {
        RowVerdict::Holds => (newest.until - newest.from).to_std().unwrap_or_default(),
        RowVerdict::Fails => Duration::ZERO,
        RowVerdict::Unknown => return Ok(Seen::unknown(words)),
    };
    Ok(Seen::figure(Found::Number(kept.as_secs_f64(), Unit::Seconds), words))
}
