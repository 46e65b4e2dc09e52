//! Linear time: texts made to be slow are not. Four times as much of each takes less than six times as long.
//!
//! Time is what the system says that the one thread has spent on the CPU, so that a busy machine does not matter, and the
//! least of several tries is compared. What takes the square of its length would take sixteen times as long.

use std::ops::Range;
use std::time::{Duration, Instant};

use guidepost::cli::report::{Format, draw};
use guidepost::parse;
use guidepost::source::Source;

use crate::fuzz::targets::site;
use crate::promise::trial;

/// Four times the text may take so many times as long.
const MOST: f64 = 6.0;
/// A text is made so long that it takes at least this long.
const LEAST: Duration = Duration::from_millis(12);
/// How often a pattern may fall short of it before it counts as slow.
const TRIES: usize = 12;
/// A table's missing cells are made up to 262,144 on a page, by the Markdown reader; up to there they grow with the square.
const CAPPED: &str = "a table of many columns";
const CAPPED_FROM: usize = 10_000;
/// Front matter may have 64 KB, so a quarter of it is the most that can be made four times as long.
const FRONT_MATTER: usize = 15_000;
const BODY: usize = 1_000_000;

/// A text of about so many bytes.
type Pattern = (&'static str, fn(usize) -> String);

fn repeat(piece: &str, length: usize) -> String {
    piece.repeat(length / piece.len() + 1)
}

/// As many lines as fit, each made from its number.
fn lines(length: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for number in 0.. {
        if text.len() >= length {
            break;
        }
        text += &line(number);
    }
    text
}

const MARKDOWN: &[Pattern] = &[
    ("emphasis that opens", |length| repeat("*a **a ", length)),
    ("emphasis that closes", |length| repeat("a** b* ", length)),
    ("emphasis of both kinds", |length| repeat("*_a ", length)),
    ("strikethrough that opens", |length| repeat("~a ~~a ", length)),
    ("brackets that open", |length| repeat("[", length)),
    ("brackets that close", |length| repeat("a]", length)),
    ("links that open", |length| repeat("[a](", length)),
    ("links with pointed brackets that open", |length| repeat("[a](<b", length)),
    ("links that lead nowhere in each other", |length| repeat("[", length / 4) + &repeat("]()", length)),
    ("notes that open", |length| repeat("[^a", length)),
    ("braces that open in a task", |length| format!("- [ ] {}", repeat("{@a ", length))),
    ("braces in a task", |length| format!("- [ ] {}", repeat("{@a} ", length))),
    ("boxes that are none", |length| repeat("-[ ] a\n", length)),
    ("merges that begin", |length| repeat("<<<<<<< a\n", length)),
    ("words of other tools that open", |length| repeat("{{< {% {: ", length)),
    ("pictures in pictures", |length| repeat("![[]()", length)),
    ("ids that open", |length| repeat("[[a|", length)),
    ("links by id to nowhere", |length| repeat("[[nowhere]] ", length)),
    ("code that opens with ever more ticks", |length| {
        lines(length, |number| format!("e{}", "`".repeat(number % 400 + 1)))
    }),
    ("HTML comments that open", |length| repeat("<!-- a ", length)),
    ("HTML declarations that open", |length| repeat("<!A <?b <![CDATA[ ", length)),
    ("tags that open", |length| repeat("<a href=\"", length)),
    ("tags as text", |length| repeat("<b><i>", length)),
    ("autolinks that open", |length| repeat("<https://a", length)),
    ("entities that are none", |length| repeat("&a&#", length)),
    ("backslashes", |length| repeat("\\", length)),
    ("quotations, each lazy", |length| repeat("> a\nb\n\n", length)),
    ("quotations in quotations", |length| "> ".repeat(length / 2)),
    ("lists in lists", |length| lines(length, |number| format!("{}- a\n", " ".repeat(2 * (number % 90))))),
    ("blank lines in lists", |length| repeat("- a\n\n\n\n", length)),
    ("tables", |length| "a|b|c\n-|-|-\n".to_owned() + &repeat("1|2\n", length)),
    (CAPPED, |length| {
        let columns = length / 8;
        format!("{}\n{}\n{}", "a|".repeat(columns), "-|".repeat(columns), "b\n".repeat(columns))
    }),
    ("footnotes", |length| lines(length, |number| format!("a[^{number}]\n\n[^{number}]: b\n\n"))),
    ("definitions of links", |length| lines(length, |number| format!("[l{number}]: page.md\n[l{number}]\n\n"))),
    ("a long link by reference", |length| {
        format!("[a]: https://a.example/{}\n\n{}", "x".repeat(length / 2), "[a] ".repeat(length / 8))
    }),
    ("headings of one name", |length| repeat("## A\n\n", length)),
    ("headings with attributes that open", |length| repeat("## A {#b .added {#c\n\n", length)),
    ("tasks of one name", |length| repeat("- [ ] Do it\n", length)),
    ("tasks with attributes that open", |length| repeat("- [ ] a {@lead {#x {\n", length)),
    ("mentions of a term", |length| repeat("the portals of an EHR\n\n", length)),
    ("definition lists", |length| repeat("a\n: b\n\n", length)),
    ("links that lead nowhere", |length| repeat("[a](nowhere.md)\n", length)),
    ("one line of links that lead nowhere", |length| repeat("[a](nowhere.md) ", length)),
    ("spaces", |length| format!("a{}b", " ".repeat(length))),
    ("tabs", |length| format!("-{}b", "\t".repeat(length))),
    ("characters that are combined", |length| format!("a{}", "\u{301}".repeat(length / 2))),
];

const YAML: &[Pattern] = &[
    ("unknown keys", |length| lines(length, |number| format!("key{number}: a\n"))),
    ("keys of one name", |length| repeat("title: a\n", length)),
    ("a list", |length| format!("title: a\naliases: [{}]\n", repeat("name,", length))),
    ("a list of lines", |length| format!("title: a\nfacts:\n{}", repeat("- F1\n", length))),
    ("brackets that open", |length| format!("title: a\nextra: {}\n", "[".repeat(length))),
    ("braces that open", |length| format!("title: a\nextra: {}\n", repeat("{a: ", length))),
    ("dashes in a line", |length| format!("title: a\nextra:\n  {}\n", repeat("- ", length))),
    ("colons in a line", |length| format!("title: {}\n", repeat("a: ", length))),
    ("a quotation that opens", |length| format!("title: \"{}\n", repeat("a\n ", length))),
    ("escapes", |length| format!("title: \"{}\"\n", repeat("\\x41", length))),
    ("a text of many lines", |length| format!("title: >\n{}", repeat("  a\n\n", length))),
    ("comments", |length| repeat("# a\n", length) + "title: a\n"),
    ("anchors and aliases", |length| format!("title: a\nextra: [&a b, {}]\n", repeat("*a, ", length))),
    ("keys that ask", |length| repeat("? a\n", length)),
    ("tabs", |length| format!("title:{}a\n", "\t".repeat(length))),
    ("a list of anything", |length| format!("title: a\nextra:\n  a:\n{}", repeat("  - y\n", length))),
    ("a list that is no value", |length| format!("title: a\nextra:\n{}", repeat("- y\n", length))),
    ("keys that are no YAML", |length| lines(length, |number| format!("key{number}: a: b\n"))),
    ("lists that are no YAML", |length| format!("title: a\nfacts:\n{}", repeat("- a: b: c\n", length))),
    ("sets of the wrong type", |length| format!("kind: plan\ntitle: a\ntasks:\n{}", repeat("- a\n", length))),
    ("quotations that open", |length| lines(length, |number| format!("key{number}: \"a\n"))),
    ("lines without a key", |length| repeat("a\n\n", length)),
    ("sets in a list", |length| {
        format!("kind: plan\ntitle: a\ntasks:\n{}", repeat("- {title: a, titel: b}\n", length))
    }),
];

#[test]
fn four_times_the_text_takes_less_than_six_times_as_long() {
    let trial = trial("Linear time");
    let front = |text: &str| format!("---\n{text}---\nText.\n");
    let markdown = MARKDOWN.iter().map(|(name, make)| (*name, *make, false));
    let yaml = YAML.iter().map(|(name, make)| (*name, *make, true));
    let (mut slow, mut worst) = (Vec::new(), 0.0_f64);
    for (name, make, is_yaml) in markdown.chain(yaml) {
        let time = |length: usize| {
            let text = make(length);
            if is_yaml { spent(|| parse_only(&front(&text))) } else { spent(|| whole(&text)) }
        };
        let lengths = if name == CAPPED { CAPPED_FROM } else { 500 }..if is_yaml { FRONT_MATTER } else { BODY };
        let ratio = ratio(&time, lengths);
        worst = worst.max(ratio);
        if ratio >= MOST {
            slow.push(format!("{name}: {ratio:.1} times"));
        }
    }
    assert!(slow.is_empty(), "four times the text takes\n{}", slow.join("\n"));
    trial.kept(
        &format!("patterns of Markdown and YAML; four times the slowest takes {worst:.1} times as long"),
        MARKDOWN.len() + YAML.len(),
    );
}

/// How many times as long four times the text takes. What takes the square of its length does so at any length, but a step
/// from one cache to the next, or to memory that the system has to give first, is passed with a longer text.
fn ratio(time: &dyn Fn(usize) -> Duration, lengths: Range<usize>) -> f64 {
    let mut length = lengths.start;
    while length < lengths.end && time(length) < LEAST {
        length = (length * 2).min(lengths.end);
    }
    let mut least = ratio_at(time, length);
    while least >= MOST && length < lengths.end {
        length = (length * 2).min(lengths.end);
        least = least.min(ratio_at(time, length));
    }
    least
}

/// The same at one length: the least of some tries, as far as needed.
fn ratio_at(time: &dyn Fn(usize) -> Duration, length: usize) -> f64 {
    let (mut once, mut four_times) = (time(length), time(length * 4));
    for _ in 0..TRIES {
        if four_times.as_secs_f64() < once.as_secs_f64() * (MOST - 1.0) {
            break;
        }
        once = once.min(time(length));
        four_times = four_times.min(time(length * 4));
    }
    four_times.as_secs_f64() / once.as_secs_f64()
}

/// A page as a whole site makes it, and its messages drawn.
fn whole(page: &str) {
    let (_, diagnostics) = site(page.as_bytes());
    let source = Source::from_text("content/page.md", page);
    let texts = [(source.path.clone(), source.text.clone())].into();
    for format in [Format::Human, Format::Short] {
        draw(&diagnostics, &texts, format, false, false);
    }
}

/// Front matter is too short to be seen beside the rest of a site.
fn parse_only(page: &str) {
    let source = Source::from_text("content/page.md", page);
    let texts = [(source.path.clone(), source.text.clone())].into();
    let found = parse::page(&source).diagnostics;
    draw(&found, &texts, Format::Short, false, false);
}

/// How long something takes on one thread, by the clock of its CPU where the system tells it.
fn spent(work: impl Fn() + Sync) -> Duration {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let (since, before) = (Instant::now(), on_cpu());
        work();
        match (before, on_cpu()) {
            (Some(before), Some(after)) => after - before,
            _ => since.elapsed(),
        }
    })
}

