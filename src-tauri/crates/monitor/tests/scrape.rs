//! What is read of services that measure themselves, and of those that serve something else.
#![allow(clippy::unwrap_used, clippy::float_cmp, reason = "numbers that were set are compared; what cannot be set up ends the test")]

mod loopback;

use std::{
    fmt::Write,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use loopback::{Does, Server, answer, collected, collected_within, names, ok, packed, sent_to, serve, value};
use quarterdeck_model::Fault;
use quarterdeck_monitor::{
    collectors::{
        http::{Access, Target},
        scrape::Scrape,
    },
    exposition::Limits,
    gathered::{Gathered, Nature},
};

async fn scraped(server: &Server, path: &str) -> Gathered {
    let (gathered, outcome) = collected(&mut Scrape::new(server.target(path), Limits::default()).unwrap()).await;
    outcome.unwrap();
    gathered
}

/// The fault, after nothing was taken over.
async fn refused(server: &Server, path: &str) -> Fault {
    let (gathered, outcome) = collected(&mut Scrape::new(server.target(path), Limits::default()).unwrap()).await;
    assert!(gathered.readings.is_empty(), "{:?}", names(&gathered));
    let fault = outcome.unwrap_err();
    assert!(fault.message.contains(&format!("{}{path}", server.address)), "{fault}");
    fault
}

fn series(count: usize) -> String {
    (0..count).fold("# TYPE requests_total counter\n".to_owned(), |mut text, at| {
        writeln!(text, "requests_total{{route=\"/{at}\"}} {at}").unwrap();
        text
    })
}

#[tokio::test]
async fn samples_are_taken_over_as_they_are() {
    let text = "# TYPE a_total counter\na_total{path=\"/\"} 3\nb NaN\nc +Inf\nd -Inf\n";
    let server = serve(move |_| Does::Answer(answer("200 OK", "Content-Type: text/plain; version=0.0.4\r\n", text))).await;
    let gathered = scraped(&server, "/metrics").await;
    assert_eq!((value(&gathered, "a_total{path=\"/\"}"), gathered.readings[0].nature), (3.0, Nature::Counter));
    assert!(value(&gathered, "b").is_nan());
    assert_eq!((value(&gathered, "c"), value(&gathered, "d")), (f64::INFINITY, f64::NEG_INFINITY));
    let asked = server.asked.lock().unwrap()[0].clone();
    for header in ["accept: text/plain;version=0.0.4", "x-prometheus-scrape-timeout-seconds: 29.75", "accept-encoding: gzip"] {
        assert!(asked.contains(header), "{header}: {asked}");
    }
}

#[tokio::test]
async fn of_duplicates_the_first_counts_and_a_remark_says_so() {
    let server = serve(|_| Does::Answer(ok("a 1\na 2\na 3\n"))).await;
    let gathered = scraped(&server, "/").await;
    assert_eq!((gathered.readings.len(), value(&gathered, "a")), (1, 1.0));
    assert!(gathered.remarks[0].starts_with("2 samples of series that had come before"), "{:?}", gathered.remarks);
}

#[tokio::test]
async fn packed_text_is_read() {
    let body = packed(b"a 1\n", 1);
    let server = serve(move |_| Does::Answer(answer("200 OK", "Content-Encoding: gzip\r\n", &body))).await;
    assert_eq!(value(&scraped(&server, "/").await, "a"), 1.0);
}

#[tokio::test]
async fn a_connection_is_kept_between_visits() {
    let server = serve(|_| Does::Keep(ok("a 1\n"))).await;
    let mut scrape = Scrape::new(server.target("/"), Limits::default()).unwrap();
    for _ in 0..3 {
        collected(&mut scrape).await.1.unwrap();
    }
    assert_eq!((server.asked.lock().unwrap().len(), *server.connections.lock().unwrap()), (3, 1));
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_made_anew() {
    let visits = AtomicUsize::new(0);
    let server = serve(move |_| match visits.fetch_add(1, Ordering::Relaxed) {
        1 => Does::Answer(Vec::new()),
        _ => Does::Keep(ok("a 1\n")),
    })
    .await;
    let mut scrape = Scrape::new(server.target("/"), Limits::default()).unwrap();
    for _ in 0..2 {
        collected(&mut scrape).await.1.unwrap();
    }
    assert_eq!((server.asked.lock().unwrap().len(), *server.connections.lock().unwrap()), (3, 2));
}

#[tokio::test]
async fn a_hundred_thousand_series_are_refused_or_taken_as_was_said() {
    let text = series(100_000);
    let server = serve(move |_| Does::Answer(ok(&text))).await;
    let fault = refused(&server, "/").await;
    assert!(fault.is("exposition-too-large") && fault.message.contains("more than 20000 samples"), "{fault}");
    let limits = Limits { samples: 100_000, ..Limits::default() };
    let (gathered, outcome) = collected(&mut Scrape::new(server.target("/"), limits).unwrap()).await;
    outcome.unwrap();
    assert_eq!(gathered.readings.len(), 100_000);
}

#[tokio::test]
async fn gigabytes_end_at_the_limit_packed_or_not() {
    let line = b"# nothing\n".repeat(100_000);
    let bomb = packed(&line, 100);
    let server = serve(move |path| match path {
        "/packed" => Does::Answer(answer("200 OK", "Content-Encoding: gzip\r\n", &bomb)),
        "/one-line" => Does::Endless(b"HTTP/1.1 200 OK\r\n\r\n# ".to_vec(), vec![b'x'; 64 << 10]),
        _ => Does::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), line.clone()),
    })
    .await;
    for (path, why) in [("/packed", "bytes, unpacked"), ("/plain", "bytes, unpacked"), ("/one-line", "a line of more than")] {
        let fault = refused(&server, path).await;
        assert!(fault.is("exposition-too-large") && fault.message.contains(why), "{path}: {fault}");
    }
}

