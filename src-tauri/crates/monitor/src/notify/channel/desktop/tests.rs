//! A desktop that is made up: it speaks D-Bus over a pair of sockets.

use std::{
    os::unix::net::UnixStream,
    sync::mpsc::{Receiver, Sender, channel},
};

use quarterdeck_model::alert::NoticeReason;
use zbus::{blocking::connection::Builder, object_server::SignalEmitter};

use super::*;
use crate::{
    labels::Labels,
    notify::{
        Message,
        channel::{Channel, Means},
    },
    template::message::Templates,
};

/// What it was shown.
#[derive(Debug, PartialEq)]
struct Seen {
    replaces: u32,
    title: String,
    body: String,
    actions: Vec<String>,
    urgency: u8,
}

struct Shell {
    seen: Mutex<Sender<Seen>>,
    markup: bool,
    count: u32,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Shell {
    fn get_capabilities(&self) -> Vec<&'static str> {
        if self.markup { vec!["actions", "body", "body-markup"] } else { vec!["body"] }
    }

    #[allow(clippy::too_many_arguments, reason = "as the specification has it")]
    fn notify(
        &mut self,
        _app: &str,
        replaces: u32,
        _icon: &str,
        title: &str,
        body: &str,
        actions: Vec<String>,
        hints: HashMap<String, Value<'_>>,
        _expires: i32,
    ) -> u32 {
        let urgency = hints.get("urgency").and_then(|value| u8::try_from(value).ok()).unwrap_or(9);
        let seen = Seen { replaces, title: title.to_owned(), body: body.to_owned(), actions, urgency };
        lock(&self.seen).send(seen).unwrap();
        self.count += 1;
        if replaces > 0 { replaces } else { self.count }
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, number: u32, action: &str) -> zbus::Result<()>;
}

/// A desktop, its own end, and what it sees.
fn shell(markup: bool) -> (Desktop, Connection, Receiver<Seen>) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let (sender, seen) = channel();
    let shell = Shell { seen: Mutex::new(sender), markup, count: 0 };
    let server = std::thread::spawn(move || {
        let server = Builder::async_io_unix_stream(theirs).server(zbus::Guid::generate()).unwrap().p2p();
        server.serve_at(PATH, shell).unwrap().build().unwrap()
    });
    let client = Builder::async_io_unix_stream(ours).p2p().method_timeout(LIMIT).build().unwrap();
    (Desktop::with(client), server.join().unwrap(), seen)
}

fn alert(id: &str, severity: &str, summary: &str) -> Alert {
    Alert {
        id: id.to_owned(),
        labels: Labels::new([("alertname", "Down"), ("severity", severity), ("system", "shop")]),
        annotations: Labels::new([("summary", summary)]),
        starts: 0,
        ends: None,
        value: 1.0,
        expression: "up == 0".to_owned(),
    }
}

fn message(firing: Vec<Alert>, resolved: Vec<Alert>) -> Message {
    Message {
        receiver: "desktop".to_owned(),
        channel: 0,
        group_key: "{}:{}".to_owned(),
        group_labels: Labels::default(),
        firing,
        resolved,
        reason: NoticeReason::First,
        at: 0,
        dropped: 0,
    }
}

async fn send(desktop: Option<&Desktop>, message: &Message) -> Delivery {
    let means = Means { external_url: "", now: 0, chart: None, desktop };
    Channel::desktop().send(message, &Templates::new(Vec::new()).unwrap(), &means).await
}

#[tokio::test]
async fn a_group_has_one_notification_and_it_opens_its_alert() {
    let (desktop, server, seen) = shell(true);
    let delivery = send(
        Some(&desktop),
        &message(vec![alert("one", "critical", "<b>It</b> is down\nnow"), alert("two", "warning", "So is this")], Vec::new()),
    )
    .await;
    assert_eq!(delivery, Delivery::Sent { answer: "shown as number 1".to_owned() });
    let expected = Seen {
        replaces: 0,
        title: "Down and 1 more: shop".to_owned(),
        body: "&lt;b&gt;It&lt;/b&gt; is down now\nSo is this".to_owned(),
        actions: vec!["default".to_owned(), "Open".to_owned()],
        urgency: 2,
    };
    assert_eq!(seen.recv().unwrap(), expected);
    send(Some(&desktop), &message(Vec::new(), vec![alert("one", "critical", "x")])).await;
    let over = seen.recv().unwrap();
    assert_eq!((over.replaces, over.title.as_str(), over.urgency), (1, "Over: Down: shop", 1));

    let (chosen, opened) = channel();
    let listening = desktop.clone();
    // It ends with the connection.
    std::thread::spawn(move || listening.chosen(|id| drop(chosen.send(id))));
    let emitter = SignalEmitter::new(server.inner(), PATH).unwrap();
    // Whoever listens may not listen yet: it is said until it was heard.
    let id = loop {
        Shell::action_invoked(&emitter, 99, "default").await.unwrap();
        Shell::action_invoked(&emitter, 1, "other").await.unwrap();
        Shell::action_invoked(&emitter, 1, "default").await.unwrap();
        if let Ok(id) = opened.recv_timeout(Duration::from_millis(20)) {
            break id;
        }
    };
    assert_eq!(id, "one");
}

#[tokio::test]
async fn a_desktop_without_markup_is_told_plain_text() {
    let (desktop, _server, seen) = shell(false);
    send(Some(&desktop), &message(vec![alert("one", "info", "a < b\u{1b}[0m")], Vec::new())).await;
    let shown = seen.recv().unwrap();
    assert_eq!((shown.body.as_str(), shown.actions.len(), shown.urgency), ("a < b [0m", 0, 1));
    let long = "x".repeat(1_000_000);
    send(Some(&desktop), &message(vec![alert("one", &long, &long); 1000], Vec::new())).await;
    let shown = seen.recv().unwrap();
    assert!(shown.body.chars().count() < 700 && shown.title == "Down and 999 more: shop", "{}", shown.title);
}

#[tokio::test]
async fn without_a_desktop_that_is_said() {
    let one = message(vec![alert("one", "info", "a")], Vec::new());
    assert_eq!(send(None, &one).await, Delivery::Refused { why: "there is no desktop here".to_owned() });
    let (desktop, server, seen) = shell(true);
    drop((server, seen));
    assert!(matches!(send(Some(&desktop), &one).await, Delivery::Again { .. }));
}
