//! Which functions a template may call, beside those of Go's text/template.

use quarterdeck_model::Outcome;

use super::{Said, value::Value};

/// The functions of one kind of template.
pub trait Dialect {
    /// Calls it. The outer result is a refusal of the whole expansion, such as a query that was cancelled.
    fn call(&self, name: &str, values: &[Value]) -> Outcome<Said<Value>>;
}
