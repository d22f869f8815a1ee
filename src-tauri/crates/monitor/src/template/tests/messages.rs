//! Templates of notifications. Texts and results are facts of Alertmanager's own tests (template/template_test.go).

use super::labels;
use crate::{
    alert::Alert,
    labels::Labels,
    template::message::{Content, Parts, Templates},
};

fn alert(name: &str, more: &[(&str, &str)], annotations: &[(&str, &str)]) -> Alert {
    Alert {
        id: format!("{:016x}", name.len()),
        labels: labels(more).with("alertname", name),
        annotations: labels(annotations),
        starts: 1_704_096_930_000,
        ends: None,
        value: 0.5,
        expression: "up == 0".to_owned(),
    }
}

fn content(firing: &[Alert], resolved: &[Alert], external_url: &str) -> Content {
    let group = labels(&[("alertname", "Down")]);
    let at = 1_704_096_930_000 + 3_600_000;
    Content::new(&Parts {
        receiver: "ops.team",
        reason: "first notification",
        group: &group,
        firing,
        resolved,
        dropped: 0,
        external_url,
        at,
    })
}

fn two() -> Content {
    let shared = [("job", "shop"), ("severity", "critical")];
    let firing = [
        alert("Down", &[shared[0], shared[1], ("instance", "a")], &[("summary", "It is down"), ("runbook", "down")]),
        alert("Down", &[shared[0], shared[1], ("instance", "b")], &[("summary", "It is down too"), ("runbook", "down")]),
    ];
    let mut over = alert("Down", &[shared[0], shared[1], ("instance", "c")], &[("runbook", "down")]);
    over.ends = Some(1_704_096_990_000);
    content(&firing, &[over], "https://deck.example.org")
}

fn said(text: &str) -> String {
    Templates::new(Vec::new()).unwrap().expand(text, &two()).unwrap_or_else(|fault| fault.message)
}

#[test]
fn subjects_read_as_alertmanager_writes_them() {
    assert_eq!(said("{{ template \"__subject\" . }}"), "[FIRING:2] Down (shop critical)");
    let templates = Templates::new(Vec::new()).unwrap();
    let mut over = alert("Down", &[], &[]);
    over.ends = Some(1);
    let resolved = content(&[], &[over], "");
    assert_eq!(templates.expand("{{ template \"slack.default.title\" . }}", &resolved).unwrap(), "[RESOLVED] Down ");
}

#[test]
fn the_list_of_alerts_names_labels_annotations_and_source() {
    assert_eq!(
        said("{{ template \"__text_alert_list\" .Alerts.Resolved }}"),
        "Labels:\n - alertname = Down\n - instance = c\n - job = shop\n - severity = critical\nAnnotations:\n - runbook = down\nSource: https://deck.example.org/alerts/0000000000000004\n"
    );
    let every = [
        "opsgenie.default.description",
        "telegram.default.message",
        "msteams.default.text",
        "pushover.default.message",
        "wechat.default.message",
    ];
    for name in every {
        let text = said(&format!("{{{{ template {name:?} . }}}}"));
        assert!(text.contains("Alerts Firing:") && text.contains("Alerts Resolved:") && text.contains("instance = a"), "{name}: {text}");
    }
    assert_eq!(said("{{ template \"jira.default.priority\" . }}"), "High");
    assert_eq!(said("{{ template \"slack.default.color\" . }}"), "danger");
    assert_eq!(
        said("{{ template \"slack.default.fallback\" . }}"),
        "[FIRING:2] Down (shop critical) | https://deck.example.org/#/alerts?receiver=ops%5C.team"
    );
}

#[test]
fn what_the_message_holds() {
    let cases = [
        ("{{ .Receiver }} {{ .Status }} {{ .NotificationReason }}", "ops\\.team firing first notification"),
        ("{{ .CommonLabels }}|{{ .CommonAnnotations }}", "alertname=Down, job=shop, severity=critical|runbook=down"),
        ("{{ .Alerts.Firing | len }} {{ len .Alerts.Resolved }} {{ len .Alerts }}", "2 1 3"),
        ("{{ range .Alerts }}{{ .Status }}:{{ .Labels.instance }} {{ end }}", "firing:a firing:b resolved:c "),
        ("{{ (index .Alerts 0).Labels.SortedPairs }}", "alertname=Down, instance=a, job=shop, severity=critical"),
        ("{{ .CommonLabels.SortedPairs.Names | join \",\" }}", "alertname,job,severity"),
        ("{{ with .CommonLabels.Remove (stringSlice \"job\" \"severity\") }}{{ .SortedPairs.Values }}{{ end }}", "[Down]"),
        ("{{ .CommonLabels.Names.Join \"+\" }} {{ .GroupLabels.Values }}", "alertname+job+severity [Down]"),
        ("{{ (index .Alerts 0).StartsAt.Format \"15:04\" }} {{ (index .Alerts 0).EndsAt.IsZero }}", "08:15 true"),
        ("{{ since (index .Alerts 0).StartsAt | humanizeDuration }}", "1h 0m 0s"),
        ("{{ (index .Alerts 0).StartsAt | tz \"Europe/Paris\" }}", "2024-01-01 09:15:30 +0100 CET"),
        ("{{ (index .Alerts 0).StartsAt | date \"2006-01-02\" }}", "2024-01-01"),
        ("{{ now.Format \"15:04\" }}", "09:15"),
        (
            "{{ .Foo }}",
            "The template cannot be expanded: line 1, column 4: the notification has no Foo; it has Receiver, Status, Alerts, NotificationReason, GroupLabels, CommonLabels, CommonAnnotations, RouteLabels, ExternalURL, Omitted.",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected, "{text}");
    }
}

