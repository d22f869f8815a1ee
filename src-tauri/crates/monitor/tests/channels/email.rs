//! `email_configs`, against a server that speaks SMTP.

use std::{sync::Arc, time::Duration};

use quarterdeck_monitor::{
    notify::channel::{Channel, Delivery, Means},
    template::message::Templates,
};
use quarterdeck_testkit::Scratch;

use super::{
    bench::{alert, channels, firing, labels, means, message, read, send, why},
    post::{Manner, Post, post},
    server::certificate,
};

/// A channel to a server; `more` is written as in a configuration.
fn channel(post: &Post, more: &str) -> Channel {
    let global = format!("  smtp_smarthost: 127.0.0.1:{}\n  smtp_from: Deck <deck@example.org>\n  smtp_hello: deck.example.org", post.port);
    channels(&global, &format!("  email_configs:\n  - to: 'ops@example.org, Night <night@example.org>'\n    {more}")).remove(0)
}

/// Text of a letter with the soft ends of its lines taken out.
fn letter(post: &Post) -> String {
    post.heard().letters[0].replace("=\r\n", "").replace("=3D", "=").replace("\r\n ", " ")
}

#[tokio::test]
async fn a_letter_goes_over_starttls_to_everybody() {
    let (pem, tls) = certificate(&["127.0.0.1"]);
    let post = post(Manner { tls: Some(Arc::new(tls)), auth: "LOGIN PLAIN", ..Manner::default() }).await;
    let scratch = Scratch::new();
    std::fs::write(scratch.file("ca.pem"), pem).unwrap();
    std::fs::write(scratch.file("password"), "hunter22\n").unwrap();
    let more = format!(
        "auth_username: deck\n    auth_password_file: {}\n    tls_config: {{ca_file: {}}}\n    text: 'Plain: {{{{ .CommonAnnotations.summary }}}}'\n    headers: {{x-deck: 'Ä {{{{ .Status }}}}'}}",
        scratch.file("password").display(),
        scratch.file("ca.pem").display()
    );
    let channel = channel(&post, &more);
    assert_eq!((channel.summary(), channel.send_resolved()), ("email ops@example.org, Night <night@example.org>".to_owned(), false));
    let delivery = send(&channel, &firing()).await;
    let answer = format!("127.0.0.1:{} answered 250 2.0.0 queued as 4711", post.port);
    assert_eq!(delivery, Delivery::Sent { answer });
    let heard = post.heard();
    let commands: Vec<&str> = heard.commands.iter().map(String::as_str).collect();
    assert_eq!(
        commands,
        [
            "EHLO deck.example.org",
            "STARTTLS",
            "tls EHLO deck.example.org",
            "tls AUTH PLAIN AGRlY2sAaHVudGVyMjI=",
            "tls MAIL FROM:<deck@example.org>",
            "tls RCPT TO:<ops@example.org>",
            "tls RCPT TO:<night@example.org>",
            "tls DATA",
            "tls QUIT",
        ]
    );
    let letter = letter(&post);
    for part in [
        "From: Deck <deck@example.org>\r\n",
        "To: ops@example.org, Night <night@example.org>\r\n",
        "Subject: [FIRING:1] Down (a critical)\r\n",
        "Date: ",
        "Message-ID: <",
        "@example.org>\r\n",
        "X-Deck: =?utf-8?b?w4Q=?= firing\r\n",
        "Content-Type: multipart/alternative;",
        "Plain: It is down",
        "1 alert for alertname=Down",
        "[1] Firing",
        "</html>",
    ] {
        assert!(letter.contains(part), "{part} is not in:\n{letter}");
    }
    assert!(!letter.contains("chart.png"), "{letter}");
}

#[tokio::test]
async fn tls_may_begin_before_the_first_word() {
    let (_, tls) = certificate(&["other.example.org"]);
    let post = post(Manner { tls: Some(Arc::new(tls)), implicit: true, auth: "LOGIN", ..Manner::default() }).await;
    let more =
        "force_implicit_tls: true\n    auth_username: deck\n    auth_password: hunter22\n    tls_config: {insecure_skip_verify: true}";
    assert!(matches!(send(&channel(&post, more), &firing()).await, Delivery::Sent { .. }));
    let heard = post.heard();
    assert_eq!(heard.commands[1..4], ["tls AUTH LOGIN", "ZGVjaw==", "aHVudGVyMjI="]);
}

#[tokio::test]
async fn a_picture_lies_in_the_letter() {
    let post = post(Manner::default()).await;
    let picture = [0x89, b'P', b'N', b'G', 1, 2, 3];
    let channel = channel(&post, "require_tls: false");
    let means = Means { chart: Some(&picture), ..means() };
    let delivery = channel.send(&firing(), &Templates::new(Vec::new()).unwrap(), &means).await;
    assert!(matches!(delivery, Delivery::Sent { .. }), "{delivery:?}");
    let letter = letter(&post);
    for part in [
        "multipart/related",
        "Content-ID: <chart@quarterdeck>",
        "Content-Type: image/png",
        "iVBORwECAw=",
        "<img src=\"cid:chart@quarterdeck\"",
    ] {
        assert!(letter.contains(part), "{part} is not in:\n{letter}");
    }
    assert!(letter.find("cid:chart").unwrap() < letter.find("[1] Firing").unwrap(), "{letter}");
}

