// The page: an editor, the verdicts below it, and the graph beside it. A text goes to the worker,
// and what comes back is shown.
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { HighlightStyle, StreamLanguage, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, nextDiagnostic, setDiagnostics } from "@codemirror/lint";
import { searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const WAIT = 150; // milliseconds without a key, after which a sheet is checked
const PATIENCE = 8000; // milliseconds: a worker that has not answered is replaced
const SEVERITY = { problem: "error", hint: "warning", known: "info" };
const $ = (id) => document.getElementById(id);
const PARTS = ["worker", "wasm", "library", "engine"];
let unpacked = null; // a promise of the parts of Python, made when the editor is seen

const state = { kind: "sheet", texts: {}, shown: null, address: "", asked: 0, mayRun: true };
let worker = null;
let isReady = false;
let isBusy = false;
let isWaiting = false; // whether a newer text is to be answered
let timer = 0;
let patience = 0;
let reason = ""; // why Python has started again

// -- the text ------------------------------------------------------------------------------------

const derivation = StreamLanguage.define({
  token(stream) {
    if (stream.match(/^#.*/)) return "comment";
    if (stream.match(/^->|^==?/)) return "operator";
    if (stream.match(/^d\w+\/d\w+/)) return "keyword";
    if (stream.match(/^\d+\.?\d*(e[+-]?\d+)?/)) return "number";
    if (stream.match(/^\w+/)) return null;
    stream.next();
    return null;
  },
});
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--grey)" },
  { tag: [tags.keyword, tags.operatorKeyword, tags.definitionKeyword], color: "light-dark(#6f1d8a, #d59bf0)" },
  { tag: tags.number, color: "light-dark(#0a6640, #8fd6a8)" },
  { tag: tags.string, color: "light-dark(#8a3b00, #ffb77a)" },
]);
const language = new Compartment();
const languageOf = (kind) => (kind === "python" ? python() : kind === "sheet" ? derivation : []);
const editor = new EditorView({
  parent: $("editor"),
  state: EditorState.create({
    extensions: [
      lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), closeBrackets(),
      autocompletion(), lintGutter(), syntaxHighlighting(colours), EditorView.lineWrapping,
      language.of(languageOf("sheet")),
      EditorView.contentAttributes.of({ "aria-label": "Text; Escape, then Tab leaves it", tabindex: "0" }),
      keymap.of([
        { key: "Mod-Enter", run: () => (ask(true), true) },
        { key: "F8", run: nextDiagnostic },
        ...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab,
      ]),
      EditorView.updateListener.of((update) => update.docChanged && edited()),
    ],
  }),
});

function edited() {
  state.texts[state.kind] = editor.state.doc.toString();
  clearTimeout(timer);
  // A program runs when it is asked to; what it draws belongs to the text before.
  if (state.kind === "python") $("graph").classList.add("stale");
  else timer = setTimeout(ask, WAIT);
}

function setText(kind, text) {
  state.kind = kind;
  for (const button of document.querySelectorAll("[data-kind]")) {
    const isChosen = button.dataset.kind === kind;
    button.setAttribute("aria-checked", String(isChosen));
    button.tabIndex = isChosen ? 0 : -1;
  }
  $("run").textContent = kind === "python" ? "Run" : "Check";
  editor.dispatch({
    changes: { from: 0, to: editor.state.doc.length, insert: text },
    effects: language.reconfigure(languageOf(kind)),
    selection: { anchor: 0 },
  });
  clearTimeout(timer);
}

// -- the worker ----------------------------------------------------------------------------------

async function packed(id) {
  const element = $(id);
  const response = await unpack(fromBase64(element.textContent), "gzip");
  element.remove();
  return response;
}

function fromBase64(text) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
  const characters = atob(text);
  const content = new Uint8Array(characters.length);
  for (let k = 0; k < content.length; k++) content[k] = characters.charCodeAt(k);
  return content;
}

async function unpack(content, format, Stream = DecompressionStream) {
  return new Uint8Array(await new Response(new Blob([content]).stream().pipeThrough(new Stream(format))).arrayBuffer());
}

async function begin() {
  worker?.terminate();
  isReady = isBusy = false;
  unpacked ??= Promise.all(PARTS.map(packed));
  const [code, wasm, library, engine] = await unpacked;
  const source = new TextDecoder().decode(code);
  const started = new Worker(`data:text/javascript;charset=utf-8,${encodeURIComponent(source)}`, { type: "module" });
  worker = started;
  started.onmessage = ({ data }) => started === worker && told(data);
  started.onerror = () => started === worker && restart("Python ended");
  started.postMessage({ wasm, library, engine, lock: $("lock").textContent });
}

