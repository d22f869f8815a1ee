//! What an image is made of: one base and the deltas since. Pure rules, no input or output.
//!
//! Images of a component are numbered. The base is the image of its number; the delta FIRST–LAST turns image FIRST−1 into image LAST.
//! A snapshot takes its own delta in tier 0; eight of a tier are merged into one of the next, so that 2,000 snapshots need about thirty
//! files, and once the deltas weigh as much as the image, a new base is made of it.

use std::ops::Range;

use quarterdeck_model::{
    Digest, Fault, Outcome,
    snapshot::{BasePart, DeltaPart, ManifestComponent},
};
use serde::{Deserialize, Serialize};

/// So many files of a tier become one of the next.
pub const FAN_OUT: usize = 8;

/// Tiers go from 0 to this; eight to the ninth snapshots are more than anybody takes.
const HIGHEST_TIER: u8 = 9;

/// With more files than this a new base is due.
const MANY_FILES: usize = 40;

/// With so many files, a snapshot begins a new base of its own: nobody has merged for a long time.
const MOST_FILES: usize = 64;

/// The base and the deltas of one image, which fit together.
#[derive(Debug, Clone, PartialEq)]
pub struct Chain {
    /// The whole image that it begins with.
    pub base: BasePart,
    /// In the order in which they are applied.
    pub deltas: Vec<DeltaPart>,
}

/// A file of a chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// A whole image.
    Base(BasePart),
    /// The pages that several deltas have changed.
    Delta(DeltaPart),
}

/// What would make a chain shorter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Merge {
    /// One delta instead of these.
    Deltas(Range<usize>),
    /// A new base instead of everything.
    Base,
}

impl Chain {
    /// The chain of a component whose manifest is complete. One whose parts do not follow on one another is refused (`chain-broken`).
    pub fn of(component: &ManifestComponent) -> Outcome<Self> {
        let chain = Self { base: component.base_part(), deltas: component.deltas.clone() };
        match chain.flaw(&component.sha256) {
            None => Ok(chain),
            Some(why) => Err(Fault::failed("chain-broken", format!("The manifest says of {} what cannot be true: {why}.", component.name))
                .hint("Use another snapshot, and check the repository.")),
        }
    }

    fn flaw(&self, image: &Digest) -> Option<String> {
        let (mut number, mut digest) = (self.base.number, &self.base.sha256);
        for part in &self.deltas {
            if part.first != number + 1 || part.last < part.first || part.before != *digest {
                return Some(format!("delta {}–{} does not follow on image {number}", part.first, part.last));
            }
            (number, digest) = (part.last, &part.after);
        }
        (digest != image).then(|| format!("its parts lead to image {number}, which is another one"))
    }

    /// The number of the image.
    pub fn number(&self) -> u64 {
        self.deltas.last().map_or(self.base.number, |part| part.last)
    }

    /// Bytes of all deltas.
    pub fn weight(&self) -> u64 {
        self.deltas.iter().map(|part| part.size.0).sum()
    }

    /// How many bytes the next delta of an image of `image` bytes may have; beyond, a new base is the better choice.
    pub fn room(&self, image: u64) -> u64 {
        if self.deltas.len() >= MOST_FILES {
            return 0;
        }
        (image / 10 * 6).min((image + image / 2).saturating_sub(self.weight()))
    }

    /// What should be merged by and by, for an image of `image` bytes; none where the chain is short enough.
    ///
    /// The deltas count like the figures of a number: where one more in tier 0 makes eight, they carry into tier 1, and so on. Tiers
    /// never rise along a chain, so what is merged is always its tail.
    pub fn due(&self, image: u64) -> Option<Merge> {
        if self.weight() > image || self.deltas.len() > MANY_FILES || image < self.base.size.0 / 2 {
            return (!self.deltas.is_empty()).then_some(Merge::Base);
        }
        let (mut from, mut carried, mut tier) = (self.deltas.len(), 0, 0);
        while tier < HIGHEST_TIER {
            let here = self.deltas[..from].iter().rev().take_while(|part| part.tier <= tier).count();
            if here + carried < FAN_OUT {
                break;
            }
            (from, carried, tier) = (from - here, 1, tier + 1);
        }
        (from < self.deltas.len()).then_some(Merge::Deltas(from..self.deltas.len()))
    }

    /// The tier of what a run of deltas is merged into.
    pub fn merged_tier(run: &[DeltaPart]) -> u8 {
        run.iter().map(|part| part.tier).max().map_or(0, |tier| (tier + 1).min(HIGHEST_TIER))
    }

