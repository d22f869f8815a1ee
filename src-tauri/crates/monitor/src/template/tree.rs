//! A template that was read.

use std::{collections::HashMap, sync::Arc};

use quarterdeck_document::findings::Place;

use super::value::Value;

/// One piece of a template.
#[derive(Debug)]
pub enum Node {
    /// What is written as it stands.
    Text(String),
    /// `{{ pipeline }}`.
    Action(Pipe),
    /// `{{ if }}`.
    If(Branch),
    /// `{{ with }}`.
    With(Branch),
    /// `{{ range }}`.
    Range(Branch),
    /// `{{ template "name" pipeline }}`.
    Call(Place, String, Option<Pipe>),
    /// `{{ break }}`.
    Break,
    /// `{{ continue }}`.
    Continue,
}

/// A block that depends on a pipeline.
#[derive(Debug)]
pub struct Branch {
    /// What decides.
    pub pipe: Pipe,
    /// What follows where it holds.
    pub body: Vec<Node>,
    /// What follows where it does not.
    pub otherwise: Vec<Node>,
}

/// Commands, each of which gets what the one before said as its last argument.
#[derive(Debug)]
pub struct Pipe {
    /// Where it begins.
    pub at: Place,
    /// Variables that take its value.
    pub variables: Vec<String>,
    /// True for `=`, which sets variables that are there.
    pub sets: bool,
    /// At least one.
    pub commands: Vec<Command>,
}

/// A function, method or value with its arguments.
#[derive(Debug)]
pub struct Command {
    /// What is called or said.
    pub first: Operand,
    /// What it is given.
    pub arguments: Vec<Operand>,
}

/// A part of a command.
#[derive(Debug)]
pub struct Operand {
    /// Where it begins.
    pub at: Place,
    /// What it is.
    pub kind: Kind,
    /// Fields of it, as in `.Labels.job`.
    pub fields: Vec<String>,
}

/// What an operand is.
#[derive(Debug)]
pub enum Kind {
    /// `.`
    Dot,
    /// `nil`
    Nil,
    /// A literal.
    Literal(Value),
    /// `$name`
    Variable(String),
    /// A function's name.
    Function(String),
    /// `( … )`
    Brackets(Box<Pipe>),
}

/// Named templates; of equal names the last one that is not blank counts.
#[derive(Debug, Clone, Default)]
pub struct Defined(HashMap<String, Arc<Body>>);

/// A named template.
#[derive(Debug)]
pub struct Body {
    /// The file it is in, for people.
    pub file: String,
    /// Its pieces.
    pub nodes: Vec<Node>,
}

impl Defined {
    /// Takes one in, as Go does: a blank one replaces nothing.
    pub fn add(&mut self, name: String, body: Body) {
        let blank = body.nodes.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()));
        if !blank || !self.0.contains_key(&name) {
            self.0.insert(name, Arc::new(body));
        }
    }

    /// The template of a name.
    pub fn get(&self, name: &str) -> Option<&Arc<Body>> {
        self.0.get(name)
    }
}
