//! Configurations that nobody should write.

use quarterdeck_monitor::notify::channel::KINDS;

use super::bench::read;

/// Keys of any channel.
const KEYS: &[&str] = &[
    "send_resolved",
    "http_config",
    "url",
    "url_file",
    "max_alerts",
    "timeout",
    "payload",
    "api_url",
    "app_token",
    "channel",
    "fields",
    "actions",
    "mrkdwn_in",
    "routing_key",
    "details",
    "images",
    "links",
    "severity",
    "api_key",
    "responders",
    "update_alerts",
    "to",
    "from",
    "smarthost",
    "headers",
    "tls_config",
    "threading",
    "require_tls",
    "auth_username",
    "auth_password",
    "webhook_url",
    "title",
    "chat_id",
    "bot_token",
    "parse_mode",
    "message_thread_id",
];

const VALUES: &[&str] = &[
    "",
    "~",
    "5",
    "-1",
    "1e400",
    "true",
    "text",
    "'{{ .Nothing'",
    "[]",
    "[1, [2, {a: b}]]",
    "{}",
    "{a: {b: [c]}}",
    "[{}]",
    "[{type: a, text: b, confirm: []}]",
    "'env:'",
    "'file:'",
    "'://'",
    "'http://'",
    "'a:b:c'",
    "'[::1]:25'",
    "{enabled: 5}",
    "{'': x, é: y}",
    "{tls_config: 5, basic_auth: [], http_headers: {A: 1}}",
    "{oauth2: {}, proxy_url: x, authorization: {type: ''}}",
    "&a [*a]",
    "\"\\0\"",
];

#[test]
fn any_value_behind_any_key_is_read_or_found() {
    for kind in KINDS {
        for key in KEYS {
            for value in VALUES {
                let (_config, findings) = read("", &format!("  {kind}:\n  - {key}: {value}"));
                assert!(findings.iter().all(|found| found.len() < 2_000), "{kind} {key} {value}: {findings:?}");
            }
        }
        for whole in VALUES {
            let _ = (read("", &format!("  {kind}:\n  - {whole}")), read("", &format!("  {kind}: {whole}")));
        }
    }
}

#[test]
fn any_value_behind_any_key_for_all_channels_is_read_or_found() {
    let keys = [
        "resolve_timeout",
        "http_config",
        "smtp_smarthost",
        "smtp_require_tls",
        "smtp_tls_config",
        "slack_api_url",
        "opsgenie_api_key",
        "pagerduty_url",
        "unknown",
    ];
    for key in keys {
        for value in VALUES {
            let _ = read(&format!("  {key}: {value}"), "  email_configs: [{to: a@b}]\n  slack_configs: [{channel: a}]");
        }
    }
}
