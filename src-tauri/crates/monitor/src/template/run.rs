//! Expands a template that was read.

use std::sync::Arc;

use quarterdeck_document::findings::Place;
use quarterdeck_model::{Class, Fault, Outcome};

use super::{
    LONGEST, NESTED, STEPS, Said, Wrong,
    dialect::Dialect,
    fault, format, functions,
    html::Page,
    member,
    tree::{Body, Branch, Command, Defined, Kind, Node, Operand, Pipe},
    value::{For, Value},
};

/// What a template is expanded with.
pub struct With<'a> {
    /// Templates it may call.
    pub defined: &'a Defined,
    /// Functions it may call.
    pub dialect: &'a dyn Dialect,
    /// `.` and `$`.
    pub dot: Value,
    /// Variables that are there from the start.
    pub given: Vec<(String, Value)>,
    /// True where what it writes is HTML: then values are escaped.
    pub html: bool,
}

/// Expands it. Faults: `template-failed`, `template-endless`, and what the dialect's functions refuse.
pub fn expand(body: &Body, with: With<'_>) -> Outcome<String> {
    let mut variables = vec![(String::new(), with.dot.clone())];
    variables.extend(with.given);
    let page = with.html.then(Page::default);
    let (defined, dialect) = (with.defined, with.dialect);
    let mut run =
        Run { defined, dialect, page, out: String::new(), steps: 0, nested: 0, last: Place::START, variables, file: body.file.clone() };
    run.nodes(&body.nodes, &with.dot)?;
    Ok(run.out)
}

/// How a block ended.
#[derive(PartialEq)]
enum Flow {
    On,
    Break,
    Continue,
}

