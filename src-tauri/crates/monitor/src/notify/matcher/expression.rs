//! Expressions as Go reads them (<https://pkg.go.dev/regexp/syntax>), in the words of our own library: classes are ASCII, a brace or a
//! bracket that opens nothing stands for itself.

use regex::Regex;

use super::Unreadable;

/// Compiles an expression that must match the whole value.
pub fn anchored(written: &str) -> Result<Regex, Unreadable> {
    let translated = Translation { letters: written.chars().collect(), at: 0, out: String::new(), repeated: Repeated::Not }.run();
    let refused = |why: &str| Unreadable::new(format!("the expression {written} cannot be read: {why}"), 0);
    let translated = translated.map_err(|error| refused(&error.message))?;
    Regex::new(&format!("^(?:{translated})$")).map_err(|error| refused(&last_line(&error.to_string())))
}

/// The library draws the place on several lines; the reason is the last one.
fn last_line(error: &str) -> String {
    error.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// Whether the last thing said how often.
#[derive(Clone, Copy, PartialEq)]
enum Repeated {
    Not,
    Yes,
    /// With `?` behind: as few as possible.
    Lazily,
}

struct Translation {
    letters: Vec<char>,
    at: usize,
    out: String,
    repeated: Repeated,
}

impl Translation {
    fn run(mut self) -> Result<String, Unreadable> {
        while let Some(c) = self.take() {
            let before = std::mem::replace(&mut self.repeated, Repeated::Not);
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' if self.next() == Some('?') => self.flags()?,
                '*' | '+' | '?' => self.repeat(c.to_string(), before)?,
                '{' => match self.bounds()? {
                    Some(bounds) => self.repeat(bounds, before)?,
                    None => self.out.push_str("\\{"),
                },
                c => self.out.push(c),
            }
        }
        Ok(self.out)
    }

    fn unreadable(&self, message: impl Into<String>) -> Unreadable {
        Unreadable::new(message, self.at)
    }

    fn next(&self) -> Option<char> {
        self.letters.get(self.at).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.next()?;
        self.at += 1;
        Some(c)
    }

    fn starts(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.letters.get(self.at + i) == Some(&c))
    }

    /// Go refuses what says twice how often.
    fn repeat(&mut self, sign: String, before: Repeated) -> Result<(), Unreadable> {
        self.repeated = match (before, sign.as_str()) {
            (Repeated::Not, _) => Repeated::Yes,
            (Repeated::Yes, "?") => Repeated::Lazily,
            _ => return Err(self.unreadable(format!("{sign} stands behind something that is repeated already"))),
        };
        self.out.push_str(&sign);
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,5}` behind the brace; none where the brace stands for itself.
    fn bounds(&mut self) -> Result<Option<String>, Unreadable> {
        let Some(length) = self.letters[self.at..].iter().position(|c| *c == '}') else { return Ok(None) };
        let inner: String = self.letters[self.at..self.at + length].iter().collect();
        let (least, most) = inner.split_once(',').unwrap_or((&inner, &inner));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(least) || !(most.is_empty() || is_number(most)) {
            return Ok(None);
        }
        if [least, most].iter().any(|text| text.parse::<u32>().is_ok_and(|count| count > 1_000) || text.len() > 9) {
            return Err(self.unreadable("nothing may be repeated more than 1000 times"));
        }
        self.at += length + 1;
        Ok(Some(format!("{{{inner}}}")))
    }

    /// What stands behind `(`; flags that Go does not know are refused.
    fn flags(&mut self) -> Result<(), Unreadable> {
        let flags: String = self.letters[self.at + 1..].iter().take_while(|c| c.is_ascii_alphabetic() || **c == '-').collect();
        let names = self.letters.get(self.at + 1 + flags.len());
        if names != Some(&'<') && flags.contains(|c| !"imsU-".contains(c)) {
            return Err(self.unreadable(format!("(?{flags} is not known")));
        }
        self.out.push_str("(?");
        self.at += 1;
        Ok(())
    }

    fn escape(&mut self, within_class: bool) -> Result<(), Unreadable> {
        let Some(c) = self.take() else { return Err(self.unreadable("it ends with a backslash")) };
        let class = match c.to_ascii_lowercase() {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            's' => "\\t\\n\\x0C\\r ",
            _ => "",
        };
        match c {
            'd' | 'w' | 's' if within_class => self.out.push_str(class),
            'd' | 'w' | 's' => self.out.push_str(&format!("[{class}]")),
            'D' | 'W' | 'S' => self.out.push_str(&format!("[^{class}]")),
            'b' if !within_class => self.out.push_str("(?-u:\\b)"),
            'Q' if !within_class => self.verbatim(),
            '<' | '>' => self.out.push(c),
            '0'..='7' => self.octal(c)?,
            c => self.out.extend(['\\', c]),
        }
        Ok(())
    }

    /// Everything up to `\E` stands for itself.
    fn verbatim(&mut self) {
        while self.at < self.letters.len() {
            if self.starts("\\E") {
                self.at += 2;
                return;
            }
            let c = self.letters[self.at].to_string();
            self.out.push_str(&regex::escape(&c));
            self.at += 1;
        }
    }

    /// `\0` and `\12`: at most three figures; a single one above zero would be a back reference, which Go does not have.
    fn octal(&mut self, first: char) -> Result<(), Unreadable> {
        let more: String = self.letters[self.at..].iter().take(2).take_while(|c| matches!(c, '0'..='7')).collect();
        if first != '0' && more.is_empty() {
            return Err(self.unreadable(format!("\\{first} is not known")));
        }
        self.at += more.len();
        let code = u32::from_str_radix(&format!("{first}{more}"), 8).unwrap_or_default();
        self.out.push_str(&format!("\\x{{{code:x}}}"));
        Ok(())
    }

    /// What stands between brackets. Our library has operators there, and classes within classes; Go has neither.
    fn class(&mut self) -> Result<(), Unreadable> {
        self.out.push('[');
        if self.next() == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let first = self.at;
        loop {
            let named = self.starts("[:") && self.letters[self.at..].windows(2).any(|pair| pair == [':', ']']);
            match self.take() {
                None => return Err(self.unreadable("a bracket is not closed")),
                Some(']') if self.at - 1 > first => break,
                Some('[') if named => self.out.push('['),
                Some('\\') => self.escape(true)?,
                Some(':') if self.next() == Some(']') && self.out.rfind("[:").is_some_and(|open| !self.out[open + 2..].contains(']')) => {
                    self.at += 1;
                    self.out.push_str(":]");
                }
                Some('-') if self.next() == Some('-') => {
                    self.at += 1;
                    self.out.push_str("-\\-");
                }
                Some(c @ ('[' | ']' | '&' | '~')) => self.out.extend(['\\', c]),
                Some(c) => self.out.push(c),
            }
        }
        self.out.push(']');
        Ok(())
    }
}
