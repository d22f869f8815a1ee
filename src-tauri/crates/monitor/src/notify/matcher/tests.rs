use proptest::prelude::*;

use super::*;

fn shown(text: &str) -> String {
    match read(text) {
        Ok(matchers) => matchers.iter().map(Matcher::to_string).collect::<Vec<_>>().join(" "),
        Err(error) => format!("{}: {}", error.at, error.message),
    }
}

#[test]
fn both_ways_of_writing_are_read() {
    let cases = [
        ("severity=page", r#"severity="page""#),
        ("{severity=page}", r#"severity="page""#),
        ("{severity=page", r#"severity="page""#),
        (r#"severity = "page" , team=~"a|b","#, r#"severity="page" team=~"a|b""#),
        (r#"a="b,c",d!="e""#, r#"a="b,c" d!="e""#),
        (r"a=b\c", r#"a="b\\c""#),
        (r#"a="b\nc\"d""#, r#"a="b\nc\"d""#),
        ("a=", r#"a="""#),
        ("a==b", r#"a="=b""#),
        ("a=b c", r#"a="b c""#),
        ("a:b=c", r#"a:b="c""#),
        ("", ""),
        ("{}", ""),
        (r#""the name"="a b""#, r#""the name"="a b""#),
        (r#"{"größe"=~"\u0061+"}"#, r#"größe=~"a+""#),
        ("größe=x", r#"größe="x""#),
        ("1a=b", r#"1a="b""#),
        (r#"🙂="\xf0\x9f\x99\x82""#, r#"🙂="🙂""#),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn what_is_no_matcher_says_where() {
    let cases = [
        ("severity", "8: behind severity one of =, !=, =~ and !~ is wanted"),
        ("=b", "0: a label's name is wanted here"),
        ("a=b,,c=d", "4: a label's name is wanted here"),
        (r#"a="b"#, "2: the quote is not closed"),
        (r#"a=b"c"#, "3: the quote is not closed"),
        (r#""a"="b" "c"="d""#, "8: a comma is wanted before the next matcher"),
        ("a=~(", "1: the expression ( cannot be read: unclosed group"),
        (r#"{"a"="b""#, "8: the brace is not closed"),
        (r#""a"="\z""#, "5: this escape is not known"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn expressions_mean_what_they_mean_in_go() {
    let like = |pattern: &str, value: &str| Matcher::new("a", Comparison::Like, pattern).unwrap().takes(value);
    assert!(like("db|web.*", "web12") && !like("db|web", "xweb"), "the whole value");
    assert!(!like("a.b", "a\nb"), "a dot is no line break");
    assert!(!like(r"\d", "٣") && like(r"[\d]+", "42") && like(r"[^\d]", "x") && like(r"[\D]", "x"), "figures are ASCII");
    assert!(like("a{b", "a{b") && like("{{x}}", "{{x}}") && like("a{2}", "aa"), "braces");
    assert!(like("[[]a[]x]", "[a]") && like("[a&&b]", "&") && like("[[:alpha:]_]+", "ab_"), "brackets");
    assert!(like(r"\Qa.b\E+", "a.bb") && !like(r"\Qa.b\E", "axb"), "verbatim");
    assert!(like(r"\<x\>", "<x>") && like(r"\bx\b", "x"), "edges of words");
    assert!(like("(?i)ab", "AB") && like("a+?", "aa"));
    for refused in ["a**", "a{1001}", "(?x)a", "a(", "[a", "\\", "*a", r"\1", "(?=a)"] {
        assert!(Matcher::new("a", Comparison::Like, refused).is_err(), "{refused}");
    }
}

#[test]
fn a_label_that_is_missing_is_empty() {
    let labels = Labels::new([("a", "1")]);
    let hold = |text: &str| Matchers::new(read(text).unwrap()).hold(&labels);
    assert!(hold("a=1") && hold("b!=1") && hold("b=") && hold("b=~.*") && hold("b!~.+") && hold(""));
    assert!(!hold("a!=1") && !hold("b=~.+") && !hold("a=1,b=1"));
}

#[test]
fn they_are_written_in_one_order() {
    let matchers = Matchers::new(read(r#"b="2",a=~"x",a="x",a="w""#).unwrap());
    assert_eq!(matchers.to_string(), r#"{a="w",a="x",a=~"x",b="2"}"#);
}

#[test]
fn a_command_line_has_single_labels() {
    assert_eq!(pair("a=b"), Ok(("a".to_owned(), "b".to_owned())));
    assert_eq!(pair("a=b,c"), Ok(("a".to_owned(), "b,c".to_owned())));
    assert_eq!(pair(r#""a b"="c""#), Ok(("a b".to_owned(), "c".to_owned())));
    assert!(pair("a!=b").is_err() && pair("{a=b}").is_err() && pair("a").is_err() && pair("").is_err());
}

proptest! {
    #[test]
    fn what_was_written_is_read_again(label in "[a-zA-Z_][a-zA-Z0-9_]{0,8}|\\PC{1,8}", value in "(?s).{0,12}", sign in 0..4_usize) {
        let comparison = [Comparison::Is, Comparison::IsNot, Comparison::Like, Comparison::NotLike][sign];
        if let Ok(matcher) = Matcher::new(label, comparison, value) {
            let written = matcher.to_string();
            prop_assert_eq!(read(&written), Ok(vec![matcher.clone()]), "{}", &written);
            let both = format!("{{{written},x=\"y\"}}");
            prop_assert_eq!(read(&both).map(|read| read.len()), Ok(2), "{}", both);
        }
    }

    #[test]
    fn no_text_is_too_strange_to_be_read_or_refused(text in "(?s).{0,40}", odd in "[{}\\[\\]()\\\\\"=~!,a*+?:^-]{0,20}") {
        for text in [text, odd] {
            drop(read(&text));
            drop(pair(&text));
            drop(Matcher::new("a", Comparison::Like, &*text));
        }
    }
}
