//! What an operation is: three kinds, each a promise, and the form that every door shares.

use std::sync::Arc;

use quarterdeck_model::{
    Caller, Fault, JobCtx, JobId, Outcome, Role,
    job::Phase,
    readiness::{Cure, CureJob},
    system::{Environment, Target},
};
use quarterdeck_store::leases::Lease;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::Engine;

/// What rides along with every call.
#[derive(Clone)]
pub struct Scope {
    /// The engine.
    pub engine: Arc<Engine>,
    /// Who asks.
    pub caller: Caller,
    /// Where progress goes, and who may stop it.
    pub ctx: JobCtx,
}

/// A type that travels between a face and the engine.
#[cfg(not(feature = "bindings"))]
pub trait Wire: Serialize + Send + 'static {}
#[cfg(not(feature = "bindings"))]
impl<T: Serialize + Send + 'static> Wire for T {}
/// A type that travels between a face and the engine.
#[cfg(feature = "bindings")]
pub trait Wire: Serialize + Send + ts_rs::TS + 'static {}
#[cfg(feature = "bindings")]
impl<T: Serialize + Send + ts_rs::TS + 'static> Wire for T {}

/// Changes neither a target nor the store; may be repeated. Whatever is proportional to a database reports progress and can be cancelled.
pub trait Query: DeserializeOwned + Wire {
    /// The name on every wire.
    const NAME: &str;
    /// Who may ask.
    const ROLE: Role = Role::Viewer;
    /// One sentence for people.
    const SUMMARY: &str;
    /// What comes back.
    type Response: Wire;

    /// Answers.
    fn answer(self, scope: &Scope) -> Outcome<Self::Response>;
}

/// A query whose answer may also travel as bytes: for what is much larger, or no text, and would only be unpacked from JSON again.
pub trait RawQuery: Query {
    /// Answers in the form that the type of the response describes.
    fn frame(self, scope: &Scope) -> Outcome<Vec<u8>>;
}

/// Short, transactional, audited.
pub trait Command: DeserializeOwned + Wire {
    /// The name on every wire.
    const NAME: &str;
    /// Who may ask.
    const ROLE: Role;
    /// One sentence for people.
    const SUMMARY: &str;
    /// What comes back.
    type Response: Wire;

    /// What it touches, for the audit trail; empty for the store itself.
    fn touches(&self) -> String;

    /// Does it.
    fn perform(self, scope: &Scope) -> Outcome<Self::Response>;
}

/// A job: answers at once with its number, reports progress, can be cancelled, outlives the page or call that asked. Audited.
pub trait Work: DeserializeOwned + Wire + Clone {
    /// The name on every wire.
    const NAME: &str;
    /// Who may ask.
    const ROLE: Role;
    /// One sentence for people.
    const SUMMARY: &str;
    /// What the finished job reports.
    type Report: Wire;

    /// What it will do, checked as far as a moment allows. A fault here refuses the job before it exists.
    fn announce(&self, scope: &Scope) -> Outcome<Announcement>;

    /// The leases that it holds while it runs: those of its target, unless it touches no live file, or must never be in another's way.
    fn leases(scope: &Scope, announcement: &Announcement) -> Outcome<Vec<Lease>> {
        crate::jobs::take_leases(&scope.engine, &announcement.target, &scope.caller.who, announcement.title.clone())
    }

    /// Does it, on a thread of its own, under those leases.
    fn run(self, scope: &Scope, job: JobId) -> Outcome<Self::Report>;
}

/// A job that one press may start, from wherever it is said to help: it looks, tries on a copy, or adds a snapshot. Nothing live changes by it,
/// nothing is forgotten, and nothing has to be chosen, typed or agreed to first.
pub trait AtOnce: Work {
    /// The same on the command line, as far as anything that helps asks for it.
    fn command_line(&self) -> String;

    /// Itself as what helps: a button, and a command. `address` is the page where it is seen.
    fn cure(&self, label: &str, address: String) -> Outcome<Cure> {
        let mut request = encode(self)?;
        if let Some(fields) = request.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        let job = CureJob { operation: Self::NAME.to_owned(), request, role: Self::ROLE, command: self.command_line() };
        Ok(Cure { label: label.to_owned(), address: Some(address), job: Some(job) })
    }
}

