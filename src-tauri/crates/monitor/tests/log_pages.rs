//! Pages of a log: backwards, forwards, filtered, over rotated and packed files.
#![allow(clippy::unwrap_used, reason = "what cannot be set up ends the test")]

use std::{
    fs::{self, File, OpenOptions},
    io::Write,
    time::{Duration, SystemTime},
};

use flate2::{Compression, write::GzEncoder};
use proptest::prelude::*;
use quarterdeck_model::{Fault, JobCtx, Outcome, SystemClock, monitor::LogPage};
use quarterdeck_monitor::collectors::log::{
    Rules,
    view::{Direction, Wanted, page},
};
use quarterdeck_testkit::Scratch;

const NEWEST: Wanted<'static> = Wanted { at: None, direction: Direction::Before, filter: None, lines: 3 };

fn paged(scratch: &Scratch, wanted: Wanted<'_>) -> Outcome<LogPage> {
    let rules = Rules::new([("errors", "ERROR"), ("late", "[5-9]$")]).unwrap();
    page(&scratch.file("service.log"), &rules, &wanted, &SystemClock, &JobCtx::detached())
}

fn before(scratch: &Scratch, page: &LogPage) -> LogPage {
    paged(scratch, Wanted { at: page.before.as_deref(), ..NEWEST }).unwrap()
}

fn after(scratch: &Scratch, page: &LogPage) -> LogPage {
    paged(scratch, Wanted { at: Some(&page.after), direction: Direction::After, ..NEWEST }).unwrap()
}

fn texts(page: &LogPage) -> Vec<&str> {
    page.lines.iter().map(|line| line.text.as_str()).collect()
}

/// Writes a file that was changed so many seconds after the others' beginning.
fn write(scratch: &Scratch, name: &str, text: impl AsRef<[u8]>, age: u64) {
    let mut bytes = text.as_ref().to_vec();
    if name.ends_with(".gz") {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&bytes).unwrap();
        bytes = encoder.finish().unwrap();
    }
    fs::write(scratch.file(name), bytes).unwrap();
    let file = File::options().write(true).open(scratch.file(name)).unwrap();
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + age)).unwrap();
}

fn append(scratch: &Scratch, text: &str) {
    OpenOptions::new().append(true).create(true).open(scratch.file("service.log")).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn the_newest_come_first_and_older_ones_by_token() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1\n2\n3\n4\n5 ERROR\n6\n7\n", 0);
    let newest = paged(&scratch, NEWEST).unwrap();
    assert_eq!((texts(&newest), newest.sentence.as_str()), (vec!["5 ERROR", "6", "7"], "3 lines of service.log."));
    assert_eq!(
        (newest.lines[0].rules.as_slice(), newest.lines[1].rules.as_slice()),
        (["errors".to_owned()].as_slice(), ["late".to_owned()].as_slice())
    );
    let older = before(&scratch, &newest);
    assert_eq!((texts(&older), older.turned), (vec!["2", "3", "4"], false));
    let oldest = before(&scratch, &older);
    assert_eq!((texts(&oldest), oldest.before.as_deref()), (vec!["1"], None));
    assert_eq!(texts(&after(&scratch, &oldest)), ["2", "3", "4"]);
}

#[test]
fn what_comes_is_shown_once() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1\n2\n", 0);
    let mut newest = paged(&scratch, NEWEST).unwrap();
    for (text, shown) in [("", vec![]), ("3\n4\n5\n6\nhalf", vec!["3", "4", "5"]), ("", vec!["6"]), (" of it\n", vec!["half of it"])] {
        append(&scratch, text);
        newest = after(&scratch, &newest);
        assert_eq!(texts(&newest), shown);
    }
}

#[test]
fn a_last_line_without_an_end_is_shown_once_it_is_quiet() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1\n2", 0);
    assert_eq!(texts(&paged(&scratch, NEWEST).unwrap()), ["1", "2"]);
    append(&scratch, "3");
    assert_eq!(texts(&paged(&scratch, NEWEST).unwrap()), ["1"]);
}

