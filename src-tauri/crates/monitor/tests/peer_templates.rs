//! Templates beside Alertmanager's own: `amtool template render`, which `AMTOOL` names; its default templates lie where the pattern
//! `AMTOOL_TEMPLATES` says. Labels as a whole are left out: Alertmanager 0.25 and later ones print them in different ways.
#![allow(clippy::print_stdout, reason = "the counts are what the test is for")]
#![allow(clippy::unwrap_used)]

use std::{path::Path, process::Command};

use quarterdeck_monitor::{
    alert::Alert,
    labels::Labels,
    template::message::{Content, Parts, Templates},
};
use quarterdeck_testkit::Scratch;

/// Names of the default templates that a reader sees, but for lists of alerts, which end with other words where there is no address.
const NAMES: &[&str] = &[
    "__subject",
    "__alertmanagerURL",
    "slack.default.title",
    "slack.default.titlelink",
    "slack.default.fallback",
    "slack.default.color",
    "slack.default.text",
    "pagerduty.default.description",
    "pagerduty.default.clientURL",
    "opsgenie.default.message",
    "opsgenie.default.description",
    "opsgenie.default.source",
    "wechat.default.message",
    "victorops.default.state_message",
    "victorops.default.entity_display_name",
    "pushover.default.title",
    "pushover.default.message",
    "sns.default.subject",
    "sns.default.message",
    "telegram.default.message",
    "email.default.subject",
];

const TEXTS: &[&str] = &[
    "{{ .Status }} {{ .Receiver }} {{ .ExternalURL }}",
    "{{ .CommonLabels.Names }} {{ .CommonLabels.Values }} {{ .CommonLabels.SortedPairs.Names }}",
    "{{ range $i, $a := .Alerts }}{{ $i }}{{ $a.Labels.instance }}{{ if eq $i 1 }}{{ break }}{{ end }};{{ end }}",
    "{{ range .Alerts.Firing }}{{ .Labels.instance }} {{ .StartsAt }} {{ .EndsAt }} {{ .StartsAt.Format \"Mon Jan _2 15:04:05.000 2006\" }}\n{{ end }}",
    "{{ range .Alerts.Resolved }}{{ .EndsAt.Sub .StartsAt }} {{ (.EndsAt.Sub .StartsAt).Seconds }}{{ end }}",
    "{{ (index .Alerts 0).Labels.SortedPairs.Values | join \", \" }}",
    "{{ with .CommonLabels.Remove (stringSlice \"job\") }}{{ .Names }}{{ end }}",
    "{{ .CommonLabels.none }}|{{ .CommonAnnotations.none }}",
    "{{ len .Alerts }} {{ .Alerts | len }} {{ len .CommonLabels }} {{ len \"abc\" }}",
    "{{ if and .CommonLabels.job (eq .Status \"firing\") }}a{{ else if .Status }}b{{ else }}c{{ end }}",
    "{{ range $k, $v := .CommonLabels }}{{ $k }}={{ $v }},{{ end }}",
    "{{ define \"x\" }}<{{ . }}>{{ end }}{{ template \"x\" .Status }}{{ block \"y\" 5 }}{{ . }}{{ end }}",
    "{{ $x := 1 }}{{ range .Alerts }}{{ $x = 2 }}{{ end }}{{ $x }}",
    "{{ \"a b\" | title }} {{ toUpper \"x\" }} {{ toLower \"X\" }} {{ \"don't stop ABC o_o\" | title }}",
    "{{ match \"^Di.k\" \"Disk\" }} {{ reReplaceAll \"(.)i\" \"$1-\" \"Disk\" }} {{ reReplaceAll \"a(x*)b\" \"${1}W\" \"-ab-axxb-\" }}",
    "{{ printf \"%v|%s|%q|%d|%5d|%-5d|%05d|%x|%t|%c|%U\" 1 \"a\" \"b\\n\" 2 3 4 5 255 true 65 66 }}",
    "{{ printf \"%f %.2f %8.3f %g %e %v\" 1.5 2.345 3.14159 1e6 12345.678 1e21 }}",
    "{{ printf \"%v %v %v\" 1e20 123456789.0 0.000001 }} {{ 100000.0 }} {{ 1234567.0 }} {{ .5 }}",
    "{{ printf \"%d\" \"a\" }} {{ printf \"%s\" 5 }} {{ printf \"%s\" }} {{ printf \"a\" 5 }} {{ printf \"%!\" 1 }}",
    "{{ printf \"%6.2f|%-8s|%8s|%.2s|%+d|% d|%x|%X|%#x\" 1.0 \"a\" \"b\" \"cde\" 5 6 \"hi\" \"hi\" 255 }}",
    "{{ printf \"%[2]d %[1]d\" 1 2 }} {{ printf \"%*d\" 5 1 }} {{ printf \"%v\" .CommonLabels.none }}",
    "{{ print 1 2 \"a\" \"b\" 3 true nil }} {{ println \"a\" 1 }}",
    "{{ html \"<a href='x'>&\" }} {{ js \"it's \\\"<b>\\\"\" }} {{ urlquery \"a b&c/d\" }}",
    "{{ slice \"abcdef\" 1 3 }} {{ index \"abc\" 1 }} {{ slice \"abc\" }}",
    "{{ not true }} {{ or 0 \"\" 5 }} {{ and 1 0 2 }} {{ eq 1 2 1 }} {{ ne \"a\" \"b\" }} {{ lt 1 2 }} {{ ge 2.5 2.5 }}",
    "{{ true }} {{ 0x10 }} {{ 'a' }} {{ `raw` }} {{ \"\\u00e9\\x41\\101\" }} {{ 1_000 }} {{ 0b11 }} {{ 0o17 }}",
    "a {{- \" b \" -}} c {{- /* x */ -}} d\n{{- 1 }}",
    "{{ nil }}",
    "{{ .Nothing }}",
    "{{ unknown 1 }}",
    "{{ $y }}",
    "{{ if }}a{{ end }}",
    "{{ .Status.Foo }}",
    "{{ gt 1 2.0 }}",
    "{{ index .Alerts 99 }}",
    "{{ end }}",
    "{{ range .Status }}{{ end }}",
    "{{ template \"none\" }}",
    "{{ toUpper 1 }}",
    "{{ 1 | 2 }}",
    "{{ safeHtml \"<b>\" }} {{ \"<i>\" }}",
];

