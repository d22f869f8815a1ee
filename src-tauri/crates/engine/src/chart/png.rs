//! A bitmap as PNG.

use quarterdeck_model::{Fault, Outcome};

/// Four dots of a drawing become one: letters and slanting lines are smoother than the library draws them.
pub(super) const ZOOM: u32 = 2;

/// A drawing in RGB, [`ZOOM`] times as large as the picture, as the bytes of a file.
pub(super) fn file(drawn: &[u8], (width, height): (u32, u32)) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| writer.write_image_data(&halved(drawn, width as usize, height as usize)));
    written.map_err(|error| Fault::bug(format!("A chart could not be written as PNG: {error}.")))?;
    Ok(bytes)
}

fn halved(drawn: &[u8], width: usize, height: usize) -> Vec<u8> {
    let row = width * ZOOM as usize * 3;
    let mut picture = Vec::with_capacity(width * height * 3);
    for y in 0..height {
        for x in 0..width {
            for colour in 0..3 {
                let at = |dx: usize, dy: usize| u32::from(drawn[(y * 2 + dy) * row + (x * 2 + dx) * 3 + colour]);
                picture.push(((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4) as u8);
            }
        }
    }
    picture
}

/// RFC 4648 §4.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = three.iter().enumerate().fold(0_u32, |word, (place, byte)| word | u32::from(*byte) << (16 - 8 * place));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= three.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn four_dots_become_one() {
        assert_eq!(halved(&[0, 0, 0, 255, 0, 0, 255, 0, 0, 0, 0, 255], 1, 1), [128, 0, 64]);
    }
}
