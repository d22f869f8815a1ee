//! The language itself: actions, variables, blocks, comparison, printf.

use super::{all, said};

#[test]
fn actions_and_what_they_trim() {
    all(&[
        ("plain text", "plain text"),
        ("{{ 1 }}", "1"),
        ("a {{- 1 -}} b", "a1b"),
        ("a\n\t{{- /* not shown */ -}}\n b", "ab"),
        ("a {{/* kept apart */}} b", "a  b"),
        ("a {{-3}} b", "a -3 b"),
        ("a {{- -3 -}} b", "a-3b"),
        ("{{ \"a\\tb\\x41\\u00e9\\101\" }}", "a\tbAéA"),
        ("{{ `raw \\n \"text\"` }}", "raw \\n \"text\""),
        ("{{ 'a' }} {{ '\\n' }}", "97 10"),
        ("{{ 0x1f }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ 1e3 }} {{ .5 }} {{ +4 }}", "31 3 15 15 1000 1000 0.5 4"),
        ("{{ true }} {{ false }}", "true false"),
        ("{{\n  1\n}}", "1"),
        ("}} stays", "}} stays"),
    ]);
}

#[test]
fn variables_live_as_long_as_their_block() {
    all(&[
        ("{{ $x := 1 }}{{ $x }}", "1"),
        ("{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ end }}{{ $x }}", "2"),
        ("{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}", "21"),
        ("{{ range $x := list3 }}{{ end }}", "The template cannot be read: line 1, column 16: there is no function list3."),
        ("{{ with $x := 5 }}{{ $x }}{{ end }}", "5"),
        (
            "{{ if $x := 5 }}{{ $x }}{{ . | len }}{{ else }}{{ $x }}{{ end }}",
            "The template cannot be expanded: line 1, column 32: len: a rule's template has no length.",
        ),
        ("{{ $labels.job }} {{ $.Labels.job }} {{ .Labels.job }} {{ index $labels \"job\" }}", "shop shop shop shop"),
        ("{{ $y }}", "The template cannot be read: line 1, column 4: the variable $y is not there."),
        ("{{ if true }}{{ $z := 1 }}{{ end }}{{ $z }}", "The template cannot be read: line 1, column 39: the variable $z is not there."),
        ("{{ $y = 1 }}", "The template cannot be read: line 1, column 4: the variable $y is not there."),
        ("{{ $externalLabels.cluster }} {{ .ExternalLabels.cluster }} {{ $externalURL }}", "north north http://testhost:9090/path/prefix"),
    ]);
}

#[test]
fn conditions_and_what_else() {
    all(&[
        ("{{ if 0 }}a{{ else if \"\" }}b{{ else if 1.5 }}c{{ else }}d{{ end }}", "c"),
        ("{{ if .Labels.none }}a{{ else }}b{{ end }}", "b"),
        ("{{ with .Labels.job }}[{{ . }}]{{ else }}none{{ end }}", "[shop]"),
        ("{{ with .Labels.none }}[{{ . }}]{{ else with .Labels.job }}<{{ . }}>{{ else }}none{{ end }}", "<shop>"),
        ("{{ if and .Labels.job (gt .Value 5.0) }}yes{{ end }}", "yes"),
        ("{{ if or .Labels.none (eq .Labels.job \"a\" \"b\" \"shop\") }}yes{{ end }}", "yes"),
        ("{{ and 1 0 (index nil 1) }}", "0"),
        ("{{ or 0 2 (index nil 1) }}", "2"),
        ("{{ not 1 }} {{ ne 1 2 }} {{ lt \"a\" \"b\" }} {{ le 2 2 }} {{ ge 1.5 2.5 }}", "false true true true false"),
        (
            "{{ gt .Value 100 }}",
            "The template cannot be expanded: line 1, column 4: gt: float64 and int cannot be compared: write 100.0 to compare with a float.",
        ),
        ("{{ eq .Labels.none nil }}", "false"),
    ]);
}

#[test]
fn ranges_go_through_lists_maps_and_numbers() {
    all(&[
        ("{{ range $i, $v := query \"x\" }}{{ $i }}={{ $v.Value }};{{ end }}", "0=21;1=11.5;"),
        ("{{ range $n, $v := .Labels }}{{ $n }}={{ $v }};{{ end }}", "instance=a.example.org:9100;job=shop;"),
        ("{{ range 3 }}{{ . }}{{ end }}", "012"),
        ("{{ range .ExternalLabels }}{{ . }}{{ end }}", "north"),
        ("{{ range $i := 5 }}{{ if eq $i 1 }}{{ continue }}{{ end }}{{ if eq $i 3 }}{{ break }}{{ end }}{{ $i }}{{ end }}", "02"),
        ("{{ range $x := args }}{{ . }}{{ else }}none{{ end }}", "none"),
        ("{{ $last := 0 }}{{ range $i := 4 }}{{ $last = $i }}{{ end }}{{ $last }}", "3"),
        ("{{ break }}", "The template cannot be read: line 1, column 4: break stands outside of a range."),
    ]);
}

