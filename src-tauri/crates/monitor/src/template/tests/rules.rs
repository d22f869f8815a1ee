//! The functions of rules. Texts and results are facts of Prometheus's own tests (template/template_test.go).

use super::{all, rule, said};
use crate::template::rule::check;

#[test]
fn values_of_queries() {
    all(&[
        ("{{ query \"metric\" | first | value }}", "21"),
        ("{{ query \"metric\" | first | label \"instance\" }}", "b"),
        ("{{ query \"metric\" | first | label \"foo\" }}", ""),
        ("{{ query \"metric\" | first | strvalue }}", ""),
        ("{{ $x := query \"metric\" | first }}{{ $x.Labels.foo }}", ""),
        ("{{ range query \"metric\" | sortByLabel \"instance\" }}{{.Labels.instance}}:{{.Value}}: {{end}}", "a:11.5: b:21: "),
        ("{{ (query \"missing\").banana }}", "The template cannot be expanded: line 1, column 4: a list has no banana."),
        (
            "{{ .Foo }}",
            "The template cannot be expanded: line 1, column 4: a rule's template has no Foo; it has Labels, ExternalLabels, ExternalURL, Value.",
        ),
    ]);
}

#[test]
fn hosts() {
    let cases = [
        ("foo.example.com", "foo.example.com", "foo"),
        ("foo.example.com:12345", "foo.example.com", "foo:12345"),
        ("192.0.2.1", "192.0.2.1", "192.0.2.1"),
        ("192.0.2.1:12345", "192.0.2.1", "192.0.2.1:12345"),
        ("2001:0DB8::1", "2001:0DB8::1", "2001:0DB8::1"),
        ("[2001:0DB8::1]:12345", "2001:0DB8::1", "[2001:0DB8::1]:12345"),
        ("[2001:0DB8::1]::12345", "[2001:0DB8::1]::12345", "[2001:0DB8::1]::12345"),
    ];
    for (host, without_port, without_domain) in cases {
        assert_eq!(said(&format!("{{{{ {host:?} | stripPort }}}}")), without_port);
        assert_eq!(said(&format!("{{{{ {host:?} | stripDomain }}}}")), without_domain);
    }
}

#[test]
fn numbers_for_people() {
    let of = |function: &str, numbers: &[&str]| -> Vec<String> {
        numbers.iter().map(|number| said(&format!("{{{{ {number} | {function} }}}}"))).collect()
    };
    assert_eq!(
        of("humanize", &["0.0", "1.0", "1234567.0", ".12", "-1", "9223372036854775807"]),
        ["0", "1", "1.235M", "120m", "-1", "9.223E"]
    );
    assert_eq!(of("humanize", &["\"0.0\"", "\"1234567.0\"", "\".12\""]), ["0", "1.235M", "120m"]);
    assert_eq!(
        of("humanize1024", &["0.0", "1.0", "1048576.0", ".12", "1234567", "9223372036854775807"]),
        ["0", "1", "1Mi", "0.12", "1.177Mi", "8Ei"]
    );
    assert_eq!(
        of("humanizeDuration", &["0", "1", "60", "3600", "86400", "90000", "-183845", "899.99", "1234567"]),
        ["0s", "1s", "1m 0s", "1h 0m 0s", "1d 0h 0m 0s", "1d 1h 0m 0s", "-2d 3h 4m 5s", "14m 59s", "14d 6h 56m 7s"]
    );
    assert_eq!(
        of("humanizeDuration", &[".1", ".0001", ".12345", "60.1", "60.5", "1.2345", "12.345"]),
        ["100ms", "100us", "123.5ms", "1m 0s", "1m 0s", "1.234s", "12.35s"]
    );
    assert_eq!(
        of("humanizePercentage", &["-0.22222", "0.0", "0.1234567", "1.23456", "1234567"]),
        ["-22.22%", "0%", "12.35%", "123.5%", "1.235e+08%"]
    );
    for function in ["humanize", "humanize1024", "humanizeDuration", "humanizeTimestamp"] {
        assert_eq!(of(function, &["\"+Inf\"", "\"-Inf\"", "\"NaN\""]), ["+Inf", "-Inf", "NaN"], "{function}");
    }
    assert_eq!(
        of("humanizeTimestamp", &["0", "-1", "1234567", "9223372036", "1435065584.128", "\"1435065584.128\""]),
        [
            "1970-01-01 00:00:00 +0000 UTC",
            "1969-12-31 23:59:59 +0000 UTC",
            "1970-01-15 06:56:07 +0000 UTC",
            "2262-04-11 23:47:16 +0000 UTC",
            "2015-06-23 13:19:44.128 +0000 UTC",
            "2015-06-23 13:19:44.128 +0000 UTC",
        ]
    );
    assert_eq!(said("{{ $value }}|{{ $value | humanize }}|{{ .Value | printf \"%.0f\" }}"), "1.234567e+06|1.235M|1234567");
}

