//! Words → a tree. Variables and functions that nobody made known are found here, before anything is expanded.

use quarterdeck_document::findings::Place;
use quarterdeck_model::{Fault, Outcome};

use super::{
    DEEPEST, fault,
    lexer::{self, Lexed, Token},
    numbers::Literal,
    tree::{Body, Branch, Command, Defined, Kind, Node, Operand, Pipe},
    value::Value,
};

/// Which functions there are.
pub type Known<'k> = &'k dyn Fn(&str) -> bool;

/// Reads a text: what it defines goes to `defined`, what is left is the body. Variables in `given` are there from the start.
pub fn read(name: &str, text: &str, known: Known<'_>, given: &[&str], defined: &mut Defined) -> Outcome<Body> {
    let words = lexer::words(name, text)?;
    let variables = given.iter().map(|name| (*name).to_owned()).collect();
    let mut parser = Parser { name, words, next: 0, known, variables, deep: 0, loops: 0, defined };
    let (nodes, end) = parser.block(&[])?;
    debug_assert!(end.is_empty(), "a block without an end is the whole text");
    Ok(Body { file: name.to_owned(), nodes })
}

struct Parser<'t> {
    name: &'t str,
    words: Vec<Lexed>,
    next: usize,
    known: Known<'t>,
    variables: Vec<String>,
    deep: usize,
    loops: usize,
    defined: &'t mut Defined,
}

