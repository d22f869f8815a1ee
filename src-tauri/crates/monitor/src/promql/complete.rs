//! What may stand at a place of a query that is being written, and so need not be one yet.

use std::collections::BTreeSet;

use quarterdeck_model::monitor::{Completion, CompletionKind, Completions};

use super::words::{AGGREGATIONS, BEHIND, DURATIONS, FUNCTIONS};
use crate::{
    labels::NAME,
    source::{Matcher, Test},
};

/// No list is longer.
const MOST: usize = 100;

/// Labels that parenthesised lists of labels follow.
const LISTS: [&str; 6] = ["by", "without", "on", "ignoring", "group_left", "group_right"];

/// Names of what is there.
pub trait Names {
    /// Names of labels among the series for which all matchers hold.
    fn labels(&self, among: &[Matcher]) -> Vec<String>;
    /// Values of a label among them.
    fn values(&self, label: &str, among: &[Matcher]) -> Vec<String>;
}

/// Words that may stand where the cursor is, best first; `cursor` counts characters.
pub fn complete(text: &str, cursor: usize, names: &dyn Names) -> Completions {
    let letters: Vec<char> = text.chars().collect();
    let cursor = cursor.min(letters.len());
    let scene = Scene::of(&letters[..cursor]);
    let begin = scene.word_begin;
    let ends = |letter: char| if scene.quote.is_some() { Some(letter) == scene.quote || letter == '\n' } else { !of_word(letter) };
    let until = (cursor..letters.len()).find(|at| ends(letters[*at])).unwrap_or(letters.len());
    let typed: String = letters[begin..cursor].iter().collect();
    let words = ranked(offered(text, &scene, names), &typed);
    Completions { from: number(begin), until: number(until), words }
}

fn offered(text: &str, scene: &Scene, names: &dyn Names) -> Vec<Completion> {
    let of_list = |list: &[(&str, &str)], kind| list.iter().map(|(word, about)| completion(word, kind, about)).collect::<Vec<_>>();
    let plain = |words: Vec<String>, kind| words.iter().map(|word| completion(word, kind, "")).collect::<Vec<_>>();
    match &scene.place {
        Place::Comment => Vec::new(),
        Place::Range => of_list(DURATIONS, CompletionKind::Keyword),
        Place::Value { label, among } => {
            let quoted = |word: String| if scene.quote.is_some() { word } else { format!("{word:?}") };
            plain(names.values(label, among).into_iter().map(quoted).collect(), CompletionKind::Value)
        }
        Place::Label { among } => {
            let known =
                names.labels(among).into_iter().filter(|label| label != NAME && among.iter().all(|matcher| matcher.label != *label));
            plain(known.collect(), CompletionKind::Label)
        }
        Place::Labels => plain(labels_of(text, names), CompletionKind::Label),
        Place::Behind => of_list(BEHIND, CompletionKind::Keyword),
        Place::Expression => {
            let mut words = of_list(FUNCTIONS, CompletionKind::Function);
            words.extend(of_list(AGGREGATIONS, CompletionKind::Aggregation));
            words.extend(plain(names.values(NAME, &[]), CompletionKind::Metric));
            words
        }
    }
}

/// Labels of the metrics that a text names; of all, where it names none.
fn labels_of(text: &str, names: &dyn Names) -> Vec<String> {
    let metrics: BTreeSet<String> = names.values(NAME, &[]).into_iter().collect();
    let named: BTreeSet<&str> = text.split(|letter| !of_word(letter)).filter(|word| metrics.contains(*word)).collect();
    let mut labels: BTreeSet<String> = named.iter().flat_map(|metric| names.labels(&[is(NAME, metric)])).collect();
    if named.is_empty() {
        labels.extend(names.labels(&[]));
    }
    labels.into_iter().filter(|label| label != NAME).collect()
}

/// Those that begin as it is typed, then those that hold it; then by their words.
fn ranked(offered: Vec<Completion>, typed: &str) -> Vec<Completion> {
    let typed = typed.to_lowercase();
    let rank = |completion: &Completion| {
        let word = completion.word.to_lowercase();
        let word = word.trim_start_matches('"');
        match () {
            () if word.starts_with(typed.as_str()) => Some(0),
            () if word.contains(&typed) => Some(1),
            () => None,
        }
    };
    let mut fitting: Vec<(i32, Completion)> = offered.into_iter().filter_map(|word| Some((rank(&word)?, word))).collect();
    fitting.sort_by(|(one, a), (other, b)| one.cmp(other).then_with(|| a.word.cmp(&b.word)));
    fitting.truncate(MOST);
    fitting.into_iter().map(|(_, word)| word).collect()
}

/// What is asked for at the end of a text.
enum Place {
    Expression,
    /// Behind an operand.
    Behind,
    /// A label's name in braces.
    Label {
        among: Vec<Matcher>,
    },
    /// A label's value in braces.
    Value {
        label: String,
        among: Vec<Matcher>,
    },
    /// A list of labels, as behind `by`.
    Labels,
    Range,
    Comment,
}

