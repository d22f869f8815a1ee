//! Names whose values are secrets. Definitions hold none: they lie in repositories, and in the history of what was asked.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

/// A name that has one of these words in it.
const WORDS: [&str; 17] = [
    "auth",
    "authorization",
    "bearer",
    "cookie",
    "credential",
    "credentials",
    "jwt",
    "passphrase",
    "passwd",
    "password",
    "pwd",
    "secret",
    "session",
    "sessionid",
    "sid",
    "sig",
    "signature",
];

/// A name that ends so, whatever stands between its words.
const ENDS: [&str; 14] = [
    "token",
    "secret",
    "password",
    "passphrase",
    "passwd",
    "pwd",
    "credential",
    "credentials",
    "apikey",
    "accesskey",
    "privatekey",
    "routingkey",
    "servicekey",
    "subscriptionkey",
];

/// Names that say it in a header or an address, and something else in other texts: `{"key": "colour"}`.
const AMBIGUOUS: [&str; 6] = ["key", "auth", "session", "sid", "sig", "signature"];

/// A name, and all that stands between it and its value: `name=`, `"name": "`, `<name>`, `Name: Bearer `.
const NAMED: &str = r#"(?i)(/?)([a-z0-9_.\-]{1,64})["']?\s*([=:>])\s*["']?(?:(?:basic|bearer|digest)\s+)?["']?"#;

/// What ends a value that is not JSON.
const BEHIND: [char; 15] = ['"', '\'', '\\', '&', ',', ';', '<', '>', '{', '}', '(', ')', '[', ']', '`'];

/// True where the name of a header, or of a part of an address, says that its value lets somebody in: `X-Api-Key`, `access_token`, `sig`.
pub fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let joined = joined(&name);
    let mut words = name.split(|c: char| !c.is_ascii_alphanumeric());
    joined == "key" || words.any(|word| WORDS.contains(&word)) || ENDS.iter().any(|end| joined.ends_with(end))
}

/// True where the last word of a name says so, and the value is the secret, whatever it looks like: a `password` may be a number, a
/// `password_length` is none.
pub fn ends_in_secret(name: &str) -> bool {
    let joined = joined(&name.to_ascii_lowercase());
    let joined = joined.trim_end_matches(|c: char| c.is_ascii_digit());
    ENDS.iter().any(|end| joined.ends_with(end))
}

/// The parts of an address's query that are named so, with their values.
pub fn in_query(address: &str) -> impl Iterator<Item = (&str, &str)> {
    let query = address.split('#').next().and_then(|address| address.split_once('?')).map(|(_, query)| query);
    let parts = query.into_iter().flat_map(|query| query.split(['&', ';']));
    parts.map(|part| part.split_once('=').unwrap_or((part, ""))).filter(|(name, _)| names_secret(name))
}

/// Secrets that stand in a text with their names: in JSON, in a form, in XML, in a header. Names that end in `file` lead to one.
pub fn in_text(text: &str) -> Vec<(String, String)> {
    if let Ok(json @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text) {
        let mut found = Vec::new();
        in_json(&json, "", &mut found);
        return found;
    }
    static NAMES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(NAMED).ok());
    let named = NAMES.iter().flat_map(|names| names.captures_iter(text)).filter_map(|found| {
        let (whole, [slash, name, sign]) = found.extract();
        let value = text[found.get(0)?.start() + whole.len()..].split(|c: char| c.is_whitespace() || BEHIND.contains(&c)).next()?;
        let ends_element = slash == "/" && sign == ">";
        (is_said(name) && !ends_element && !value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
    });
    named.collect()
}

fn in_json(value: &Value, name: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| in_json(value, name, into)),
        Value::Array(items) => items.iter().for_each(|item| in_json(item, name, into)),
        Value::String(text) if !text.is_empty() && is_said(name) => into.push((name.to_owned(), text.clone())),
        Value::Number(_) | Value::Bool(_) if ends_in_secret(name) => into.push((name.to_owned(), value.to_string())),
        _ => {}
    }
}

fn is_said(name: &str) -> bool {
    let joined = joined(&name.to_ascii_lowercase());
    names_secret(name) && !joined.ends_with("file") && !AMBIGUOUS.contains(&joined.as_str())
}

/// A name without what stands between its words.
fn joined(name: &str) -> String {
    name.split(|c: char| !c.is_ascii_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_told_from_others() {
        for name in [
            "Authorization",
            "Proxy-Authorization",
            "Cookie",
            "X-Api-Key",
            "X-API-KEY",
            "apikey",
            "apiKey",
            "X-Vault-Token",
            "PRIVATE-TOKEN",
            "access_token",
            "accessToken",
            "X-Auth",
            "client_secret",
            "Ocp-Apim-Subscription-Key",
            "X-Amz-Signature",
            "sig",
            "key",
            "PHPSESSIONID_sid",
            "user_password",
        ] {
            assert!(names_secret(name), "{name}");
        }
        for name in ["Accept", "X-Author", "max_tokens", "sort_key", "Idempotency-Key", "page", "design", "Content-Type", "sigma", ""] {
            assert!(!names_secret(name), "{name}");
        }
    }

    #[test]
    fn a_query_is_looked_at_part_by_part() {
        for (address, found) in [
            ("http://x/?a=1&token=abc", Some(("token", "abc"))),
            ("http://x/p;v=1?Api-Key", Some(("Api-Key", ""))),
            ("http://x/?page=token", None),
            ("http://x/token/secret", None),
            ("http://x/#?token=abc", None),
        ] {
            assert_eq!(in_query(address).next(), found, "{address}");
        }
    }

    #[test]
    fn a_number_is_a_secret_where_the_name_ends_in_that_word() {
        for name in ["password", "db-password", "password2", "client_secret", "apiToken", "pwd"] {
            assert!(ends_in_secret(name), "{name}");
        }
        for name in ["password_length", "max_tokens", "session", "secretary", "2", ""] {
            assert!(!ends_in_secret(name), "{name}");
        }
    }

    #[test]
    fn texts_are_searched_as_what_they_are() {
        for (text, found) in [
            (r#"{"user": "ada", "login": {"password": "a \"b\" c"}}"#, &[("password", "a \"b\" c")][..]),
            (r#"[{"pin": 1, "token": 17}, {"token": [true]}]"#, &[("token", "17"), ("token", "true")]),
            (r#"{"key": "colour", "session": "s", "password": "", "max_tokens": 5, "password_length": 8, "password_file": "x"}"#, &[]),
            ("user=ada&password=hunter2&grant_type=password", &[("password", "hunter2")]),
            ("<login><user>ada</user><password>hunter2</password> well</login>", &[("password", "hunter2")]),
            ("mutation { login(user: \"ada\", password: \"hunter2\") { id } }", &[("password", "hunter2")]),
            ("curl -H 'Authorization: Bearer abc' http://x/", &[("Authorization", "abc")]),
            ("--api-key=abc --sort-key=2 --token-file=/run/token", &[("--api-key", "abc")]),
            ("wget https://x/?page=2;token=abc -O -", &[("token", "abc")]),
            ("a password is asked for", &[]),
            ("", &[]),
        ] {
            let expected: Vec<(String, String)> = found.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            assert_eq!(in_text(text), expected, "{text}");
        }
    }
}
