//! The one font of all pictures, carried along: a machine without a screen has none. Its licence lies beside it.

use std::sync::Once;

use plotters::style::{FontStyle, register_font};

/// How SVG names it; whoever looks at one without Inter sees the system's own.
pub(super) const FONT: &str = "Inter, system-ui, sans-serif";

const LETTERS: &[u8] = include_bytes!("inter-latin.otf");

/// Makes the font known; the first picture does.
pub(super) fn provide() {
    static ONCE: Once = Once::new();
    // A font that cannot be read shows itself as an error of the drawing; the tests draw.
    ONCE.call_once(|| drop(register_font(FONT, FontStyle::Normal, LETTERS)));
}
