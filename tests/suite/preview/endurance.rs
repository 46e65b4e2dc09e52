//! The preview never dies: saves as editors do them, a fifth of them broken, folders moved away and back, checkouts of many
//! files. It always answers, keeps the last good site, shows the error, and settles.
//!
//! `GUIDEPOST_FULL=1 cargo test --release --locked --test suite preview::endurance` does it a thousand times, and then holds it
//! to a second for each.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fs_err as fs;
use guidepost::compile::{Memo, Options, compile};
use guidepost::project::Root;
use guidepost::project::read::read;
use guidepost::serve::Server;

use super::saving::EDITORS;
use super::{Preview, config, get, until, write};
use crate::promise::{count, is_full, trial};

/// Saves where nobody asks for more.
const SAVES: usize = 40;
/// How soon all must have settled after a save, in the long run.
const SETTLED: Duration = Duration::from_secs(1);
/// Pages that are saved in turn.
const PAGES: usize = 12;
/// Files of a checkout.
const FILES: usize = 500;

/// A page with a marker; broken in one of three ways: its front matter is no YAML, or has a key that is none, or a link in
/// its text leads nowhere.
fn text(page: usize, marker: &str, broken: Option<usize>) -> String {
    let (keys, words) = match broken {
        None => ("", ""),
        Some(0) => ("summary: [never closed\n", ""),
        Some(1) => ("titel: Twice\n", ""),
        Some(_) => ("", "[Nowhere](nowhere.md)\n\n"),
    };
    format!("---\ntitle: Page {page}\n{keys}---\n{words}{marker}\n")
}

/// What a page of the site is like at the moment.
#[derive(Clone, Default)]
struct State {
    /// The marker that is shown.
    shown: String,
    is_broken: bool,
}

struct Run {
    preview: Preview,
    pages: Vec<State>,
    /// How long each save took to be shown.
    times: Vec<(Duration, String)>,
}

impl Run {
    fn path(page: usize) -> String {
        format!("content/pages/page-{page}.md")
    }

    fn address(page: usize) -> String {
        format!("/pages/page-{page}.html")
    }

    /// Waits for something, and notes how long that took.
    fn settles(&mut self, what: String, wait: impl FnOnce(&Self)) {
        let since = Instant::now();
        wait(self);
        self.times.push((since.elapsed(), what));
    }

    fn save(&mut self, number: usize, random: &mut impl FnMut(usize) -> usize) {
        let (page, (name, save)) = (random(PAGES), EDITORS[random(EDITORS.len())]);
        let broken = (random(5) == 0).then(|| random(3));
        let marker = format!("Marker {number}.");
        let path = self.preview.path(&Self::path(page));
        save(&path, &text(page, &marker, broken));
        self.pages[page].is_broken = broken.is_some();
        // A link that leads nowhere is marked, and the page is shown; front matter that can't be read leaves the page as it was.
        if matches!(broken, None | Some(2)) {
            self.pages[page].shown = marker;
        }
        self.settles(format!("save {number} by {name} of page {page}, {broken:?}"), |run| run.is_as(page));
    }

    /// Waits until a page shows what it should, and its overlay names it just where it is broken.
    fn is_as(&self, page: usize) {
        let State { shown, is_broken } = &self.pages[page];
        let (address, name) = (Self::address(page), format!("page-{page}.md"));
        until(&format!("{address} shows {shown}"), || {
            let (status, body) = self.preview.get(&address);
            assert_eq!(status, 200, "{address}");
            body.contains(shown)
        });
        let what = if *is_broken { "names it" } else { "does not name it" };
        self.preview.overlay(&address, what, |problems| problems.contains(&name) == *is_broken);
    }

    /// Moves a folder away, and back when that has been seen.
    fn away_and_back(&mut self, folder: &str) {
        let (here, away) = (self.preview.path(folder), self.preview.root.with_extension("away"));
        fs::rename(&here, &away).unwrap();
        let is_all = folder != "content/pages";
        self.settles(format!("{folder:?} is away"), |run| match is_all {
            true => run.preview.complains("/", &["no folder `content`"]),
            false => run.preview.lacks(&Self::address(0)),
        });
        if is_all {
            assert_eq!(self.preview.get(&Self::address(0)).0, 200, "the last good site is kept");
        }
        fs::rename(&away, &here).unwrap();
        self.settles(format!("{folder:?} is back"), |run| {
            until("its pages are back", || run.preview.get(&Self::address(0)).0 == 200);
            (0..PAGES).for_each(|page| run.is_as(page));
        });
    }

