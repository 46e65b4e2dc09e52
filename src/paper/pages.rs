//! Page breaks.
//!
//! In: bands, and the heads that are repeated. Out: for each page, which band stands where. No band is cut; a band that
//! keeps others with it goes to the next page together with them; a band taller than a page is named.

use super::compose::Band;

/// One page: what stands on it, at which distance from the top of its body.
#[derive(Debug, Default, PartialEq)]
pub struct Page {
    /// From top to bottom.
    pub placed: Vec<(f32, What)>,
}

/// What stands on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// A band of the sheet, by its number.
    Band(usize),
    /// A repeated head, by its number.
    Head(usize),
}

/// Room on the first page and on the others.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// On the first page.
    pub first: f32,
    /// On every other page, below its running head.
    pub other: f32,
}

/// What stays free above the foot of a page that is filled, points.
const ABOVE_FOOT: f32 = 10.0;

/// Gives what a single page has left to the rows that one writes in, the same to each.
pub fn fill(bands: &mut [Band], room: f32) {
    let gaps: f32 = bands.iter().skip(1).map(|band| band.gap).sum();
    let left = room - gaps - bands.iter().map(|band| band.height).sum::<f32>();
    let rows = bands.iter().filter(|band| band.stretch > 0.0).count();
    if left <= 0.0 || rows == 0 {
        return;
    }
    let each = (left - ABOVE_FOOT).max(0.0) / rows as f32;
    bands.iter_mut().filter(|band| band.stretch > 0.0).for_each(|band| band.grow(each.min(band.stretch)));
}

/// Places bands on pages.
///
/// # Errors
/// The numbers of the bands that are taller than a page.
pub fn paginate(bands: &[Band], heads: &[Band], room: Room) -> Result<Vec<Page>, Vec<usize>> {
    let too_tall: Vec<usize> = (0..bands.len())
        .filter(|index| {
            bands.get(*index).is_some_and(|band| band.height + head_height(band, heads) > room_for(*index, room))
        })
        .collect();
    if !too_tall.is_empty() {
        return Err(too_tall);
    }
    let mut pages = vec![Page::default()];
    let mut bottom = 0.0_f32;
    for (index, band) in bands.iter().enumerate() {
        let limit = if pages.len() == 1 { room.first } else { room.other };
        let at_top = bottom == 0.0;
        // What must stand together and never can is broken where the page ends.
        let chunk = together(bands, index);
        let needed = if head_height(band, heads) + chunk > room.other { band.height } else { chunk };
        if !at_top && bottom + band.gap + needed > limit {
            pages.push(Page::default());
            bottom = 0.0;
        }
        let Some(page) = pages.last_mut() else { continue };
        let fresh = bottom == 0.0 && index > 0;
        if let Some((number, head)) = repeated(band, heads).filter(|_| fresh) {
            page.placed.push((0.0, What::Head(number)));
            bottom = head.height;
        }
        if bottom > 0.0 && !fresh {
            bottom += band.gap;
        }
        page.placed.push((bottom, What::Band(index)));
        bottom += band.height;
    }
    Ok(pages)
}

/// Only what comes first on a sheet must fit on its first page.
fn room_for(index: usize, room: Room) -> f32 {
    if index == 0 { room.first } else { room.other }
}

fn repeated<'a>(band: &Band, heads: &'a [Band]) -> Option<(usize, &'a Band)> {
    band.head.and_then(|number| Some((number, heads.get(number)?)))
}

fn head_height(band: &Band, heads: &[Band]) -> f32 {
    repeated(band, heads).map_or(0.0, |(_, head)| head.height)
}

/// The height of a band and of all that must stand with it.
fn together(bands: &[Band], index: usize) -> f32 {
    let (mut height, mut last, mut next) = (0.0, index, index);
    while let Some(band) = bands.get(next).filter(|_| next <= last) {
        height += band.height + if next == index { 0.0 } else { band.gap };
        last = last.max(next + band.keep);
        next += 1;
    }
    height
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Place;

    fn band(height: f32, keep: usize, head: Option<usize>) -> Band {
        let place = Place::file("a.md");
        Band { gap: 1.0, height, stretch: 0.0, keep, marks: Vec::new(), head, outline: None, place }
    }

    const ROOM: Room = Room { first: 20.0, other: 30.0 };

    #[test]
    fn rows_to_write_in_share_what_a_page_has_left_and_no_more() {
        let row = || Band { stretch: 5.0, ..band(10.0, 0, None) };
        let heights = |room: f32| {
            let mut bands = vec![band(10.0, 0, None), row(), row()];
            fill(&mut bands, room);
            bands.iter().map(|band| band.height).collect::<Vec<f32>>()
        };
        assert_eq!(heights(100.0), [10.0, 15.0, 15.0]);
        assert_eq!(heights(32.0 + ABOVE_FOOT + 4.0), [10.0, 12.0, 12.0]);
        assert_eq!(heights(32.0), [10.0, 10.0, 10.0]);
    }

    #[test]
    fn a_heading_goes_to_the_next_page_with_two_items() {
        let bands = [band(10.0, 0, None), band(2.0, 2, None), band(3.0, 0, None), band(4.0, 0, None)];
        let pages = paginate(&bands, &[], ROOM).unwrap();
        assert_eq!(pages[0].placed, [(0.0, What::Band(0))]);
        assert_eq!(pages[1].placed, [(0.0, What::Band(1)), (3.0, What::Band(2)), (7.0, What::Band(3))]);
    }

    #[test]
    fn a_head_is_repeated_where_its_rows_run_on() {
        let bands = [band(15.0, 0, None), band(15.0, 0, Some(0))];
        let pages = paginate(&bands, &[band(5.0, 0, None)], ROOM).unwrap();
        assert_eq!(pages[1].placed, [(0.0, What::Head(0)), (5.0, What::Band(1))]);
    }

    #[test]
    fn what_is_taller_than_a_page_is_named() {
        assert_eq!(paginate(&[band(1.0, 0, None), band(31.0, 0, None)], &[], ROOM), Err(vec![1]));
        assert_eq!(paginate(&[band(1.0, 0, None), band(26.0, 0, Some(0))], &[band(5.0, 0, None)], ROOM), Err(vec![1]));
    }
}
