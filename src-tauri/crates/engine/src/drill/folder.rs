//! The drill of a directory: its files are restored and compared with the manifest. No check of a definition is asked of files.

use std::{path::Path, time::Instant as Moment};

use quarterdeck_backup::{directory, repository::Repository};
use quarterdeck_model::{
    Millis, Outcome,
    drill::{DrillTimes, DrilledComponent, PartOutcome},
    inspection::Tone,
    restore::Check,
    snapshot::ManifestDirectory,
};
use quarterdeck_store::{failpoint, files};

use super::{RESTORE, Subject, outcome, step};
use crate::operation::Scope;

/// Restores one directory. `Err` only where that says nothing about the snapshot.
pub(super) fn drill(
    scope: &Scope,
    subject: &Subject,
    repository: &dyn Repository,
    directory: &ManifestDirectory,
    scratch: &Path,
) -> Outcome<DrilledComponent> {
    let (name, began) = (&directory.name, Moment::now());
    let part = scratch.join(name.as_str());
    scope.ctx.phase(&step(RESTORE, name));
    let fetched = directory::fetch_directory(repository, &subject.snapshot, name, &part, scope.engine.clock(), &scope.ctx);
    let took: Millis = began.elapsed().into();
    let mut drilled = DrilledComponent {
        id: directory.id.clone(),
        name: name.clone(),
        outcome: PartOutcome::Passed,
        why: None,
        verified: Vec::new(),
        checks: Vec::new(),
        times: DrillTimes { fetch: took, total: took, ..DrillTimes::default() },
    };
    match fetched {
        Err(fault) if outcome::says_nothing(&fault, scratch) => return Err(fault),
        Err(fault) => (drilled.outcome, drilled.why) = (PartOutcome::Failed, Some(fault.message)),
        Ok(fetched) => {
            failpoint::reach("drill.restored")?;
            let counted =
                format!("{}, {}, number and size as in the manifest, every piece authentic", fetched.files.of("file"), fetched.size);
            let check = |what: &str, result: String, tone| Check { what: what.to_owned(), result, tone, at: fetched.written_at };
            let moment = match directory.consistent {
                true => check("Moment", "as of one moment".to_owned(), Tone::Ok),
                false => check("Moment", "was changed while it was copied: not as of one moment".to_owned(), Tone::Attention),
            };
            drilled.verified = vec![check("Files", counted, Tone::Ok), moment];
            files::remove_folder(&part)?;
        }
    }
    Ok(drilled)
}
