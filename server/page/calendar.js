// The Moon, a month at a time: each day as it begins, and what happens in it.
import { Refused, Unreachable } from "/page/api.js";
import { $, button, make, notice, say } from "/page/dom.js";
import { capital, civil, iso, MONTHS, percent } from "/page/format.js";
import { glyph } from "/page/glyphs.js";
import { face } from "/page/phase.js";

const WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

const words = (name) => capital(name.replaceAll("_", " "));

/** A period void of course is told of on the day that it begins. The Moon is in no sign for as many days. */
const LONGEST_VOID_MS = 3 * 86_400_000;

/** The day of an instant, as replies and queries write one. */
const day = (instant) => instant.split("T")[0];

/** Months since the year 0. */
const thisMonth = () => new Date().getFullYear() * 12 + new Date().getMonth();

/** A moment of a day as its clock shows it. */
function clock(at) {
  const shown = civil(at.local).clock;
  return make("time", { datetime: at.utc, title: shown }, shown.slice(0, 5));
}

const inOrder = (told) => told.sort(([a], [b]) => a.jd_ut - b.jd_ut);

export class MoonCalendar {
  #place;
  #month = thisMonth();
  #asked = new AbortController();

  constructor(place) {
    this.#place = place;
    $("month-before").addEventListener("click", () => this.#turn(this.#month - 1));
    $("month-today").addEventListener("click", () => this.#turn(thisMonth()));
    $("month-after").addEventListener("click", () => this.#turn(this.#month + 1));
    place.addEventListener("change", () => this.refresh());
    const heads = WEEKDAYS.map((name) => make("abbr", { title: name }, name.slice(0, 3)));
    $("weekdays").append(...heads.map((head) => make("th", { scope: "col", role: "columnheader" }, head)));
  }

  /** Asks for the month; only what was asked for last is drawn. */
  async refresh() {
    this.#asked.abort();
    this.#asked = new AbortController();
    const { signal } = this.#asked;
    const [year, month] = [Math.floor(this.#month / 12), this.#month % 12];
    const title = `${MONTHS[month]} ${year}`;
    const begin = Date.UTC(year, month);
    const [start, stop] = [begin - LONGEST_VOID_MS, Date.UTC(year, month + 1)].map((ms) => day(iso(ms)));
    $("month").setAttribute("aria-busy", "true");
    try {
      const { document: reply } = await this.#place.ask("/v1/moon/calendar", { start, stop, ...this.#place.coordinates }, { signal });
      notice($("moon-notice"));
      this.#draw(title, reply.days, day(iso(begin)));
    } catch (error) {
      if (signal.aborted) return;
      const { title: what, detail, hint } = error.problem ?? { title: error.message };
      const back = button("Back to this month", () => this.#turn(thisMonth()));
      const way = error instanceof Refused ? back : button("Try again", () => this.refresh());
      notice($("moon-notice"), what, [`Asked for ${title}${detail ? `: ${detail}` : ""}.`, hint], way);
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    } finally {
      if (!signal.aborted) $("month").removeAttribute("aria-busy");
    }
  }

  async #turn(month) {
    this.#month = month;
    await this.refresh();
    if ($("moon-notice").hidden) say($("moon-title").textContent);
  }

  /** Draws the days of a month. Those before its first only tell what has begun. */
  #draw(title, told, first) {
    const { zone, coordinates } = this.#place;
    $("moon-title").textContent = `The Moon in ${title}`;
    $("month-of").textContent = title;
    $("moon-zone").textContent = zone;
    const periods = told.flatMap(({ events }) => events.filter(({ type }) => type === "void_of_course"));
    const days = told.filter(({ date }) => date >= first);
    const today = day(iso(Date.now() - new Date().getTimezoneOffset() * 60_000));
    // South of the equator the Moon is seen the other way up.
    const cells = days.map((it) => cell(it, periods, it.date === today, coordinates?.lat < 0));
    const blanks = (count) => Array.from({ length: count }, () => make("td", { role: "cell", class: "blank" }));
    cells.unshift(...blanks((new Date(`${days[0].date}T00:00Z`).getUTCDay() + 6) % 7));
    cells.push(...blanks((7 - (cells.length % 7)) % 7));
    const weeks = [];
    while (cells.length) weeks.push(make("tr", { role: "row" }, ...cells.splice(0, 7)));
    $("month").tBodies[0].replaceChildren(...weeks);
  }
}

/** What happens in a day, in the order of time: of each, when, its kind, and what is written. */
function happenings({ date, start, events }, periods) {
  const told = [];
  for (const { at, end } of periods) {
    const [begins, ends] = [day(at.local) === date, day(end.local) === date];
    const when = begins && ends ? [clock(at), "\u2060–\u2060", clock(end)] : begins ? ["from ", clock(at)] : ["until ", clock(end)];
    if (begins || ends) told.push([begins ? at : start, "void", "void ", ...when]);
    else if (day(at.local) < date && date < day(end.local)) told.push([start, "void", "void all day"]);
  }
  for (const { type, at, phase, sign, kind, eclipse } of events) {
    if (type === "lunation") told.push([at, type, `${words(phase)} `, clock(at)]);
    if (type === "ingress") told.push([at, type, glyph(sign, capital(sign)), " ", clock(at)]);
    if (type === "eclipse") told.push([at, type, `${words(eclipse)} ${kind} eclipse `, clock(at)]);
  }
  return inOrder(told);
}

/** Rise and set, of which a day may have neither. */
function* horizon({ rise = [], set = [] }) {
  const told = [...rise.map((at) => [at, "rises "]), ...set.map((at) => [at, "sets "])];
  if (told.length) yield make("li", { class: "horizon" }, ...inOrder(told).map(([at, word]) => make("span", {}, word, clock(at))));
}

function cell(told, periods, isToday, isUpsideDown) {
  const { date, elongation, illuminated_fraction: share, phase, sign } = told;
  const weekday = WEEKDAYS[(new Date(`${date}T00:00Z`).getUTCDay() + 6) % 7];
  return make("td", { role: "cell", "data-date": date, ...(isToday ? { "aria-current": "date" } : {}) },
    make("div", { class: "head" },
      face(share, elongation < 180 !== isUpsideDown, words(phase)),
      make("time", { class: "date", datetime: date }, make("span", { class: "weekday" }, `${weekday} `), Number(date.slice(-2))),
      make("span", { class: "share" }, percent(share)),
      make("span", { class: "sign" }, glyph(sign, capital(sign)))),
    make("ul", {},
      ...happenings(told, periods).map(([, kind, ...parts]) => make("li", { class: kind }, ...parts)), ...horizon(told)));
}