#[tokio::test]
async fn nothing_is_sent_where_it_could_be_overheard() {
    let bare = post(Manner { auth: "PLAIN", ..Manner::default() }).await;
    let login = "auth_username: deck\n    auth_password: hunter22";
    let delivery = send(&channel(&bare, login), &firing()).await;
    assert_eq!(why(&delivery), (true, format!("127.0.0.1:{} offers no STARTTLS, and require_tls is true", bare.port).as_str()));
    assert_eq!(bare.heard().commands, ["EHLO deck.example.org"]);
    // This machine itself may be spoken to.
    assert!(matches!(send(&channel(&bare, &format!("{login}\n    require_tls: false")), &firing()).await, Delivery::Sent { .. }));
    let elsewhere = format!("{login}\n    require_tls: false\n    smarthost: 127.0.0.2:{}", bare.port);
    let delivery = send(&channel(&bare, &elsewhere), &firing()).await;
    assert!(!matches!(delivery, Delivery::Sent { .. }), "{delivery:?}");
}

#[tokio::test]
async fn what_the_server_says_decides() {
    let cases = [
        ("RCPT", "550 5.1.1 no such user", false, "the letter: permanent error (550): 5.1.1 no such user"),
        ("DATA", "451 4.7.1 come back later", true, "the letter: transient error (451): 4.7.1 come back later"),
        ("AUTH", "535 5.7.8 not with hunter22 or aHVudGVyMjI=", false, "AUTH: permanent error (535): 5.7.8 not with *** or ***"),
    ];
    for (command, answer, again, words) in cases {
        let post = post(Manner { auth: "PLAIN", instead: Some((command, answer)), ..Manner::default() }).await;
        let channel = channel(&post, "require_tls: false\n    auth_username: deck\n    auth_password: hunter22");
        let delivery = send(&channel, &firing()).await;
        assert_eq!(why(&delivery), (again, format!("127.0.0.1:{}: {words}", post.port).as_str()));
        assert!(!format!("{channel:?}").contains("hunter22"));
    }
}

#[tokio::test]
async fn certificates_are_judged_and_named() {
    let (_, tls) = certificate(&["other.example.org"]);
    for implicit in [true, false] {
        let post = post(Manner { tls: Some(Arc::new(tls.clone())), implicit, ..Manner::default() }).await;
        let delivery = send(&channel(&post, &format!("force_implicit_tls: {implicit}")), &firing()).await;
        let (again, why) = why(&delivery);
        assert!(again && why.contains("its certificate"), "{why}");
        assert!(post.heard().letters.is_empty());
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_left_in_time() {
    let post = post(Manner { instead: Some(("DATA", "hang")), ..Manner::default() }).await;
    let channel = channel(&post, "require_tls: false").within(Duration::from_millis(300));
    let delivery = send(&channel, &firing()).await;
    let words = format!("127.0.0.1:{}: there was no whole answer within 300 ms (the letter)", post.port);
    assert_eq!(why(&delivery), (true, words.as_str()));
    let gone = channels("  smtp_from: a@b.example\n  smtp_smarthost: 127.0.0.1:1", "  email_configs: [{to: a@b.example}]").remove(0);
    assert_eq!(why(&send(&gone, &firing()).await), (true, "127.0.0.1:1: connecting: nobody listens there (connection refused)"));
}

#[tokio::test]
async fn no_label_writes_a_header_of_its_own() {
    let post = post(Manner::default()).await;
    let hostile = "x\r\nBcc: thief@example.org\r\n\r\n<script>alert(1)</script>";
    let channel = channel(
        &post,
        "require_tls: false\n    headers: {Subject: '{{ .CommonLabels.instance }}', X-Where: '{{ .CommonLabels.instance }}'}",
    );
    let hostile = quarterdeck_monitor::alert::Alert { labels: labels(&[("alertname", "Down"), ("instance", hostile)]), ..alert("a") };
    assert!(matches!(send(&channel, &message(vec![hostile], Vec::new())).await, Delivery::Sent { .. }));
    let letter = letter(&post);
    let (head, body) = letter.split_once("\r\n\r\n").unwrap();
    assert!(!head.contains("\r\nBcc:") && head.contains("Subject: x Bcc: thief@example.org"), "{letter}");
    assert!(!body.contains("<script") && body.contains("&lt;script&gt;"), "{letter}");
    assert_eq!(post.heard().commands.iter().filter(|command| command.contains("RCPT")).count(), 2);
}

#[tokio::test]
async fn letters_of_a_group_hang_together_where_that_is_asked() {
    let post = post(Manner::default()).await;
    send(&channel(&post, "require_tls: false\n    threading: {enabled: true, thread_by_date: daily}"), &firing()).await;
    let letter = letter(&post);
    assert!(letter.contains("References: <alert-") && letter.contains("In-Reply-To: <alert-"), "{letter}");
}

#[test]
fn what_is_wrong_is_found() {
    let found = |config: &str| read("", &format!("  email_configs:\n  - {config}")).1;
    assert_eq!(found("to: a@b.example").len(), 2, "{:?}", found("to: a@b.example"));
    let server = "from: a@b.example\n    smarthost: mail.example.org:25";
    assert!(found(server)[0].contains("to is missing"));
    assert!(found("to: a@b\n    from: c@d\n    smarthost: mail.example.org")[0].contains("must be a host and a port"));
    assert_eq!(found(&format!("to: a@b\n    {server}\n    headers: {{subject: a, Subject: b}}")).len(), 1);
    assert_eq!(found(&format!("to: a@b\n    {server}\n    threading: {{enabled: true}}")).len(), 1);
    let secret = format!("  email_configs:\n  - to: a@b\n    {server}\n    auth_username: a\n    auth_secret: b");
    assert!(channels("", &secret)[0].remarks()[0].contains("CRAM-MD5"));
}
