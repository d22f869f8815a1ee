//! A webhook: Alertmanager's payload, version 4 (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>).

use quarterdeck_document::{findings::Findings, yaml::Node};
use serde_json::Value;

use super::{
    Common, Delivery, Global, Telling,
    given::Given,
    http::{Http, Question},
    secret::{Revealed, Secret},
    structure::Structure,
};

const KEYS: &[&str] = &["send_resolved", "http_config", "url", "url_file", "max_alerts", "timeout", "payload"];

/// An address that everything is posted to.
#[derive(Debug, Clone)]
pub struct Webhook {
    http: Http,
    address: Secret,
    /// So many alerts at most; 0 for all.
    most: usize,
    payload: Option<Structure>,
}

impl Webhook {
    /// Reads one of `webhook_configs`.
    pub fn read(node: &Node, path: &str, global: &Global, findings: &mut Findings) -> Option<(Common, Self)> {
        let given = Given::read(node, path, KEYS, findings)?;
        let http = Http::read(given.node("http_config"), &given.path("http_config"), &global.http, findings);
        let mut common = Common::read(&given, true, findings);
        common.remarks.extend(http.remark);
        common.limit(given.duration("timeout", findings));
        let most = given.count("max_alerts", findings).unwrap_or(0);
        let payload = given.node("payload").map(Structure::read);
        let address = given.address("url", findings);
        if address.is_none() {
            given.missing("url", "url: https://example.org/alerts", findings);
        }
        Some((common, Self { http, address: address?, most: usize::try_from(most).unwrap_or(usize::MAX), payload }))
    }

    /// Where, without what may be secret.
    pub fn summary(&self) -> String {
        super::host_of(&self.address)
    }

    pub(super) async fn tell(&self, telling: &Telling<'_>) -> Result<Delivery, Delivery> {
        let body = self.body(telling)?;
        let mut revealed = Revealed::default();
        let address = revealed.reveal(&self.address).await.map_err(|fault| Delivery::from_fault(&fault))?;
        let address = telling.secret_text(&address)?;
        revealed.note(&address);
        let answer = self.http.ask(Question::post(address, &body), telling.limit, &mut revealed).await?;
        Ok(answer.delivery(telling.means.now))
    }

    pub(super) fn body(&self, telling: &Telling<'_>) -> Result<Value, Delivery> {
        if let Some(payload) = &self.payload {
            return payload.expanded(&mut |text| telling.text(text));
        }
        let alerts = telling.content.alerts().len();
        let most = if self.most == 0 { alerts } else { self.most.min(alerts) };
        let mut body = telling.content.json(most).map_err(|fault| Delivery::from_fault(&fault))?;
        body["version"] = Value::from("4");
        body["groupKey"] = Value::from(telling.message.group_key.as_str());
        body["truncatedAlerts"] = Value::from(alerts - most + telling.message.dropped);
        Ok(body)
    }
}
