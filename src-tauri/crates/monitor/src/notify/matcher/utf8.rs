//! The newer way of writing matchers (matcher/parse): names may be quoted and hold anything; what is not quoted holds nothing reserved.

use super::{Comparison, Matcher, Unreadable};

/// Characters that must stand between quotes.
pub fn is_reserved(c: char) -> bool {
    c.is_whitespace() || matches!(c, '{' | '}' | '!' | '=' | '~' | ',' | '\\' | '"' | '\'' | '`')
}

#[derive(Debug, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Sign(Comparison),
    Text(String),
}

/// Matchers between commas, with both braces or none around them.
pub fn matchers(text: &str) -> Result<Vec<Matcher>, Unreadable> {
    let tokens = tokens(text)?;
    let end = text.chars().count();
    let mut left = tokens.as_slice();
    let braced = matches!(left.first(), Some((Token::Open, _)));
    if braced {
        left = &left[1..];
    }
    let mut found = Vec::new();
    while !matches!(left, [] | [(Token::Close, _), ..]) {
        let (matcher, rest) = one(left, end)?;
        found.push(matcher);
        left = match rest {
            [(Token::Comma, _), rest @ ..] => rest,
            [] | [(Token::Close, _), ..] => rest,
            [(_, at), ..] => return Err(Unreadable::new("a comma is wanted before the next matcher", *at)),
        };
    }
    match (braced, left) {
        (true, [(Token::Close, _)]) | (false, []) => Ok(found),
        (true, []) => Err(Unreadable::new("the brace is not closed", end)),
        (true, [_, (_, at), ..]) => Err(Unreadable::new("nothing may stand behind the brace", *at)),
        (_, [(_, at), ..]) => Err(Unreadable::new("this brace was not opened", *at)),
    }
}

type Placed = (Token, usize);

fn one(tokens: &[Placed], end: usize) -> Result<(Matcher, &[Placed]), Unreadable> {
    let place = |tokens: &[Placed]| tokens.first().map_or(end, |(_, at)| *at);
    let [(Token::Text(name), begin), rest @ ..] = tokens else {
        return Err(Unreadable::new("a label's name is wanted here", place(tokens)));
    };
    let [(Token::Sign(comparison), _), rest @ ..] = rest else {
        return Err(Unreadable::new(format!("behind {name} one of =, !=, =~ and !~ is wanted"), place(rest)));
    };
    let [(Token::Text(value), _), rest @ ..] = rest else {
        return Err(Unreadable::new(format!("{name} needs a value; an empty one is written \"\""), place(rest)));
    };
    let matcher = Matcher::new(name, *comparison, value).map_err(|error| Unreadable { at: *begin, ..error })?;
    Ok((matcher, rest))
}

fn tokens(text: &str) -> Result<Vec<Placed>, Unreadable> {
    let letters: Vec<char> = text.chars().collect();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = letters.get(at) {
        let (token, ends) = match (c, letters.get(at + 1)) {
            ('{', _) => (Token::Open, at + 1),
            ('}', _) => (Token::Close, at + 1),
            (',', _) => (Token::Comma, at + 1),
            ('!', Some('=')) => (Token::Sign(Comparison::IsNot), at + 2),
            ('!', Some('~')) => (Token::Sign(Comparison::NotLike), at + 2),
            ('=', Some('~')) => (Token::Sign(Comparison::Like), at + 2),
            ('=', _) => (Token::Sign(Comparison::Is), at + 1),
            ('"', _) => quoted(&letters, at)?,
            (c, _) if c.is_whitespace() => {
                at += 1;
                continue;
            }
            (c, _) if is_reserved(c) => return Err(Unreadable::new(format!("{c} must stand between double quotes"), at)),
            _ => {
                let ends = letters[at..].iter().position(|c| is_reserved(*c)).map_or(letters.len(), |length| at + length);
                (Token::Text(letters[at..ends].iter().collect()), ends)
            }
        };
        tokens.push((token, at));
        at = ends;
    }
    Ok(tokens)
}

/// A text between double quotes, with Go's escapes, and where it ends.
fn quoted(letters: &[char], begin: usize) -> Result<(Token, usize), Unreadable> {
    let (mut bytes, mut at) = (Vec::new(), begin + 1);
    let wrong = |at: usize| Unreadable::new("this escape is not known", at);
    loop {
        match letters.get(at) {
            None => return Err(Unreadable::new("the quote is not closed", begin)),
            Some('"') => break,
            Some('\n') => return Err(Unreadable::new("a line break between quotes is written \\n", at)),
            Some('\\') => at = escape(letters, at + 1, &mut bytes).ok_or_else(|| wrong(at))?,
            Some(c) => {
                bytes.extend(c.to_string().bytes());
                at += 1;
            }
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| Unreadable::new("this is not UTF-8 once its escapes are read", begin))?;
    Ok((Token::Text(text), at + 1))
}

/// Appends what an escape means; where it ends.
fn escape(letters: &[char], at: usize, bytes: &mut Vec<u8>) -> Option<usize> {
    let code = |from: usize, length: usize, radix: u32| {
        let digits: String = letters.get(from..from + length)?.iter().collect();
        u32::from_str_radix(&digits, radix).ok().filter(|_| !digits.starts_with('+'))
    };
    let (simple, c) = ("abfnrtv\\\"", *letters.get(at)?);
    if let Some(which) = simple.find(c) {
        bytes.push(*b"\x07\x08\x0c\n\r\t\x0b\\\"".get(which)?);
        return Some(at + 1);
    }
    let length = match c {
        'x' => 2,
        'u' => 4,
        'U' => 8,
        '0'..='7' => {
            bytes.push(u8::try_from(code(at, 3, 8)?).ok()?);
            return Some(at + 3);
        }
        _ => return None,
    };
    let number = code(at + 1, length, 16)?;
    if c == 'x' {
        bytes.push(u8::try_from(number).ok()?);
    } else {
        bytes.extend(char::from_u32(number)?.to_string().bytes());
    }
    Some(at + 1 + length)
}
