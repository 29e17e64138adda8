// The controls of time: now, a date, steps, a run, and the year as a scale to slide along.
import { $, button, make } from "/page/dom.js";
import { civil, iso, signed } from "/page/format.js";

const DAY_MS = 86_400_000;
/** Whoever types a year types its digits one by one, and each is a date. */
const TYPING_MS = 600;

/** Midnight of the first of January. */
const newYear = (year) => new Date(0).setUTCFullYear(year);

/** An instant as a picker takes it; nothing in the years that it does not have. */
const pickable = (ms) => {
  const text = iso(ms).slice(0, 19);
  return /^\d{4}-/.test(text) && !text.startsWith("0000") ? text : "";
};

export class TimeControls {
  #sky;
  #year = NaN;
  #typing = 0;

  constructor(sky) {
    this.#sky = sky;
    $("present").addEventListener("click", () => sky.now());
    $("run").addEventListener("click", () => {
      if (sky.isRunning) sky.stop();
      else sky.run($("pace").value);
      this.settle();
    });
    $("pace").addEventListener("change", () => { if (sky.isRunning) sky.run($("pace").value); });
    $("when").addEventListener("input", () => {
      clearTimeout(this.#typing);
      this.#typing = setTimeout(() => this.#take(), TYPING_MS);
    });
    $("when").addEventListener("keydown", (event) => { if (event.key === "Enter") this.#take(); });
    $("year").addEventListener("input", () => {
      const hour = ((sky.instant % DAY_MS) + DAY_MS) % DAY_MS;
      sky.at(newYear(this.#year) + $("year").value * DAY_MS + hour, false);
    });
    for (const unit of ["hour", "day", "month", "year"]) {
      const step = (by, sign, word) =>
        button(sign, () => sky.step(unit, by), { "aria-label": `${word} one ${unit}`, "data-step": `${sign}${unit}` });
      const name = make("span", { "aria-hidden": "true" }, unit);
      $("steppers").append(make("span", { class: "stepper" }, step(-1, "\u2212", "Back"), name, step(1, "+", "On")));
    }
  }

  #take() {
    clearTimeout(this.#typing);
    this.#typing = 0;
    const ms = Date.parse(`${$("when").value}Z`);
    if (Number.isFinite(ms)) this.#sky.at(ms);
  }

  draw({ document: reply, instant }) {
    const { date, clock } = civil(reply.time.utc);
    $("day").textContent = date;
    $("clock").textContent = clock;
    $("jd").textContent = reply.time.jd_tt.toFixed(5);
    $("delta").textContent = `${signed(reply.time.delta_t, 2)} s`;
    $("calendar").hidden = !reply.query.calendar;
    // Not under the fingers of whoever is typing.
    if (!this.#typing && document.activeElement !== $("when")) $("when").value = pickable(instant);
    this.#drawYear(new Date(instant).getUTCFullYear(), instant);
    this.settle();
  }

  /** Shows whether it is now, and whether time runs. */
  settle() {
    $("present").setAttribute("aria-pressed", String(this.#sky.isNow));
    $("run").setAttribute("aria-pressed", String(this.#sky.isRunning));
    $("run").textContent = this.#sky.isRunning ? "Stop" : "Run";
  }

  #drawYear(year, instant) {
    const start = newYear(year);
    if (year !== this.#year) {
      this.#year = year;
      const last = (newYear(year + 1) - start) / DAY_MS - 1;
      $("year").max = last;
      $("months").replaceChildren(...[..."JFMAMJJASOND"].map((letter, nth) => {
        const mark = make("span", {}, letter);
        mark.style.left = `${((new Date(start).setUTCMonth(nth) - start) / DAY_MS / last) * 100}%`;
        return mark;
      }));
    }
    $("year").value = Math.floor((instant - start) / DAY_MS);
    $("year").setAttribute("aria-valuetext", civil(iso(instant)).date);
  }
}