#[test]
fn times() {
    all(&[
        ("{{ (1435065584.128 | toTime).Format \"2006\" }}", "2015"),
        ("{{ (\"1435065584.128\" | toTime).Format \"2006\" }}", "2015"),
        ("{{ (1800 | toDuration).String }}", "30m0s"),
        ("{{ now }}", "1.353755652e+09"),
        ("{{ (now | toTime).Format \"Mon Jan 2 15:04:05 2006\" }}", "Sat Nov 24 11:14:12 2012"),
        ("{{ (\"-30m\" | parseDuration | toDuration | (now | toTime).Add).UnixMilli }}", "1353753852000"),
        ("{{ printf \"%0.2f\" (parseDuration \"1h2m10ms\") }}", "3720.01"),
        ("{{ printf \"%0.2f\" (parseDuration \"-1h2m10ms\") }}", "-3720.01"),
        (
            "{{ (now | toTime).Format \"Monday, 02-Jan-06 03:04:05.000 PM -07:00 MST 002\" }}",
            "Saturday, 24-Nov-12 11:14:12.000 AM +00:00 UTC 329",
        ),
    ]);
}

#[test]
fn words_and_links() {
    all(&[
        ("{{ \"aa bb CC\" | title }}", "Aa Bb CC"),
        ("{{ \"aa bb CC\" | toUpper }} {{ \"aA bB CC\" | toLower }}", "AA BB CC aa bb cc"),
        ("{{ match \"a+\" \"aa\" }} {{ match \"a+\" \"b\" }}", "true false"),
        ("{{ reReplaceAll \"(a)b\" \"x$1\" \"ab\" }}", "xa"),
        ("{{ graphLink \"up\" }} {{ tableLink \"up == 1\" }}", "/graph?g0.expr=up&g0.tab=0 /graph?g0.expr=up+%3D%3D+1&g0.tab=1"),
        ("{{ pathPrefix }} {{ externalURL }}", "/path/prefix http://testhost:9090/path/prefix"),
        ("{{ \"<b>\" }}{{ \"<b>\" | safeHtml }} {{ urlQueryEscape \"a&b\" }}", "<b><b> a%26b"),
    ]);
}

struct Refuses(&'static str);

impl crate::template::rule::Asks for Refuses {
    fn ask(&self, _: &str) -> quarterdeck_model::Outcome<Vec<(crate::labels::Labels, f64)>> {
        use quarterdeck_model::Fault;
        Err(if self.0 == "cancelled" {
            Fault::cancelled("It was stopped.")
        } else {
            Fault::usage("bad-query", "There is no such function.")
        })
    }
}

#[test]
fn a_query_that_is_refused_says_where() {
    use crate::template::rule::{Facts, expand};
    let labels = crate::labels::Labels::default();
    let facts = Facts { labels: &labels, external: &labels, external_url: "", value: 0.0, at: 0 };
    let fault = expand("a {{ query \"x(\" }}", &facts, &Refuses("")).unwrap_err();
    assert_eq!(fault.message, "The template cannot be expanded: line 1, column 6: query: There is no such function.");
    assert!(expand("{{ query \"x\" }}", &facts, &Refuses("cancelled")).unwrap_err().is("cancelled"));
}

#[test]
fn what_cannot_be_expanded_says_where() {
    all(&[
        ("{{", "The template cannot be read: line 1, column 1: the action has no end."),
        ("line\n  {{ humanize \"one\" }}", "The template cannot be expanded: line 2, column 6: humanize: \"one\" is no number."),
        ("{{\u{a0}}}", "The template cannot be read: line 1, column 3: '\\u{a0}' (U+00A0) has no meaning here."),
        (
            "{{ \"one\" | humanizePercentage }}",
            "The template cannot be expanded: line 1, column 12: humanizePercentage: \"one\" is no number.",
        ),
        (
            "{{ 9223372036854775807 | humanizeTimestamp }}",
            "The template cannot be expanded: line 1, column 26: humanizeTimestamp: 9.223372036854776e+18 is no time.",
        ),
        ("{{ toUpper 1 }}", "The template cannot be expanded: line 1, column 4: toUpper: a string is expected, not int."),
        (
            "{{ reReplaceAll \"(\" \"\" \"\" }}",
            "The template cannot be expanded: line 1, column 4: reReplaceAll: \"(\" is no regular expression.",
        ),
    ]);
    let fault = check("ok\n{{ humanise $value }}").unwrap_err();
    assert!(fault.is("template-wrong"), "{fault}");
    assert_eq!(crate::template::place(&fault).map(|place| (place.line, place.column)), Some((2, 4)));
    check("{{ humanize $value }}").unwrap();
    assert!(rule("{{ end }}").unwrap_err().is("template-wrong"));
}
