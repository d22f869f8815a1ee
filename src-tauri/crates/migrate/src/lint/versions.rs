//! The numbers of all migrations together.

use quarterdeck_model::migration::{Layout, LintMark};

use super::{codes, context::Context};
use crate::collection::{Migration, MigrationKind, VersionKey};

/// Numbers from here on are moments, which have gaps.
const MOMENTS: u128 = 10_000_000;

/// QD-L04, where most numbers follow each other.
pub(super) fn gap(context: &Context<'_>) -> Vec<LintMark> {
    let Some(own) = number(context.migration) else { return Vec::new() };
    let earlier = context.collection.migrations.get(..context.number).unwrap_or_default().iter().rev();
    let Some(before) = earlier.filter_map(number).next() else { return Vec::new() };
    let Some(script) = context.migration.up.first().filter(|_| own > before + 1 && follow_each_other(context)) else { return Vec::new() };
    let missing = if own - before == 2 { format!("{} is", before + 1) } else { format!("{} to {} are", before + 1, own - 1) };
    vec![context.mark_at(codes::GAP, script, 0..0, format!("{missing} missing before {}.", context.migration.version))]
}

/// True where gaps are the exception.
fn follow_each_other(context: &Context<'_>) -> bool {
    let numbers: Vec<u128> = versioned(context).filter_map(number).collect();
    let gaps = numbers.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
    gaps * 2 < numbers.len()
}

fn number(migration: &Migration) -> Option<u128> {
    match &migration.version.key {
        VersionKey::Numbers(parts) if parts.len() == 1 && migration.kind == MigrationKind::Versioned => {
            parts.first().copied().filter(|number| *number < MOMENTS)
        }
        _ => None,
    }
}

/// QD-L05, in layouts that sort versions as text.
pub(super) fn widths(context: &Context<'_>) -> Vec<LintMark> {
    if !matches!(context.collection.layout, Layout::Dbmate | Layout::Diesel) {
        return Vec::new();
    }
    let width = |migration: &Migration| match &migration.version.key {
        VersionKey::Text(text) => text.len(),
        VersionKey::Numbers(_) => 0,
    };
    let own = width(context.migration);
    let Some(first) = versioned(context).next().map(width).filter(|first| *first != own) else { return Vec::new() };
    // Diesel's own versions have grown from 14 figures to 18, and still sort as they should.
    if own.min(first) >= 14 {
        return Vec::new();
    }
    let Some(script) = context.migration.up.first() else { return Vec::new() };
    let what = format!("{} has {own} figures where the first version has {first}.", context.migration.version);
    vec![context.mark_at(codes::WIDTHS, script, 0..0, what)]
}

fn versioned<'a>(context: &Context<'a>) -> impl Iterator<Item = &'a Migration> {
    context.collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned)
}
