// The page: one sky, and whatever shows it.
import { Refused, Unreachable } from "/page/api.js";
import { $, button, make, notice, say } from "/page/dom.js";
import { showExamples } from "/page/examples.js";
import { civil, iso, micros, milliseconds } from "/page/format.js";
import { lightBodies } from "/page/light.js";
import * as proof from "/page/proof.js";
import { EXTRAS, Sky } from "/page/sky.js";
import { Table } from "/page/table.js";
import { TimeControls } from "/page/time.js";
import { Wheel } from "/page/wheel.js";

const sky = new Sky();
const wheel = new Wheel($("wheel"));
const table = new Table($("bodies"));
const time = new TimeControls(sky);
let closerLook = new AbortController();

sky.addEventListener("change", ({ detail: view }) => {
  const { ephemeris, max_error_arcsec: error } = view.document.provenance;
  warn();
  wheel.draw(view);
  table.draw(view);
  time.draw(view);
  $("cost").textContent = cost(view);
  $("worst").textContent = error === null ? `Live: ${ephemeris}` : `Worst of this reply: ${error.toFixed(5)}″`;
  $("ephemeris").textContent = ephemeris;
  const generation = view.headers.get("x-dataset");
  $("tables").textContent = generation;
  $("generation").textContent = generation.slice(0, 8);
  if (view.isNow) return;
  closerLook.abort();
  table.examined();
  proof.stale();
});

sky.addEventListener("rest", async ({ detail: view }) => {
  closerLook.abort();
  closerLook = new AbortController();
  const { signal } = closerLook;
  if (!view.isNow) say(`${$("day").textContent}, ${$("clock").textContent} UTC.`);
  try {
    const found = await proof.examine(view, signal);
    table.examined(found);
    await measure(view, signal);
    proof.audited(found);
  } catch (error) {
    if (!signal.aborted && !(error instanceof Refused || error instanceof Unreachable)) throw error;
  }
});

async function measure(view, signal) {
  try {
    proof.show(await proof.compare(view, signal));
  } catch (error) {
    if (!signal.aborted) proof.excuse(error);
    throw error;
  }
}

$("again").addEventListener("click", () => sky.lookCloser());

sky.addEventListener("failure", ({ detail: error }) => {
  if (error instanceof Unreachable) {
    warn(error.message, [sky.view && "What you see is the last reply that came."], button("Try again", () => sky.refresh()));
    return;
  }
  const { title, detail, hint, code } = error.problem;
  const { date, clock } = civil(iso(sky.instant));
  const ways = [button("Back to now", () => sky.now())];
  if (code === "table_only") ways.unshift(button("Ask live", () => document.querySelector("[value=live]").click()));
  warn(title, [`Asked for ${date}, ${clock} UTC: ${detail}.`, hint], ...ways);
});

/** Says what is wrong with the sky and what can be done; without arguments, that all is well. */
function warn(title, ...rest) {
  document.documentElement.classList.toggle("stale", Boolean(title));
  if (!title && $("notice").hidden) return;
  time.settle();
  notice($("notice"), title, ...rest);
}

/** What the view cost; while time runs, how many skies a second there are. */
let frames = [];
function cost(view) {
  const server = `${micros(view.micros)} µs in the server`;
  const now = performance.now();
  frames = view.isRunning ? [...frames.filter((frame) => now - frame < 1000), now] : [];
  if (!view.isRunning) return `${server}, ${milliseconds(view.roundTrip)} there and back`;
  return `${server}, ${frames.length} skies a second`;
}

for (const radio of document.querySelectorAll("[name=source]")) {
  radio.addEventListener("change", () => sky.answeredBy(radio.value));
}
for (const radio of document.querySelectorAll("[name=angles]")) {
  radio.addEventListener("change", () => table.writeDecimal(radio.value === "decimal"));
}
for (const set of Object.keys(EXTRAS)) {
  const box = make("input", { type: "checkbox", name: set });
  box.addEventListener("change", () => sky.show(set, box.checked));
  $("more").append(make("label", {}, box, set));
}

lightBodies();
showExamples($("examples"), say);
sky.refresh();