#[test]
fn rotated_files_follow_each_other_packed_ones_too() {
    let scratch = Scratch::new();
    write(&scratch, "service.log.3.gz", "1\n2\n", 1);
    write(&scratch, "service.log.2.gz", "3\n4\n5\n", 2);
    write(&scratch, "service.log.1", "6\n7", 3);
    write(&scratch, "service.log", "8\n", 4);
    write(&scratch, "other.log.1", "x\n", 5);
    std::os::unix::fs::symlink(scratch.file("other.log.1"), scratch.file("service.log.4")).unwrap();
    let newest = paged(&scratch, NEWEST).unwrap();
    let mut pages = vec![newest];
    while pages.last().unwrap().before.is_some() {
        pages.push(before(&scratch, pages.last().unwrap()));
    }
    assert_eq!(pages.iter().map(texts).collect::<Vec<_>>(), [vec!["6", "7", "8"], vec!["3", "4", "5"], vec!["1", "2"]]);
    assert_eq!(pages[1].file.file_name(), "service.log.2.gz");
    let mut page = pages.pop().unwrap();
    let mut shown = Vec::new();
    while !page.lines.is_empty() {
        page = after(&scratch, &page);
        shown.extend(texts(&page).iter().map(ToString::to_string));
    }
    assert_eq!(shown, ["3", "4", "5", "6", "7", "8"]);
}

#[test]
fn a_token_finds_its_file_after_rotation_by_rename() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1\n2\n3\n4\n", 1);
    let newest = paged(&scratch, NEWEST).unwrap();
    append(&scratch, "5\n");
    fs::rename(scratch.file("service.log"), scratch.file("service.log.1")).unwrap();
    append(&scratch, "6\n");
    let page = after(&scratch, &newest);
    assert_eq!((texts(&page), page.turned), (vec!["5", "6"], true));
    assert!(page.sentence.contains("the log was rotated meanwhile"), "{}", page.sentence);
    assert_eq!(texts(&before(&scratch, &newest)), ["1"]);
    assert!(!after(&scratch, &page).turned);
}

#[test]
fn a_token_whose_file_is_gone_says_so() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1\n2\n3\n4\n", 1);
    let newest = paged(&scratch, NEWEST).unwrap();
    // As a rotation by copy does.
    File::options().write(true).truncate(true).open(scratch.file("service.log")).unwrap();
    append(&scratch, "5\n");
    let page = after(&scratch, &newest);
    assert_eq!((texts(&page), page.turned), (vec!["5"], true));
    assert!(page.sentence.contains("lines between may be missing"), "{}", page.sentence);
    let fault = paged(&scratch, Wanted { at: Some(&newest.after), ..NEWEST }).unwrap_err();
    assert!(fault.is("log-turned"), "{fault}");
}

#[test]
fn a_filter_shows_its_lines_and_marks_them() {
    let scratch = Scratch::new();
    write(&scratch, "service.log", "1 ERROR\n2\n🙂 ERROR and ERROR\n4\n5 ERROR\n", 1);
    let wanted = Wanted { filter: Some("ERR(OR)?"), lines: 2, ..NEWEST };
    let newest = paged(&scratch, wanted).unwrap();
    assert_eq!(texts(&newest), ["🙂 ERROR and ERROR", "5 ERROR"]);
    assert_eq!(newest.lines[0].matched, [(3, 8), (13, 18)]);
    assert_eq!(newest.sentence, "2 lines of service.log with ERR(OR)?.");
    let older = paged(&scratch, Wanted { at: newest.before.as_deref(), ..wanted }).unwrap();
    assert_eq!((texts(&older), older.before.as_deref()), (vec!["1 ERROR"], None));
    let newer = paged(&scratch, Wanted { at: Some(&older.after), direction: Direction::After, ..wanted }).unwrap();
    assert_eq!(texts(&newer), texts(&newest));
}

