// What is looked at: an instant, some bodies, who answers. Whoever shows it listens:
//   `change`   a reply came: `detail` is the view
//   `rest`     the view has stood still for a moment, so that there is time to look closer
//   `failure`  none came, or a refusal: `detail` is the error
import { positions, Refused, Unreachable } from "/page/api.js";
import { iso } from "/page/format.js";

const TEN = ["sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto"];

/** The points that can be had besides. */
export const EXTRAS = {
  nodes: ["true_node", "true_south_node"],
  apogee: ["mean_apogee", "osculating_apogee"],
  Chiron: ["chiron"],
  asteroids: ["ceres", "pallas", "juno", "vesta"],
};

const REST_MS = 250;
const LOOK_CLOSER_EVERY_MS = 60_000;
const RETRY_MS = 5_000;

/** An instant as parameters. Before the reform the server reads dates as Julian unless it is told otherwise. */
export const moment = (ms) => ({ date: iso(ms), calendar: ms < Date.UTC(1582, 9, 15) ? "gregorian" : undefined });

/** An instant some units later. The 31st becomes the last of a shorter month. */
function later(ms, unit, by) {
  const date = new Date(ms);
  if (unit === "hour") return ms + by * 3_600_000;
  if (unit === "day" || unit === "week") return ms + by * (unit === "day" ? 1 : 7) * 86_400_000;
  const day = date.getUTCDate();
  date.setUTCMonth(date.getUTCMonth() + (unit === "year" ? 12 : 1) * by, 1);
  const last = new Date(date).setUTCMonth(date.getUTCMonth() + 1, 0);
  return date.setUTCDate(Math.min(day, new Date(last).getUTCDate()));
}

export class Sky extends EventTarget {
  /** The last view, once there is one. */
  view = null;
  #instant = null; // milliseconds since 1970, Gregorian in every century; null while it is now
  #source = "table";
  #extras = new Set();
  #pace = null; // while time runs: the unit of a frame
  #asking = false;
  #again = false;
  #glide = true;
  #failed = false;
  #timers = [];
  #looked = { at: 0, what: "" };

  constructor() {
    super();
    document.addEventListener("visibilitychange", () => {
      if (!this.isNow) return;
      if (document.hidden) this.#timers.forEach(clearTimeout);
      else this.refresh();
    });
  }

  get isNow() { return this.#instant === null; }
  get isRunning() { return this.#pace !== null; }
  get instant() { return this.#instant ?? this.view?.instant ?? Date.now(); }

  now() { this.at(null); }

  /** Goes to an instant. Time that ran stands. */
  at(ms, glide = true) {
    this.#pace = null;
    this.#instant = ms;
    this.refresh(glide);
  }

  step(unit, by) { this.at(later(this.instant, unit, by)); }

  answeredBy(source) {
    this.#source = source;
    this.refresh();
  }

  show(set, shown) {
    this.#extras[shown ? "add" : "delete"](set);
    this.refresh();
  }

  /** Takes time on by a unit a frame; for whoever asked for less motion, twice a second. */
  run(unit) {
    const idle = !this.isRunning;
    this.#pace = unit;
    if (!idle) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const next = () => (calm ? setTimeout(frame, 500) : requestAnimationFrame(frame));
    const frame = () => {
      if (!this.isRunning) return;
      // One request at a time: on a slow line time runs slower, and nothing piles up.
      if (!this.#asking) {
        this.#instant = later(this.instant, this.#pace, 1);
        this.refresh(false);
      }
      next();
    };
    next();
  }

  stop() { this.at(this.#instant); }

  /** Asks for the view as it is to be. While a reply is awaited, only the last wish is remembered. */
  async refresh(glide = true) {
    this.#glide = glide;
    this.#again = true;
    this.#timers.forEach(clearTimeout);
    if (this.#asking) return;
    this.#asking = true;
    try {
      while (this.#again) {
        this.#again = false;
        await this.#ask();
      }
    } finally {
      // Whatever went wrong: who asks next is to be heard.
      this.#asking = false;
    }
    if (!this.isRunning) this.#timers = [...this.#plans()];
  }

  async #ask() {
    const asked = this.#instant;
    const extra = Object.keys(EXTRAS).filter((set) => this.#extras.has(set)).flatMap((set) => EXTRAS[set]);
    try {
      const reply = await positions({
        ...(asked === null ? {} : moment(asked)),
        bodies: extra.length ? [...TEN, ...extra].join() : undefined,
        source: this.#source,
      });
      // A leap second is a time of day that JavaScript does not have.
      const instant = asked ?? Date.parse(reply.document.time.utc.replace(":60.", ":59."));
      this.view = { ...reply, instant, isNow: asked === null, isRunning: this.isRunning, glide: this.#glide };
      this.#failed = false;
      this.#tell("change", this.view);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
      this.#failed = true;
      this.#pace = null;
      this.#tell("failure", error);
    }
  }

  /** Has whoever looks closer look again. */
  lookCloser() {
    if (this.view) this.#tell("rest", this.view);
  }

  /** What happens by itself after a reply: the next second of now or another try, and a closer look. */
  *#plans() {
    if (this.isNow && !document.hidden) {
      yield setTimeout(() => this.refresh(), this.#failed ? RETRY_MS : 1000 - (Date.now() % 1000));
    }
    const what = [this.#instant, this.#source, ...this.#extras].join();
    // Now goes on by itself and is looked at now and then. Any other view has just been drawn anew, so it has to be.
    const due = !this.isNow || what !== this.#looked.what || performance.now() - this.#looked.at > LOOK_CLOSER_EVERY_MS;
    if (this.#failed || !due) return;
    yield setTimeout(() => {
      this.#looked = { at: performance.now(), what };
      this.#tell("rest", this.view);
    }, REST_MS);
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