const PAGES: &[&str] = &[
    "{{ \"<b>\" }} {{ \"<b>\" | safeHtml }}",
    "<a href=\"{{ .ExternalURL }}/x?q={{ \"a b&c\" }}\">x</a>",
    "<a href=\"{{ \"javascript:alert(1)\" }}\">x</a>",
    "<p title=\"{{ \"a\\\"b<c\" }}\">{{ range .CommonLabels.SortedPairs }}{{ .Name }}={{ .Value }}<br>{{ end }}</p>",
    "<p style=\"color: {{ \"red\" }}\">x</p>",
    "{{ .CommonLabels.none }}|{{ .CommonLabels.Values }}",
];

fn content(external_url: &str) -> Content {
    let of = |pairs: &[(&str, &str)]| Labels::new(pairs.iter().map(|(name, value)| (*name, *value)));
    let alert = |instance: &str, ends: Option<i64>| Alert {
        id: "0123456789abcdef".to_owned(),
        labels: of(&[("alertname", "Disk"), ("instance", instance), ("job", "node <x>"), ("severity", "critical")]),
        annotations: of(&[("summary", "It's \"full\" & <b>bold</b>"), ("value", instance)]),
        starts: 1_704_096_930_250,
        ends,
        value: 1.0,
        expression: "up == 0".to_owned(),
    };
    let group = of(&[("alertname", "Disk"), ("job", "node <x>")]);
    let (firing, resolved) = ([alert("b:9100", None), alert("a:9100", None)], [alert("c", Some(1_704_097_000_000))]);
    let parts =
        Parts { receiver: "team.a/b", reason: "", group: &group, firing: &firing, resolved: &resolved, dropped: 0, external_url, at: 0 };
    Content::new(&parts)
}