struct Run<'a> {
    defined: &'a Defined,
    dialect: &'a dyn Dialect,
    page: Option<Page>,
    out: String,
    steps: usize,
    nested: usize,
    /// Where the last step was.
    last: Place,
    variables: Vec<(String, Value)>,
    file: String,
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Outcome<Flow> {
        for node in nodes {
            let flow = self.node(node, dot)?;
            if flow != Flow::On {
                return Ok(flow);
            }
        }
        Ok(Flow::On)
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Outcome<Flow> {
        match node {
            Node::Text(text) => {
                if let Some(page) = &mut self.page {
                    page.passes(text);
                }
                self.out.push_str(text);
                if self.nested > 0 && self.out.len() > LONGEST {
                    return Err(self.wrong(self.last, Wrong::too_long()));
                }
            }
            Node::Action(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    self.write(&value, pipe.at)?;
                }
            }
            Node::If(branch) => return self.scoped(branch.pipe.at, |run| run.branch(branch, dot, false)),
            Node::With(branch) => return self.scoped(branch.pipe.at, |run| run.branch(branch, dot, true)),
            Node::Range(branch) => return self.scoped(branch.pipe.at, |run| run.range(branch, dot)),
            Node::Call(at, name, pipe) => {
                let dot = pipe.as_ref().map_or(Ok(Value::Nothing), |pipe| self.pipe(pipe, dot))?;
                self.invoke(*at, name, dot)?;
            }
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn write(&mut self, value: &Value, at: Place) -> Outcome<()> {
        let text = match (&mut self.page, value) {
            (None, value) => format::shown(value).map_err(|wrong| self.wrong(at, wrong))?,
            (Some(_), Value::Nothing) => String::new(),
            (Some(page), Value::Vouched(what, text)) => page.vouched(*what, text),
            (Some(page), value) => match format::plain(value) {
                Ok(text) => page.escaped(&text),
                Err(wrong) => return Err(self.wrong(at, wrong)),
            },
        };
        self.out.push_str(&text);
        if self.out.len() > LONGEST { Err(self.wrong(at, Wrong::too_long())) } else { Ok(()) }
    }

    /// Runs a block; the variables it makes end with it.
    fn scoped<T>(&mut self, at: Place, work: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        let seen = self.variables.len();
        self.nested += 1;
        if self.nested > NESTED {
            return Err(fault("template-endless", &self.file, at, "blocks and templates lie in each other too deeply"));
        }
        let outcome = work(self);
        self.nested -= 1;
        self.variables.truncate(seen);
        outcome
    }

    fn branch(&mut self, branch: &Branch, dot: &Value, with: bool) -> Outcome<Flow> {
        let value = self.pipe(&branch.pipe, dot)?;
        match (value.holds(), with) {
            (true, true) => self.nodes(&branch.body, &value),
            (true, false) => self.nodes(&branch.body, dot),
            (false, _) => self.nodes(&branch.otherwise, dot),
        }
    }

    fn range(&mut self, branch: &Branch, dot: &Value) -> Outcome<Flow> {
        let own = self.variables.len();
        let over = self.pipe(&branch.pipe, dot)?;
        let mut turns = match self.turns(&over) {
            Ok(turns) => turns.peekable(),
            Err(wrong) => return Err(self.wrong(branch.pipe.at, wrong)),
        };
        if turns.peek().is_none() {
            return self.nodes(&branch.otherwise, dot);
        }
        let inside = self.variables.len();
        for (key, value) in turns {
            self.step(branch.pipe.at)?;
            self.turn(&branch.pipe, own, key, value.clone());
            match self.nodes(&branch.body, &value)? {
                Flow::Break => break,
                Flow::On | Flow::Continue => self.variables.truncate(inside),
            }
        }
        Ok(Flow::On)
    }

    /// Keys and values that a range goes through.
    fn turns(&self, over: &Value) -> Said<Box<dyn Iterator<Item = (Value, Value)>>> {
        let whole = |at: usize| Value::Whole(i64::try_from(at).unwrap_or(i64::MAX));
        Ok(match over.clone() {
            Value::Nothing => Box::new(std::iter::empty()),
            Value::Whole(count) => Box::new((0..count).map(|at| (Value::Whole(at), Value::Whole(at)))),
            Value::List(list) => Box::new((0..list.items.len()).map(move |at| (whole(at), list.items[at].clone()))),
            Value::Map(map) => {
                let all: Vec<_> = map.entries.iter().map(|(name, value)| (Value::Text(Arc::clone(name)), value.clone())).collect();
                Box::new(all.into_iter())
            }
            Value::Labels(labels) => {
                let all: Vec<_> = labels.iter().map(|(name, value)| (Value::text(name), Value::text(value))).collect();
                Box::new(all.into_iter())
            }
            other => return Err(Wrong::new(format!("range cannot go through {}", other.kind()))),
        })
    }

    /// Gives the variables of a range their values of this turn.
    fn turn(&mut self, pipe: &Pipe, own: usize, key: Value, value: Value) {
        let values = if pipe.variables.len() == 2 { vec![key, value] } else { vec![value] };
        for (at, (name, value)) in pipe.variables.iter().zip(values).enumerate() {
            if pipe.sets {
                self.set(name, value);
            } else {
                self.variables[own + at].1 = value;
            }
        }
    }

    fn invoke(&mut self, at: Place, name: &str, dot: Value) -> Outcome<()> {
        let Some(body) = self.defined.get(name) else {
            return Err(self.wrong(at, Wrong::new(format!("there is no template {name:?}"))));
        };
        let body = Arc::clone(body);
        self.step(at)?;
        let variables = std::mem::replace(&mut self.variables, vec![(String::new(), dot.clone())]);
        let file = std::mem::replace(&mut self.file, body.file.clone());
        let outcome = self.scoped(at, |run| run.nodes(&body.nodes, &dot));
        self.variables = variables;
        outcome?;
        self.file = file;
        Ok(())
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Outcome<Value> {
        let mut last = None;
        for command in &pipe.commands {
            last = Some(self.command(command, dot, last)?);
        }
        let value = last.unwrap_or(Value::Nothing);
        for name in &pipe.variables {
            if pipe.sets {
                // A range sets its variables turn by turn; what it goes through is no value for them.
                self.set(name, value.clone());
            } else {
                self.variables.push((name.clone(), value.clone()));
            }
        }
        Ok(value)
    }

    fn set(&mut self, name: &str, value: Value) {
        if let Some((_, kept)) = self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            *kept = value;
        }
    }

    /// A command; `last` is what the command before it said.
    fn command(&mut self, command: &Command, dot: &Value, last: Option<Value>) -> Outcome<Value> {
        let first = &command.first;
        self.step(first.at)?;
        if let (Kind::Function(name), true) = (&first.kind, first.fields.is_empty()) {
            return self.function(name, command, dot, last);
        }
        let takes = !command.arguments.is_empty() || last.is_some();
        let Some((field, fields)) = first.fields.split_last() else {
            return match &first.kind {
                Kind::Nil => Err(self.wrong(first.at, Wrong::new("nil is no command"))),
                _ if takes => Err(self.wrong(first.at, Wrong::new("an argument is given to what is no function"))),
                _ => self.operand(first, dot),
            };
        };
        let value = self.base(first, dot)?;
        let value = self.fields(value, fields, first.at)?;
        let mut arguments = self.arguments(&command.arguments, dot)?;
        arguments.extend(last);
        if matches!(value, Value::Nothing) && fields.is_empty() && arguments.is_empty() && matches!(first.kind, Kind::Dot) {
            return Ok(Value::Nothing);
        }
        self.charge(first.at, std::slice::from_ref(&value))?;
        member::of(&value, field, &arguments).map_err(|wrong| self.wrong(first.at, wrong))
    }

    fn function(&mut self, name: &str, command: &Command, dot: &Value, last: Option<Value>) -> Outcome<Value> {
        let at = command.first.at;
        if let "and" | "or" = name {
            return self.decide(name == "or", command, dot, last);
        }
        let mut values = self.arguments(&command.arguments, dot)?;
        values.extend(last);
        self.charge(at, &values)?;
        let said = match name {
            "tmpl" => return self.template(at, &values),
            _ if functions::BUILT_IN.contains(&name) => functions::call(name, &values),
            _ => self.dialect.call(name, &values).map_err(|fault| self.within(at, name, fault))?,
        };
        let value = said.map_err(|wrong| self.wrong(at, Wrong { why: format!("{name}: {}", wrong.why), ..wrong }))?;
        match &value {
            Value::Text(text) | Value::Vouched(_, text) if text.len() > LONGEST => Err(self.wrong(at, Wrong::too_long())),
            _ => Ok(value),
        }
    }

    /// `and` and `or` stop at the first value that decides.
    fn decide(&mut self, or: bool, command: &Command, dot: &Value, last: Option<Value>) -> Outcome<Value> {
        let mut value = None;
        for argument in &command.arguments {
            let next = self.operand(argument, dot)?;
            if next.holds() == or {
                return Ok(next);
            }
            value = Some(next);
        }
        last.or(value).ok_or_else(|| self.wrong(command.first.at, Wrong::new("and and or need a value")))
    }

    /// `tmpl "name" value`: a template whose name is computed.
    fn template(&mut self, at: Place, values: &[Value]) -> Outcome<Value> {
        let [name, dot] = values else { return Err(self.wrong(at, Wrong::new("tmpl takes a name and a value"))) };
        let name = name.as_text().map_err(|wrong| self.wrong(at, wrong))?.to_owned();
        let outside = std::mem::take(&mut self.out);
        self.invoke(at, &name, dot.clone())?;
        let inside = std::mem::replace(&mut self.out, outside);
        Ok(Value::Vouched(For::Html, inside.into()))
    }

    fn arguments(&mut self, operands: &[Operand], dot: &Value) -> Outcome<Vec<Value>> {
        operands.iter().map(|operand| self.operand(operand, dot)).collect()
    }

    /// The value of an operand with its fields.
    fn operand(&mut self, operand: &Operand, dot: &Value) -> Outcome<Value> {
        self.step(operand.at)?;
        let value = self.base(operand, dot)?;
        if matches!((&value, &operand.kind, operand.fields.len()), (Value::Nothing, Kind::Dot, 1)) {
            return Ok(Value::Nothing);
        }
        self.fields(value, &operand.fields, operand.at)
    }

    fn base(&mut self, operand: &Operand, dot: &Value) -> Outcome<Value> {
        match &operand.kind {
            Kind::Dot => Ok(dot.clone()),
            Kind::Nil => Ok(Value::Nothing),
            Kind::Literal(value) => Ok(value.clone()),
            Kind::Variable(name) => {
                let found = self.variables.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.clone());
                found.ok_or_else(|| self.wrong(operand.at, Wrong::new(format!("the variable ${name} is not there"))))
            }
            Kind::Function(name) => {
                let bare = Operand { at: operand.at, kind: Kind::Function(name.clone()), fields: Vec::new() };
                self.function(name, &Command { first: bare, arguments: Vec::new() }, dot, None)
            }
            Kind::Brackets(pipe) => self.scoped(pipe.at, |run| run.pipe(pipe, dot)),
        }
    }

    fn fields(&mut self, mut value: Value, fields: &[String], at: Place) -> Outcome<Value> {
        for field in fields {
            self.charge(at, std::slice::from_ref(&value))?;
            value = member::of(&value, field, &[]).map_err(|wrong| self.wrong(at, wrong))?;
        }
        Ok(value)
    }

    /// What is long takes longer, and counts for more steps.
    fn charge(&mut self, at: Place, values: &[Value]) -> Outcome<()> {
        self.steps += values.iter().map(Value::weight).sum::<usize>();
        self.step(at)
    }

    fn step(&mut self, at: Place) -> Outcome<()> {
        self.steps += 1;
        self.last = at;
        if self.steps > STEPS { Err(fault("template-endless", &self.file, at, "it takes too many steps")) } else { Ok(()) }
    }

    /// What a query refused, with its place; that somebody wants an end stays what it is.
    fn within(&self, at: Place, name: &str, fault: Fault) -> Fault {
        if fault.class == Class::Cancelled {
            return fault;
        }
        self.wrong(at, Wrong::new(format!("{name}: {}", fault.message.trim_end_matches('.'))))
    }

    fn wrong(&self, at: Place, wrong: Wrong) -> Fault {
        fault(wrong.code, &self.file, at, &wrong.why)
    }
}
