//! Who must be different people in a poll, and whose Go that keeps away from where: what is drawn and what is refused is one answer.

use quarterdeck_model::{
    readiness::{Apart, Barred, Seat, Statement, StatementKind, Station, VerdictWord},
    system::Environment,
};

use crate::{
    checklist::{Checklist, PollDefinition},
    standing::{Standing, speaker},
};

/// So many are named where there are more than one more; the others are counted.
const NAMED: usize = 2;

/// Somebody who can sign.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// Who it is, whatever they are called.
    pub id: &'a str,
    /// As they are listed.
    pub name: &'a str,
    /// Ids of roles.
    pub roles: &'a [String],
}

/// Who may not say Go where; none where one person may say it all.
pub(super) fn apart(checklist: &Checklist, environment: Environment, standing: &Standing, people: &[Candidate<'_>]) -> Option<Apart> {
    let poll = checklist.poll.as_ref()?;
    let rule = rule(poll, environment)?;
    let seat = |station: Option<&str>, role: &str| {
        let in_role: Vec<Candidate<'_>> = people.iter().filter(|person| person.roles.iter().any(|has| has == role)).copied().collect();
        seat(taken(poll, environment, standing, station), station.is_none(), checklist.role(role), &in_role)
    };
    let stations = standing.stations.iter().map(|station| (station.id.clone(), seat(Some(&station.id), &station.role)));
    Some(Apart { rule: rule.to_owned(), stations: stations.collect(), director: seat(None, &poll.director) })
}

/// Why a person's Go would not count beside what is said already, at a station or (without one) as the decision: people who must be apart are
/// one. The person by who they are, and by name. None where it would.
pub fn not_apart(
    checklist: &Checklist,
    environment: Environment,
    standing: &Standing,
    station: Option<&str>,
    (signer, person): (&str, &str),
) -> Option<String> {
    let taken = taken(checklist.poll.as_ref()?, environment, standing, station);
    taken.iter().find(|taken| taken.is_by(signer)).map(|taken| taken.why(person, station.is_none()))
}

/// The rule, for everybody; none where there is none.
fn rule(poll: &PollDefinition, environment: Environment) -> Option<&'static str> {
    match (poll.parts_stations(environment), poll.parts_director(environment)) {
        (true, true) => Some("Each station is another person, and whoever decides is none of them."),
        (true, false) => Some("Each station is another person; whoever decides may be one of them."),
        (false, _) => None,
    }
}

/// A Go whose speaker may not say it at another place.
struct Taken<'s> {
    said: &'s Statement,
    /// None where it is the decision.
    at: Option<&'s Station>,
}

/// Every Go that keeps its speaker from saying it at a station or (without one) as the decision, stations first.
fn taken<'s>(poll: &PollDefinition, environment: Environment, standing: &'s Standing, station: Option<&str>) -> Vec<Taken<'s>> {
    let is_apart = if station.is_some() { poll.parts_stations(environment) } else { poll.parts_director(environment) };
    let others = standing.stations.iter().filter(|of| is_apart && Some(of.id.as_str()) != station);
    let goes = others.filter_map(|of| Some(Taken { said: of.statement.as_ref()?, at: Some(of) }));
    let goes = goes.filter(|taken| taken.said.kind == StatementKind::Go);
    let decision = standing.polled.as_ref().and_then(|polled| polled.decision.as_ref());
    let decided = decision.filter(|said| said.verdict != Some(VerdictWord::NoGo) && station.is_some() && poll.parts_director(environment));
    goes.chain(decided.map(|said| Taken { said, at: None })).collect()
}

impl Taken<'_> {
    fn is_by(&self, signer: &str) -> bool {
        self.said.signer.as_deref() == Some(signer)
    }

    fn why(&self, person: &str, decides: bool) -> String {
        match self.at {
            None => format!("{person} decided Go, and whoever decides says it at no station"),
            Some(of) if decides => format!("{person} says Go at {}, and whoever decides says it at no station", of.title),
            Some(of) => format!("{person} says Go at {} already, and another person has to say it here", of.title),
        }
    }
}

/// Who may not say Go there, of those who have its role, and whether anybody is left.
fn seat(mut taken: Vec<Taken<'_>>, decides: bool, role: &str, in_role: &[Candidate<'_>]) -> Seat {
    let barred = in_role.iter().filter_map(|person| {
        let taken = taken.iter().find(|taken| taken.is_by(person.id))?;
        Some(Barred { person: person.name.to_owned(), why: taken.why(person.name, decides) })
    });
    let barred: Vec<Barred> = barred.collect();
    let open = barred.is_empty() || barred.len() < in_role.len();
    // Whoever could be mistaken for somebody who may is named first.
    taken.sort_by_key(|taken| !in_role.iter().any(|person| taken.is_by(person.id)));
    let sentence = (!taken.is_empty()).then(|| {
        let says = if decides { "decides Go" } else { "says Go here" };
        let left = if open { String::new() } else { format!(", and nobody else has the role {role}") };
        format!("{}: another person {says}{left}.", who(&taken))
    });
    Seat { sentence, barred, open }
}

/// `Ada says Go at Tech lead`, `Ada, Bob and 2 more say Go elsewhere`
fn who(taken: &[Taken<'_>]) -> String {
    if let [only] = taken {
        let name = speaker(only.said);
        return only.at.map_or_else(|| format!("{name} decided Go"), |of| format!("{name} says Go at {}", of.title));
    }
    let kept = if taken.len() > NAMED + 1 { NAMED } else { taken.len() };
    let mut names: Vec<String> = taken.iter().take(kept).map(|taken| speaker(taken.said).to_owned()).collect();
    if taken.len() > kept {
        names.push(format!("{} more", taken.len() - kept));
    }
    let last = names.pop().unwrap_or_default();
    format!("{} and {last} say Go elsewhere", names.join(", "))
}
