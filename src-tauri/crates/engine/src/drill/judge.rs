//! Whether an answer is the right one. Pure.

use std::cmp::Ordering;

use quarterdeck_model::{
    Count, Millis,
    drill::{DrillCheck, DrillQuestion, Expectation, PartOutcome},
};
use quarterdeck_sqlite::question::{Answer, Value};

/// The answer to a question as a result.
pub(super) fn judge(question: &DrillQuestion, answer: &Answer, took: Millis) -> DrillCheck {
    let (outcome, result) = match verdict(&question.expect, answer) {
        Ok(result) => (PartOutcome::Passed, result),
        Err(result) => (PartOutcome::Failed, result),
    };
    DrillCheck { name: question.name.clone(), outcome, result, took }
}

/// A question that was not asked.
pub(super) fn not_asked(question: &DrillQuestion, why: &str) -> DrillCheck {
    DrillCheck { name: question.name.clone(), outcome: PartOutcome::NotDrilled, result: why.to_owned(), took: Millis(0) }
}

fn verdict(expect: &Expectation, answer: &Answer) -> Result<String, String> {
    if let Answer::None(why) = answer {
        return Err(format!("no answer: {why}"));
    }
    match expect {
        Expectation::Rows { some } => match (answer, some) {
            (Answer::Nothing, false) => Ok("no row".to_owned()),
            (Answer::Nothing, true) => Err("no row; at least one is expected".to_owned()),
            (_, true) => Ok("at least one row".to_owned()),
            (_, false) => Err("at least one row; none is expected".to_owned()),
        },
        Expectation::Value { value } => {
            let found = only(answer)?;
            let same = is_equal(found, value);
            if same { Ok(format!("{value}, as expected")) } else { Err(format!("{}; {value} is expected", shown(found))) }
        }
        Expectation::Range { min, max } => {
            let found = only(answer)?;
            let wanted = match (min, max) {
                (Some(min), Some(max)) => format!("{min} to {max}"),
                (Some(min), None) => format!("at least {min}"),
                (None, max) => format!("at most {}", max.as_deref().unwrap_or("anything")),
            };
            let at_least = min.as_ref().is_none_or(|min| order(found, min).is_some_and(Ordering::is_ge));
            let at_most = max.as_ref().is_none_or(|max| order(found, max).is_some_and(Ordering::is_le));
            if at_least && at_most {
                Ok(format!("{}, {wanted}", shown(found)))
            } else {
                Err(format!("{}; {wanted} is expected", shown(found)))
            }
        }
    }
}

/// The only value of the only row.
fn only(answer: &Answer) -> Result<&Value, String> {
    match answer {
        Answer::Row { columns: 1, first, more: false } => Ok(first),
        Answer::Row { columns: 1, .. } => Err("more than one row; one value is expected".to_owned()),
        Answer::Row { columns, .. } => Err(format!("{columns} columns; one value is expected")),
        Answer::Nothing | Answer::None(_) => Err("no row; one value is expected".to_owned()),
    }
}

fn is_equal(found: &Value, wanted: &str) -> bool {
    match found {
        Value::Text(text) => text == wanted,
        Value::Integer(_) | Value::Real(_) => order(found, wanted) == Some(Ordering::Equal),
        Value::Null | Value::Blob(_) => false,
    }
}

/// How a number that was found stands to one of a definition; whole numbers are compared exactly.
fn order(found: &Value, wanted: &str) -> Option<Ordering> {
    #[allow(clippy::cast_precision_loss)] // only where the definition itself names a fraction
    match found {
        Value::Integer(found) => match wanted.parse::<i128>() {
            Ok(wanted) => Some(i128::from(*found).cmp(&wanted)),
            Err(_) => (*found as f64).partial_cmp(&wanted.parse().ok()?),
        },
        Value::Real(found) => found.partial_cmp(&wanted.parse().ok()?),
        Value::Null | Value::Text(_) | Value::Blob(_) => None,
    }
}

/// What was found, for people. Texts and blobs are somebody's rows: they are described, never repeated.
fn shown(found: &Value) -> String {
    match found {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => number.to_string(),
        Value::Text(text) => format!("a text of {}", Count(text.chars().count() as u64).of("character")),
        Value::Blob(bytes) => format!("a blob of {}", Count(bytes.len() as u64).of("byte")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(first: Value) -> Answer {
        Answer::Row { columns: 1, first, more: false }
    }

    fn value(value: &str) -> Expectation {
        Expectation::Value { value: value.into() }
    }

    fn range(min: Option<&str>, max: Option<&str>) -> Expectation {
        Expectation::Range { min: min.map(Into::into), max: max.map(Into::into) }
    }

    #[test]
    fn answers_are_compared_as_numbers_where_both_are_numbers() {
        let big = i64::MAX;
        for (expect, answer, right) in [
            (value("5"), Value::Integer(5), true),
            (value("5.0"), Value::Integer(5), true),
            (value("5"), Value::Real(5.0), true),
            (value("5"), Value::Text("5".into()), true),
            (value("5"), Value::Integer(6), false),
            (value("open"), Value::Text("open".into()), true),
            (value("open"), Value::Text("secret".into()), false),
            (value("0"), Value::Null, false),
            (value("9223372036854775806"), Value::Integer(big), false),
            (range(Some("1"), None), Value::Integer(1), true),
            (range(Some("1"), None), Value::Integer(0), false),
            (range(Some("0.5"), Some("0.7")), Value::Real(0.6), true),
            (range(None, Some("9223372036854775806")), Value::Integer(big), false),
            (range(None, Some("1e3")), Value::Integer(999), true),
            (range(Some("1"), None), Value::Text("7".into()), false),
            (range(Some("1"), None), Value::Null, false),
            (range(Some("1"), None), Value::Real(f64::NAN), false),
        ] {
            assert_eq!(verdict(&expect, &row(answer.clone())).is_ok(), right, "{expect:?} {answer:?}");
        }
    }

    #[test]
    fn one_value_means_one_row_of_one_column() {
        let two = Answer::Row { columns: 2, first: Value::Integer(1), more: false };
        let many = Answer::Row { columns: 1, first: Value::Integer(1), more: true };
        for answer in [&two, &many, &Answer::Nothing] {
            assert!(verdict(&value("1"), answer).unwrap_err().ends_with("one value is expected"));
        }
        let (some, none) = (Expectation::Rows { some: true }, Expectation::Rows { some: false });
        assert!(verdict(&some, &many).is_ok() && verdict(&none, &Answer::Nothing).is_ok());
        assert!(verdict(&some, &Answer::Nothing).is_err() && verdict(&none, &two).is_err());
        assert_eq!(verdict(&none, &Answer::None("why".into())).unwrap_err(), "no answer: why");
    }

    #[test]
    fn rows_of_a_database_are_never_repeated() {
        let said = verdict(&value("open"), &row(Value::Text("ada@example.com".into()))).unwrap_err();
        assert_eq!(said, "a text of 15 characters; open is expected");
        let said = verdict(&range(Some("1"), None), &row(Value::Blob(b"secret".to_vec()))).unwrap_err();
        assert_eq!(said, "a blob of 6 bytes; at least 1 is expected");
    }
}
