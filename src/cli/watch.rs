//! `build --watch`: builds, and builds again after every save. Only files whose bytes differ are written.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::build::{Clock, publish, published};
use super::report::{duration, names};
use super::{Build, complain, tell};
use crate::compile::{Files, Memo};
use crate::project::publish::Publisher;
use crate::project::{Failure, Root};
use crate::serve::live::{Change, Live};

/// How often it is looked whether somebody ended us.
const TURN: Duration = Duration::from_millis(250);

/// Builds until somebody ends it.
///
/// # Errors
/// Where the first build can't be done. Later failures are said, and tried again with the next save.
pub fn watch(arguments: &Build) -> Result<u8, Failure> {
    let root = &Root::open(&arguments.looking.root.root)?;
    let stop = Arc::new(AtomicBool::new(false));
    let ended = stop.clone();
    ctrlc::set_handler(move || ended.store(true, Ordering::SeqCst))
        .map_err(|error| Failure { message: format!("Ctrl-C can't be listened for: {error}"), hint: None })?;
    let mut memo = Memo::default();
    let mut live = Live::new(root, arguments.poll)?;
    once(arguments, root, &live.reading.files, &mut memo)?;
    tell("watching `content` and `themes`; Ctrl-C ends it\n");
    while !stop.load(Ordering::SeqCst) {
        if let Some(why) = live.trouble() {
            tell(&format!("warning: {why}; changes are found by looking at the files now and then\n"));
        }
        match live.next(Instant::now() + TURN) {
            Some(Change::Files(changed, since)) => {
                let outcome = match once(arguments, root, &live.reading.files, &mut memo) {
                    Ok(0) => format!("published after {}", duration(since.elapsed())),
                    Ok(_) => "not published".to_owned(),
                    Err(failure) => {
                        complain(&failure);
                        "not published".to_owned()
                    }
                };
                tell(&format!("{}: {outcome}\n", names(&changed)));
            }
            Some(Change::Lost(failure)) => complain(&failure),
            None => {}
        }
    }
    Ok(0)
}

fn once(arguments: &Build, root: &Root, files: &Files, memo: &mut Memo) -> Result<u8, Failure> {
    let mut clock = Clock::new(arguments.timings);
    let publisher = Publisher::begin(root, &published(root, arguments), arguments.in_place)?;
    let code = publish(arguments, root, files, publisher, memo, "", &mut clock)?;
    clock.print()?;
    Ok(code)
}