/// Where the end of a text is.
struct Scene {
    place: Place,
    /// The quote of the text that is open.
    quote: Option<char>,
    /// Where the word begins that is being written.
    word_begin: usize,
}

/// A bracket that is open.
struct Open {
    bracket: char,
    /// The word in front of it.
    before: String,
    /// What is finished inside.
    matchers: Vec<Matcher>,
}

/// Reads up to the cursor.
#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    /// The last word or text, and the label that waits for its value.
    word: String,
    label: Option<(String, String)>,
    /// The last thing can have an operator behind it.
    operand: bool,
}

impl Scene {
    fn of(letters: &[char]) -> Self {
        let mut reader = Reader::default();
        let mut at = 0;
        while at < letters.len() {
            let begin = at;
            match letters[at] {
                '#' => match letters[at..].iter().position(|letter| *letter == '\n') {
                    Some(end) => at += end,
                    None => return Self { place: Place::Comment, quote: None, word_begin: letters.len() },
                },
                quote @ ('"' | '\'' | '`') => match closing(letters, at, quote) {
                    Some(end) => {
                        reader.text(letters[begin + 1..end].iter().collect());
                        at = end + 1;
                    }
                    None => return Self { place: reader.place(), quote: Some(quote), word_begin: begin + 1 },
                },
                letter if of_word(letter) => {
                    while at < letters.len() && of_word(letters[at]) {
                        at += 1;
                    }
                    if at == letters.len() {
                        return Self { place: reader.place(), quote: None, word_begin: begin };
                    }
                    reader.word(letters[begin..at].iter().collect());
                }
                letter => {
                    reader.sign(letter);
                    at += 1;
                }
            }
        }
        Self { place: reader.place(), quote: None, word_begin: letters.len() }
    }
}

impl Reader {
    fn text(&mut self, text: String) {
        match (self.label.take(), self.open.last_mut()) {
            (Some((label, sign)), Some(open)) => open.matchers.extend(matcher(&label, &sign, &text)),
            _ => self.word = text,
        }
        self.operand = true;
    }

    fn word(&mut self, word: String) {
        self.operand = !BEHIND.iter().any(|(known, _)| *known == word);
        self.word = word;
    }

    fn sign(&mut self, sign: char) {
        match sign {
            _ if sign.is_whitespace() => return,
            '(' | '{' | '[' => {
                let before = std::mem::take(&mut self.word);
                let matchers = if sign == '{' && self.operand && !before.is_empty() { vec![is(NAME, &before)] } else { Vec::new() };
                self.open.push(Open { bracket: sign, before, matchers });
                self.operand = false;
            }
            ')' | '}' | ']' => {
                let closed = self.open.pop();
                // Behind `by (…)` the operand of the aggregation may follow.
                self.operand = closed.is_none_or(|closed| !LISTS.contains(&closed.before.as_str()));
            }
            '=' | '!' | '~' if self.in_braces() => {
                let (label, signs) = self.label.take().unwrap_or_else(|| (std::mem::take(&mut self.word), String::new()));
                self.label = Some((label, format!("{signs}{sign}")));
            }
            _ => self.operand = false,
        }
        if !matches!(sign, '=' | '!' | '~') {
            self.word.clear();
        }
    }

    fn in_braces(&self) -> bool {
        self.open.last().is_some_and(|open| open.bracket == '{')
    }

    fn place(self) -> Place {
        let Self { mut open, label, operand, .. } = self;
        match (open.pop(), label) {
            (Some(Open { bracket: '{', matchers, .. }), Some((label, _))) => Place::Value { label, among: matchers },
            (Some(Open { bracket: '{', matchers, .. }), None) => Place::Label { among: matchers },
            (Some(Open { bracket: '[', .. }), _) => Place::Range,
            (Some(Open { bracket: '(', before, .. }), _) if LISTS.contains(&before.as_str()) => Place::Labels,
            _ if operand => Place::Behind,
            _ => Place::Expression,
        }
    }
}

fn closing(letters: &[char], begin: usize, quote: char) -> Option<usize> {
    let mut at = begin + 1;
    while at < letters.len() {
        match letters[at] {
            '\\' if quote != '`' => at += 1,
            letter if letter == quote => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn matcher(label: &str, sign: &str, value: &str) -> Option<Matcher> {
    let expression = || regex::Regex::new(&format!("^(?s:{value})$")).ok();
    let test = match sign {
        "=" => Test::Is(value.to_owned()),
        "!=" => Test::IsNot(value.to_owned()),
        "=~" => Test::Like(expression()?),
        "!~" => Test::NotLike(expression()?),
        _ => return None,
    };
    Some(Matcher { label: label.to_owned(), test })
}

fn is(label: &str, value: &str) -> Matcher {
    Matcher { label: label.to_owned(), test: Test::Is(value.to_owned()) }
}

fn of_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '_' || letter == ':'
}

fn completion(word: &str, kind: CompletionKind, about: &str) -> Completion {
    Completion { word: word.to_owned(), kind, about: about.to_owned() }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
