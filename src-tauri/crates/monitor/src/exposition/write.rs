//! Text out.

use std::fmt::Write;

use crate::{
    gathered::{Nature, Reading},
    labels::{Labels, NAME},
};

/// Readings in the text format, families together and sorted, each with its kind and with what `about` says of its name. Stale marks are
/// not for the caller to hand over.
pub fn text(readings: &[Reading], about: impl Fn(&str) -> Option<String>) -> String {
    let mut sorted: Vec<&Reading> = readings.iter().collect();
    sorted.sort_by(|one, other| (one.labels.name(), &one.labels).cmp(&(other.labels.name(), &other.labels)));
    let (mut out, mut family) = (String::new(), None);
    for reading in sorted {
        let name = reading.labels.name();
        if family != Some(name) {
            family = Some(name);
            head(&mut out, name, reading.nature, about(name));
        }
        out.push_str(name);
        labels(&mut out, &reading.labels);
        out.push(' ');
        out.push_str(&number(reading.value));
        out.push('\n');
    }
    out
}

fn head(out: &mut String, name: &str, nature: Nature, about: Option<String>) {
    let kind = match nature {
        Nature::Gauge => "gauge",
        Nature::Counter => "counter",
        Nature::Unknown => "untyped",
    };
    if let Some(about) = about {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "# HELP {name} {}", about.replace('\\', "\\\\").replace('\n', "\\n"));
    }
    let _ = writeln!(out, "# TYPE {name} {kind}");
}

fn labels(out: &mut String, labels: &Labels) {
    let mut before = '{';
    for (name, value) in labels.iter().filter(|(name, _)| *name != NAME) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let _ = write!(out, "{before}{name}=\"{value}\"");
        before = ',';
    }
    if before == ',' {
        out.push('}');
    }
}

fn number(value: f64) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        value => format!("{value:?}").trim_end_matches(".0").to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gathered::Gathered;

    #[test]
    fn families_stand_together_with_their_kind() {
        let mut gathered = Gathered::default();
        gathered.gauge("b", &[("x", "2")], 1.5);
        gathered.counter("a_total", &[], 1e21);
        gathered.gauge("b", &[("x", "1")], f64::INFINITY);
        let about = |name: &str| (name == "b").then(|| "What\\b is.".to_owned());
        assert_eq!(
            text(&gathered.readings, about),
            "# TYPE a_total counter\na_total 1e21\n# HELP b What\\\\b is.\n# TYPE b gauge\nb{x=\"1\"} +Inf\nb{x=\"2\"} 1.5\n"
        );
    }
}
