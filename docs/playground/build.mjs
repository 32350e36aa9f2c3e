// Build playground.html: node build.mjs. The packages of package-lock.json must be installed.
// Two builds of the same sources are the same file.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync, statSync, writeFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { loadPyodide } from "pyodide";

const HERE = import.meta.dirname;
const ROOT = join(HERE, "..", "..");
const RUNTIME = join(HERE, "node_modules", "pyodide");
const OUT = process.argv[2] ?? join(ROOT, "build", "playground.html");

// Beside what autograd_mini itself imports, modules that a lesson may import.
const LESSON = "random csv json statistics math cmath itertools functools operator collections collections.abc dataclasses typing enum fractions decimal string textwrap time datetime copy pprint re io contextlib abc bisect heapq graphlib timeit unittest numbers types inspect pickle warnings zlib base64 hashlib tempfile pathlib importlib.resources zipfile html urllib.parse traceback linecache ast dis";
const SUFFIXES = /\.(py|md|js|css|html)$/;

function* files(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (name === "__pycache__") continue;
    if (statSync(path).isDirectory()) yield* files(path);
    else if (SUFFIXES.test(name)) yield path;
  }
}

const python = await loadPyodide({ indexURL: RUNTIME });
python.FS.mkdirTree("/source");
for (const name of ["autograd_mini", "nn"]) {
  for (const path of files(join(ROOT, name))) {
    const to = `/source/${path.slice(ROOT.length + 1).replaceAll("\\", "/")}`;
    python.FS.mkdirTree(to.slice(0, to.lastIndexOf("/")));
    python.FS.writeFile(to, new Uint8Array(readFileSync(path)));
  }
}
// Bytecode starts two to three times as fast as sources.
python.globals.set("lesson", LESSON);
python.runPython(readFileSync(join(HERE, "compile.py"), "utf8"));
const archive = (name) => Buffer.from(python.FS.readFile(`/${name}.zip`));

const esbuild = { bundle: true, minify: true, format: "esm", target: "es2022", write: false, legalComments: "none", logLevel: "error" };
const script = async (entry, more = {}) => {
  const made = await build({ ...esbuild, ...more, entryPoints: [join(HERE, entry)] });
  return Buffer.from(made.outputFiles[0].contents);
};
// Code for Node in Pyodide is never reached in a browser.
const external = ["node:*", "fs", "fs/promises", "path", "url", "vm", "crypto", "child_process", "ws", "module"];
const packed = (bytes) => gzipSync(bytes, { level: 9 }).toString("base64");
const lock = JSON.parse(readFileSync(join(RUNTIME, "pyodide-lock.json"), "utf8"));
const first = python.runPython("from autograd_mini.playground import TWO_TWO_TWO; TWO_TWO_TWO");

const parts = {
  "<!--LICENCES-->": `<!-- ${readFileSync(join(HERE, "licences.txt"), "utf8")} -->`,
  "/*STYLE*/": readFileSync(join(HERE, "page.css"), "utf8"),
  "/*WASM*/": packed(readFileSync(join(RUNTIME, "pyodide.asm.wasm"))),
  "/*LIBRARY*/": packed(archive("library")),
  "/*ENGINE*/": packed(archive("engine")),
  "/*WORKER*/": packed(await script("worker.js", { external })),
  "/*FIRST*/": first,
  "/*LOCK*/": JSON.stringify({ ...lock, packages: {} }),
  "/*PAGE*/": (await script("page.js")).toString().replaceAll("</script", "<\\/script"),
};
let html = readFileSync(join(HERE, "page.html"), "utf8");
for (const [mark, text] of Object.entries(parts)) html = html.replace(mark, () => text);
mkdirSync(join(OUT, ".."), { recursive: true });
writeFileSync(OUT, html);
const mb = (number) => `${(number / 1e6).toFixed(2)} MB`;
console.log(`Wrote ${OUT}: ${mb(html.length)}, ${mb(gzipSync(html).length)} gzipped`);
process.exit(0);
