// A small static server, so that pages are read from a subpath of an origin, as from a clinic's intranet.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { gzipSync } from "node:zlib";

const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".pdf": "application/pdf",
  ".json": "application/json",
  ".xml": "application/xml",
};

// Serves `folder` below `subpath`; everything else is not found. Folders aren't answered: pages name their files. With
// `compress`, text is sent gzipped, as most hosts do.
export async function serve(folder, subpath = "/", { compress = false } = {}) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://localhost").pathname);
    try {
      if (!path.startsWith(subpath) || path.includes("..")) throw new Error("outside");
      const bytes = await readFile(join(folder, path.slice(subpath.length)));
      const type = types[extname(path)] ?? "application/octet-stream";
      const zip = compress && /^text|xml$|json$/.test(type);
      response.writeHead(200, { "content-type": type, "cache-control": "no-store", ...(zip && { "content-encoding": "gzip" }) });
      response.end(zip ? gzipSync(bytes) : bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}${subpath}`,
    close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
  };
}
