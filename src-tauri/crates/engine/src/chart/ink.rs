//! Hues of pictures: those of the page, on paper and on dark.

use plotters::style::RGBColor;
use quarterdeck_model::inspection::Tone;

/// What a picture is drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub ground: RGBColor,
    pub strong: RGBColor,
    pub words: RGBColor,
    pub quiet: RGBColor,
    pub line: RGBColor,
    pub gap: RGBColor,
    series: [RGBColor; 8],
    tones: [RGBColor; 3],
}

const LIGHT: Ink = Ink {
    ground: RGBColor(0xff, 0xff, 0xff),
    strong: RGBColor(0x15, 0x17, 0x1a),
    words: RGBColor(0x32, 0x36, 0x3c),
    quiet: RGBColor(0x5a, 0x60, 0x68),
    line: RGBColor(0xe4, 0xe4, 0xe0),
    gap: RGBColor(0xef, 0xef, 0xec),
    series: [
        RGBColor(0x1f, 0x5f, 0xa8),
        RGBColor(0xc0, 0x56, 0x21),
        RGBColor(0x2f, 0x7d, 0x4f),
        RGBColor(0x7a, 0x4f, 0xa3),
        RGBColor(0x0c, 0x6c, 0x78),
        RGBColor(0xa1, 0x3d, 0x6b),
        RGBColor(0x6f, 0x63, 0x1c),
        RGBColor(0x4c, 0x55, 0x63),
    ],
    tones: [RGBColor(0xb3, 0x24, 0x1c), RGBColor(0x87, 0x51, 0x00), RGBColor(0x58, 0x5c, 0x76)],
};

const DARK: Ink = Ink {
    ground: RGBColor(0x18, 0x1b, 0x1e),
    strong: RGBColor(0xf3, 0xf4, 0xf5),
    words: RGBColor(0xd2, 0xd5, 0xd9),
    quiet: RGBColor(0x9a, 0xa1, 0xaa),
    line: RGBColor(0x2a, 0x2e, 0x32),
    gap: RGBColor(0x21, 0x25, 0x29),
    series: [
        RGBColor(0x7f, 0xb2, 0xf0),
        RGBColor(0xf0, 0xa0, 0x70),
        RGBColor(0x7c, 0xc9, 0x9a),
        RGBColor(0xc3, 0xa1, 0xea),
        RGBColor(0x6a, 0xc8, 0xd3),
        RGBColor(0xee, 0x9c, 0xbf),
        RGBColor(0xd3, 0xc5, 0x72),
        RGBColor(0xb3, 0xba, 0xc4),
    ],
    tones: [RGBColor(0xff, 0x8d, 0x80), RGBColor(0xe5, 0xab, 0x50), RGBColor(0xa6, 0xaa, 0xc6)],
};

impl Ink {
    pub(super) fn of(dark: bool) -> Self {
        if dark { DARK } else { LIGHT }
    }

    /// The hue of a series; the ninth has that of the first.
    pub(super) fn series(&self, which: usize) -> RGBColor {
        self.series[which % self.series.len()]
    }

    pub(super) fn tone(&self, tone: Tone) -> RGBColor {
        match tone {
            Tone::Critical => self.tones[0],
            Tone::Attention => self.tones[1],
            Tone::Unknown | Tone::Working | Tone::Ok => self.tones[2],
        }
    }
}
