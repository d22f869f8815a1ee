//! Names of hosts and of things, as rules shorten and write them.

use std::net::IpAddr;

/// A capital at the beginning of each word; the rest of it small where `lower` says so.
pub fn title(text: &str, lower: bool) -> String {
    let (mut out, mut inside) = (String::with_capacity(text.len()), false);
    let characters: Vec<char> = text.chars().collect();
    for (at, &c) in characters.iter().enumerate() {
        let is_word = c.is_alphanumeric();
        match (is_word, inside) {
            (true, false) => out.extend(c.to_uppercase()),
            (true, true) if lower => out.extend(c.to_lowercase()),
            _ => out.push(c),
        }
        // An apostrophe, a point or a line between two letters does not end a word (Unicode's word boundaries).
        let joins = "'’._".contains(c) && inside && characters.get(at + 1).is_some_and(|next| next.is_alphanumeric());
        inside = is_word || joins || (c == '_' && inside);
    }
    out
}

/// `host` and `port` of `host:port` or `[host]:port`.
fn split(text: &str) -> Option<(&str, &str)> {
    let (host, port) = text.rsplit_once(':')?;
    let bare = match host.strip_prefix('[') {
        Some(inside) => inside.strip_suffix(']')?,
        None if host.contains(':') => return None,
        None => host,
    };
    if bare.contains(['[', ']']) || port.contains(['[', ']']) { None } else { Some((bare, port)) }
}

/// The host without its port.
pub fn without_port(text: &str) -> &str {
    split(text).map_or(text, |(host, _)| host)
}

/// The host without its domain; an address stays as it is.
pub fn without_domain(text: &str) -> String {
    let (host, port) = split(text).unwrap_or((text, ""));
    if host.parse::<IpAddr>().is_ok() {
        return text.to_owned();
    }
    let first = host.split('.').next().unwrap_or(host);
    if port.is_empty() { first.to_owned() } else { format!("{first}:{port}") }
}
