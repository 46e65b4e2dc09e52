//! Outlines of what is drawn and is no text: discs, QR codes, and the arrows and ticks that a font may lack.
//!
//! In: a place and a size in points. Out: a path. It draws nothing.

use krilla::geom::{PathBuilder, Rect};

/// A filled circle's outline, by four curves.
pub fn disc((x, y): (f32, f32), radius: f32) -> PathBuilder {
    // How far the handles of a quarter circle reach.
    let handle = radius * 0.552_284_8;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + handle, x + handle, y + radius, x, y + radius);
    path.cubic_to(x - handle, y + radius, x - radius, y + handle, x - radius, y);
    path.cubic_to(x - radius, y - handle, x - handle, y - radius, x, y - radius);
    path.cubic_to(x + handle, y - radius, x + radius, y - handle, x + radius, y);
    path.close();
    path
}

/// The dark modules of a QR code, run by run: row, first column, length. A module is one unit.
pub fn code(dark: &[(usize, usize, usize)]) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (row, column, length) in dark {
        let (row, column, length) = (*row as f32, *column as f32, *length as f32);
        if let Some(rect) = Rect::from_xywh(column, row, length, 1.0) {
            path.push_rect(rect);
        }
    }
    path
}

/// A character drawn with a pen, standing on the baseline within its advance.
pub fn character(character: char, (x, baseline): (f32, f32), advance: f32, size: f32) -> PathBuilder {
    let width = (advance * 0.92).min(size * 0.72);
    let height = if matches!(character, '✓' | '✔' | '↑' | '↓') { size * 0.68 } else { width };
    let (left, foot) = (x + (advance - width) / 2.0, baseline - (size * 0.68 - height) / 2.0);
    let at = |across: f32, up: f32| (left + across * width, foot - up * height);
    let strokes: &[&[(f32, f32)]] = match character {
        '→' => &[&[(0.0, 0.5), (1.0, 0.5)], &[(0.65, 0.85), (1.0, 0.5), (0.65, 0.15)]],
        '←' => &[&[(0.0, 0.5), (1.0, 0.5)], &[(0.35, 0.85), (0.0, 0.5), (0.35, 0.15)]],
        '↑' => &[&[(0.5, 0.0), (0.5, 1.0)], &[(0.15, 0.65), (0.5, 1.0), (0.85, 0.65)]],
        '↓' => &[&[(0.5, 0.0), (0.5, 1.0)], &[(0.15, 0.35), (0.5, 0.0), (0.85, 0.35)]],
        '✓' | '✔' => &[&[(0.05, 0.45), (0.38, 0.08), (0.95, 0.95)]],
        '✗' | '✘' => &[&[(0.1, 0.1), (0.9, 0.9)], &[(0.1, 0.9), (0.9, 0.1)]],
        '☑' => &[&BOX, &[(0.22, 0.5), (0.42, 0.25), (0.8, 0.8)]],
        _ => &[&BOX],
    };
    let mut path = PathBuilder::new();
    for stroke in strokes {
        for (number, (across, up)) in stroke.iter().enumerate() {
            let (x, y) = at(*across, *up);
            if number == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
    }
    path
}

const BOX: [(f32, f32); 6] = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0), (0.0, 0.0), (1.0, 0.0)];
