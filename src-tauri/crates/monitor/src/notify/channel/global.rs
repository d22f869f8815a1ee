//! `global`: what channels fall back to.

use quarterdeck_document::{findings::Findings, yaml::Node};

use super::{
    given::{Given, is_address},
    http::Http,
    secret::Secret,
    tls::Tls,
};

const KEYS: &[&str] = &[
    "resolve_timeout",
    "http_config",
    "jira_api_url",
    "smtp_from",
    "smtp_hello",
    "smtp_smarthost",
    "smtp_auth_username",
    "smtp_auth_password",
    "smtp_auth_password_file",
    "smtp_auth_secret",
    "smtp_auth_secret_file",
    "smtp_auth_identity",
    "smtp_require_tls",
    "smtp_tls_config",
    "smtp_force_implicit_tls",
    "slack_api_url",
    "slack_api_url_file",
    "slack_app_token",
    "slack_app_token_file",
    "slack_app_url",
    "pagerduty_url",
    "opsgenie_api_url",
    "opsgenie_api_key",
    "opsgenie_api_key_file",
    "wechat_api_url",
    "wechat_api_secret",
    "wechat_api_secret_file",
    "wechat_api_corp_id",
    "victorops_api_url",
    "victorops_api_key",
    "victorops_api_key_file",
    "telegram_api_url",
    "telegram_bot_token",
    "telegram_bot_token_file",
    "webex_api_url",
    "rocketchat_api_url",
    "rocketchat_token",
    "rocketchat_token_file",
    "rocketchat_token_id",
    "rocketchat_token_id_file",
    "mattermost_webhook_url",
    "mattermost_webhook_url_file",
];

/// What channels fall back to, with Alertmanager's defaults.
#[derive(Debug, Clone)]
pub struct Global {
    pub(super) http: Http,
    pub(super) smtp: Smtp,
    pub(super) slack_address: Option<Secret>,
    pub(super) slack_token: Option<Secret>,
    pub(super) slack_app: String,
    pub(super) pagerduty: String,
    pub(super) opsgenie: String,
    pub(super) opsgenie_key: Option<Secret>,
    pub(super) telegram: String,
    pub(super) telegram_token: Option<Secret>,
}

/// `smtp_…`.
#[derive(Debug, Clone, Default)]
pub struct Smtp {
    pub(super) from: Option<String>,
    pub(super) hello: Option<String>,
    pub(super) host: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Secret>,
    pub(super) secret: Option<Secret>,
    pub(super) identity: Option<String>,
    pub(super) plain: bool,
    pub(super) implicit: Option<bool>,
    pub(super) tls: Tls,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            http: Http::default(),
            smtp: Smtp::default(),
            slack_address: None,
            slack_token: None,
            slack_app: "https://slack.com/api/chat.postMessage".to_owned(),
            pagerduty: "https://events.pagerduty.com/v2/enqueue".to_owned(),
            opsgenie: "https://api.opsgenie.com/".to_owned(),
            opsgenie_key: None,
            telegram: "https://api.telegram.org".to_owned(),
            telegram_token: None,
        }
    }
}

impl Global {
    /// Reads it; Alertmanager's defaults where there is none.
    pub fn read(node: Option<&Node>, path: &str, findings: &mut Findings) -> Self {
        let defaults = Self::default();
        let Some(given) = node.and_then(|node| Given::read(node, path, KEYS, findings)) else { return defaults };
        given.duration("resolve_timeout", findings);
        Self {
            http: Http::read(given.node("http_config"), &given.path("http_config"), &defaults.http, findings),
            smtp: Smtp::read(&given, findings),
            slack_address: given.address("slack_api_url", findings),
            slack_token: given.secret("slack_app_token", findings),
            slack_app: address_or(&given, "slack_app_url", &defaults.slack_app, findings),
            pagerduty: address_or(&given, "pagerduty_url", &defaults.pagerduty, findings),
            opsgenie: address_or(&given, "opsgenie_api_url", &defaults.opsgenie, findings),
            opsgenie_key: given.secret("opsgenie_api_key", findings),
            telegram: address_or(&given, "telegram_api_url", &defaults.telegram, findings),
            telegram_token: given.secret("telegram_bot_token", findings),
        }
    }
}

impl Smtp {
    fn read(given: &Given<'_>, findings: &mut Findings) -> Self {
        let tls = given.node("smtp_tls_config").and_then(|node| Tls::read(node, &given.path("smtp_tls_config"), findings));
        Self {
            from: given.text("smtp_from", findings),
            hello: given.text("smtp_hello", findings),
            host: given.text("smtp_smarthost", findings),
            user: given.text("smtp_auth_username", findings),
            password: given.secret("smtp_auth_password", findings),
            secret: given.secret("smtp_auth_secret", findings),
            identity: given.text("smtp_auth_identity", findings),
            plain: given.truth("smtp_require_tls", findings) == Some(false),
            implicit: given.truth("smtp_force_implicit_tls", findings),
            tls: tls.unwrap_or_default(),
        }
    }
}

/// An address that is no secret.
pub(super) fn address_or(given: &Given<'_>, key: &str, otherwise: &str, findings: &mut Findings) -> String {
    let Some(text) = given.text(key, findings) else { return otherwise.to_owned() };
    if let Some(node) = given.node(key).filter(|_| !is_address(&text)) {
        findings.add(node.at, format!("{} is no address of a server.", given.path(key)), "Write it with https:// at its beginning.");
    }
    text
}
