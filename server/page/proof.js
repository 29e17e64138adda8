// Tables against the live Swiss Ephemeris: both asked for the same instant, timed, and laid over each other.
import { positions } from "/page/api.js";
import { $, make } from "/page/dom.js";
import { brief, called, micros, milliseconds } from "/page/format.js";
import { glyph } from "/page/glyphs.js";
import { moment } from "/page/sky.js";

const ROUNDS = 9;
/** The width of the bars, arcseconds: what the tables promise to keep to. */
const WHOLE = 0.001;

/** The middle one: a reply that had to wait for something else says nothing. */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];

/** Angle between two positions, arcseconds. They are so close that a plane will do. */
function apart(a, b) {
  const along = (((a.longitude - b.longitude + 540) % 360) - 180) * Math.cos((a.latitude * Math.PI) / 180);
  return Math.hypot(along, a.latitude - b.latitude) * 3600;
}

/** Each body asked for alone: the error that its own table was audited with, and the time that it takes. */
export async function examine(view, signal) {
  const found = new Map();
  for (const { body } of view.document.positions) {
    const { source } = view.document.query;
    const reply = await positions({ ...moment(view.instant), bodies: body, source }, { signal });
    found.set(body, { error: reply.document.provenance.max_error_arcsec, time: reply.micros });
  }
  return found;
}

/** Both sources asked in turn for the bodies of a view, to the last digit. */
export async function compare(view, signal) {
  const bodies = view.document.positions.map((position) => position.body).join();
  const replies = { table: [], live: [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const source of ["table", "live"]) {
      const query = { ...moment(view.instant), bodies, source, precision: "full" };
      replies[source].push(await positions(query, { signal }));
    }
  }
  const side = (replies) => ({
    micros: median(replies.map((reply) => reply.micros)),
    roundTrip: median(replies.map((reply) => reply.roundTrip)),
    positions: replies[0].document.positions,
  });
  return { table: side(replies.table), live: side(replies.live) };
}

/** Says that what is shown is of another sky. */
export const stale = (is = true) => document.querySelector(".proof").classList.toggle("stale", is);

/** Shows what `compare` found. */
export function show({ table, live }) {
  stale(false);
  for (const [name, side] of Object.entries({ table, live })) {
    $(`${name}-micros`).textContent = `${micros(side.micros)} µs`;
    $(`${name}-trip`).textContent = `${milliseconds(side.roundTrip)} there and back`;
  }
  // Where a clock has rounded the tables' time away there is no ratio to tell.
  $("faster").textContent = table.micros > 0 ? `${brief(live.micros / table.micros)}×` : "…";
  const differences = table.positions.map((position, nth) => [position.body, apart(position, live.positions[nth])]);
  const [body, most] = differences.reduce((a, b) => (b[1] > a[1] ? b : a));
  $("furthest").textContent = `${most.toFixed(6)}″`;
  $("furthest-body").textContent = called(body);
  $("proof-state").textContent = "Medians of nine requests to each.";
  $("differences").replaceChildren(...differences.map((difference) => bar(...difference)));
}

/** Says why there is no comparison. */
export function excuse(error) {
  stale(false);
  for (const id of ["table-micros", "live-micros", "faster", "furthest"]) $(id).textContent = "–";
  for (const id of ["table-trip", "live-trip", "furthest-body"]) $(id).textContent = "";
  $("differences").replaceChildren();
  $("proof-state").textContent = `No comparison: ${error.message}`;
}

/** Marks what each table was audited with. */
export function audited(found) {
  for (const mark of document.querySelectorAll("#differences .bound")) {
    const error = found.get(mark.closest("li").dataset.body)?.error ?? null;
    mark.hidden = error === null;
    mark.style.left = share(error ?? 0);
  }
}

const share = (arcseconds) => `${Math.min(1, arcseconds / WHOLE) * 100}%`;

function bar(body, difference) {
  const fill = make("span", { class: "fill" });
  fill.style.width = share(difference);
  return make("li", { "data-body": body },
    make("span", { class: "whose" }, glyph(body), called(body)),
    make("span", { class: "track" }, fill, make("span", { class: "bound", hidden: "" })),
    make("span", { class: "figure" }, `${difference.toFixed(6)}″`));
}