#[test]
fn templates_call_each_other() {
    all(&[
        ("{{define \"x\"}}{{.arg0}} {{.arg1}}{{end}}{{template \"x\" (args 1 \"2\")}}", "1 2"),
        ("{{ block \"b\" .Labels.job }}<{{ . }}>{{ end }}", "<shop>"),
        ("{{ define \"a\" }}x{{ end }}{{ $name := \"a\" }}{{ tmpl $name . }}", "x"),
        ("{{ define \"a\" }}{{ $value }}{{ end }}", "The template cannot be read: line 1, column 20: the variable $value is not there."),
        ("{{ template \"none\" }}", "The template cannot be expanded: line 1, column 4: there is no template \"none\"."),
    ]);
}

#[test]
fn pipelines_give_their_value_on() {
    all(&[
        ("{{ \"abc\" | printf \"%s-%s\" \"x\" | toUpper }}", "X-ABC"),
        ("{{ (query \"x\" | first).Labels.instance }}", "b"),
        ("{{ len (query \"x\") }} {{ len \"abc\" }} {{ .Labels | len }}", "2 3 2"),
        ("{{ slice \"abcdef\" 1 3 }} {{ slice \"abc\" 2 }} {{ index (query \"x\") 1 | value }}", "bc c 11.5"),
        ("{{ html \"<a b='c'>\" }} {{ urlquery \"a b/c\" }} {{ js \"it's\" }}", "&lt;a b=&#39;c&#39;&gt; a+b%2Fc it\\'s"),
        ("{{ print 1 2 \"a\" 3 4 }}|{{ println 1 \"a\" }}|", "1 2a3 4|1 a\n|"),
        ("{{ 1 | 2 }}", "The template cannot be read: line 1, column 8: what stands behind | must be a function."),
        ("{{ \"a\" \"b\" }}", "The template cannot be read: line 1, column 8: an argument stands here, and nothing before it takes one."),
        ("{{ .Labels .Value }}", "The template cannot be expanded: line 1, column 4: Labels takes no arguments."),
        ("{{ print \"a\"\"b\" }}", "The template cannot be read: line 1, column 13: a blank is missing here."),
    ]);
}

/// As Go's fmt writes them.
#[test]
fn printf_follows_go() {
    let cases: &[(&str, &str)] = &[
        ("\"%d|%5d|%-5d|%05d|%+d\" 42 42 42 42 42", "42|   42|42   |00042|+42"),
        ("\"%.2f|%8.2f|%-8.1f|%08.3f|%f\" 3.14159 3.14159 3.14159 -3.14159 1.0", "3.14|    3.14|3.1     |-003.142|1.000000"),
        ("\"%g|%g|%g|%e|%E|%.3g\" 1e21 0.00001 123456.0 1234.5 1234.5 1234.5", "1e+21|1e-05|123456|1.234500e+03|1.234500E+03|1.23e+03"),
        ("\"%v|%v|%v|%v\" 1.5 \"a\" true 7", "1.5|a|true|7"),
        ("\"%q|%s|%10s|%-10s|%.2s|%x\" \"a\\\"b\" \"c\" \"d\" \"e\" \"fgh\" \"hi\"", "\"a\\\"b\"|c|         d|e         |fg|6869"),
        // Letters, marks and symbols stand as they are; other blanks, what cannot be seen and what no sign was given to do not.
        ("\"%q\" \"é☺e\\u0301\\U0001f600\\ufffd\"", "\"é☺e\u{301}\u{1f600}\u{fffd}\""),
        ("\"%q\" \"\\a\\n\\x7f\\u0085\\u00a0\\u00ad\\u200b\\u2028\\u3000\"", r#""\a\n\x7f\u0085\u00a0\u00ad\u200b\u2028\u3000""#),
        ("\"%q\" \"\\ue000\\U000e0001\\U0010ffff\"", r#""\ue000\U000e0001\U0010ffff""#),
        ("\"%t|%c|%U|%x|%X|%#x|%o|%b\" true 65 8364 255 255 255 8 5", "true|A|U+20AC|ff|FF|0xff|10|101"),
        ("\"%d%%\" 5", "5%"),
        ("\"%d\" 1.5", "%!d(float64=1.5)"),
        ("\"%s\" 5", "%!s(int=5)"),
        ("\"%d\" \"a\"", "%!d(string=a)"),
        ("\"%s %s\" \"a\"", "a %!s(MISSING)"),
        ("\"%s\" \"a\" 5", "a%!(EXTRA int=5)"),
        ("\"%[2]s %[1]s\" \"a\" \"b\"", "b a"),
        ("\"%*d\" 5 42", "   42"),
        ("\"%v %s\" .Labels.none nil", " %!s(<nil>)"),
        ("\"%z\" 1", "%!z(int=1)"),
        ("\"100%\"", "100%!(NOVERB)"),
        ("\"%6.2f%%\" 12.345", " 12.35%"),
        ("\"%v\" (args 1 \"b\")", "map[arg0:1 arg1:b]"),
        ("\"%.1f\" (query \"x\" | first | value)", "21.0"),
    ];
    for (arguments, expected) in cases {
        assert_eq!(said(&format!("{{{{ printf {arguments} }}}}")), *expected, "{arguments}");
    }
}