#[tokio::test]
async fn half_a_text_is_none() {
    let server = serve(|path| match path {
        "/half-a-line" => Does::Answer(ok("a 1\nb 2")),
        _ => Does::Answer(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\na 1\nb 2\n".to_vec()),
    })
    .await;
    let fault = refused(&server, "/half-a-line").await;
    assert!(fault.is("exposition-wrong") && fault.message.contains("line 2, column 4"), "{fault}");
    assert!(refused(&server, "/half-an-answer").await.is("scrape-unanswered"));
}

#[tokio::test]
async fn what_is_no_text_of_metrics_is_refused() {
    let broken = [&packed(b"a 1\n", 1)[..12], b"broken"].concat();
    let server = serve(move |path| match path {
        "/page" => Does::Answer(ok("<html>\n<body>\n")),
        "/bytes" => Does::Answer(ok([0xff, 0xfe, 0x00, b'\n'])),
        "/broken" => Does::Answer(answer("200 OK", "Content-Encoding: gzip\r\n", &broken)),
        "/file" => Does::Answer(sent_to("file:///etc/passwd")),
        "/circle" => Does::Answer(sent_to("/circle")),
        _ => Does::Answer(answer("404 Not Found", "", "a 1\n")),
    })
    .await;
    for (path, code) in [
        ("/page", "exposition-wrong"),
        ("/bytes", "exposition-wrong"),
        ("/broken", "scrape-unanswered"),
        ("/file", "scrape-refused"),
        ("/circle", "scrape-unanswered"),
        ("/none", "scrape-refused"),
    ] {
        let fault = refused(&server, path).await;
        assert!(fault.is(code), "{path}: {fault}");
    }
}

#[tokio::test]
async fn one_that_hangs_is_left_within_the_limit() {
    let server = serve(|path| Does::Hang(if path == "/silent" { Vec::new() } else { b"HTTP/1.1 200 OK\r\n\r\na 1\n".to_vec() })).await;
    for path in ["/silent", "/half"] {
        let mut scrape = Scrape::new(server.target(path), Limits::default()).unwrap();
        let (gathered, outcome) = collected_within(&mut scrape, Duration::from_millis(400)).await;
        let fault = outcome.unwrap_err();
        assert!(fault.is("scrape-unanswered") && fault.message.contains("no whole answer within 360 ms"), "{fault}");
        assert!(gathered.readings.is_empty());
    }
}

#[tokio::test]
async fn whoever_must_show_a_secret_shows_the_newest() {
    let server = serve(|_| Does::Keep(ok("a 1\n"))).await;
    let count = AtomicUsize::new(0);
    let secret = move || Ok(format!("secret-{}", count.fetch_add(1, Ordering::Relaxed)));
    let target = Target { access: Some(Access::Bearer(Arc::new(secret))), ..server.target("/") };
    let mut scrape = Scrape::new(target, Limits::default()).unwrap();
    for at in 0..2 {
        collected(&mut scrape).await.1.unwrap();
        let asked = server.asked.lock().unwrap()[at].clone();
        assert!(asked.contains(&format!("authorization: Bearer secret-{at}")), "{asked}");
    }
}