impl Parser<'_> {
    /// Nodes up to one of the words that end the block, and that word; the whole text where none does.
    fn block(&mut self, ends: &[&'static str]) -> Outcome<(Vec<Node>, &'static str)> {
        let begin = self.at();
        self.deep += 1;
        if self.deep > DEEPEST {
            return Err(self.wrong(begin, "blocks lie in each other too deeply"));
        }
        let mut nodes = Vec::new();
        while let Some(word) = self.take() {
            match word.token {
                Token::Text(text) => nodes.push(Node::Text(text)),
                _ => {
                    let at = self.at();
                    let keyword = self.keyword();
                    if let Some(end) = ends.iter().find(|end| keyword.as_deref() == Some(**end)) {
                        self.deep -= 1;
                        return Ok((nodes, end));
                    }
                    nodes.extend(self.action(at, keyword.as_deref())?);
                }
            }
        }
        self.deep -= 1;
        if ends.is_empty() { Ok((nodes, "")) } else { Err(self.wrong(begin, "a block begins here that has no {{ end }}")) }
    }

    /// What an action does, behind its `{{` and its keyword.
    fn action(&mut self, at: Place, keyword: Option<&str>) -> Outcome<Option<Node>> {
        let node = match keyword {
            None => {
                let pipe = self.pipe(true)?;
                self.close()?;
                Node::Action(pipe)
            }
            Some("if") => Node::If(self.branch("if")?),
            Some("with") => Node::With(self.branch("with")?),
            Some("range") => Node::Range(self.branch("range")?),
            Some("template") => {
                let name = self.quoted("template")?;
                let pipe = if self.peek(&Token::Close) { None } else { Some(self.pipe(true)?) };
                self.close()?;
                Node::Call(at, name, pipe)
            }
            Some("define") => {
                self.define(at)?;
                return Ok(None);
            }
            Some("block") => {
                let name = self.quoted("block")?;
                let pipe = self.pipe(true)?;
                self.close()?;
                self.body_of(name.clone())?;
                Node::Call(at, name, Some(pipe))
            }
            Some(word @ ("break" | "continue")) => {
                if self.loops == 0 {
                    return Err(self.wrong(at, &format!("{word} stands outside of a range")));
                }
                self.close()?;
                if word == "break" { Node::Break } else { Node::Continue }
            }
            Some(word) => return Err(self.wrong(at, &format!("{word} ends nothing here"))),
        };
        Ok(Some(node))
    }

    /// `if`, `with` or `range`, up to its end.
    fn branch(&mut self, keyword: &'static str) -> Outcome<Branch> {
        let seen = self.variables.len();
        let pipe = self.pipe_of(keyword == "range")?;
        self.close()?;
        let own = self.variables.len();
        self.loops += usize::from(keyword == "range");
        let (body, end) = self.block(&["else", "end"])?;
        self.loops -= usize::from(keyword == "range");
        self.variables.truncate(own);
        let otherwise = if end == "else" { self.otherwise(keyword)? } else { Vec::new() };
        if end == "end" {
            self.close()?;
        }
        self.variables.truncate(seen);
        Ok(Branch { pipe, body, otherwise })
    }

    /// Behind `else`: another `if` (or `with`) that shares the end, or a block.
    fn otherwise(&mut self, keyword: &'static str) -> Outcome<Vec<Node>> {
        let at = self.at();
        if keyword != "range" && self.peek(&Token::Word(keyword.to_owned())) {
            self.next += 1;
            self.deep += 1;
            if self.deep > DEEPEST {
                return Err(self.wrong(at, "there are too many else"));
            }
            let branch = self.branch(keyword)?;
            self.deep -= 1;
            return Ok(vec![if keyword == "if" { Node::If(branch) } else { Node::With(branch) }]);
        }
        self.close()?;
        let (nodes, _) = self.block(&["end"])?;
        self.close()?;
        Ok(nodes)
    }

    fn define(&mut self, at: Place) -> Outcome<()> {
        if self.deep > 1 {
            return Err(self.wrong(at, "define stands inside of another block"));
        }
        let name = self.quoted("define")?;
        self.close()?;
        self.body_of(name)
    }

    /// The body of a named template, which sees no variable but `$`.
    fn body_of(&mut self, name: String) -> Outcome<()> {
        let outside = std::mem::replace(&mut self.variables, vec![String::new()]);
        let loops = std::mem::take(&mut self.loops);
        let (nodes, _) = self.block(&["end"])?;
        self.close()?;
        (self.variables, self.loops) = (outside, loops);
        self.defined.add(name, Body { file: self.name.to_owned(), nodes });
        Ok(())
    }

    /// A pipeline with what it declares, in a scope that ends with the enclosing block.
    fn pipe(&mut self, declares: bool) -> Outcome<Pipe> {
        let pipe = self.pipe_of(false)?;
        if !declares && !pipe.variables.is_empty() {
            return Err(self.wrong(pipe.at, "a variable cannot be made inside of brackets"));
        }
        Ok(pipe)
    }

    fn pipe_of(&mut self, range: bool) -> Outcome<Pipe> {
        let at = self.at();
        let (variables, sets) = self.declaration(range)?;
        let mut commands = vec![self.command()?];
        while self.peek(&Token::Sign("|")) {
            self.next += 1;
            let at = self.at();
            let command = self.command()?;
            if matches!(command.first.kind, Kind::Dot | Kind::Nil | Kind::Literal(_)) && command.first.fields.is_empty() {
                return Err(self.wrong(at, "what stands behind | must be a function"));
            }
            commands.push(command);
        }
        if !sets {
            self.variables.extend(variables.iter().cloned());
        }
        Ok(Pipe { at, variables, sets, commands })
    }

    /// `$x :=`, `$x =`, and for ranges `$i, $x :=`.
    fn declaration(&mut self, range: bool) -> Outcome<(Vec<String>, bool)> {
        let (mut next, mut names) = (self.next, Vec::new());
        loop {
            let Some(Lexed { token: Token::Variable(name), at, .. }) = self.words.get(next) else { return Ok((Vec::new(), false)) };
            names.push((name.clone(), *at));
            match self.words.get(next + 1).map(|word| &word.token) {
                Some(Token::Sign(",")) if range && names.len() == 1 => next += 2,
                Some(Token::Sign(sign @ (":=" | "="))) => {
                    let sets = *sign == "=";
                    if let Some((unknown, at)) = names.iter().find(|(name, _)| sets && !self.variables.contains(name)) {
                        return Err(self.wrong(*at, &format!("the variable ${unknown} is not there")));
                    }
                    self.next = next + 2;
                    return Ok((names.into_iter().map(|(name, _)| name).collect(), sets));
                }
                _ => return Ok((Vec::new(), false)),
            }
        }
    }

    fn command(&mut self) -> Outcome<Command> {
        let first = self.operand()?;
        let mut arguments = Vec::new();
        while self.separated()? {
            arguments.push(self.operand()?);
        }
        if let (Some(argument), Kind::Dot | Kind::Nil | Kind::Literal(_) | Kind::Variable(_)) = (arguments.first(), &first.kind)
            && first.fields.is_empty()
        {
            return Err(self.wrong(argument.at, "an argument stands here, and nothing before it takes one"));
        }
        Ok(Command { first, arguments })
    }

    /// True where another operand follows. What touches the one before is refused, as Go does.
    fn separated(&self) -> Outcome<bool> {
        match self.words.get(self.next) {
            Some(Lexed { token: Token::Close | Token::Sign("|" | ")"), .. }) | None => Ok(false),
            Some(Lexed { glued: true, at, .. }) => Err(self.wrong(*at, "a blank is missing here")),
            Some(_) => Ok(true),
        }
    }

    fn operand(&mut self) -> Outcome<Operand> {
        let Some(word) = self.take() else { return Err(self.wrong(self.at(), "the action ends too early")) };
        let (at, mut fields) = (word.at, Vec::new());
        let kind = match word.token {
            Token::Dot => Kind::Dot,
            Token::Fields(names) => {
                fields = names;
                Kind::Dot
            }
            Token::Quoted(text) => Kind::Literal(Value::text(text)),
            Token::Number(Literal::Whole(number)) => Kind::Literal(Value::Whole(number)),
            Token::Number(Literal::Number(number)) => Kind::Literal(Value::Number(number)),
            Token::Variable(name) if self.variables.contains(&name) => Kind::Variable(name),
            Token::Variable(name) => return Err(self.wrong(at, &format!("the variable ${name} is not there"))),
            Token::Word(word) => self.named(word, at)?,
            Token::Sign("(") => self.brackets(at)?,
            Token::Sign(sign) => return Err(self.wrong(at, &format!("{sign} stands where a value is expected"))),
            Token::Close => return Err(self.wrong(at, "a value is missing here")),
            Token::Text(_) | Token::Open => return Err(self.wrong(at, "the action has no end")),
        };
        while let Some(Lexed { glued: true, token: Token::Fields(names), at }) = self.words.get(self.next) {
            if matches!(kind, Kind::Nil | Kind::Literal(_)) {
                return Err(self.wrong(*at, "what stands before this has no fields"));
            }
            fields.extend(names.iter().cloned());
            self.next += 1;
        }
        Ok(Operand { at, kind, fields })
    }

    fn named(&self, word: String, at: Place) -> Outcome<Kind> {
        match word.as_str() {
            "true" | "false" => Ok(Kind::Literal(Value::Truth(word == "true"))),
            "nil" => Ok(Kind::Nil),
            _ if (self.known)(&word) => Ok(Kind::Function(word)),
            _ => Err(self.wrong(at, &format!("there is no function {word}"))),
        }
    }

    fn brackets(&mut self, at: Place) -> Outcome<Kind> {
        self.deep += 1;
        if self.deep > DEEPEST {
            return Err(self.wrong(at, "brackets lie in each other too deeply"));
        }
        let pipe = self.pipe(false)?;
        self.deep -= 1;
        match self.take().map(|word| word.token) {
            Some(Token::Sign(")")) => Ok(Kind::Brackets(Box::new(pipe))),
            _ => Err(self.wrong(at, "a bracket is opened here and not closed")),
        }
    }

    /// A keyword, taken if one comes next.
    fn keyword(&mut self) -> Option<String> {
        const KEYWORDS: [&str; 10] = ["if", "else", "end", "with", "range", "template", "define", "block", "break", "continue"];
        match self.words.get(self.next) {
            Some(Lexed { token: Token::Word(word), .. }) if KEYWORDS.contains(&word.as_str()) => {
                self.next += 1;
                Some(word.clone())
            }
            _ => None,
        }
    }

    fn quoted(&mut self, keyword: &str) -> Outcome<String> {
        let at = self.at();
        match self.take().map(|word| word.token) {
            Some(Token::Quoted(name)) => Ok(name),
            _ => Err(self.wrong(at, &format!("{keyword} needs a name in quotes"))),
        }
    }

    fn close(&mut self) -> Outcome<()> {
        let at = self.at();
        match self.take().map(|word| word.token) {
            Some(Token::Close) => Ok(()),
            _ => Err(self.wrong(at, "the action should end here")),
        }
    }

    fn peek(&self, token: &Token) -> bool {
        self.words.get(self.next).is_some_and(|word| word.token == *token)
    }

    fn take(&mut self) -> Option<Lexed> {
        let word = self.words.get_mut(self.next)?;
        self.next += 1;
        Some(Lexed { at: word.at, glued: word.glued, token: word.token.clone() })
    }

    /// The next word's place; behind the last one where there is none.
    fn at(&self) -> Place {
        self.words.get(self.next).or(self.words.last()).map_or(Place::START, |word| word.at)
    }

    fn wrong(&self, at: Place, why: &str) -> Fault {
        fault("template-wrong", self.name, at, why)
    }
}
