//! What a probe says of addresses, good and bad.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "numbers that were set are compared; what cannot be set up ends the test")]

mod loopback;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use loopback::{Does, Server, answer, collected, collected_within, names, ok, packed, sent_to, serve, value};
use quarterdeck_monitor::{
    collectors::http::{Access, Expected, Probe, Target},
    gathered::Gathered,
};

async fn probed(server: &Server, path: &str, expected: Expected) -> Gathered {
    let mut probe = Probe::new(server.target(path), expected).unwrap();
    let (gathered, outcome) = collected(&mut probe).await;
    outcome.unwrap();
    gathered
}

#[track_caller]
fn failed(gathered: &Gathered, why: &str) {
    assert_eq!(value(gathered, "probe_success"), 0.0, "{:?}", gathered.remarks);
    assert!(gathered.remarks.len() == 1 && gathered.remarks[0].contains(why), "{:?}", gathered.remarks);
}

#[tokio::test]
async fn an_address_that_is_well_is_measured() {
    let server = serve(|_| Does::Answer(answer("204 No Content", "", ""))).await;
    let gathered = probed(&server, "/health", Expected::default()).await;
    assert!(gathered.remarks.is_empty(), "{:?}", gathered.remarks);
    for (series, expected) in [
        ("probe_success", 1.0),
        ("probe_http_status_code", 204.0),
        ("probe_http_version", 1.1),
        ("probe_http_redirects", 0.0),
        ("probe_http_content_length", 0.0),
        ("probe_http_ssl", 0.0),
        ("probe_failed_due_to_regex", 0.0),
    ] {
        assert_eq!(value(&gathered, series), expected, "{series}");
    }
    let parts: f64 = ["resolve", "connect", "tls", "processing", "transfer"]
        .map(|phase| value(&gathered, &format!("probe_http_duration_seconds{{phase=\"{phase}\"}}")))
        .iter()
        .sum();
    let whole = value(&gathered, "probe_duration_seconds");
    assert!(0.0 < parts && parts <= whole, "{parts} of {whole}");
    assert_eq!(value(&gathered, "probe_http_duration_seconds{phase=\"tls\"}"), 0.0);
    assert!(value(&gathered, "probe_http_duration_seconds{phase=\"connect\"}") > 0.0);
    assert!(server.asked.lock().unwrap()[0].contains("user-agent: quarterdeck/"), "{:?}", server.asked);
}

#[tokio::test]
async fn each_visit_makes_a_connection_of_its_own() {
    let server = serve(|_| Does::Keep(ok("x"))).await;
    let mut probe = Probe::new(server.target("/"), Expected::default()).unwrap();
    for _ in 0..3 {
        collected(&mut probe).await.1.unwrap();
    }
    assert_eq!(*server.connections.lock().unwrap(), 3);
}

#[tokio::test]
async fn a_status_that_was_not_wanted_is_named() {
    let server = serve(|_| Does::Answer(answer("503 Service Unavailable", "", "out"))).await;
    failed(&probed(&server, "/", Expected::default()).await, "it answered 503; 200 to 299 was wanted");
    let either = Expected { status: vec![200, 404], body: None };
    failed(&probed(&server, "/", either).await, "it answered 503; 200 or 404 was wanted");
    let gathered = probed(&server, "/", Expected { status: vec![503], body: None }).await;
    assert_eq!((value(&gathered, "probe_success"), value(&gathered, "probe_http_status_code")), (1.0, 503.0));
}

#[tokio::test]
async fn a_body_must_match_within_its_first_mebibyte() {
    let server = serve(|path| match path {
        "/here" => Does::Answer(ok(b"caf\xe9 \"ok\": true".as_slice())),
        "/late" => Does::Answer(ok([vec![b'x'; 1 << 20], b"\"ok\"".to_vec()].concat())),
        _ => Does::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 64 << 10]),
    })
    .await;
    let wanted = || Expected { status: Vec::new(), body: Some("\"ok\": *true|\"ok\"$".to_owned()) };
    assert_eq!(value(&probed(&server, "/here", wanted()).await, "probe_success"), 1.0);
    for path in ["/late", "/endless"] {
        let gathered = probed(&server, path, wanted()).await;
        failed(&gathered, "matches nowhere in the first 1.05 MB of its answer");
        assert_eq!(value(&gathered, "probe_failed_due_to_regex"), 1.0);
    }
}

