//! The rules that ship, and their runbooks.

/// A file that ships.
pub(crate) struct Shipped {
    /// Its name in the folder `catalogue`.
    pub name: &'static str,
    /// What is in it.
    pub text: &'static str,
}

/// Rule files, in the order in which they are listed.
pub(crate) const RULES: &[Shipped] = &[];

/// Runbooks, by name.
const RUNBOOKS: &[Shipped] = &[];

/// The page of that name.
pub(super) fn runbook(name: &str) -> Option<&'static str> {
    RUNBOOKS.iter().find(|page| page.name == name).map(|page| page.text)
}
