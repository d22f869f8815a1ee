//! What is written into HTML, so that a value stays text wherever it lands: between tags, in an attribute, in an address, in a script. Go's
//! html/template decides it ahead; here the page is watched while it is written.

use super::{escape, value::For};

/// Written where a value may not stand at all, as in Go.
const REFUSED: &str = "ZgotmplZ";

/// Where in a page the next value lands.
#[derive(Debug, Default)]
pub struct Page {
    state: State,
    /// The name of the tag or attribute that is being read.
    word: String,
    /// The tag that is open.
    tag: String,
    attribute: Attribute,
    /// What of the attribute's value was written.
    begun: String,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum State {
    #[default]
    Text,
    /// `<` was read.
    Name,
    /// Inside of a tag, between attributes.
    Tag,
    /// An attribute's name.
    Attribute,
    /// `=` was read.
    Value,
    /// A value between quotes, or without them.
    Quoted(Option<char>),
    Comment,
    /// A script or style, up to its end.
    Raw,
}

#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Attribute {
    #[default]
    Plain,
    Address,
    Script,
    Style,
}

const ADDRESSES: &[&str] = &[
    "action",
    "archive",
    "background",
    "cite",
    "classid",
    "codebase",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "manifest",
    "poster",
    "src",
];

impl Page {
    /// Takes note of what the template itself writes.
    pub fn passes(&mut self, text: &str) {
        for c in text.chars() {
            self.take(c);
        }
    }

    fn take(&mut self, c: char) {
        match self.state {
            State::Text if c == '<' => self.become_with(State::Name),
            State::Name if c == '>' || c.is_whitespace() || c == '/' && !self.word.is_empty() => self.name_ends(c),
            State::Name => {
                self.word.push(c.to_ascii_lowercase());
                if self.word == "!--" {
                    self.become_with(State::Comment);
                }
            }
            State::Comment => self.until(c, "-->", State::Text),
            State::Tag | State::Attribute if c == '>' => self.tag_ends(),
            State::Attribute | State::Tag if c == '=' => {
                self.attribute = attribute(&self.word);
                self.become_with(State::Value);
            }
            State::Tag if c.is_whitespace() || c == '/' => {}
            State::Attribute if c.is_whitespace() || c == '/' => self.state = State::Tag,
            State::Tag => {
                self.become_with(State::Attribute);
                self.word.push(c.to_ascii_lowercase());
            }
            State::Attribute => self.word.push(c.to_ascii_lowercase()),
            State::Value if c.is_whitespace() => {}
            State::Value if c == '"' || c == '\'' => self.become_with(State::Quoted(Some(c))),
            State::Value if c == '>' => self.tag_ends(),
            State::Value => {
                self.become_with(State::Quoted(None));
                self.begun.push(c);
            }
            State::Quoted(Some(quote)) if c == quote => self.become_with(State::Tag),
            State::Quoted(None) if c == '>' => self.tag_ends(),
            State::Quoted(None) if c.is_whitespace() => self.become_with(State::Tag),
            State::Quoted(_) => self.begun.push(c),
            State::Raw => {
                let end = format!("</{}", self.tag);
                self.until(c.to_ascii_lowercase(), &end, State::Tag);
            }
            State::Text => {}
        }
    }

    fn become_with(&mut self, state: State) {
        self.state = state;
        self.word.clear();
        self.begun.clear();
    }

    /// Waits for the end of what is not looked into.
    fn until(&mut self, c: char, end: &str, then: State) {
        self.word.push(c);
        if self.word.ends_with(end) {
            self.tag.clear();
            self.become_with(then);
        } else if self.word.len() > 2 * end.len() + 8 {
            let keep = self.word.char_indices().rev().nth(end.len()).map_or(0, |(at, _)| at);
            self.word.drain(..keep);
        }
    }

    fn name_ends(&mut self, c: char) {
        self.tag = std::mem::take(&mut self.word);
        if c == '>' { self.tag_ends() } else { self.become_with(State::Tag) }
    }

