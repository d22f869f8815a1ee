//! Names whose values are secrets. Definitions hold none: they lie in repositories, and in the history of what was asked.

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
const ENDS: [&str; 9] = ["token", "secret", "password", "apikey", "accesskey", "privatekey", "routingkey", "servicekey", "subscriptionkey"];

/// True where the name of a header, or of a part of an address, says that its value lets somebody in: `X-Api-Key`, `access_token`, `sig`.
pub(super) fn names_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let words = || name.split(|c: char| !c.is_ascii_alphanumeric());
    let joined: String = words().collect();
    joined == "key" || words().any(|word| WORDS.contains(&word)) || ENDS.iter().any(|end| joined.ends_with(end))
}

/// The first part of an address's query that is named so.
pub(super) fn secret_in_query(address: &str) -> Option<&str> {
    let (_, query) = address.split('#').next()?.split_once('?')?;
    query.split(['&', ';']).map(|part| part.split('=').next().unwrap_or(part)).find(|name| names_secret(name))
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
        for (address, name) in [
            ("http://x/?a=1&token=abc", Some("token")),
            ("http://x/p;v=1?Api-Key", Some("Api-Key")),
            ("http://x/?page=token", None),
            ("http://x/token/secret", None),
            ("http://x/#?token=abc", None),
        ] {
            assert_eq!(secret_in_query(address), name, "{address}");
        }
    }
}