/// What amtool makes of a template; nothing where it refuses it.
fn theirs(amtool: &Path, scratch: &Scratch, kind: &str, text: &str) -> Option<String> {
    let data = scratch.file("data.json");
    let none = scratch.file("none-*.tmpl").into_os_string();
    let glob = std::env::var_os("AMTOOL_TEMPLATES").unwrap_or(none);
    let output = Command::new(amtool)
        .args(["template", "render", "--no-version-check"])
        .arg(format!("--template.glob={}", glob.to_string_lossy()))
        .arg(format!("--template.text={text}"))
        .arg(format!("--template.type={kind}"))
        .arg(format!("--template.data={}", data.display()))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    output.status.success().then(|| said.strip_suffix('\n').unwrap_or(&said).to_owned())
}

#[test]
#[ignore = "peer: wants amtool in AMTOOL"]
fn templates_read_as_alertmanager_writes_them() {
    let Some(amtool) = std::env::var_os("AMTOOL") else {
        println!("skipped: AMTOOL names no amtool");
        return;
    };
    let (scratch, content) = (Scratch::new(), content("https://deck.example.org"));
    std::fs::write(scratch.file("data.json"), content.json(usize::MAX).unwrap().to_string()).unwrap();
    let templates = Templates::new(Vec::new()).unwrap();
    let named = if std::env::var_os("AMTOOL_TEMPLATES").is_some() { NAMES } else { &[] };
    let names = named.iter().map(|name| ("text", format!("{{{{ template \"{name}\" . }}}}")));
    let texts = TEXTS.iter().map(|text| ("text", (*text).to_owned()));
    let pages = PAGES.iter().map(|text| ("html", (*text).to_owned()));
    let (mut same, mut refused, mut different) = (0, 0, Vec::new());
    for (kind, text) in names.chain(texts).chain(pages) {
        let ours = if kind == "text" { templates.expand(&text, &content) } else { templates.expand_html(&text, &content) };
        let theirs = theirs(Path::new(&amtool), &scratch, kind, &text);
        match (ours, theirs) {
            (Err(_), None) => refused += 1,
            (Ok(ours), Some(theirs)) if squeezed(&ours) == squeezed(&theirs) => same += 1,
            (ours, theirs) => different.push(format!("{kind} {text}\n  ours:   {ours:?}\n  theirs: {theirs:?}")),
        }
    }
    let files = own_files();
    let own = Templates::new(files.clone()).unwrap();
    for (kind, name) in NAMES.iter().map(|name| ("text", *name)).chain([("html", "email.default.html")]).filter(|_| !files.is_empty()) {
        let text = format!("{{{{ template \"{name}\" . }}}}");
        let ours = if kind == "text" { own.expand(&text, &content) } else { own.expand_html(&text, &content) };
        let theirs = theirs(Path::new(&amtool), &scratch, kind, &text).unwrap_or_default();
        // A comment of a page is left out there.
        let ours = ours.unwrap().split("<!--").map(|part| part.split_once("-->").map_or(part, |(_, rest)| rest)).collect::<String>();
        match squeezed(&ours) == squeezed(&theirs) {
            true => same += 1,
            false => different.push(format!("{kind} their own {name}\n  ours:   {ours}\n  theirs: {theirs}")),
        }
    }
    println!("{same} the same, {refused} refused by both, {} different\n{}", different.len(), different.join("\n"));
    assert!(different.is_empty());
}

/// Alertmanager's own default templates.
fn own_files() -> Vec<(String, String)> {
    let Some(pattern) = std::env::var_os("AMTOOL_TEMPLATES") else { return Vec::new() };
    let files = std::fs::read_dir(Path::new(&pattern).parent().unwrap()).unwrap().map(|entry| entry.unwrap().path());
    let templates = files.filter(|path| path.extension().is_some_and(|ending| ending == "tmpl"));
    templates.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
}

/// Who speaks is named by its own name; empty lines between parts do not count.
fn squeezed(text: &str) -> Vec<String> {
    text.replace("Quarterdeck", "Alertmanager").lines().map(str::to_owned).filter(|line| !line.trim().is_empty()).collect()
}
