//! The expressions that people use most, in plain words.

const DAYS: [(&str, &str); 8] = [
    ("0", "Sunday"),
    ("1", "Monday"),
    ("2", "Tuesday"),
    ("3", "Wednesday"),
    ("4", "Thursday"),
    ("5", "Friday"),
    ("6", "Saturday"),
    ("7", "Sunday"),
];
const NAMES: [(&str, &str); 7] = [
    ("SUN", "Sunday"),
    ("MON", "Monday"),
    ("TUE", "Tuesday"),
    ("WED", "Wednesday"),
    ("THU", "Thursday"),
    ("FRI", "Friday"),
    ("SAT", "Saturday"),
];

/// `Every day at 02:00`, and the like; none where the expression is of another form.
pub(super) fn plain(fields: &[String; 5]) -> Option<String> {
    let [minute, hour, day, month, weekday] = fields.each_ref().map(String::as_str);
    if (day, month, weekday) == ("*", "*", "*")
        && let Some(often) = often(minute, hour)
    {
        return Some(often);
    }
    if month != "*" {
        return None;
    }
    let times = times(minute, hour)?;
    let days = match (day, weekday) {
        ("*", "*") => "Every day".to_owned(),
        ("*", "1-5" | "MON-FRI") => "Monday to Friday".to_owned(),
        ("*", one) => format!("Every {}", named(one)?),
        ("L", "*") => "On the last day of each month".to_owned(),
        (day, "*") => format!("On day {} of each month", number(day, 31)?),
        _ => return None,
    };
    Some(format!("{days} at {times}"))
}

/// A rhythm of minutes or hours, around the clock.
fn often(minute: &str, hour: &str) -> Option<String> {
    let step = |text: &str, most: u32| text.strip_prefix("*/").and_then(|step| number(step, most)).filter(|step| *step > 0);
    match (minute, hour) {
        ("*", "*") | ("*/1", "*") => Some("Every minute".to_owned()),
        (minute, "*") if step(minute, 59).is_some_and(|step| 60 % step == 0) => {
            step(minute, 59).map(|step| format!("Every {step} minutes"))
        }
        ("0", "*" | "*/1") => Some("Every hour".to_owned()),
        (minute, "*") => number(minute, 59).map(|minute| format!("Every hour, {minute} min past")),
        ("0", hour) => step(hour, 23).filter(|step| 24 % step == 0).map(|step| format!("Every {step} hours")),
        _ => None,
    }
}

/// `02:00`, or `02:00 and 14:00`.
fn times(minute: &str, hour: &str) -> Option<String> {
    let minute = number(minute, 59)?;
    let hours: Vec<String> =
        hour.split(',').map(|hour| number(hour, 23).map(|hour| format!("{hour:02}:{minute:02}"))).collect::<Option<_>>()?;
    Some(listed(&hours))
}

fn named(weekdays: &str) -> Option<String> {
    let name = |word: &str| DAYS.iter().chain(&NAMES).find(|(known, _)| *known == word).map(|(_, name)| (*name).to_owned());
    weekdays.split(',').map(name).collect::<Option<Vec<_>>>().map(|names| listed(&names))
}

fn listed(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn number(text: &str, most: u32) -> Option<u32> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    text.parse().ok().filter(|number| plain && *number <= most)
}