    fn tag_ends(&mut self) {
        let raw = ["script", "style"].contains(&self.tag.as_str());
        self.become_with(if raw { State::Raw } else { State::Text });
    }

    /// A value as it may stand here.
    pub fn escaped(&mut self, text: &str) -> String {
        match self.state {
            State::Text => escape::html(text),
            State::Comment => String::new(),
            State::Name | State::Tag | State::Attribute => attribute_name(text),
            State::Raw if self.tag == "script" => script(text),
            State::Raw => style(text),
            State::Value | State::Quoted(_) => {
                let text = match self.attribute {
                    Attribute::Plain => text.to_owned(),
                    Attribute::Address => self.address(text, false),
                    Attribute::Script => script(text),
                    Attribute::Style => style(text),
                };
                self.valued(&text)
            }
        }
    }

    /// A value whose author vouches for it, for what he vouches.
    pub fn vouched(&mut self, what: For, text: &str) -> String {
        match (self.state, what, self.attribute) {
            (State::Text, For::Html, _) => text.to_owned(),
            (State::Value | State::Quoted(_), For::Address, Attribute::Address) => {
                let text = self.address(text, true);
                self.valued(&text)
            }
            // In an attribute it may not end the attribute; what is escaped in it stays so.
            (State::Value | State::Quoted(_), For::Html, Attribute::Plain) => self.valued(text).replace("&amp;", "&"),
            _ => self.escaped(text),
        }
    }

    /// A value of an attribute: without quotes it may not end where a blank or bracket stands.
    fn valued(&mut self, text: &str) -> String {
        let bare = !matches!(self.state, State::Quoted(Some(_)));
        if self.state == State::Value {
            self.state = State::Quoted(None);
        }
        self.begun.push_str(text);
        let escaped = escape::html(text);
        if !bare {
            return escaped;
        }
        let mut out = String::with_capacity(escaped.len());
        for c in escaped.chars() {
            match c {
                '=' | '`' | '+' => out.push_str(&format!("&#{};", u32::from(c))),
                c if c.is_whitespace() => out.push_str(&format!("&#{};", u32::from(c))),
                c => out.push(c),
            }
        }
        out
    }

    /// A part of an address. At its beginning only addresses that lead to a page, to mail or to a telephone; behind a `?`, a value.
    fn address(&self, text: &str, vouched: bool) -> String {
        let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!#$&'()*+,/:;=?@[]%".contains(&byte);
        if self.begun.contains(['?', '#']) && !vouched {
            let value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
            return escape::percent(text, value, false);
        }
        let scheme = text.split_once(':').map(|(scheme, _)| scheme).filter(|scheme| !scheme.contains(['/', '?', '#']));
        let harmless = |scheme: &str| ["http", "https", "mailto", "tel", "quarterdeck"].contains(&scheme.to_ascii_lowercase().as_str());
        if self.begun.is_empty() && !vouched && scheme.is_some_and(|scheme| !harmless(scheme)) {
            return format!("#{REFUSED}");
        }
        escape::percent(text, kept, false)
    }
}

fn attribute(name: &str) -> Attribute {
    let name = name.strip_prefix("data-").unwrap_or(name);
    match name.rsplit(':').next().unwrap_or(name) {
        name if name.starts_with("on") => Attribute::Script,
        "style" => Attribute::Style,
        name if ADDRESSES.contains(&name) => Attribute::Address,
        _ => Attribute::Plain,
    }
}

/// A value that names an attribute may hold letters only, and may not be one that runs.
fn attribute_name(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && attribute(text) == Attribute::Plain;
    if plain { text.to_owned() } else { REFUSED.to_owned() }
}

/// A value in a script is a string.
fn script(text: &str) -> String {
    format!("\"{}\"", escape::js(text))
}

/// A value in a style may be a word or a number.
fn style(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || " #%.,-+_".contains(c));
    let runs = ["expression", "mozbinding"].iter().any(|word| text.to_ascii_lowercase().replace('-', "").contains(word));
    if plain && !runs { text.to_owned() } else { REFUSED.to_owned() }
}
