//! Text to tree. The only file that knows the library which reads the grammar; places in the text are ours, it has none.

use std::time::{Duration, SystemTime};

use promql_parser::{
    label::{MatchOp, Matcher as Read},
    parser::{AtModifier, BinModifier, Expr, LabelModifier, Offset, VectorMatchCardinality, VectorSelector, parse as read},
};
use quarterdeck_model::Outcome;

use super::{
    error::{Span, unreadable},
    lexer::{Sort, Token, tokens},
    node::{Aggregate, At, Binary, Grouping, Kind, Many, Matching, Node, Selector, Sign, Subquery, Timing},
    refuse::refused,
};
use crate::source::{Matcher, Test};

/// What the library says where it cannot say more.
const NOTHING_SAID: &str = "invalid promql query";

/// With one of these, and its brackets closed, every beginning of a query is a query.
const ENDINGS: [&str; 10] = ["", " x", " 1", " \"\"", " 5m]", " =\"\"}", " (x)", " (x[5m])", " (x) (x)", " (1) x"];

/// Reads a query.
pub(super) fn tree(text: &str) -> Outcome<Node> {
    let words = tokens(text)?;
    if words.is_empty() {
        return Err(unreadable(text, Span::default(), "there is no expression"));
    }
    refused(text, &words)?;
    bounded(text, &words)?;
    let expression = read(text).map_err(|said| {
        let (span, what) = misplaced(text, &words, &said);
        unreadable(text, span, &what)
    })?;
    Walk { text, words: &words, next: 0 }.node(&expression)
}

/// Trees are walked by functions that call themselves: none is so deep that a thread could not hold it.
fn bounded(text: &str, words: &[Token]) -> Outcome<()> {
    const DEEPEST: usize = 200;
    const OPERATORS: usize = 400;
    let (mut depth, mut operators) = (0_usize, 0);
    for word in words {
        match word.of(text) {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            written if Sign::read(&written.to_ascii_lowercase()).is_some() => operators += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(unreadable(text, word.span, &format!("it is nested too deeply: more than {DEEPEST} brackets are open")));
        }
        if operators > OPERATORS {
            return Err(unreadable(text, word.span, &format!("it is too long: it has more than {OPERATORS} operators")));
        }
    }
    Ok(())
}

/// The place of an error: the first word at which the query stops being the beginning of any query.
fn misplaced(text: &str, words: &[Token], said: &str) -> (Span, String) {
    let end = Span { start: text.trim_end().len(), end: text.trim_end().len() };
    if !misshapen(said) {
        let named = words
            .iter()
            .filter(|word| word.sort == Sort::Word)
            .find(|word| said.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|part| part == word.of(text)));
        let named = named.or_else(|| words.iter().find(|word| said.contains("escape") && escapes_strangely(word, text)));
        return (named.map_or(Span { start: words[0].span.start, end: end.end }, |word| word.span), said.to_owned());
    }
    match (1..=words.len()).find(|count| !completable(text, &words[..*count])) {
        Some(count) => {
            let word = &words[count - 1];
            (word.span, format!("unexpected `{}`", word.of(text)))
        }
        None => (end, "unexpected end of the query".to_owned()),
    }
}

/// A text with a backslash before something that needs none.
fn escapes_strangely(word: &Token, text: &str) -> bool {
    let written = word.of(text);
    let mut letters = written.chars();
    while let Some(letter) = letters.next() {
        if letter == '\\' && letters.next().is_none_or(|escaped| !"abfnrtvxuU01234567\\\"'".contains(escaped)) {
            return word.sort == Sort::Text && !written.starts_with('`');
        }
    }
    false
}

fn completable(text: &str, words: &[Token]) -> bool {
    let prefix = &text[..words.last().map_or(0, |word| word.span.end)];
    ENDINGS.iter().any(|ending| {
        let mut whole = format!("{prefix}{ending}");
        let open: Vec<char> = tokens(&whole).map(|all| unclosed(&whole, &all)).unwrap_or_default();
        whole.extend(open.iter().rev());
        read(&whole).map_or_else(|said| !misshapen(&said), |_| true)
    })
}

/// True where the library speaks of the shape of a query, not of its meaning; brackets it counts itself.
fn misshapen(said: &str) -> bool {
    said == NOTHING_SAID || ["unexpected ", "unclosed "].iter().any(|start| said.starts_with(start))
}

fn unclosed(text: &str, words: &[Token]) -> Vec<char> {
    let mut open = Vec::new();
    for word in words.iter().filter(|word| word.sort == Sort::Sign) {
        match word.of(text) {
            "(" => open.push(')'),
            "[" => open.push(']'),
            "{" => open.push('}'),
            ")" | "]" | "}" => drop(open.pop()),
            _ => {}
        }
    }
    open
}

