//! Every rule by name, with what `guidepost explain` says of it.
//!
//! A new rule is a new entry in the table below, and a fixture under `tests/fixtures/` that breaks it; a test holds that
//! each has both.

use super::Severity;

macro_rules! rules {
    ($($rule:ident $name:literal $severity:ident { $cause:literal, $example:literal, $cure:literal })*) => {
        /// The name under which a kind of mistake is known.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $cause] $rule,)* }

        impl Rule {
            /// All rules, in the order in which they are documented.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// As in `unknown-key`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// How bad breaking it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$rule => Severity::$severity,)* }
            }

            /// What it finds, and why that matters.
            pub const fn cause(self) -> &'static str {
                match self { $(Self::$rule => $cause,)* }
            }

            /// Something that breaks it.
            pub const fn example(self) -> &'static str {
                match self { $(Self::$rule => $example,)* }
            }

            /// What to write instead.
            pub const fn cure(self) -> &'static str {
                match self { $(Self::$rule => $cure,)* }
            }
        }
    };
}

impl Rule {
    /// The rule with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

rules! {
    // Reading files
    Encoding "encoding" Error {
        "The file is not UTF-8 text, so letters beyond English would come out wrong.",
        "A page saved by an old editor as \"Unicode\" (UTF-16) or \"ANSI\" (Latin-1).",
        "Save the file again as UTF-8. In Notepad: File, Save as, Encoding: UTF-8."
    }
    TooLarge "too-large" Error {
        "The file is larger than a page can be (8 MB), or its front matter is larger than 64 KB.",
        "A page into which a whole picture was pasted as text.",
        "Split the page, or keep the large part as a file of its own and link to it."
    }
    TooDeep "too-deep" Error {
        "Lists or quotations are nested in each other more than 200 deep.",
        "A line that begins with hundreds of `>`.",
        "Flatten the list or the quotation."
    }
    UnreadableFile "unreadable-file" Error {
        "The file is there but could not be read.",
        "A file that only its owner may read, or one that went away while the site was read.",
        "Check who may read the file, and that its disk or share is connected."
    }
    SkippedFile "skipped-file" Warning {
        "The file is of a type that Guidepost does not copy, so that nothing private is published by accident.",
        "`content/plan.dwg`",
        "Name the type in site.yaml (`assets: [dwg]`) to publish such files, or move the file out of `content/`."
    }
    SymbolicLink "symbolic-link" Warning {
        "A symbolic link inside `content/` is not followed, since it may lead out of the site.",
        "`content/images` as a link to a folder on another drive",
        "Put the file itself into `content/`."
    }
    // Front matter
    FrontMatterOpen "front-matter-open" Error {
        "The settings at the head of the page begin with `---` but are not closed, so that they would be published as text.",
        "---\ntitle: Brief the team\n\nThe team needs to know ...",
        "Write `---` on a line of its own behind the last setting: exactly three dashes, no long dash."
    }
    YamlSyntax "yaml-syntax" Error {
        "A line of the front matter, or of a settings file, can't be read. Most often a text with a colon, a quotation mark or a bracket stands there without quotes.",
        "title: Step 2: brief the team",
        "Put text with a colon, a `#` or a bracket in quotes: `title: \"Step 2: brief the team\"`. Indent with spaces, never tabs."
    }
    YamlAnchor "yaml-anchor" Error {
        "A value begins with `&` or `*`, which mean something of their own in YAML (anchors and aliases) and are switched off.",
        "lead: *champion",
        "Put text that begins with `&` or `*` in quotes: `title: \"**Brief** the team\"`."
    }
    UnknownKey "unknown-key" Error {
        "The key is not one that this kind of page has. It is most often a slip of the pen.",
        "sumary: What the team needs to know",
        "Correct the key. `guidepost schema KIND` lists the keys of a kind; keys of your own go under `extra:`."
    }
    ForeignKey "foreign-key" Warning {
        "The page has no `kind`, and keys that Guidepost does not know. They are left out.",
        "layout: post\ndate: 2020-01-01",
        "Remove them, put them under `extra:`, or write what the page is: `kind: step`."
    }
    UnknownKind "unknown-kind" Error {
        "There is no such kind of page.",
        "kind: steps",
        "Write one of guide, role, criterion, step, checklist, worksheet, plan, term, page."
    }
    WrongType "wrong-type" Error {
        "The value is of another type than the key needs: a text instead of a list, a word instead of a number.",
        "with: executive-sponsor",
        "Write it as the message says. A list is `[one, two]`, or a line with `- ` for each entry."
    }
    BadValue "bad-value" Error {
        "The value has the right type, but is none that the key can have.",
        "mode: do",
        "Write one of the values that the message names. A date is year-month-day: `2026-11-20`."
    }
    MissingKey "missing-key" Error {
        "A key that this page can't do without is not there: a term's summary, a plan's phases, a task's title.",
        "kind: term\ntitle: Go-live",
        "Add the key that the message names."
    }
    MissingTitle "missing-title" Error {
        "The page has no title, neither in its front matter nor as a first `# heading`.",
        "---\nkind: step\n---\nThe team needs to know ...",
        "Write `title: Brief the team` between the `---` lines."
    }
    DuplicateKey "duplicate-key" Error {
        "A key stands twice on the page, so that it is not clear which value is meant.",
        "lead: hit-champion\nlead: vendor",
        "Remove one of them."
    }
    CutValue "cut-value" Warning {
        "A `#` with a space before it begins a comment in YAML, so that the rest of the value is lost. A `#` with a space behind it is taken for a comment that is meant.",
        "title: Prepare room #3",
        "Put the text in quotes: `title: \"Prepare room #3\"`."
    }
    ControlCharacter "control-character" Error {
        "The settings have a character that is no text and can't be seen, often pasted from a word processor. It would break the feed, the calendar or the printed sheet, so it is read as a space.",
        "title: \"Prepare\\vthe room\"",
        "Write a space instead, or nothing. The message names the character and its place."
    }
    // Ids and addresses
    BadId "bad-id" Error {
        "An id is part of an address, so it is made of small letters, digits, `-` and `_`.",
        "id: Brief the Team!",
        "Write it as the message suggests: `id: brief-the-team`."
    }
    DuplicateId "duplicate-id" Error {
        "Two pages of the same kind in one guide have the same id, so a reference could mean either.",
        "`steps/01-brief.md` beside `steps/02-brief.md`",
        "Rename one of the files, or give one of them an `id:` of its own."
    }
    AmbiguousId "ambiguous-id" Error {
        "The id belongs to more than one page, so the link could mean either.",
        "[[portal-team]], where a role and a term have this id",
        "Say which kind is meant: `[[term:portal-team]]`."
    }
    DuplicateAddress "duplicate-address" Error {
        "Two files would be published at the same address. Addresses that differ only in capitals count as the same, since Windows and many shares can't tell them apart.",
        "`About.md` beside `about.md`",
        "Rename one of them, or give one an `id:` of its own."
    }
    ReservedAddress "reserved-address" Error {
        "The address is one that Guidepost makes itself, such as the glossary or the list of steps.",
        "`glossary.md`",
        "Rename the file, or give the page another `id:`."
    }
    ReservedName "reserved-name" Error {
        "Windows can't store a file with this name, so the site could not be copied to a Windows share.",
        "`con.md`, `aux.png`, `a:b.pdf`",
        "Rename the file."
    }
    // References and links
    UnknownId "unknown-id" Error {
        "The key refers to a page that is not there.",
        "lead: hit-champoin",
        "Write the id of a page: the name of its file without its number and `.md`. Ids of other guides are `guide/id`."
    }
    BrokenLink "broken-link" Error {
        "The link leads to a page or a file that is not there.",
        "[the vendor](../roles/vendors.md)",
        "Correct the path. It counts from the folder of the page in which it stands."
    }
    AlmostLink "almost-link" Warning {
        "A link or a picture has a space in its address and so is shown as text, or leads nowhere, or has no text. One with `\\` for `/` or with a path on one computer is an error.",
        "![The team](../images/Team Photo.jpg)",
        "Write an address with spaces in pointed brackets: `![The team](<../images/Team Photo.jpg>)`."
    }
    UndefinedLabel "undefined-label" Warning {
        "A link by reference or a note has a label that no line defines, so that it stays text.",
        "[the vendor][vendor], and no line `[vendor]: roles/vendor.md`",
        "Write the line, or the link in one piece: `[the vendor](roles/vendor.md)`."
    }
    UnusedNote "unused-note" Warning {
        "Nothing on the page refers to a note, so that its text is left out.",
        "`[^1]: See its page.`, and no `[^1]` in the text",
        "Write `[^1]` behind the words that the note explains, or remove the note."
    }
    BrokenAnchor "broken-anchor" Error {
        "The page is there, but it has no heading with this anchor.",
        "[the agenda](brief-the-team.md#agneda)",
        "Correct the part behind `#`: a heading's text in small letters with `-` for spaces."
    }
    BrokenImage "broken-image" Error {
        "The picture is not there.",
        "![The portal's start page](../images/portal.png)",
        "Correct the path, or put the picture there."
    }
    ImageText "image-text" Warning {
        "The picture has no text for those who can't see it.",
        "![](portal.png)",
        "Say between the brackets what the picture shows: `![The portal's start page](portal.png)`."
    }
    DraftLink "draft-link" Error {
        "A page that is published refers to a draft, which is not.",
        "needs: [plan-training], where that step has `draft: true`",
        "Publish the draft by removing its `draft: true`, or remove the reference."
    }
    BadScheme "bad-scheme" Error {
        "Links lead to pages, and to `http:`, `https:`, `mailto:` and `tel:` addresses. All others could run something or reach into a reader's computer.",
        "[open](javascript:alert(1))",
        "Link to a page or a web address."
    }
    Orphan "orphan" Warning {
        "No other page refers to this one, so that readers will hardly find it.",
        "A worksheet that no step names in `sheets:` and no text links to",
        "Link to it, or name it where it belongs (`sheets:` of a step)."
    }
    // Text
    RawHtml "raw-html" Warning {
        "HTML in a page is shown as text.",
        "<div class=\"box\">Mind the date</div>",
        "Write it in Markdown; a note is `> [!NOTE]`. For HTML that must stay, set `raw_html: allow` in site.yaml."
    }
    UnsafeHtml "unsafe-html" Warning {
        "This HTML was removed even though `raw_html: allow` is set: it could run or restyle something.",
        "<script src=\"https://example.org/x.js\"></script>",
        "Remove it. Scripts, styles, frames and `on…` attributes are never published."
    }
    SecondTitle "second-title" Warning {
        "The page has a title, and a `# heading` beside it; the heading is shown one level lower.",
        "title: Brief the team ... # The briefing",
        "Write `## ` for headings in the text."
    }
    AlmostHeading "almost-heading" Warning {
        "A line looks like a heading and is shown as text, since the space behind its `#` is missing.",
        "##Agenda",
        "Write `## Agenda`. A `#` that is meant as text begins with a backslash: `\\#`."
    }
    SkippedLevel "skipped-level" Warning {
        "A heading lies two levels or more below the one above it. Who listens to the page goes from level to level, and looks for what is missing between them. Pages without a `kind` are not looked at.",
        "## Agenda ... #### Welcome",
        "Write the heading one level below the one above it: `### Welcome`."
    }
    ForeignMarkup "foreign-markup" Warning {
        "Words of another tool for Markdown are shown as text here. The first of each sort on a page is named.",
        "!!! note ... {{< figure >}} ... [TOC] ... :wave:",
        "Write what the message says; a note is `> [!NOTE]`. What is meant as text stands in backticks."
    }
    TableWidth "table-width" Warning {
        "A table whose head and rule have different numbers of cells is shown as text, and cells beyond the head are left out.",
        "| Name | Phone |\n|---|",
        "Write a `---` for each cell of the head, and no more cells in a row than the head has."
    }
    DuplicateAnchor "duplicate-anchor" Error {
        "Two headings of the page have the same anchor, so a link to it could mean either.",
        "## Agenda {#top} ... ## Minutes {#top}",
        "Change one of them."
    }
    HeadingAttribute "heading-attribute" Warning {
        "The braces behind a heading know `#anchor` and `.added`, nothing else.",
        "## Our own advice {.aded}",
        "Write `{.added}` for a section that goes beyond the sources, or `{#anchor}`."
    }
    TaskAttribute "task-attribute" Error {
        "The braces at the end of a task know `@role`, `month N`, `#id` and `added`, nothing else, and one role; elsewhere in the task they are shown as text.",
        "- [ ] Book the room {by friday}",
        "Correct the word. Braces that are meant as text begin with a backslash: `\\{`."
    }
    AlmostTask "almost-task" Warning {
        "A line looks like a task and isn't one, so that nobody can tick it. On steps and checklists and beside a task it is an error: the task would be missing on paper.",
        "-[ ] Tell the team",
        "Write `- [ ] Tell the team`, with a space behind the `-`, in the box and behind it. Brackets that are meant as text begin with a backslash: `\\[ ]`."
    }
    MergeConflict "merge-conflict" Error {
        "The file holds an unfinished merge: two versions, with marks between them. In code it is a warning.",
        "<<<<<<< HEAD ... ======= ... >>>>>>> theirs",
        "Keep the lines of one version, and remove the other's and the three marks."
    }
    DuplicateTask "duplicate-task" Error {
        "Two tasks of the page have the same id, so that one tick would stand for both.",
        "- [ ] Call the vendor {#call} ... - [ ] Call the sponsor {#call}",
        "Change one of the ids."
    }
    // Facts
    UnknownFact "unknown-fact" Error {
        "sources.yaml has no fact with this id.",
        "facts: [F99]",
        "Correct the id, or add the fact to sources.yaml."
    }
    UncoveredFact "uncovered-fact" Warning {
        "No page names this fact, so nobody can tell whether the guide says it. `guidepost coverage` fails on it.",
        "`- {id: F7, says: ...}` in sources.yaml, and no page with F7 in its `facts:`",
        "Say the fact on the page where it belongs and name it there: `facts: [F7]`."
    }
    // Steps, checklists
    StepCount "step-count" Warning {
        "A guide has three to ten steps: fewer need no numbers, more are not remembered.",
        "A guide with fourteen files in `steps/`",
        "Put steps that belong together into one, or split the guide."
    }
    StepTitle "step-title" Warning {
        "The title of a step has a full stop. It is a heading, not a sentence.",
        "title: Brief the team.",
        "Remove the full stop."
    }
    MissingLead "missing-lead" Warning {
        "The step does not say who leads it, so its tasks have no owner.",
        "kind: step without `lead:`",
        "Add `lead: hit-champion`, or the id of another role."
    }
    MissingSummary "missing-summary" Warning {
        "The step has no summary; lists and search show only its title.",
        "kind: step without `summary:`",
        "Add one sentence: `summary: Tell the team what the portal can do.`"
    }
    ChecklistPurpose "checklist-purpose" Warning {
        "A checklist says what it achieves (`objective`), at which moment it is used (`when`), and how (`mode`). All three are printed.",
        "kind: checklist without `when:`",
        "Add the key that the message names, for instance `when: Before the first planning meeting`."
    }
    LongGroup "long-group" Warning {
        "More than nine items in one group are skipped over rather than read.",
        "Twelve tasks under one heading",
        "Split the group with a heading of its own."
    }
    EmptyChecklist "empty-checklist" Warning {
        "The checklist has nothing to tick.",
        "kind: checklist without `- [ ]` and without `gather:`",
        "Write tasks (`- [ ] Agree on a date`), or say where they come from with `gather:`."
    }
    OverdueReview "overdue-review" Warning {
        "The day by which the page was to be reviewed has passed.",
        "review_by: 2025-01-31",
        "Review the page, then set `reviewed:` to today and `review_by:` to the next date."
    }
    // Plan
    PlanMonths "plan-months" Error {
        "The plan covers twelve months; this task or phase lies outside them.",
        "start: 11\nmonths: 4",
        "Start it earlier, or make it shorter, so that it ends in month 12 or before."
    }
    PlanTask "plan-task" Warning {
        "A task of the plan says to which phase it belongs, when it starts, how long it takes and who does it, unless it is to be filled in by hand.",
        "- {title: Train the front desk, detail: Two sessions of an hour}",
        "Add the key that the message names, or `blank: true` to print lines to write on."
    }
    PlanPhases "plan-phases" Warning {
        "A plan that phases features in has at least two phases, each naming at least one feature.",
        "phases: [{title: All, months: [1, 12]}]",
        "Add phases, and `features: [Secure messages]` to each."
    }
    PlanEstimate "plan-estimate" Warning {
        "An estimate says who made it, so that one can ask.",
        "hours: 12",
        "Add `estimated_by: hit-champion`."
    }
    PlanCircle "plan-circle" Warning {
        "Tasks or steps wait for each other in a circle.",
        "Two tasks, each with the other in `needs:`",
        "Remove one of the references."
    }
    PlanBackwards "plan-backwards" Warning {
        "A task starts before one that it needs has ended, or a step needs a later one.",
        "start: 2\nneeds: [train-the-front-desk], which ends in month 4",
        "Start the task later, or remove the reference."
    }
    // Sheets
    WorksheetSize "worksheet-size" Error {
        "A worksheet asks for more than a sheet has: over 500 blank rows, or more cells in a row than it has columns.",
        "rows: 100000",
        "Ask for as many rows as one fills in; write a column for each cell."
    }
    SheetLength "sheet-length" Warning {
        "The checklist takes more than one page of paper, so that one carries several.",
        "A step with forty tasks",
        "Split the step, or shorten tasks and hints."
    }
    TooTall "too-tall" Error {
        "An item or a row is taller than a page, so that it can't be printed whole.",
        "A task of three thousand words",
        "Move the long text above the list."
    }
    MissingCharacter "missing-character" Error {
        "No font of the sheets has this character, so that it could not be printed.",
        "A task with an emoji, or in Arabic",
        "Name a font that has it in site.yaml: `fonts: [fonts/NotoSansArabic.ttf]`, or write it in another way."
    }
    BadFont "bad-font" Error {
        "The file is not a TTF or OTF font that can be embedded.",
        "fonts: [fonts/readme.txt]",
        "Name a TTF or OTF file under `content/`."
    }
    BadPicture "bad-picture" Error {
        "The picture is not a PNG or JPEG that can be printed.",
        "organization: {logo: images/logo.docx}",
        "Save it as PNG or JPEG."
    }
    PaperMinimum "paper-minimum" Warning {
        "The theme asks for less than paper needs: text under 10 pt, boxes under 5 mm, rows under 8 mm. The minimum is used.",
        "item: 9 in paper.yaml",
        "Raise the value to the minimum that the message names."
    }
    // Theme
    Template "template" Error {
        "A template of the theme does not work.",
        "{{ page.titel }}",
        "Correct the template at the place that the message names. `guidepost theme eject` writes the built-in ones to compare with."
    }
    UnknownTheme "unknown-theme" Error {
        "There is no such folder under `themes/`.",
        "theme: clinc",
        "Correct the name, or make the folder. `guidepost theme eject` makes one to start from."
    }
    MissingString "missing-string" Warning {
        "The theme has no text for a label in the guide's language; the English one is used.",
        "language: de, with no `themes/NAME/strings/de.yaml`",
        "Add the file with the labels that the message names."
    }
    AccentContrast "accent-contrast" Error {
        "Text in the accent colour could not be read on the page's ground: its contrast is below 4.5 to 1.",
        "accent: \"#8ecae6\"",
        "Take a darker colour; the message names the nearest that passes."
    }
    ThemeContrast "theme-contrast" Warning {
        "A colour of the theme can't be seen well enough on its ground, in one of the looks that pages have.",
        ":root { --ink-secondary: #999; }",
        "Take the colour that the message names, or set one for that look alone, in an `@media` of its own."
    }
    // allow
    UnusedAllow "unused-allow" Warning {
        "The page allows a warning that does not come up, or the rule is an error, which can't be allowed.",
        "allow: {orphan: \"linked from the intranet\"} on a page that others link to",
        "Remove it."
    }
}
