//! Charts written into files.

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::files;

use crate::{dashboards, operation::Scope, ops::SaveChart};

/// Draws a chart and writes it into a file, whole or not at all. Refuses with `file-exists` what nobody said may be replaced, and with
/// `not-a-picture` to replace anything but a picture.
pub(crate) fn save(scope: &Scope, asked: &SaveChart) -> Outcome<()> {
    let path = &asked.file.0;
    if asked.replace && path.exists() && !path.extension().is_some_and(|ending| ending == "svg" || ending == "png") {
        return Err(Fault::refused("not-a-picture", format!("{} does not look like a picture; it is not replaced.", path.display()))
            .hint("Name a file that ends in .svg or .png."));
    }
    let bytes = dashboards::picture(scope, &asked.chart)?;
    let write = if asked.replace { files::write_shared } else { files::create_shared };
    write(path, &bytes)
}