/// Goes through the library's tree in the order of the text, beside the words, so that each node finds its place.
struct Walk<'t> {
    text: &'t str,
    words: &'t [Token],
    next: usize,
}

impl Walk<'_> {
    fn node(&mut self, expression: &Expr) -> Outcome<Node> {
        let start = self.begin();
        let kind = match expression {
            Expr::NumberLiteral(number) => {
                self.skip(|word, _| matches!(word.sort, Sort::Number | Sort::Duration | Sort::Word));
                Kind::Number(number.val)
            }
            Expr::StringLiteral(text) => {
                self.skip(|word, _| word.sort == Sort::Text);
                Kind::Text(text.val.clone())
            }
            Expr::VectorSelector(selector) => Kind::Selector(self.selector(selector)?),
            Expr::MatrixSelector(range) => Kind::Range(self.selector(&range.vs)?, millis(range.range)),
            Expr::Paren(inner) => return self.node(&inner.expr),
            Expr::Unary(inner) => Kind::Negate(Box::new(self.node(&inner.expr)?)),
            Expr::Subquery(inner) => {
                let of = self.node(&inner.expr)?;
                let timing = timing(inner.offset.as_ref(), inner.at.as_ref());
                Kind::Subquery(Box::new(Subquery { of, range: millis(inner.range), step: inner.step.map(millis), timing }))
            }
            Expr::Call(call) => {
                self.skip(|_, written| written == call.func.name);
                let arguments = call.args.args.iter().map(|argument| self.node(argument)).collect::<Outcome<Vec<_>>>()?;
                Kind::Call(call.func.name, arguments)
            }
            Expr::Aggregate(aggregate) => return self.aggregate(aggregate),
            Expr::Binary(binary) => return self.binary(binary),
            Expr::Extension(_) => return Err(unreadable(self.text, Span::default(), "not supported: extensions")),
        };
        Ok(Node { kind, span: self.since(start) })
    }

    fn aggregate(&mut self, read: &promql_parser::parser::AggregateExpr) -> Outcome<Node> {
        let start = self.begin();
        let name = read.op.to_string();
        self.skip(|_, written| written.eq_ignore_ascii_case(&name));
        let leading =
            self.words.get(self.next).is_some_and(|word| ["by", "without"].contains(&word.of(self.text).to_ascii_lowercase().as_str()));
        if leading {
            self.skip(|_, written| written == ")");
        }
        let parameter = read.param.as_ref().map(|parameter| self.node(parameter)).transpose()?;
        let of = self.node(&read.expr)?;
        if read.modifier.is_some() && !leading {
            self.skip(|_, written| ["by", "without"].contains(&written.to_ascii_lowercase().as_str()));
            self.skip(|_, written| written == ")");
        }
        let grouping = read.modifier.as_ref().map_or_else(|| Grouping::By(Vec::new()), grouping);
        Ok(Node { kind: Kind::Aggregate(Box::new(Aggregate { name, parameter, of, grouping })), span: self.since(start) })
    }

    fn binary(&mut self, read: &promql_parser::parser::BinaryExpr) -> Outcome<Node> {
        let left = self.node(&read.lhs)?;
        let written = read.op.to_string();
        self.skip(|_, word| word.eq_ignore_ascii_case(&written));
        let span = self.words.get(self.next.saturating_sub(1)).map_or(left.span, |word| word.span);
        if read.modifier.is_some() {
            self.modifiers();
        }
        let right = self.node(&read.rhs)?;
        let sign = Sign::read(&written).ok_or_else(|| unreadable(self.text, span, &format!("not supported: {written}")))?;
        Ok(Node { kind: Kind::Binary(Box::new(Binary { sign, left, right, matching: matching(read.modifier.as_ref()) })), span })
    }

    /// Behind an operator: `bool`, `on (…)` and their like.
    fn modifiers(&mut self) {
        while let Some(word) = self.words.get(self.next) {
            let before = self.next;
            match word.of(self.text).to_ascii_lowercase().as_str() {
                "bool" => self.next += 1,
                "on" | "ignoring" | "fill" | "fill_left" | "fill_right" => self.skip(|_, written| written == ")"),
                "group_left" | "group_right" => {
                    self.next += 1;
                    let labels = self.words.get(self.next).is_some_and(|word| word.of(self.text) == "(");
                    // `group_left (x)` takes labels; the grammar, too, reads a bracket behind it so.
                    if labels {
                        self.skip(|_, written| written == ")");
                    }
                }
                _ => return,
            }
            // An operand may have the name of a modifier: then nothing closes it.
            if self.next == before {
                return;
            }
        }
    }

    fn selector(&mut self, read: &VectorSelector) -> Outcome<Selector> {
        if read.name.is_some() {
            self.skip(|word, _| word.sort == Sort::Word);
        }
        let start = self.begin();
        if self.words.get(self.next).is_some_and(|word| word.of(self.text) == "{") {
            self.skip(|_, written| written == "}");
        }
        if !read.matchers.or_matchers.is_empty() {
            let within = &self.words[start.min(self.words.len())..self.next];
            let or = within.iter().find(|word| word.sort == Sort::Word && word.of(self.text).eq_ignore_ascii_case("or"));
            let span = or.map_or(self.since(start), |word| word.span);
            return Err(unreadable(self.text, span, "not supported: `or` between matchers"));
        }
        let name = read.name.as_ref().map(|name| Ok(Matcher { label: crate::labels::NAME.to_owned(), test: Test::Is(name.clone()) }));
        let rest = read.matchers.matchers.iter().map(matcher);
        let matchers = name.into_iter().chain(rest).collect::<Result<Vec<_>, regex::Error>>();
        let matchers = matchers.map_err(|fault| unreadable(self.text, self.since(start), &fault.to_string()))?;
        Ok(Selector { matchers, timing: timing(read.offset.as_ref(), read.at.as_ref()) })
    }

    /// Brackets of order and signs in front belong to nobody.
    fn begin(&mut self) -> usize {
        while self.words.get(self.next).is_some_and(|word| ["(", ",", "+", "-"].contains(&word.of(self.text))) {
            self.next += 1;
        }
        self.next
    }

    fn skip(&mut self, until: impl Fn(&Token, &str) -> bool) {
        if let Some(found) = self.words[self.next.min(self.words.len())..].iter().position(|word| until(word, word.of(self.text))) {
            self.next += found + 1;
        }
    }

    fn since(&self, start: usize) -> Span {
        let first = self.words.get(start).map_or(0, |word| word.span.start);
        let last = self.words.get(self.next.saturating_sub(1)).map_or(self.text.len(), |word| word.span.end);
        Span { start: first, end: last.max(first) }
    }
}