/// The time that this thread has spent on a CPU.
fn on_cpu() -> Option<Duration> {
    // Linux counts what it has given when it looks at who is next.
    std::thread::yield_now();
    let stat = fs_err::read_to_string("/proc/thread-self/schedstat").ok()?;
    stat.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// A page nested so deep, and whether the front matter is what is nested.
const DEEP: usize = 10_000;

#[test]
fn nesting_ten_thousand_deep_is_a_message() {
    let trial = trial("Linear time");
    let pages: Vec<(&str, String)> = vec![
        ("quotations", format!("# A\n\n{}deep\n", "> ".repeat(DEEP))),
        ("quotations without spaces", format!("# A\n\n{}deep\n", ">".repeat(DEEP))),
        ("lists in a line", format!("# A\n\n{}deep\n", "- ".repeat(DEEP))),
        ("numbered lists in a line", format!("# A\n\n{}deep\n", "1. ".repeat(DEEP))),
        ("lists by lines", lines_of_lists(3_900)),
        ("emphasis", format!("# A\n\n{}deep{}\n", "*a ".repeat(DEEP), " b*".repeat(DEEP))),
        ("strong emphasis", format!("# A\n\n{}deep{}\n", "**a ".repeat(DEEP), " b**".repeat(DEEP))),
        ("brackets", format!("# A\n\n{}deep{}\n", "[".repeat(DEEP), "](page.md)".repeat(DEEP))),
        ("pictures", format!("# A\n\n{}deep{}\n", "![".repeat(DEEP), "](x.png)".repeat(DEEP))),
        ("parentheses", format!("# A\n\n[a]({}b{})\n", "(".repeat(DEEP), ")".repeat(DEEP))),
        ("HTML", format!("# A\n\n{}deep{}\n", "<div>".repeat(DEEP), "</div>".repeat(DEEP))),
        ("HTML in a line", format!("# A\n\na {}deep{}\n", "<b>".repeat(DEEP), "</b>".repeat(DEEP))),
        ("alerts", format!("# A\n\n{}", "> [!NOTE]\n> ".repeat(DEEP))),
        ("definition lists", format!("# A\n\na\n{}b\n", ": ".repeat(DEEP))),
        ("footnotes", (0..DEEP).map(|number| format!("[^{number}]: a[^{}]\n\n", number + 1)).collect()),
        ("YAML brackets", format!("---\ntitle: A\nextra: {}{}\n---\n", "[".repeat(DEEP), "]".repeat(DEEP))),
        ("YAML braces", format!("---\ntitle: A\nextra: {}1{}\n---\n", "{a: ".repeat(DEEP), "}".repeat(DEEP))),
        ("YAML brackets that open", format!("---\ntitle: A\nextra: {}\n---\n", "[".repeat(DEEP))),
        ("YAML dashes", format!("---\ntitle: A\nextra:\n  {}a\n---\n", "- ".repeat(DEEP))),
        ("YAML questions", format!("---\ntitle: A\nextra:\n  {}a\n---\n", "? ".repeat(DEEP))),
    ];
    let too_deep = ["quotations", "lists in a line", "lists by lines", "YAML brackets", "YAML braces", "YAML dashes"];
    let mut tried = 0;
    for settings in ["title: A\n", "title: A\nraw_html: allow\n"] {
        for (what, page) in &pages {
            let folder = tempfile::tempdir().unwrap();
            crate::publish::write(folder.path(), "content/index.md", "# Home\n\n[page](page.md)\n");
            crate::publish::write(folder.path(), "content/site.yaml", settings);
            crate::publish::write(folder.path(), "content/page.md", page);
            let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_guidepost"));
            command.arg("build").arg("--no-pdf").arg("--message-format").arg("short").arg("--root").arg(folder.path());
            let done = command.output().unwrap();
            let said = String::from_utf8_lossy(&done.stdout);
            let broken =
                format!("{what}, {settings}: {:?}\n{said}{}", done.status, String::from_utf8_lossy(&done.stderr));
            assert!(done.status.code().is_some_and(|code| code < 2), "{broken}");
            if too_deep.contains(what) {
                assert!(said.contains("error[too-deep]") || said.contains("error[yaml-syntax]"), "{broken}");
            }
            tried += 1;
        }
    }
    trial.kept("pages nested 10,000 deep", tried);
}

/// Lists by lines of their own, as deep as a page of eight megabytes allows.
fn lines_of_lists(deep: usize) -> String {
    (0..deep).map(|depth| format!("{}- a\n", " ".repeat(depth))).collect()
}
