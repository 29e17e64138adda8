// A chart of whatever moment the visitor gives. It is asked for in a body, so that no birth stands in a log of targets.
import { post, Refused, Unreachable } from "/page/api.js";
import { $, button, make, notice, say } from "/page/dom.js";
import { capital } from "/page/format.js";
import { canLocate, locate } from "/page/place.js";

/** Some ways to divide the sky fail beyond the polar circles; this one never does. */
const FALLBACK = "porphyry";

/** The first day that is read as one of the Gregorian calendar. Pickers have no other calendar, and no other days of the week. */
const REFORM = "1582-10-15";
const JULIAN = "Before 15 October 1582 a date is read as one of the Julian calendar; the days of the week that a picker shows are not those of then.";

/** A birth that everybody knows. */
const EXAMPLE = { name: "Albert Einstein", date: "1879-03-14", time: "11:30", zone: "lmt", lat: "48.40", lon: "10.00", houses: "placidus", zodiac: "tropical" };

/** There is room for positions and aspects beside the wheel. */
const wide = matchMedia("(min-width: 900px)");

const field = (name) => $(`chart-${name}`);

export class Chart {
  #form;
  #drawn; // the root of what is drawn, which keeps its styles and ids to itself
  #style = new CSSStyleSheet();
  #members = null; // what was asked for, of what is drawn
  #asking = null; // what is being asked for
  #asked = new AbortController();

  constructor(form, zone) {
    this.#form = form;
    this.#drawn = $("chart-drawn").attachShadow({ mode: "open" });
    this.#drawn.adoptedStyleSheets = [this.#style];
    field("zone").value = zone;
    $("chart-zones").append(make("option", { value: "lmt" }, "Local mean time of the place"),
      ...Intl.supportedValuesOf("timeZone").map((name) => make("option", { value: name })));
    form.addEventListener("input", () => this.#settle());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#draw(this.#given());
    });
    $("chart-example").addEventListener("click", () => this.#fill(EXAMPLE));
    if (canLocate) $("chart-example").before(button("Where I am", () => this.#locate(), { id: "chart-here" }));
    // What is drawn follows the page: its width, and its colours.
    const again = () => {
      const members = this.#asking ?? this.#members;
      if (members) this.#draw(members);
    };
    wide.addEventListener("change", again);
    new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.#settle();
  }

  /** What can be given, and what has to be. */
  #settle() {
    const isUnknown = field("unknown").checked;
    for (const name of ["time", "houses"]) field(name).disabled = isUnknown;
    field("time").required = !isUnknown;
    const isPlaced = !isUnknown || field("lat").value || field("lon").value || field("zone").value === "lmt";
    for (const name of ["lat", "lon"]) field(name).required = Boolean(isPlaced);
    const date = field("date").value;
    $("chart-julian").textContent = date && date < REFORM ? JULIAN : "";
  }

  #fill(values) {
    for (const [name, value] of Object.entries(values)) field(name).value = value;
    field("unknown").checked = false;
    this.#settle();
    this.#form.requestSubmit();
  }

  #locate() {
    notice($("chart-notice"));
    locate(([lat, lon]) => {
      [field("lat").value, field("lon").value] = [lat, lon];
      this.#settle();
    }, (why) => notice($("chart-notice"), why));
  }

  /** The form as members of a body. */
  #given() {
    const value = (name) => field(name).value.trim();
    const isTimed = !field("unknown").checked;
    const zodiac = value("zodiac");
    return {
      date: isTimed ? `${value("date")}T${value("time")}` : value("date"),
      tz: value("zone"),
      ...(isTimed ? { house_system: value("houses"), ...(value("houses") === FALLBACK ? {} : { fallback: FALLBACK }) } : { time_known: false }),
      ...(value("lat") ? { lat: field("lat").valueAsNumber, lon: field("lon").valueAsNumber } : {}),
      ...(zodiac === "tropical" ? {} : { zodiac: "sidereal", ayanamsa: zodiac }),
      ...(value("name") ? { title: value("name") } : {}),
    };
  }

  /** Draws what members ask for; of several that are asked for, the last. */
  async #draw(members) {
    this.#asked.abort();
    this.#asked = new AbortController();
    this.#asking = members;
    const { signal } = this.#asked;
    const look = { format: "svg", theme: document.documentElement.dataset.theme ?? "auto", layout: wide.matches ? "landscape" : "portrait" };
    $("chart-drawn").ariaBusy = "true";
    try {
      const { text } = await post("/v1/chart", { ...members, ...look }, { signal });
      notice($("chart-notice"));
      this.#show(text);
      this.#members = members;
    } catch (error) {
      if (signal.aborted) return;
      const { title, detail, hint } = error.problem ?? { title: error.message };
      const ways = error instanceof Unreachable ? [button("Try again", () => this.#draw(members))] : [];
      notice($("chart-notice"), title, [detail && `${capital(detail)}.`, hint], ...ways);
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    } finally {
      if (!signal.aborted) {
        this.#asking = null;
        $("chart-drawn").ariaBusy = "false";
      }
    }
  }

  /** The picture as a part of the page, which a reader can go into; and as a file. */
  #show(text) {
    // The page's policy lets no style element in. A sheet that a script makes is the script's own.
    const [element, style] = /<style>([^]*?)<\/style>/.exec(text);
    const picture = new DOMParser().parseFromString(text.replace(element, ""), "image/svg+xml").documentElement;
    this.#style.replaceSync(`${style} svg { display: block; width: 100%; height: auto; }`);
    this.#drawn.replaceChildren(picture);
    const title = picture.querySelector("title").textContent;
    URL.revokeObjectURL($("chart-file").href);
    $("chart-file").href = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    $("chart-file").download = `${title.match(/[\p{L}\p{N}]+/gu)?.join("-") ?? "chart"}.svg`;
    $("chart-result").hidden = false;
    say(`Drawn: ${title}.`);
  }
}
