//! An answer as bytes: a head in JSON, then bare numbers, so that a page needs no parser for a hundred thousand of them.

use quarterdeck_model::{Fault, Outcome, monitor::RangeAnswer};

use super::Drawn;

/// What a frame begins with: its form and the number of that.
const MAGIC: &[u8; 4] = b"QDF1";

/// `QDF1`, the length of the head (u32), the head, zeros up to a multiple of 8, the moments and the values of each series (f64); all little
/// endian. See [`RangeAnswer`].
pub(super) fn of(mut drawn: Drawn) -> Outcome<Vec<u8>> {
    let moments = std::mem::take(&mut drawn.moments);
    let columns: Vec<Vec<f64>> = drawn.lines.iter_mut().map(|(_, _, values)| std::mem::take(values)).collect();
    let head = head(&drawn.into_answer())?;
    let length = u32::try_from(head.len()).map_err(|_| Fault::bug("The head of a frame is longer than 4 GiB."))?;
    let mut frame = Vec::with_capacity(head.len() + 16 + 8 * moments.len() * (columns.len() + 1));
    frame.extend_from_slice(MAGIC);
    frame.extend_from_slice(&length.to_le_bytes());
    frame.extend_from_slice(&head);
    frame.resize(frame.len().next_multiple_of(8), 0);
    // Milliseconds since 1970 are whole in a float for the next 285,000 years.
    moments.iter().for_each(|at| frame.extend_from_slice(&(*at as f64).to_le_bytes()));
    columns.iter().flatten().for_each(|value| frame.extend_from_slice(&value.to_bits().to_le_bytes()));
    Ok(frame)
}

/// The answer without its numbers.
fn head(answer: &RangeAnswer) -> Outcome<Vec<u8>> {
    let unwritten = |error: serde_json::Error| Fault::bug(format!("The head of a frame could not be written: {error}."));
    let mut head = serde_json::to_value(answer).map_err(unwritten)?;
    if let Some(fields) = head.as_object_mut() {
        fields.remove("moments");
        let series = fields.get_mut("series").and_then(|series| series.as_array_mut()).into_iter().flatten();
        series.filter_map(|line| line.as_object_mut()).for_each(|line| drop(line.remove("values")));
    }
    serde_json::to_vec(&head).map_err(unwritten)
}