#[tokio::test]
async fn one_that_hangs_is_left_within_the_limit() {
    let server = serve(|path| match path {
        "/silent" => Does::Hang(Vec::new()),
        "/half-a-line" => Does::Hang(b"HTTP/1.1 200 O".to_vec()),
        _ => Does::Hang(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12".to_vec()),
    })
    .await;
    for (path, status) in [("/silent", 0.0), ("/half-a-line", 0.0), ("/half-a-body", 200.0)] {
        let mut probe = Probe::new(server.target(path), Expected::default()).unwrap();
        let (gathered, outcome) = collected_within(&mut probe, Duration::from_millis(400)).await;
        outcome.unwrap();
        failed(&gathered, "there was no whole answer within 360 ms");
        assert_eq!(value(&gathered, "probe_http_status_code"), status, "{path}");
    }
}

#[tokio::test]
async fn what_is_no_answer_is_said_to_be_none() {
    let server = serve(|path| match path {
        "/nothing" => Does::Answer(Vec::new()),
        "/half-a-line" => Does::Answer(b"HTTP/1.1 200 O".to_vec()),
        "/half-a-body" => Does::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12".to_vec()),
        "/mail" => Does::Answer(b"220 mail.example ESMTP\r\n".to_vec()),
        _ => Does::Endless(b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 64 << 10]),
    })
    .await;
    for path in ["/nothing", "/half-a-line", "/half-a-body", "/mail", "/endless-head"] {
        let gathered = probed(&server, path, Expected::default()).await;
        assert_eq!(value(&gathered, "probe_success"), 0.0, "{path}");
        assert!(gathered.remarks[0].starts_with(&format!("{}{path}: ", server.address)), "{:?}", gathered.remarks);
    }
}

#[tokio::test]
async fn nobody_who_listens_is_named() {
    // Taken and given back: nobody listens there now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let target = Target { address: format!("http://127.0.0.1:{port}/"), authority: None, access: None };
    let mut probe = Probe::new(target, Expected::default()).unwrap();
    failed(&collected(&mut probe).await.0, "nobody listens there (connection refused)");
}

#[tokio::test]
async fn a_name_that_nobody_knows_is_named() {
    // RFC 2606 §2: nobody may ever have it.
    let target = Target { address: "http://nobody.invalid/".to_owned(), authority: None, access: None };
    let (gathered, outcome) = collected(&mut Probe::new(target, Expected::default()).unwrap()).await;
    outcome.unwrap();
    assert_eq!((value(&gathered, "probe_success"), gathered.remarks.len()), (0.0, 1));
}

#[tokio::test]
async fn redirects_are_followed_and_counted() {
    let server = serve(|path| match path {
        "/1" => Does::Answer(sent_to("/2")),
        "/2" => Does::Answer(sent_to("/3")),
        _ => Does::Answer(ok("there")),
    })
    .await;
    let gathered = probed(&server, "/1", Expected { status: vec![200], body: Some("there".to_owned()) }).await;
    assert_eq!((value(&gathered, "probe_success"), value(&gathered, "probe_http_redirects")), (1.0, 2.0));
}

#[tokio::test]
async fn redirects_to_a_file_are_not_followed() {
    let places = ["file:///etc/passwd", "file://localhost/etc/passwd", "ftp://127.0.0.1/x", "data:,root", "javascript:alert(1)"];
    let server = serve(move |path| Does::Answer(sent_to(places[path[1..].parse::<usize>().unwrap()]))).await;
    for (at, place) in places.iter().enumerate() {
        let any = Expected { status: Vec::new(), body: Some("root".to_owned()) };
        let gathered = probed(&server, &format!("/{at}"), any).await;
        failed(&gathered, &format!("sends its visitors to {}:", place.split(':').next().unwrap()));
    }
    assert_eq!(server.asked.lock().unwrap().len(), places.len());
}

