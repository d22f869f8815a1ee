//! Templates that loop, grow, or were written by somebody who wishes us ill.

use proptest::prelude::*;

use super::rule;
use crate::template::LONGEST;

fn code(text: &str) -> String {
    rule(text).map_or_else(|fault| fault.code.to_string(), |text| format!("{} characters", text.len()))
}

#[test]
fn what_does_not_end_is_ended() {
    let endless = [
        "{{ define \"a\" }}{{ template \"a\" }}{{ end }}{{ template \"a\" }}",
        "{{ define \"a\" }}{{ template \"b\" . }}{{ end }}{{ define \"b\" }}{{ template \"a\" . }}{{ end }}{{ template \"a\" . }}",
        "{{ define \"a\" }}{{ tmpl \"a\" . }}{{ end }}{{ tmpl \"a\" . }}",
        "{{ range 9000000000 }}{{ end }}",
        "{{ range 9000 }}{{ range 9000 }}{{ end }}{{ end }}",
        "{{ range 100000 }}0123456789{{ end }}",
        "{{ $x := \"0123456789\" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}",
        "{{ $x := \"aaaaaaaaaa\" }}{{ range 40 }}{{ $x = reReplaceAll \"a\" \"aaaaaaaaaa\" $x }}{{ end }}",
        "{{ $x := \"aaaaaaaaaa\" }}{{ range 14 }}{{ $x = print $x $x }}{{ end }}{{ range 1000000 }}{{ $y := reReplaceAll \"b\" \"c\" $x }}{{ end }}",
        "{{ $x := args 1 }}{{ range 20 }}{{ $x = args $x $x }}{{ end }}{{ $x }}",
    ];
    for text in endless {
        assert_eq!(code(text), "template-endless", "{text}");
    }
    let fault = rule("a\n{{ define \"a\" }}\n  {{ template \"a\" }}{{ end }}{{ template \"a\" }}").unwrap_err();
    assert_eq!(fault.message, "The template cannot be expanded: line 3, column 6: blocks and templates lie in each other too deeply.");
}

#[test]
fn what_lies_too_deep_is_refused() {
    let nested = |open: &str, close: &str| format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
    assert_eq!(code(&nested("{{ if true }}", "{{ end }}")), "template-wrong");
    assert_eq!(code(&format!("{{{{ print {} }}}}", nested("(", ")"))), "template-wrong");
    assert_eq!(code(&format!("{{{{ if true }}}}{}{{{{ end }}}}", "{{ else if true }}".repeat(100_000))), "template-wrong");
    assert_eq!(code("{{ $x := args 1 }}{{ range 100 }}{{ $x = args $x }}{{ end }}"), "template-failed");
    assert_eq!(code("{{ printf \"%1000000000d\" 1 }}"), "template-failed");
    assert_eq!(code(&format!("{{{{ range 1000 }}}}{}{{{{ end }}}}", "{{ query \"x\" }}".repeat(3))), "template-failed");
    assert_eq!(code("{{ reReplaceAll \"(((a{1000}){1000}){1000})\" \"\" \"\" }}"), "template-failed");
}

#[test]
fn values_are_text_whatever_they_hold() {
    assert_eq!(code("{{/*/ a */}}b"), "1 characters");
    assert_eq!(code("{{/*/"), "template-wrong");
    assert_eq!(rule("{{ \"{{ $value }}\" }}").unwrap(), "{{ $value }}");
    assert_eq!(code(&"x".repeat(LONGEST * 2)), format!("{} characters", LONGEST * 2), "a text without actions is as long as it is");
}

proptest! {
    #[test]
    fn nothing_that_is_written_breaks_it(pieces in proptest::collection::vec(prop::sample::select(vec![
        "{{", "}}", "{{-", "-}}", " ", "if", "else", "end", "range", "with", "define", "template", "\"a\"", "`", "\"", "'a'", ".", ".Labels", "$x", ":=", "=",
        "|", "(", ")", ",", "1", "1.5", "/*", "*/", "é", "\n", "printf", "\"%s%d\"", "len", "index", "$", "block", "break", "nil", "slice", "and", "args", "tmpl",
    ]), 0..24)) {
        let text = pieces.concat();
        let _whatever = rule(&text);
        let _spaced = rule(&pieces.join(" "));
    }

    #[test]
    fn no_letters_break_it(text in "(\\{\\{|\\}\\}|/\\*|\\*/|-|[ $.|()\"'`*/a-z0-9é:=,\\n\\\\]){0,40}") {
        let _whatever = rule(&text);
        let _inside = rule(&format!("{{{{{text}}}}}"));
    }

    #[test]
    fn printf_takes_any_format(format in "[%a-zA-Z0-9.*+# \\[\\]-]{0,16}") {
        let _whatever = rule(&format!("{{{{ printf {format:?} 1 2.5 \"a\" nil .Labels }}}}"));
    }

    #[test]
    fn times_take_any_layout(layout in "[JanMoT0-9 _.,:Z-]{0,16}", seconds in any::<i32>()) {
        let _whatever = rule(&format!("{{{{ ({seconds} | toTime).Format {layout:?} }}}}"));
    }
}