function restart(why) {
  clearTimeout(patience);
  reason = `${why}; Python has started again`;
  say(reason, true);
  isWaiting = false;
  begin();
}

function ask(byHand = false) {
  if (state.kind === "python" && !byHand) return;
  if (isBusy || !isReady) {
    isWaiting = true;
    return;
  }
  isBusy = true;
  isWaiting = false;
  state.asked += 1;
  if (state.kind === "python") say("running …");
  patience = setTimeout(() => restart("stopped: no answer"), PATIENCE);
  const why = state.kind === "python" || $("why").open; // a program does not run again for them
  worker.postMessage({ kind: state.kind, text: editor.state.doc.toString(), why, number: state.asked });
}

function told(data) {
  if (data.fatal) {
    console.error(data.fatal);
    return restart("Python ended by an error");
  }
  if (data.ready) {
    isReady = true;
    document.documentElement.dataset.ready = "yes";
    if (!state.starters) fillMenu(data.starters);
    if (state.kind !== "python") ask();
    else say(reason || (state.mayRun ? "ready" : "this program came with the link: press Run"), reason !== "");
    reason = "";
    if (isWaiting) ask(true);
    return;
  }
  if ("worksheet" in data) {
    const { worksheet } = data;
    return worksheet ? save("worksheet.html", worksheet, "text/html") : say("there is no graph to ask about", true);
  }
  clearTimeout(patience);
  isBusy = false;
  if (isWaiting) return ask(state.mayRun);
  show(data.shown);
  document.documentElement.dataset.answered = `${data.number} ${data.took}`;
}

// -- what is shown -------------------------------------------------------------------------------

function say(text, isProblem = false) {
  $("status").textContent = text;
  $("status").classList.toggle("problem", isProblem);
}

function element(name, text, attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.textContent = text;
  return made;
}

function show(shown) {
  state.shown = shown;
  say(shown.status, shown.problems.length > 0 || shown.broken);
  const { doc } = editor.state;
  const diagnostics = shown.marks
    .filter((mark) => mark.line <= doc.lines)
    .map((mark) => {
      const line = doc.line(mark.line);
      const from = Math.min(line.from + mark.from, line.to);
      const to = Math.max(from, Math.min(line.from + mark.to, line.to));
      return { from, to, severity: SEVERITY[mark.state], message: mark.message };
    })
    .sort((one, other) => one.from - other.from);
  editor.dispatch(setDiagnostics(editor.state, diagnostics));
  $("output").textContent = shown.output;
  $("output").hidden = !shown.output;
  $("rows").hidden = shown.rows.length === 0;
  $("rows").querySelector("tbody").replaceChildren(...inOrder(shown.rows).map(row));
  $("notes").replaceChildren(...shown.notes.map((note) => element("li", note)));
  $("why").hidden = !shown.name;
  $("why").querySelector("div").innerHTML = shown.why.map(({ name, html }) => `<h2>${escaped(name)}</h2>${html}`).join("");
  $("graph").classList.toggle("stale", shown.broken);
  if (shown.page) draw(shown.page);
}

/** The problems first, each kind in the order of the text. */
const inOrder = (rows) => [true, false].flatMap((first) => rows.filter(({ state: s }) => (s === "problem") === first));

const escaped = (text) => element("i", text).innerHTML;

function row(told) {
  const line = document.createElement("tr");
  line.className = told.state;
  const number = element("button", String(told.line), { type: "button", title: "Go to the line" });
  const first = document.createElement("td");
  first.append(number);
  const verdict = told.state === "known" ? `${told.verdict} (erratum)` : told.verdict;
  line.append(first, ...[told.claim, told.printed, told.exact, verdict, told.remark].map((text) => element("td", text)));
  line.addEventListener("click", () => goTo(told.line));
  return line;
}

function goTo(number) {
  showPart("write");
  const line = editor.state.doc.line(Math.min(number, editor.state.doc.lines));
  editor.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
  editor.focus();
}

/** Put a new page in the place of the one before, once it is there, at the same step, question and
 * open groups. */
function draw(page) {
  const frame = document.createElement("iframe");
  frame.sandbox = "allow-scripts";
  frame.title = "The graph, to explore";
  frame.name = themed(state.address);
  frame.className = "coming";
  frame.srcdoc = page;
  for (const coming of document.querySelectorAll("#graph iframe.coming")) coming.remove();
  frame.addEventListener("load", () => {
    for (const other of [...$("graph").children]) if (other !== frame) other.remove();
    frame.className = "";
    document.documentElement.dataset.drawn = String(state.asked);
  });
  $("graph").append(frame);
}

