//! Go templates (<https://pkg.go.dev/text/template>) as far as rule files and Alertmanager's templates use them. A template is data from
//! somebody else's repository: it reads what it is given, calls the functions of its library, and ends. Steps, depth and length are
//! bounded, and everything that goes wrong names the template, the line and the column.

pub(crate) mod base64;
mod compare;
mod defaults;
mod dialect;
pub(crate) mod escape;
mod format;
mod functions;
mod html;
mod json;
mod layout;
mod lexer;
mod member;
pub mod message;
mod names;
mod numbers;
mod parse;
pub mod rule;
mod run;
#[cfg(test)]
mod tests;
mod tree;
mod value;

use quarterdeck_document::findings::Place;
use quarterdeck_model::Fault;

/// Characters beyond which a text is not made longer.
pub const LONGEST: usize = 256 * 1024;

/// Actions, turns of loops and operands that one expansion may go through.
const STEPS: usize = 2_000_000;

/// Blocks and brackets that may lie in each other in one text.
const DEEPEST: usize = 64;

/// Blocks, brackets and templates that may lie in each other where one is expanded.
const NESTED: usize = 80;

/// Where a fault of a template lies, in the text that was given; `None` for other faults.
pub fn place(fault: &Fault) -> Option<Place> {
    let number = |name: &str| u32::try_from(fault.facts.get(name)?.as_u64()?).ok();
    Some(Place { line: number("line")?, column: number("column")? })
}

/// What a function refuses: the end of a sentence. The place is added by who called it.
#[derive(Debug)]
struct Wrong {
    code: &'static str,
    why: String,
}

/// What a function says.
type Said<T> = Result<T, Wrong>;

impl Wrong {
    fn new(why: impl Into<String>) -> Self {
        Self { code: "template-failed", why: why.into() }
    }

    fn too_long() -> Self {
        Self { code: "template-endless", why: "the text becomes longer than 256 KiB".to_owned() }
    }
}

/// Why a template stands where it does: `template-wrong` cannot be read, `template-failed` cannot be expanded, `template-endless` ran into
/// a limit.
fn fault(code: &'static str, template: &str, at: Place, why: &str) -> Fault {
    let name = if template.is_empty() { "The template".to_owned() } else { format!("The template {template}") };
    let verb = if code == "template-wrong" { "cannot be read" } else { "cannot be expanded" };
    Fault::usage(code, format!("{name} {verb}: line {}, column {}: {why}.", at.line, at.column))
        .hint(match code {
            "template-endless" => "Make it end: a template may not call itself without an end, nor write more than 256 KiB.",
            _ => "Mend the template at that place; `{{ … }}` is Go's text/template.",
        })
        .fact("template", template)
        .fact("line", at.line)
        .fact("column", at.column)
}
