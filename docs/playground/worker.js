// The worker: Pyodide, started from bytes that the page holds, and autograd_mini in it.
import createPyodideModule from "./node_modules/pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./node_modules/pyodide/pyodide.mjs";

const SECONDS = 5; // that a text may take
const GRACE = 1000; // milliseconds until a program that goes on is interrupted again
const SIGINT = 2;
const STACK = 57344; // bytes: Python frees deep graphs in steps before a browser's stack ends

let python = null;
let deadline = Infinity;

async function start({ wasm, library, engine, lock }) {
  const bytes = { "pyodide.asm.wasm": [wasm, "application/wasm"], "python_stdlib.zip": [library, "application/zip"] };
  self.fetch = async (address) => {
    const name = String(address.url ?? address).split("/").pop();
    if (!(name in bytes)) throw new TypeError(`the playground loads nothing: ${name}`);
    const [content, type] = bytes[name];
    return new Response(content, { headers: { "Content-Type": type } });
  };
  python = await loadPyodide({
    indexURL: "data:playground/",
    lockFileContents: lock,
    stdLibURL: "data:playground/python_stdlib.zip",
    createPyodideModule,
    checkAPIVersion: false,
    fullStdLib: false,
  });
  const M = python._module;
  M._PyUnstable_ThreadState_SetStackProtection(
    M._PyThreadState_Get(), M._emscripten_stack_get_base() - STACK, STACK,
  );
  // Pages without SharedArrayBuffer: Python asks this object whether it is interrupted.
  // It sets the entry to 0 after every look.
  python.setInterruptBuffer({
    get 0() {
      if (performance.now() < deadline) return 0;
      deadline = performance.now() + GRACE;
      return SIGINT;
    },
    set 0(_) {},
  });
  python.unpackArchive(engine, "zip", { extractDir: "/lib/playground" });
  python.runPython("import sys; sys.path.insert(0, '/lib/playground'); import json, autograd_mini.playground as playground");
  self.postMessage({ ready: true, starters: JSON.parse(python.runPython("json.dumps(playground.starters())")) });
}

/** What an expression in Python gives within the time that a text may take, or why it gives nothing. */
function evaluate(expression, variables) {
  for (const [name, value] of Object.entries(variables)) python.globals.set(name, value);
  deadline = performance.now() + SECONDS * 1000;
  try {
    return { result: python.runPython(expression) };
  } catch (error) {
    if (error.pyodide_fatal_error || error instanceof RangeError) throw error;
    const stopped = String(error).includes("KeyboardInterrupt");
    return { said: stopped ? `stopped after ${SECONDS} seconds` : String(error).trim().split("\n").pop() };
  } finally {
    deadline = Infinity;
  }
}

function worksheet({ kind, text, key }) {
  const { result = "" } = evaluate("playground.worksheet(kind, text, key)", { kind, text, key });
  self.postMessage({ worksheet: result });
}

function answer({ kind, text, why, number }) {
  const begin = performance.now();
  const { result, said } = evaluate("json.dumps(playground.answer(kind, text, why))", { kind, text, why });
  const shown = result ?? evaluate("json.dumps(playground.nothing(said, broken=True))", { said }).result;
  self.postMessage({ number, shown: JSON.parse(shown), took: Math.round(performance.now() - begin) });
}

self.onmessage = async ({ data }) => {
  try {
    if (data.wasm) await start(data);
    else if (data.worksheet) worksheet(data);
    else answer(data);
  } catch (error) {
    self.postMessage({ fatal: String(error?.stack ?? error) });
  }
};
