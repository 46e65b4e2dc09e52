//! Files for machines: sitemap, feed of changes, robots, and what hosts want. The first three need the site's address.

use super::Edition;
use super::markup::escape;
use crate::model::address::{Made, encode};
use crate::model::settings::Hosting;
use crate::routes::Route;

/// The content security policy of every page (reliability, Pages).
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

/// Entries of the feed, the newest first.
const FEED_ENTRIES: usize = 50;

/// The addresses of all pages, as sitemaps.org has it.
pub fn sitemap(edition: &Edition) -> String {
    let base = edition.site.settings.base().unwrap_or("");
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (address, route) in edition.routes.all.iter() {
        let reviewed = match route {
            Route::Page(page) => edition.site.page(*page).common.reviewed.as_ref().map(|day| day.value.clone()),
            Route::Made(_, Made::Search) => continue,
            Route::Made(..) if address.ends_with(".html") => None,
            Route::Guides => None,
            _ => continue,
        };
        let changed = reviewed.map(|day| format!("<lastmod>{}</lastmod>", escape(&day))).unwrap_or_default();
        out.push_str(&format!("<url><loc>{}</loc>{changed}</url>\n", escape(&absolute(base, address))));
    }
    out.push_str("</urlset>\n");
    out
}

fn absolute(base: &str, address: &str) -> String {
    format!("{base}/{}", encode(address.strip_suffix("index.html").unwrap_or(address)))
}

/// The pages that were reviewed last, as an Atom feed (RFC 4287).
pub fn feed(edition: &Edition) -> String {
    let base = edition.site.settings.base().unwrap_or("");
    let mut pages: Vec<(&str, &str, &str, &str)> = edition
        .site
        .pages()
        .filter_map(|(_, page)| {
            Some((
                page.common.reviewed.as_ref()?.value.as_str(),
                page.address.as_str(),
                page.title.as_str(),
                page.summary(),
            ))
        })
        .collect();
    pages.sort_by(|one, other| (other.0, one.1).cmp(&(one.0, other.1)));
    let newest = pages.first().map_or("1970-01-01", |page| page.0);
    let author = edition.site.settings.organization.name.as_deref().unwrap_or(edition.site.title());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n<title>{}</title>\n<id>{base}/</id>\n<link href=\"{base}/\"/>\n<link rel=\"self\" href=\"{base}/feed.xml\"/>\n<updated>{newest}T00:00:00Z</updated>\n<author><name>{}</name></author>\n",
        escape(edition.site.title()),
        escape(author)
    );
    for (day, address, title, summary) in pages.into_iter().take(FEED_ENTRIES) {
        let url = escape(&absolute(base, address));
        out.push_str(&format!(
            "<entry><title>{}</title><id>{url}#{day}</id><link href=\"{url}\"/><updated>{day}T00:00:00Z</updated><summary>{}</summary></entry>\n",
            escape(title),
            escape(summary)
        ));
    }
    out.push_str("</feed>\n");
    out
}

/// Everything may be read; the sitemap says where it is.
pub fn robots(edition: &Edition) -> String {
    format!("User-agent: *\nAllow: /\nSitemap: {}/sitemap.xml\n", edition.site.settings.base().unwrap_or(""))
}

/// A file that a host wants.
pub fn hosting(hosting: Hosting) -> String {
    match hosting {
        Hosting::Nojekyll => String::new(),
        Hosting::Headers => format!(
            "/*\n  Content-Security-Policy: {POLICY}; frame-ancestors 'none'\n  X-Content-Type-Options: nosniff\n  Referrer-Policy: no-referrer\n  Cross-Origin-Resource-Policy: same-origin\n\n/assets/*\n  Cache-Control: public, max-age=31536000, immutable\n"
        ),
        Hosting::Iis => format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration>\n  <system.webServer>\n    <staticContent>\n      <remove fileExtension=\".ics\"/>\n      <mimeMap fileExtension=\".ics\" mimeType=\"text/calendar\"/>\n    </staticContent>\n    <httpErrors errorMode=\"Custom\">\n      <remove statusCode=\"404\"/>\n      <error statusCode=\"404\" path=\"404.html\" responseMode=\"File\"/>\n    </httpErrors>\n    <httpProtocol>\n      <customHeaders>\n        <add name=\"Content-Security-Policy\" value=\"{POLICY}; frame-ancestors 'none'\"/>\n        <add name=\"X-Content-Type-Options\" value=\"nosniff\"/>\n        <add name=\"Referrer-Policy\" value=\"no-referrer\"/>\n      </customHeaders>\n    </httpProtocol>\n  </system.webServer>\n</configuration>\n"
        ),
    }
}
