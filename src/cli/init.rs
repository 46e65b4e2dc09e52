//! `init`: a new site, small and whole, that explains itself in comments.
#![expect(
    clippy::disallowed_methods,
    reason = "the code that `RustEmbed` makes drops errors, of what is in the program"
)]

use std::path::Path;

use fs_err as fs;
use rust_embed::RustEmbed;

use super::print;
use crate::project::Failure;

#[derive(RustEmbed)]
#[folder = "src/cli/starter"]
struct Starter;

/// Writes the starter site into a folder.
///
/// # Errors
/// Where the folder is not empty, or can't be written.
pub fn init(folder: &Path) -> Result<u8, Failure> {
    match fs::read_dir(folder) {
        Ok(mut entries) => {
            if entries.next().is_some() {
                return Err(Failure::new(
                    format!("{} is not empty", folder.display()),
                    "name a folder that is empty or not there yet",
                ));
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    let mut count = 0;
    for path in Starter::iter() {
        let Some(file) = Starter::get(&path) else { continue };
        let to = folder.join(&*path);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(to, file.data)?;
        count += 1;
    }
    let name = folder.display();
    print(&format!("{count} files are in {name}; README.md says what is what\n"))?;
    let site = match name.to_string() {
        here if here == "." => String::new(),
        name if name.contains(' ') => format!(" --root \"{name}\""),
        name => format!(" --root {name}"),
    };
    let next = [
        ("see it in the browser", format!("guidepost serve --open{site}")),
        ("add a step", format!("guidepost new step \"Train the front desk\"{site}")),
        ("look for mistakes", format!("guidepost check{site}")),
        ("make the guide", format!("guidepost build{site}")),
    ];
    let lines: String = next.iter().map(|(what, command)| format!("  {what:<23}{command}\n")).collect();
    print(&format!("\n{lines}"))?;
    Ok(0)
}
