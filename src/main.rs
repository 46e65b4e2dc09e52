//! The program: reads its arguments, runs the command, and says how it ended.

use std::io::Write as _;
use std::process::ExitCode;

/// Pages are made of many small strings, and a site of many pages: with this allocator a build spends a sixth less.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // Nothing is known of the terminal when something broke, so this goes out as it is, if anybody hears it.
    std::panic::set_hook(Box::new(|panic| {
        let _ = writeln!(
            std::io::stderr(),
            "error: this is a mistake in Guidepost, not in your site; please report it with these lines:\n{panic}"
        );
    }));
    let arguments = match guidepost::cli::usage::parse() {
        Ok(arguments) => arguments,
        Err(code) => return ExitCode::from(code),
    };
    match std::panic::catch_unwind(|| guidepost::cli::run(arguments)) {
        Ok(code) => ExitCode::from(code),
        Err(_) => ExitCode::from(70),
    }
}
