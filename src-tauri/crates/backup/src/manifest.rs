//! `manifest.json` of a snapshot. It names the SHA-256 of images that are still being read when the repository wants to know its
//! size, so its length is settled beforehand: JSON, then spaces up to a multiple of 64 KiB. (Spaces after JSON are JSON, RFC 8259 §2.)

use std::{
    io::{self, Read},
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::Duration,
};

use quarterdeck_model::{
    CancelToken, Digest, Fault, JobCtx, Outcome,
    snapshot::{Manifest, ManifestComponent, ManifestDirectory, SnapshotId},
    system::Name,
};

use crate::{directory, layout, repository::Repository};

/// Version of the format where every image is one whole file and there are no directories.
const WHOLE: u32 = 1;

/// Version of the format with deltas or directories. Programs that know only the older one refuse it, instead of taking a base for the
/// image.
const IN_PARTS: u32 = 2;

/// The length is a multiple of this.
const BLOCK: usize = 64 * 1024;

/// Nothing that we write comes near; more is something else.
const MOST_BYTES: usize = 64 << 20;

/// How often one who waits for the images looks whether the work was cancelled.
const LOOK: Duration = Duration::from_millis(200);

/// Reads the manifest of a snapshot.
///
/// Faults: `snapshot-missing`, `snapshot-incomplete` (it holds no manifest of this system), `snapshot-damaged`, `manifest-unreadable`.
pub fn read(repository: &dyn Repository, id: &SnapshotId, system: &Name, ctx: &JobCtx) -> Outcome<Manifest> {
    let path = layout::manifest(system);
    let mut text = Vec::new();
    repository.read_file(
        id,
        &path,
        &mut |piece| {
            text.extend_from_slice(piece);
            if text.len() > MOST_BYTES { Err(unreadable(id, "it is too long")) } else { Ok(()) }
        },
        ctx,
    )?;
    parse(id, &text)
}

/// A manifest out of its text.
pub(crate) fn parse(id: &SnapshotId, text: &[u8]) -> Outcome<Manifest> {
    understood(id, serde_json::from_slice(text).map_err(|error| unreadable(id, &error.to_string()))?)
}

/// The version of the format that a manifest needs.
pub(crate) fn format(components: &[ManifestComponent], directories: &[ManifestDirectory]) -> u32 {
    let whole = directories.is_empty() && components.iter().all(|component| component.deltas.is_empty());
    if whole { WHOLE } else { IN_PARTS }
}

fn understood(id: &SnapshotId, manifest: Manifest) -> Outcome<Manifest> {
    match manifest.format {
        WHOLE..=IN_PARTS => Ok(manifest),
        other => Err(unreadable(id, &format!("its format is {other}, and this program knows {WHOLE} to {IN_PARTS}"))),
    }
}

fn unreadable(id: &SnapshotId, why: &str) -> Fault {
    Fault::refused("manifest-unreadable", format!("The manifest of snapshot {} cannot be understood: {why}.", id.short()))
        .hint("Use the program that wrote it, or restore the file with restic as RESTORE.md in the snapshot says.")
        .fact("snapshot", id.0.clone())
}

/// The length of the file, in bytes, whatever the digests will be.
pub(crate) fn padded_length(manifest: &Manifest) -> Outcome<usize> {
    let mut widest = manifest.clone();
    for component in &mut widest.components {
        fill(component, Digest::of(b""));
    }
    widest.directories = widest.directories.into_iter().map(directory::widest).collect();
    Ok(render(&widest)?.len().next_multiple_of(BLOCK))
}

fn render(manifest: &Manifest) -> Outcome<Vec<u8>> {
    serde_json::to_vec_pretty(manifest).map_err(|error| Fault::bug(format!("The manifest cannot be written: {error}.")))
}

/// Where the digests of the images arrive while they are read.
pub(crate) struct Digests {
    arrived: Mutex<Vec<Option<Outcome<Digest>>>>,
    news: Condvar,
}

impl Digests {
    /// Room for `count` images.
    pub(crate) fn awaiting(count: usize) -> Arc<Self> {
        Arc::new(Self { arrived: Mutex::new(vec![None; count]), news: Condvar::new() })
    }

    /// The image was read to its end, or will not be. What came first counts.
    pub(crate) fn put(&self, image: usize, digest: Outcome<Digest>) {
        if let Some(slot) = self.arrived.lock().unwrap_or_else(PoisonError::into_inner).get_mut(image) {
            slot.get_or_insert(digest);
        }
        self.news.notify_all();
    }

    /// All digests, in order; waits for them until one fails or the work is cancelled.
    pub(crate) fn all(&self, cancel: &CancelToken) -> Outcome<Vec<Digest>> {
        let mut arrived = self.arrived.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(Err(fault)) = arrived.iter().flatten().find(|digest| digest.is_err()) {
                return Err(fault.clone());
            }
            if arrived.iter().all(Option::is_some) {
                return arrived.iter().flatten().cloned().collect();
            }
            if cancel.is_cancelled() {
                return Err(Fault::cancelled("It was cancelled before the images were read."));
            }
            arrived = self.news.wait_timeout(arrived, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Fills in the digests.
pub(crate) fn complete(mut manifest: Manifest, digests: Vec<Digest>) -> Manifest {
    for (component, digest) in manifest.components.iter_mut().zip(digests) {
        fill(component, digest);
    }
    manifest
}

/// Where there are no deltas, the base is the image.
fn fill(component: &mut ManifestComponent, digest: Digest) {
    if let Some(base) = component.base.as_mut().filter(|_| component.deltas.is_empty()) {
        base.sha256 = digest.clone();
    }
    component.sha256 = digest;
}

/// The text of a manifest, padded to its length.
pub(crate) fn text(manifest: &Manifest, length: usize) -> Outcome<Vec<u8>> {
    let mut text = render(manifest)?;
    if text.len() > length {
        return Err(Fault::bug(format!("The manifest has {} bytes where {length} were announced.", text.len())));
    }
    text.resize(length, b' ');
    Ok(text)
}

/// Gives a text that is made when it is read: by something that waits for what it names. It must be the last file that is read.
pub(crate) struct LateText<F> {
    make: F,
    text: Option<io::Cursor<Vec<u8>>>,
}

impl<F> LateText<F> {
    pub(crate) fn new(make: F) -> Self {
        Self { make, text: None }
    }
}

impl<F: FnMut() -> Outcome<Vec<u8>>> Read for LateText<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.text.is_none() {
            let text = (self.make)().map_err(io::Error::other)?;
            self.text = Some(io::Cursor::new(text));
        }
        self.text.as_mut().map_or(Ok(0), |text| text.read(buffer))
    }
}
