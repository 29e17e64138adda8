// The bodies in rows: what the wheel shows, in figures.
import { make } from "/page/dom.js";
import { called, capital, dms, micros, signed } from "/page/format.js";
import { glyph } from "/page/glyphs.js";

const COLUMNS = ["place", "latitude", "motion", "distance", "source", "error", "micros"];

/** A space as wide as a figure: degrees stand under degrees. */
const FIGURE_SPACE = "\u2007";

export class Table {
  #body;
  #rows = new Map();
  #decimal = false;
  #view = null;

  constructor(table) {
    this.#body = table.tBodies[0];
  }

  writeDecimal(decimal) {
    this.#decimal = decimal;
    if (this.#view) this.draw(this.#view);
  }

  draw(view) {
    this.#view = view;
    const { positions } = view.document;
    const bodies = positions.map((position) => position.body);
    if (bodies.join() !== [...this.#rows.keys()].join()) {
      this.#rows = new Map(bodies.map((body) => [body, this.#rows.get(body) ?? row(body)]));
      this.#body.replaceChildren(...[...this.#rows.values()].map(({ element }) => element));
    }
    for (const position of positions) this.#write(this.#rows.get(position.body), position);
  }

  #write({ place, latitude, motion, distance, source, numbers, sign, retrograde }, position) {
    const decimal = `${position.longitude.toFixed(6)}°`;
    const texts = [dms(position.sign_longitude).padStart(9, FIGURE_SPACE), decimal.padStart(11, FIGURE_SPACE)];
    const [shown, other] = this.#decimal ? texts.reverse() : texts;
    numbers.textContent = shown;
    place.title = `${other.trim()} ${capital(position.sign)}`;
    sign.hidden = this.#decimal;
    if (sign.dataset.sign !== position.sign) {
      sign.dataset.sign = position.sign;
      sign.replaceChildren(glyph(position.sign, capital(position.sign)));
    }
    retrograde.classList.toggle("off", !position.retrograde);
    latitude.textContent = `${signed(position.latitude, 4)}°`;
    motion.textContent = `${signed(position.longitude_speed, 4)}°`;
    distance.textContent = position.distance.toFixed(position.distance < 0.1 ? 6 : 5);
    source.textContent = position.source;
    source.classList.toggle("live", position.source === "live");
  }

  /** What asking for each body alone has shown; without it, that this is not known yet. */
  examined(found) {
    for (const [body, row] of this.#rows) {
      const { error, time } = found?.get(body) ?? {};
      row.error.textContent = error === undefined ? "…" : error === null ? "–" : error.toFixed(5);
      row.error.title = error === null ? "It is the source itself" : "";
      row.micros.textContent = time === undefined ? "…" : micros(time);
    }
  }
}

function row(body) {
  const parts = Object.fromEntries(COLUMNS.map((name) => [name, make("td", { class: name, role: "cell" })]));
  const cells = Object.values(parts);
  const numbers = make("span");
  const sign = make("span", { class: "sign" });
  const retrograde = make("span", { class: "retrograde" }, glyph("retrograde", "retrograde"));
  parts.place.append(numbers, sign, retrograde);
  const name = make("button", { type: "button", "aria-pressed": "false" }, glyph(body), called(body));
  const head = make("th", { scope: "row", role: "rowheader" }, name);
  const element = make("tr", { role: "row", "data-body": body }, head, ...cells);
  return { ...parts, element, numbers, sign, retrograde };
}