window.addEventListener("message", ({ data, source }) => {
  const shown = document.querySelector("#graph iframe:not(.coming)");
  if (source === shown?.contentWindow && typeof data?.address === "string") state.address = data.address;
});

/** The address of a page, with the theme that is chosen here. */
function themed(address) {
  const said = new URLSearchParams(address.slice(1));
  if ($("theme").value) said.set("theme", $("theme").value);
  else said.delete("theme");
  return `#${said}`;
}

// -- links, files, menus -------------------------------------------------------------------------

async function link() {
  const content = await unpack(new TextEncoder().encode(editor.state.doc.toString()), "deflate-raw", CompressionStream);
  const text = btoa(String.fromCharCode(...content)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return `#${state.kind}=${text}`;
}

async function linked() {
  const [, kind, text] = /^#(sheet|python|deck)=([\w-]*)$/.exec(location.hash) ?? [];
  if (!kind) return false;
  try {
    const content = fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
    setText(kind, new TextDecoder().decode(await unpack(content, "deflate-raw")));
    state.mayRun = kind !== "python"; // strange code waits for the reader
    state.address = "";
    return true;
  } catch {
    say("this link is damaged", true);
    return false;
  }
}

function save(name, text, type) {
  const a = element("a", "", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  a.click();
  setTimeout(() => URL.revokeObjectURL(a.href), 1000);
}

const SAVE = {
  async link() {
    window.history.replaceState(null, "", await link());
    try {
      await navigator.clipboard.writeText(location.href);
      say("the link is copied, and in the address");
    } catch {
      say("the link is in the address: copy it there");
    }
  },
  text: () => save(state.kind === "python" ? "playground.py" : "playground.md", fenced(), "text/plain"),
  page: () => (state.shown?.page ? save(`${state.shown.name || "graph"}.html`, state.shown.page, "text/html") : say("there is no graph to save", true)),
  worksheet: () => askForWorksheet(false),
  key: () => askForWorksheet(true),
};

function askForWorksheet(key) {
  if (!isReady || (state.kind === "python" && !state.mayRun)) return say("press Run first", true);
  worker.postMessage({ kind: state.kind, text: editor.state.doc.toString(), worksheet: true, key });
}

/** The text of a file: bare lines of a sheet get the fence that the command asks for. */
function fenced() {
  const text = editor.state.doc.toString();
  return state.kind !== "sheet" || text.includes("derivation") ? text : `\`\`\`derivation\n${text.trimEnd()}\n\`\`\`\n`;
}

function fillMenu(starters) {
  state.starters = starters;
  $("starters").append(...starters.map(({ title }, k) => element("option", title, { value: String(k) })));
  for (const { kind, text } of starters) state.texts[kind] ??= text;
}

function open(kind, text) {
  state.address = "";
  state.mayRun = true;
  setText(kind, text);
  ask(true);
}

function showPart(part) {
  document.querySelector("main").className = part;
  for (const button of document.querySelectorAll("[data-part]")) {
    button.setAttribute("aria-pressed", String(button.dataset.part === part));
  }
}

for (const button of document.querySelectorAll("[data-kind]")) {
  button.addEventListener("click", () => open(button.dataset.kind, state.texts[button.dataset.kind] ?? ""));
  button.addEventListener("keydown", (event) => {
    const to = { ArrowRight: button.nextElementSibling, ArrowLeft: button.previousElementSibling }[event.key];
    if (to) (to.focus(), to.click());
  });
}
for (const button of document.querySelectorAll("[data-part]")) button.addEventListener("click", () => showPart(button.dataset.part));
for (const button of document.querySelectorAll("[data-save]")) {
  button.addEventListener("click", () => {
    SAVE[button.dataset.save]();
    $("save").open = false;
  });
}
$("why").addEventListener("toggle", () => {
  if ($("why").open && state.shown?.why.length === 0) ask();
});
$("run").addEventListener("click", () => {
  state.mayRun = true;
  ask(true);
});
$("starters").addEventListener("change", (event) => {
  const chosen = state.starters[event.target.value];
  event.target.value = "";
  if (chosen) open(chosen.kind, chosen.text);
});
$("theme").addEventListener("change", () => {
  document.documentElement.dataset.theme = $("theme").value;
  if (state.shown?.page) draw(state.shown.page);
});
window.addEventListener("hashchange", async () => (await linked()) && (state.kind === "python" ? say("this program came with the link: press Run") : ask()));

showPart("write");
if (!(await linked())) setText("sheet", $("first").textContent.trimStart());
document.documentElement.dataset.usable = String(Math.round(performance.now()));
// The editor is drawn first: unpacking Python keeps the browser busy.
requestAnimationFrame(() => setTimeout(begin));