    /// The same image by way of a merged part; none where that part does not fit, because somebody has begun a new base meanwhile.
    pub fn adopt(&self, part: &Part) -> Option<Self> {
        match part {
            Part::Base(base) => {
                let reached = |delta: &DeltaPart| delta.last == base.number && delta.after == base.sha256;
                let at = self.deltas.iter().position(reached)?;
                Some(Self { base: base.clone(), deltas: self.deltas[at + 1..].to_vec() })
            }
            Part::Delta(merged) => {
                let begins = |delta: &DeltaPart| delta.first == merged.first && delta.before == merged.before;
                let ends = |delta: &DeltaPart| delta.last == merged.last && delta.after == merged.after;
                let (from, to) = (self.deltas.iter().position(begins)?, self.deltas.iter().position(ends)?);
                if to <= from {
                    return None;
                }
                let mut deltas = self.deltas.clone();
                deltas.splice(from..=to, [merged.clone()]);
                Some(Self { base: self.base.clone(), deltas })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quarterdeck_model::{Bytes, Count};

    use super::*;

    const IMAGE: u64 = 1_000_000;

    fn digest(number: u64) -> Digest {
        Digest::of(&number.to_be_bytes())
    }

    fn base(number: u64) -> BasePart {
        BasePart { number, page_count: Count(IMAGE / 1000), size: Bytes(IMAGE), sha256: digest(number) }
    }

    fn delta(tier: u8, first: u64, last: u64, size: u64) -> DeltaPart {
        let file = Digest::of(format!("{tier} {first} {last}").as_bytes());
        let (before, after) = (digest(first - 1), digest(last));
        DeltaPart { tier, first, last, pages: Count(size / 1000), size: Bytes(size), sha256: file, before, after }
    }

    fn merged(chain: &Chain, merge: &Merge) -> Part {
        match merge {
            Merge::Base => Part::Base(base(chain.number())),
            Merge::Deltas(run) => {
                let run = &chain.deltas[run.clone()];
                let size = run.iter().map(|part| part.size.0).max().unwrap();
                Part::Delta(delta(Chain::merged_tier(run), run[0].first, run[run.len() - 1].last, size))
            }
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Take(u64),
        Merge,
        Adopt,
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![4 => (0..400_000_u64).prop_map(Step::Take), 30 => (0..3_000_u64).prop_map(Step::Take), 12 => Just(Step::Merge), 12 => Just(Step::Adopt)]
    }

    proptest! {
        /// Merges run beside snapshots, are adopted later or never, and bases come from both sides.
        #[test]
        fn whatever_happens_the_parts_follow_on_one_another(steps in prop::collection::vec(step(), 0..400)) {
            let mut chain = Chain { base: base(1), deltas: Vec::new() };
            let mut waiting: Option<Part> = None;
            for step in steps {
                match step {
                    Step::Take(size) if size > chain.room(IMAGE) => chain = Chain { base: base(chain.number() + 1), deltas: Vec::new() },
                    Step::Take(size) => {
                        let number = chain.number() + 1;
                        chain.deltas.push(delta(0, number, number, size));
                    }
                    Step::Merge => waiting = chain.due(IMAGE).map(|merge| merged(&chain, &merge)).or(waiting),
                    Step::Adopt => {
                        if let Some(adopted) = waiting.take().and_then(|part| chain.adopt(&part)) {
                            prop_assert_eq!(adopted.number(), chain.number());
                            prop_assert!(adopted.deltas.len() < chain.deltas.len());
                            chain = adopted;
                        }
                    }
                }
                prop_assert_eq!(chain.flaw(&digest(chain.number())), None);
                prop_assert!(chain.deltas.is_sorted_by(|a, b| a.tier >= b.tier));
                prop_assert!(chain.weight() <= IMAGE + IMAGE / 2 && chain.deltas.len() <= MOST_FILES);
            }
        }
    }

    #[test]
    fn two_thousand_snapshots_need_about_thirty_files() {
        let mut chain = Chain { base: base(1), deltas: Vec::new() };
        let mut most = 0;
        for number in 2..2_002 {
            chain.deltas.push(delta(0, number, number, 1_000));
            if let Some(merge) = chain.due(IMAGE) {
                chain = chain.adopt(&merged(&chain, &merge)).unwrap();
            }
            most = most.max(chain.deltas.len());
        }
        assert!(most <= 4 * FAN_OUT, "{most}");
        for tier in 0..HIGHEST_TIER {
            assert!(chain.deltas.iter().filter(|part| part.tier == tier).count() < FAN_OUT);
        }
    }

    #[test]
    fn parts_that_do_not_fit_are_neither_believed_nor_adopted() {
        let chain = Chain { base: base(5), deltas: vec![delta(0, 6, 6, 10), delta(0, 7, 7, 10)] };
        assert_eq!(chain.flaw(&digest(7)), None);
        assert!(chain.flaw(&digest(6)).is_some());
        let gap = Chain { base: base(5), deltas: vec![delta(0, 7, 7, 10)] };
        assert!(gap.flaw(&digest(7)).is_some());

        assert_eq!(chain.adopt(&Part::Base(base(5))), None);
        assert_eq!(chain.adopt(&Part::Base(BasePart { sha256: digest(1), ..base(6) })), None);
        assert_eq!(chain.adopt(&Part::Delta(DeltaPart { before: digest(1), ..delta(1, 6, 7, 10) })), None);
        assert_eq!(chain.adopt(&Part::Base(base(6))).unwrap(), Chain { base: base(6), deltas: vec![delta(0, 7, 7, 10)] });
        assert_eq!(chain.adopt(&Part::Base(base(7))).unwrap(), Chain { base: base(7), deltas: vec![] });
    }

    #[test]
    fn a_heavy_chain_wants_a_new_base_and_a_very_heavy_one_gets_it() {
        let heavy = Chain { base: base(1), deltas: vec![delta(0, 2, 2, IMAGE / 2), delta(0, 3, 3, IMAGE / 2 + 1)] };
        assert_eq!(heavy.due(IMAGE), Some(Merge::Base));
        assert_eq!(heavy.room(IMAGE), IMAGE / 2 - 1);
        assert_eq!(Chain { base: base(1), deltas: vec![delta(0, 2, 2, 10)] }.due(IMAGE / 3), Some(Merge::Base));
        assert_eq!(Chain { base: base(1), deltas: vec![] }.due(0), None);
    }
}
