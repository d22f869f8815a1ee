//! Values in HTML stay text.

use super::labels;
use crate::{
    alert::Alert,
    labels::Labels,
    template::message::{Content, Parts, Templates},
};

const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>";

fn content(annotation: &str) -> Content {
    let firing = [Alert {
        id: "0123456789abcdef".to_owned(),
        labels: labels(&[("alertname", "Down"), ("instance", HOSTILE)]),
        annotations: Labels::new([("summary", annotation)]),
        starts: 0,
        ends: None,
        value: 1.0,
        expression: "up == 0".to_owned(),
    }];
    let group = Labels::default();
    Content::new(&Parts {
        receiver: "a",
        reason: "",
        group: &group,
        firing: &firing,
        resolved: &[],
        dropped: 0,
        external_url: "https://deck",
        at: 0,
    })
}

fn page(text: &str) -> String {
    Templates::new(Vec::new()).unwrap().expand_html(text, &content("javascript:alert(1)")).unwrap()
}

#[test]
fn each_place_of_a_page_has_its_own_escape() {
    let cases = [
        ("{{ \"<b>\" }}", "&lt;b&gt;"),
        ("{{ \"<b>\" | safeHtml }}", "<b>"),
        ("<a href=\"/search?{{ \"q=test%20foo\" }}\"></a>", "<a href=\"/search?q%3Dtest%2520foo\"></a>"),
        ("<a href=\"/search?{{ \"q=test%20foo\" | safeUrl }}\"></a>", "<a href=\"/search?q=test%20foo\"></a>"),
        ("<a href=\"{{ .CommonAnnotations.summary }}\">", "<a href=\"#ZgotmplZ\">"),
        ("<a href='{{ \"https://a/b c\" }}'>", "<a href='https://a/b%20c'>"),
        ("<a href={{ \"https://a/b c\" }}>x</a>", "<a href=https://a/b%20c>x</a>"),
        ("<p title={{ \"a b>c\" }}>", "<p title=a&#32;b&gt;c>"),
        ("<p onclick=\"f({{ \"a'b\" }})\">", "<p onclick=\"f(&#34;a\\&#39;b&#34;)\">"),
        ("<p style=\"color: {{ \"red;x\" }}\">", "<p style=\"color: ZgotmplZ\">"),
        ("<p style=\"color: {{ \"#b3261e\" }}\">", "<p style=\"color: #b3261e\">"),
        (
            "<script>var a = {{ \"</script>\" }};</script><b>{{ \"<\" }}</b>",
            "<script>var a = \"\\u003C/script\\u003E\";</script><b>&lt;</b>",
        ),
        ("<!-- {{ \"--><script>\" }} -->{{ \"<\" }}", "<!--  -->&lt;"),
        ("<p {{ \"onclick=x\" }}>", "<p ZgotmplZ>"),
        ("<a href=\"/?q={{ urlquery \"a b/c\" }}\">", "<a href=\"/?q=a+b%2Fc\">"),
        ("{{ \"<b>&\" | html }}", "&lt;b&gt;&amp;"),
        ("<p title=\"{{ \"<b a='c'>&\" | html }}{{ \"\\\"x\" | safeHtml }}\">", "<p title=\"&lt;b a=&#39;c&#39;&gt;&amp;&#34;x\">"),
    ];
    for (text, expected) in cases {
        assert_eq!(page(text), expected, "{text}");
    }
}

#[test]
fn the_default_page_holds_nothing_of_what_labels_bring() {
    let page = page("{{ template \"email.default.html\" . }}");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
}