#[test]
fn functions_of_messages() {
    let cases = [
        ("{{ \"aBC dEF\" | title }} {{ \" a b \" | trimSpace }}|{{ \"search?q=a%20b\" | urlUnescape }}", "Abc Def a b|search?q=a b"),
        ("{{ reReplaceAll \"ab\" \"AB\" \"abcdabcda\" }} {{ match \"[a-z]+\" \"abc\" }}", "ABcdABcda true"),
        ("{{ \"te<st\" | toJson }} {{ 42 | toJson }} {{ true | toJson }} {{ 1.5 | toJson }}", "\"te\\u003cst\" 42 true 1.5"),
        (
            "{{ dict \"key\" \"value\" \"number\" 123 | toJson }} {{ list \"a\" 1 | toJson }}",
            "{\"key\":\"value\",\"number\":123} [\"a\",1]",
        ),
        ("{{ .CommonLabels | toJson }}", "{\"alertname\":\"Down\",\"job\":\"shop\",\"severity\":\"critical\"}"),
        (
            "{{ .Alerts.Resolved | toJson }}",
            "[{\"status\":\"resolved\",\"labels\":{\"alertname\":\"Down\",\"instance\":\"c\",\"job\":\"shop\",\"severity\":\"critical\"},\"annotations\":{\"runbook\":\"down\"},\"startsAt\":\"2024-01-01T08:15:30Z\",\"endsAt\":\"2024-01-01T08:16:30Z\",\"generatorURL\":\"https://deck.example.org/alerts/0000000000000004\",\"fingerprint\":\"0000000000000004\"}]",
        ),
        ("{{ \"test\" | base64encode }} {{ \"flush>>\" | base64encode }} {{ \"dGVzdA==\" | base64decode }}", "dGVzdA== Zmx1c2g-Pg== test"),
        ("{{- $test := dict -}}{{ $test }} {{ list }} {{ dict \"a\" 1 \"b\" 2 }} {{ list \"a\" \"b\" }}", "map[] [] map[a:1 b:2] [a b]"),
        ("{{- $test := list \"a\" -}}{{ $test = append $test \"c\" \"d\" -}}{{ $test }}", "[a c d]"),
        (
            "{{ toDate \"2006-01-02\" \"2024-03-15\" | date \"02 Jan 2006\" }} {{ toDate \"2006-01-02\" \"no\" | date \"2006\" }}",
            "15 Mar 2024 0001",
        ),
        ("{{ mustToDate \"Jan 2 15:04:05.000 -0700 2006\" \"Mar 15 10:00:00.250 +0200 2024\" }}", "2024-03-15 08:00:00.25 +0000 UTC"),
        ("[{{ routeLabels \"nope\" }}]", "[]"),
    ];
    for (text, expected) in cases {
        assert_eq!(said(text), expected, "{text}");
    }
    for wrong in [
        "{{ dict \"a\" }}",
        "{{ dict 1 2 }}",
        "{{ \"not-valid-base64!\" | base64decode }}",
        "{{ now | tz \"Invalid/Timezone\" }}",
        "{{ \"%zz\" | urlUnescape }}",
    ] {
        assert!(said(wrong).starts_with("The template cannot be expanded: line 1, column "), "{wrong}: {}", said(wrong));
    }
}

#[test]
fn files_of_the_user_replace_the_defaults() {
    let files = vec![("custom.tmpl".to_owned(), "{{ define \"slack.default.title\" }}{{ .Status }}: mine{{ end }}".to_owned())];
    let templates = Templates::new(files).unwrap();
    assert_eq!(templates.expand("{{ template \"slack.default.title\" . }}", &two()).unwrap(), "firing: mine");

    let fault = Templates::new(vec![("bad.tmpl".to_owned(), "{{ define \"a\" }}\n{{ nothing }}{{ end }}".to_owned())]).unwrap_err();
    assert_eq!(fault.message, "The template bad.tmpl cannot be read: line 2, column 4: there is no function nothing.");
    let failing = Templates::new(vec![("bad.tmpl".to_owned(), "{{ define \"a\" }}\n{{ .Nothing }}{{ end }}".to_owned())]).unwrap();
    let fault = failing.expand("{{ template \"a\" . }}", &two()).unwrap_err();
    assert!(
        fault.message.starts_with("The template bad.tmpl cannot be expanded: line 2, column 4: the notification has no Nothing"),
        "{fault}"
    );
}

#[test]
fn many_alerts_are_cut_where_the_caller_asks() {
    let firing: Vec<Alert> =
        (0..10_000).map(|i| alert("Down", &[("instance", &format!("host-{i}"))], &[("summary", "It is down")])).collect();
    let content = content(&firing, &[], "");
    let templates = Templates::new(Vec::new()).unwrap();
    assert_eq!(templates.expand("{{ template \"__subject\" . }}", &content).unwrap(), "[FIRING:10000] Down ");
    let whole = templates.expand_html("{{ template \"email.default.html\" . }}", &content);
    assert!(whole.unwrap_err().is("template-endless"));
    let page = templates.expand_html("{{ template \"email.default.html\" . }}", &content.shortened(50)).unwrap();
    assert!(page.contains("host-49") && !page.contains("host-50") && page.contains("9950 more alerts are not shown"));
    assert_eq!(content.json(3).unwrap()["alerts"].as_array().map(Vec::len), Some(3));
    assert_eq!(content.alerts().len(), 10_000);
    let _unused: Labels = content.common;
}