/// What a job says of itself before it begins.
pub struct Announcement {
    /// What it does, for people.
    pub title: String,
    /// What it works on.
    pub target: Target,
    /// Which instance that is.
    pub environment: Environment,
    /// Its phases, in order.
    pub phases: Vec<Phase>,
}

/// The answer to a request for a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct JobTicket {
    /// The job's number.
    pub job: JobId,
}

/// The kind of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// See [`Query`].
    Query,
    /// See [`Command`].
    Command,
    /// See [`Work`].
    Job,
}

/// What runs an operation, without its types.
type Run<T> = fn(&Scope, Value) -> Outcome<T>;

/// One operation, without its types.
pub struct Entry {
    /// The name on every wire.
    pub name: &'static str,
    /// Its kind.
    pub kind: Kind,
    /// Who may ask.
    pub role: Role,
    /// One sentence for people.
    pub summary: &'static str,
    run: Run<Value>,
    /// Its raw form, where it has one.
    raw: Option<Run<Vec<u8>>>,
    /// The TypeScript side of its types.
    #[cfg(feature = "bindings")]
    pub types: crate::bindings::Types,
}

impl Entry {
    /// Declares a query.
    pub const fn query<T: Query>() -> Self {
        Self {
            name: T::NAME,
            kind: Kind::Query,
            role: T::ROLE,
            summary: T::SUMMARY,
            run: |scope, request| encode(parse::<T>(T::NAME, request)?.answer(scope)?),
            raw: None,
            #[cfg(feature = "bindings")]
            types: crate::bindings::Types::of::<T, T::Response>(),
        }
    }

    /// Declares a query that has a raw form.
    pub const fn raw_query<T: RawQuery>() -> Self {
        Self { raw: Some(|scope, request| parse::<T>(T::NAME, request)?.frame(scope)), ..Self::query::<T>() }
    }

    /// Declares a command.
    pub const fn command<T: Command>() -> Self {
        Self {
            name: T::NAME,
            kind: Kind::Command,
            role: T::ROLE,
            summary: T::SUMMARY,
            run: |scope, request| {
                let request = parse::<T>(T::NAME, request)?;
                let touches = request.touches();
                scope.audited(T::NAME, &touches, || encode(request.perform(scope)?))
            },
            raw: None,
            #[cfg(feature = "bindings")]
            types: crate::bindings::Types::of::<T, T::Response>(),
        }
    }

    /// Declares a job.
    pub const fn work<T: Work>() -> Self {
        Self {
            name: T::NAME,
            kind: Kind::Job,
            role: T::ROLE,
            summary: T::SUMMARY,
            run: |scope, request| encode(crate::jobs::begin(scope, parse::<T>(T::NAME, request)?)?),
            raw: None,
            #[cfg(feature = "bindings")]
            types: crate::bindings::Types::of::<T, T::Report>(),
        }
    }

    /// Checks the role, then runs the operation. A refused attempt to change something leaves a line in the audit trail.
    pub fn call(&self, scope: &Scope, request: Value) -> Outcome<Value> {
        if let Err(fault) = scope.caller.require(self.role, self.name) {
            if self.kind != Kind::Query {
                scope.audit(self.name, "", &fault.code, "")?;
            }
            return Err(fault);
        }
        (self.run)(scope, request)
    }

    /// True where it has a raw form.
    pub const fn has_raw_form(&self) -> bool {
        self.raw.is_some()
    }

    /// Checks the role, then runs the query and answers with bytes.
    pub fn call_raw(&self, scope: &Scope, request: Value) -> Outcome<Vec<u8>> {
        scope.caller.require(self.role, self.name)?;
        let raw = self.raw.ok_or_else(|| {
            Fault::usage("no-raw-form", format!("{} answers in JSON only.", self.name)).hint("Ask without the wish for bytes.")
        })?;
        raw(scope, request)
    }
}

fn parse<T: DeserializeOwned>(name: &str, request: Value) -> Outcome<T> {
    serde_json::from_value(request).map_err(|error| {
        Fault::usage("bad-request", format!("The request to {name} cannot be understood: {error}."))
            .hint("See docs/operations.md for its fields.")
    })
}

fn encode(response: impl Serialize) -> Outcome<Value> {
    serde_json::to_value(response).map_err(|error| Fault::bug(format!("An answer could not be written as JSON: {error}.")))
}