fn matcher(read: &Read) -> Result<Matcher, regex::Error> {
    let test = match &read.op {
        MatchOp::Equal => Test::Is(read.value.clone()),
        MatchOp::NotEqual => Test::IsNot(read.value.clone()),
        MatchOp::Re(library) => Test::Like(anchored(&read.value, library.as_str())?),
        MatchOp::NotRe(library) => Test::NotLike(anchored(&read.value, library.as_str())?),
    };
    Ok(Matcher { label: read.name.clone(), test })
}

/// From 3.0 on a dot matches a newline, too. Where Go takes a bracket literally that we do not, the library's reading is taken.
fn anchored(written: &str, library: &str) -> Result<regex::Regex, regex::Error> {
    regex::Regex::new(&format!("^(?s:{written})$")).or_else(|_| regex::Regex::new(&format!("(?s){library}")))
}

fn grouping(read: &LabelModifier) -> Grouping {
    match read {
        LabelModifier::Include(labels) => Grouping::By(labels.labels.clone()),
        LabelModifier::Exclude(labels) => Grouping::Without(labels.labels.clone()),
    }
}

fn matching(read: Option<&BinModifier>) -> Matching {
    let (many, include) = match read.map(|modifier| &modifier.card) {
        Some(VectorMatchCardinality::ManyToOne(labels)) => (Many::Left, labels.labels.clone()),
        Some(VectorMatchCardinality::OneToMany(labels)) => (Many::Right, labels.labels.clone()),
        _ => (Many::Neither, Vec::new()),
    };
    Matching {
        labels: read.and_then(|modifier| modifier.matching.as_ref()).map_or_else(|| Grouping::Without(Vec::new()), grouping),
        many,
        include,
        boolean: read.is_some_and(|modifier| modifier.return_bool),
        fill_left: read.and_then(|modifier| modifier.fill_values.lhs),
        fill_right: read.and_then(|modifier| modifier.fill_values.rhs),
    }
}

fn timing(offset: Option<&Offset>, at: Option<&AtModifier>) -> Timing {
    let offset = match offset {
        Some(Offset::Pos(duration)) => millis(*duration),
        Some(Offset::Neg(duration)) => -millis(*duration),
        None => 0,
    };
    let at = at.map(|at| match at {
        AtModifier::Start => At::Start,
        AtModifier::End => At::End,
        AtModifier::At(moment) => At::Moment(match moment.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(since) => millis(since),
            Err(before) => -millis(before.duration()),
        }),
    });
    Timing { offset, at }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX / 4)
}
