// The next eclipses: where, how long, and what of them is seen from the visitor's place.
import { Refused, target, Unreachable } from "/page/api.js";
import { $, button, make, notice } from "/page/dom.js";
import { capital, civil, duration, percent } from "/page/format.js";

const COUNT = 6;

/** What lasts as long as is told, by the type of the eclipse: of the Sun at the place where it is greatest. */
const LASTING = { total: "Totality", annular: "Annularity", hybrid: "Totality", partial: "Partial phase", penumbral: "In the penumbra" };

const figure = (name, shown) => make("div", {}, make("dt", {}, name), make("dd", {}, shown));

/** A moment by the visitor's clock, to the minute; with its date, unless that is the day of another moment. */
function when(at, other) {
  const { date, clock } = civil(at.local);
  const day = other && civil(other.local).date === date ? "" : `${date}, `;
  return make("time", { datetime: at.utc, title: clock }, day + clock.slice(0, 5));
}

export class Eclipses {
  #place;
  #shown = []; // of each eclipse: itself, and where is written what is seen of it
  #looked = new AbortController();

  constructor(place) {
    this.#place = place;
    place.addEventListener("change", () => this.#look());
  }

  async refresh() {
    const query = { count: COUNT };
    try {
      const { document: reply } = await this.#place.ask("/v1/eclipses", query);
      this.#shown = reply.eclipses.map((eclipse) => ({ eclipse, here: make("p", { class: "here" }) }));
      notice($("eclipses-notice"));
      $("eclipses").replaceChildren(...this.#shown.map((shown) => card(shown, this.#place.zone)));
      $("eclipses-zone").textContent = this.#place.zone;
      $("eclipses-file").href = target("/v1/eclipses", { ...query, format: "ics" });
      $("eclipses-about").hidden = false;
      await this.#look();
    } catch (error) {
      const { title, detail, hint } = error.problem ?? { title: error.message };
      notice($("eclipses-notice"), title, [detail && `${capital(detail)}.`, hint], button("Try again", () => this.refresh()));
      if (!(error instanceof Refused || error instanceof Unreachable)) throw error;
    }
  }

  /** Asks of one eclipse after the other what is seen of it. One that is not answered leaves the others theirs. */
  async #look() {
    this.#looked.abort();
    this.#looked = new AbortController();
    const { signal } = this.#looked;
    const { coordinates } = this.#place;
    for (const { here } of this.#shown) here.textContent = "";
    for (const { eclipse, here } of coordinates ? this.#shown : []) {
      try {
        const { document: reply } = await this.#place.ask(`/v1/eclipses/${eclipse.id}/local`, coordinates, { signal });
        // Where nothing of it happens, nothing is told of the place.
        here.replaceChildren(...seen(reply.local?.visible, eclipse));
      } catch (error) {
        if (signal.aborted) return;
        const isKnown = error instanceof Refused || error instanceof Unreachable;
        here.textContent = `What is seen from here is not known${isKnown ? `: ${error.message}` : "."}`;
        if (!isKnown) reportError(error);
      }
    }
  }
}

/** What is seen of an eclipse: of the Sun how much is covered, of the Moon how deep it is in the shadow. */
function seen(visible, { maximum }) {
  if (!visible) return ["Not seen from here."];
  const { type, greatest } = visible;
  const { obscuration, umbral_magnitude: umbral, penumbral_magnitude: penumbral } = greatest;
  const depth = type === "penumbral" ? penumbral : umbral;
  const much = obscuration === undefined ? `magnitude ${depth.toFixed(2)}` : `${percent(obscuration)} covered`;
  return [make("b", {}, `${capital(type)} from here`), ", greatest ", when(greatest.at, maximum), type === "total" ? "." : `, ${much}.`];
}

function card({ eclipse, here }, zone) {
  const { id, kind, type, maximum, saros, saros_member: member, duration_s: lasts } = eclipse;
  const isSolar = kind === "solar";
  const [measured, magnitude] = isSolar ? ["Magnitude", eclipse.magnitude]
    : type === "penumbral" ? ["Penumbral magnitude", eclipse.penumbral_magnitude]
      : ["Umbral magnitude", eclipse.umbral_magnitude];
  const name = `${capital(type)} eclipse of the ${isSolar ? "Sun" : "Moon"}`;
  const map = target(`/v1/eclipses/${id}/path`, { format: "svg", tz: zone });
  const image = make("img", {
    src: map, width: 720, height: 490, loading: "lazy",
    alt: isSolar ? "Map of where on the Earth it is seen" : "Map of where on the Earth the Moon is up",
  });
  // Small letters are read in the map alone.
  const link = make("a", { href: map }, image);
  // Where there is no map, all else still is.
  image.addEventListener("error", () => { link.hidden = true; });
  return make("li", { "data-eclipse": id }, make("h3", {}, name), make("p", { class: "when" }, when(maximum)), link,
    make("dl", {},
      figure(measured, magnitude.toFixed(3)),
      ...(lasts === null ? [] : [figure(LASTING[type], duration(lasts))]),
      figure("Saros", member === null ? saros : `${saros}, no. ${member}`)),
    here,
    make("a", { href: `/v1/eclipses/${id}`, "aria-label": `All about it: ${name}` }, "All about it"));
}
