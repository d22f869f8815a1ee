//! What a fetch and a proof have in common: an image on its way out of the repository, and whether it is what the manifest says.

use quarterdeck_model::{
    Digest, Fault, JobCtx, Outcome,
    plan::hex,
    snapshot::{ManifestComponent, Snapshot},
    system::Name,
};
use quarterdeck_sqlite::image::ImageCheck;
use sha2::{Digest as _, Sha256};

use crate::{
    layout,
    repository::{Repository, Sink},
};

/// The component by name, or the only one (`component-missing`).
pub(crate) fn component<'a>(snapshot: &'a Snapshot, name: Option<&Name>) -> Outcome<&'a ManifestComponent> {
    snapshot.manifest.component(name).ok_or_else(|| {
        let held: Vec<_> = snapshot.manifest.components.iter().map(|component| component.name.to_string()).collect();
        let held = held.join(", ");
        let what = name.map_or_else(|| "more than one component".to_owned(), |name| format!("no component {name}"));
        Fault::refused("component-missing", format!("Snapshot {} has {what}; it holds {held}.", snapshot.id.short()))
            .hint("Name one of its components.")
            .fact("snapshot", snapshot.id.0.clone())
    })
}

/// Hands the image to `sink` piece by piece; `Ok` only where it was, byte for byte, what the manifest says (`image-differs`).
pub(crate) fn stream(
    repository: &dyn Repository,
    snapshot: &Snapshot,
    component: &ManifestComponent,
    sink: &mut Sink<'_>,
    ctx: &JobCtx,
) -> Outcome<Digest> {
    let path = layout::image(&snapshot.manifest.system, &component.name);
    let mut hash = Sha256::new();
    let size = repository.read_file(
        &snapshot.id,
        &path,
        &mut |piece| {
            hash.update(piece);
            sink(piece)
        },
        ctx,
    )?;
    let digest = Digest(hex(&hash.finalize()));
    if digest == component.sha256 && size == component.size.0 {
        return Ok(digest);
    }
    Err(Fault::failed(
        "image-differs",
        format!("The image of {} in snapshot {} is not what its manifest says.", component.name, snapshot.id.short()),
    )
    .hint("Use another snapshot, and check the repository.")
    .fact("snapshot", snapshot.id.0.clone())
    .fact("file", path)
    .fact("sha256", digest.0)
    .fact("expected-sha256", component.sha256.0.clone()))
}

/// What in an image is other than its manifest says, beyond the hash; `None` where nothing is.
pub(crate) fn difference(component: &ManifestComponent, check: &ImageCheck) -> Option<String> {
    if check.schema_fingerprint != component.schema_fingerprint {
        return Some("its schema is another one".to_owned());
    }
    if check.page_size != component.page_size || check.page_count != component.page_count.0 {
        return Some(format!("it has {} pages of {} bytes", check.page_count, check.page_size));
    }
    if (check.application_id, check.user_version) != (component.application_id, component.user_version) {
        return Some("its application_id or user_version is another one".to_owned());
    }
    let rows = component.rows.as_ref()?;
    let other = rows.iter().find(|(table, count)| check.rows.get(*table) != Some(count));
    other.map(|(table, count)| format!("table {table} has not the {count} rows that were counted before"))
}
