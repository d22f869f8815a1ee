//! How a series is called beside a chart.

use quarterdeck_monitor::labels::Labels;

/// A query that stands for a name is cut there.
const LONGEST: usize = 80;

/// By the template, in which `{{label}}` stands for a label's value; without one by its labels; without labels by the query.
pub(super) fn of(template: Option<&str>, labels: &Labels, query: &str) -> String {
    if let Some(template) = template.filter(|template| !template.trim().is_empty()) {
        return filled(template, labels);
    }
    if labels.iter().next().is_some() {
        return labels.to_string();
    }
    let query = query.split_whitespace().collect::<Vec<_>>().join(" ");
    if query.chars().count() <= LONGEST { query } else { query.chars().take(LONGEST - 1).chain(['…']).collect() }
}

fn filled(template: &str, labels: &Labels) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, behind)) = rest.split_once("{{") {
        let Some((label, after)) = behind.split_once("}}") else { break };
        out.push_str(before);
        out.push_str(labels.get(label.trim()));
        rest = after;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_take_values_and_leave_the_rest() {
        let labels = Labels::new([("__name__", "latency"), ("quantile", "0.95"), ("route", "/")]);
        let named = |template| of(Some(template), &labels, "q");
        assert_eq!(named("p{{quantile}} of {{ route }}"), "p0.95 of /");
        assert_eq!(named("{{none}}x{{open"), "x{{open");
        assert_eq!(named("requests"), "requests");
        assert_eq!(of(None, &labels, "q"), "latency{quantile=\"0.95\", route=\"/\"}");
        assert_eq!(of(Some(" "), &Labels::default(), "sum(\n  up\n)"), "sum( up )");
        assert_eq!(of(None, &Labels::default(), &"x".repeat(100)).chars().count(), LONGEST);
    }
}
