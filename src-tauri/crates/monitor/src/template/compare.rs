//! `eq` and its kin. As in Go, a whole number and a float are not compared.

use std::cmp::Ordering;

use super::{Said, Wrong, value::Value};

/// `eq first others…`: true where one of them is equal to the first.
pub fn equal(values: &[Value]) -> Said<bool> {
    let Some((first, others)) = values.split_first().filter(|(_, others)| !others.is_empty()) else {
        return Err(Wrong::new("eq needs two values at least"));
    };
    for other in others {
        if same(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn same(left: &Value, right: &Value) -> Said<bool> {
    match (left, right) {
        (Value::Nothing, Value::Nothing) => Ok(true),
        (Value::Nothing, _) | (_, Value::Nothing) => Ok(false),
        (Value::Truth(left), Value::Truth(right)) => Ok(left == right),
        (Value::Time(left), Value::Time(right)) => Ok(left == right),
        _ => Ok(order(left, right)? == Some(Ordering::Equal)),
    }
}

/// `lt`, `le`, `gt`, `ge`.
pub fn ordered(name: &str, values: &[Value]) -> Said<bool> {
    let [left, right] = values else { return Err(Wrong::new(format!("{name} needs two values"))) };
    let order = order(left, right)?;
    Ok(match name {
        "lt" => order == Some(Ordering::Less),
        "le" => matches!(order, Some(Ordering::Less | Ordering::Equal)),
        "gt" => order == Some(Ordering::Greater),
        _ => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
    })
}

fn order(left: &Value, right: &Value) -> Said<Option<Ordering>> {
    match (left, right) {
        (Value::Whole(left) | Value::Span(left), Value::Whole(right) | Value::Span(right)) => Ok(Some(left.cmp(right))),
        (Value::Number(left), Value::Number(right)) => Ok(left.partial_cmp(right)),
        (Value::Text(left) | Value::Vouched(_, left), Value::Text(right) | Value::Vouched(_, right)) => Ok(Some(left.cmp(right))),
        (left, right) => {
            let hint = match (left, right) {
                (Value::Whole(number), Value::Number(_)) | (Value::Number(_), Value::Whole(number)) => {
                    format!(": write {number}.0 to compare with a float")
                }
                _ => String::new(),
            };
            Err(Wrong::new(format!("{} and {} cannot be compared{hint}", left.kind(), right.kind())))
        }
    }
}