#[tokio::test]
async fn redirects_in_a_circle_end() {
    let server = serve(|_| Does::Answer(sent_to("/again"))).await;
    let gathered = probed(&server, "/", Expected::default()).await;
    failed(&gathered, "it sends its visitors on more than 5 times");
    assert_eq!(server.asked.lock().unwrap().len(), 6);
}

#[tokio::test]
async fn what_unpacks_to_gigabytes_stays_packed() {
    let bomb = packed(&vec![b'a'; 1 << 20], 200);
    let server = serve(move |_| Does::Answer(answer("200 OK", "Content-Encoding: gzip\r\n", &bomb))).await;
    failed(&probed(&server, "/", Expected { status: Vec::new(), body: Some("aaaa".to_owned()) }).await, "matches nowhere");
    assert!(!server.asked.lock().unwrap()[0].contains("accept-encoding"), "{:?}", server.asked);
}

#[tokio::test]
async fn secrets_go_to_the_target_and_to_nobody_else() {
    let other = serve(|_| Does::Answer(ok("there"))).await;
    let away = format!("{}/", other.address);
    let server = serve(move |_| Does::Answer(sent_to(&away))).await;
    let access = Access::Basic("ada".to_owned(), Arc::new(|| Ok("secret".to_owned())));
    let target = Target { access: Some(access), ..server.target("/") };
    let (gathered, _) = collected(&mut Probe::new(target, Expected::default()).unwrap()).await;
    assert_eq!(value(&gathered, "probe_success"), 1.0);
    assert!(server.asked.lock().unwrap()[0].contains("authorization: Basic YWRhOnNlY3JldA=="), "{:?}", server.asked);
    assert!(!other.asked.lock().unwrap()[0].to_lowercase().contains("authorization"), "{:?}", other.asked);
    assert!(!format!("{:?} {:?}", names(&gathered), gathered.remarks).contains("secret"));
}

#[tokio::test]
async fn a_secret_that_cannot_be_read_is_a_fault_of_ours() {
    let server = serve(|_| Does::Answer(ok(""))).await;
    let locked = || Err(quarterdeck_model::Fault::refused("secret-missing", "The file with the secret is not there."));
    let target = Target { access: Some(Access::Bearer(Arc::new(locked))), ..server.target("/") };
    let (gathered, outcome) = collected(&mut Probe::new(target, Expected::default()).unwrap()).await;
    assert!(outcome.unwrap_err().is("secret-missing") && gathered.readings.is_empty() && server.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_secret_that_hangs_keeps_one_thread_however_often_it_is_asked_for() {
    let server = serve(|_| Does::Answer(ok(""))).await;
    let begun = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&begun);
    let (never, end) = std::sync::mpsc::channel::<()>();
    let end = Mutex::new(end);
    let hangs = move || {
        count.fetch_add(1, Ordering::Relaxed);
        let _ = end.lock().unwrap().recv();
        Ok("secret".to_owned())
    };
    let target = Target { access: Some(Access::Bearer(Arc::new(hangs))), ..server.target("/") };
    let mut probe = Probe::new(target, Expected::default()).unwrap();
    for _ in 0..3 {
        let outcome = collected_within(&mut probe, Duration::from_millis(100)).await.1;
        assert!(outcome.unwrap_err().is("visit-unprepared"));
    }
    assert_eq!(begun.load(Ordering::Relaxed), 1);
    drop(never);
    assert_eq!(value(&collected(&mut probe).await.0, "probe_success"), 1.0);
}

#[test]
fn what_is_no_address_is_refused_before_anybody_is_asked() {
    for address in ["", "example.org", "file:///etc/passwd", "ftp://example.org/", "http://", "http://ada:secret@example.org/"] {
        let target = Target { address: address.to_owned(), authority: None, access: None };
        let Err(fault) = Probe::new(target, Expected::default()) else { panic!("{address}") };
        assert!(fault.is("bad-address") && !fault.message.contains("secret"), "{fault}");
    }
    let target = || Target { address: "http://example.org/".to_owned(), authority: None, access: None };
    let Err(fault) = Probe::new(target(), Expected { status: Vec::new(), body: Some("(".to_owned()) }) else { panic!() };
    assert!(fault.is("bad-expression"), "{fault}");
}