#[test]
fn a_filter_that_matches_nothing_stops_and_can_go_on() {
    let scratch = Scratch::new();
    let mut text = b"ERROR\n".to_vec();
    text.extend(b"all is well here, and nothing else is to be said\n".repeat(1_700_000));
    write(&scratch, "service.log", text, 1);
    let wanted = Wanted { filter: Some("^ERROR"), ..NEWEST };
    let first = paged(&scratch, wanted).unwrap();
    assert_eq!(texts(&first), Vec::<&str>::new());
    assert!(first.sentence.ends_with("67.1 MB were looked through, go on for more."), "{}", first.sentence);
    let second = paged(&scratch, Wanted { at: first.before.as_deref(), ..wanted }).unwrap();
    assert_eq!((texts(&second), second.before.as_deref()), (vec!["ERROR"], None));
}

#[test]
fn long_lines_are_cut_and_bytes_that_are_no_text_are_replaced() {
    let scratch = Scratch::new();
    let text = [b"caf\xe9\r\n".to_vec(), vec![b'x'; 400_000], b"\nlast\n".to_vec()].concat();
    write(&scratch, "service.log", text, 1);
    let page = paged(&scratch, NEWEST).unwrap();
    assert_eq!((page.lines[0].text.as_str(), page.lines[0].cut), ("caf\u{fffd}", false));
    assert_eq!((page.lines[1].text.len(), page.lines[1].cut), (64 << 10, true));
    assert_eq!(page.lines[2].text, "last");
}

#[test]
fn what_cannot_be_shown_is_named() {
    let scratch = Scratch::new();
    let code = |wanted: Wanted<'_>| paged(&scratch, wanted).map(|_| ()).map_err(|fault: Fault| fault.code.into_owned());
    assert_eq!(code(NEWEST), Err("log-missing".to_owned()));
    fs::write(scratch.file("service.log"), "").unwrap();
    assert_eq!(code(NEWEST), Ok(()));
    assert_eq!(code(Wanted { filter: Some("("), ..NEWEST }), Err("bad-filter".to_owned()));
    assert_eq!(code(Wanted { at: Some("17"), ..NEWEST }), Err("bad-token".to_owned()));
    fs::write(scratch.file("service.log.1.gz"), "no gzip at all, whatever it is called").unwrap();
    let fault = paged(&scratch, NEWEST).unwrap_err();
    assert!(fault.message.contains("service.log.1.gz"), "{fault}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever the lines and however many a page: forwards and backwards show all of them, in order, once.
    #[test]
    fn pages_show_each_line_once(lines in proptest::collection::vec("[a-c\\r]{0,3}", 1..40), cuts in proptest::collection::vec(0_usize..40, 0..3), lines_a_page in 1_usize..9, packed: bool) {
        let scratch = Scratch::new();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(lines.len())).collect();
        cuts.sort_unstable();
        cuts.push(lines.len());
        let mut from = 0;
        for (at, until) in cuts.iter().enumerate() {
            let text: String = lines[from..*until].iter().map(|line| format!("{line}\n")).collect();
            let last = at + 1 == cuts.len();
            let name = if last { "service.log".to_owned() } else { format!("service.log.{}{}", cuts.len() - at, if packed { ".gz" } else { "" }) };
            write(&scratch, &name, text, at as u64);
            from = *until;
        }
        let expected: Vec<String> = lines.iter().map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
        let wanted = Wanted { lines: lines_a_page, ..NEWEST };
        let mut page = paged(&scratch, wanted).unwrap();
        let mut shown: Vec<String> = texts(&page).iter().map(ToString::to_string).collect();
        while let Some(at) = page.before.clone() {
            page = paged(&scratch, Wanted { at: Some(&at), ..wanted }).unwrap();
            shown.splice(0..0, texts(&page).iter().map(ToString::to_string));
        }
        prop_assert_eq!(&shown, &expected);
        let mut shown: Vec<String> = texts(&page).iter().map(ToString::to_string).collect();
        while shown.len() < expected.len() {
            page = paged(&scratch, Wanted { at: Some(&page.after), direction: Direction::After, ..wanted }).unwrap();
            prop_assert!(!page.lines.is_empty(), "{:?} of {:?}", shown, expected);
            shown.extend(texts(&page).iter().map(ToString::to_string));
        }
        prop_assert_eq!(&shown, &expected);
    }
}