    /// Every file of a folder deleted and made anew, as `git checkout` does.
    fn checkout(&mut self, branch: usize) {
        let path = |number: usize| format!("content/many/{}/file-{number}.md", number % 20);
        for number in 0..FILES {
            let path = self.preview.path(&path(number));
            let _ = fs::remove_file(&path);
            write(&path, &format!("---\ntitle: File {number}\n---\nBranch {branch}.\n"));
        }
        let address = |number: usize| format!("/many/{}/file-{number}.html", number % 20);
        let all = [0, FILES / 2, FILES - 1];
        let shown = format!("Branch {branch}.");
        self.settles(format!("checkout {branch}"), |run| {
            all.iter().for_each(|number| run.preview.shows(&address(*number), &shown));
        });
    }
}

/// Asks for pages all the while; gives how many answers came, and panics at the first that is none.
fn ask(address: std::net::SocketAddr, stop: &AtomicBool) -> usize {
    let asked = AtomicUsize::new(0);
    while !stop.load(Ordering::SeqCst) {
        let (status, body) = get(address, "/about.html");
        assert!(status == 200 && body.contains("</html>"), "after {asked:?} answers: {status} {body:?}");
        asked.fetch_add(1, Ordering::SeqCst);
        // There is only one machine for all.
        thread::sleep(Duration::from_millis(20));
    }
    asked.into_inner()
}

/// Ends the asking, also where the test fails.
struct End<'a>(&'a AtomicBool);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn it_stands_whatever_editors_do() {
    let trial = trial("The preview never dies");
    let saves = count(SAVES, 1000);
    let pages: Vec<(String, String)> =
        (0..PAGES).map(|page| (Run::path(page), text(page, "At first.", None))).collect();
    let mut site: Vec<(&str, &str)> = super::SITE.to_vec();
    site.extend(pages.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let state = State { shown: "At first.".to_owned(), is_broken: false };
    let mut run = Run { preview: Preview::of(&site, |_| {}), pages: vec![state; PAGES], times: Vec::new() };
    let address = run.preview.server.address();
    let stop = AtomicBool::new(false);
    // Always the same numbers, so that a run that fails can be had again.
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = move |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % below as u64).unwrap()
    };
    let answers = thread::scope(|scope| {
        let asking = scope.spawn(|| ask(address, &stop));
        let end = End(&stop);
        for number in 0..saves {
            run.save(number, &mut random);
            match number % 20 {
                2 => run.away_and_back("content/pages"),
                7 => run.away_and_back("content"),
                12 => run.away_and_back(""),
                17 if number % 100 == 17 => run.checkout(number),
                _ => {}
            }
        }
        drop(end);
        asking.join().unwrap()
    });
    is_as_after_a_start(&mut run);
    run.times.sort();
    let (slowest, what) = run.times.last().unwrap();
    let median = run.times[run.times.len() / 2].0;
    assert!(!is_full() || *slowest <= SETTLED, "{what} took {slowest:?}");
    trial.kept(
        &format!(
            "saves and moves, {answers} answers meanwhile; settled after {median:.0?} in the median, {slowest:.0?} at most ({what})"
        ),
        run.times.len(),
    );
}

/// Mends all pages; then every address has the bytes that a preview has which was started just now.
fn is_as_after_a_start(run: &mut Run) {
    for page in 0..PAGES {
        write(&run.preview.path(&Run::path(page)), &text(page, "At last.", None));
        run.pages[page] = State { shown: "At last.".to_owned(), is_broken: false };
    }
    run.settles("all is mended".to_owned(), |run| (0..PAGES).for_each(|page| run.is_as(page)));
    let fresh = Server::start(config(&run.preview.root)).unwrap();
    let options = Options { drafts: true, pdf: true, preview: true, today: "2026-11-22".to_owned() };
    let files = read(&Root::open(&run.preview.root).unwrap()).unwrap().files;
    let compiled = compile(&files, &options, &mut Memo::default());
    let all = |address: std::net::SocketAddr| -> BTreeMap<String, (u16, String)> {
        let one = |path: &String| {
            let (status, body) = get(address, &format!("/{path}"));
            // The reload script is told the number of the snapshot, and that is another one.
            let body = match body.split_once("&amp;n=") {
                Some((before, after)) => {
                    before.to_owned() + after.trim_start_matches(|digit: char| digit.is_ascii_digit())
                }
                None => body,
            };
            (path.clone(), (status, body))
        };
        compiled.edition.routes.all.keys().map(one).collect()
    };
    let (warm, clean) = (all(run.preview.server.address()), all(fresh.address()));
    for (path, answer) in &clean {
        assert!(warm.get(path) == Some(answer), "{path} differs from what a preview shows that was just started");
    }
}
