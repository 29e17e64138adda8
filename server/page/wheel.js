// The zodiac as a wheel: 0° Aries at the left, longitudes counter-clockwise. Between the ring of degrees and the disc
// stand the glyphs, moved apart where bodies are close, each tied to its degree by a leader. In the disc the bodies are
// at their distances from the Earth; while time runs they leave trails, which draw their loops.
import { svg } from "/page/dom.js";
import { called, capital, dms, sexagesimal, SIGNS } from "/page/format.js";
import { strokes } from "/page/glyphs.js";

// Radii, outermost first, the degrees that glyphs are kept apart, and the size of glyphs.
const WIDE = { rim: 318, edge: 303, ticks: 271, inner: 258, glyph: 229, degree: 204, minute: 182, mark: 165, disc: 154, apart: 6.9, size: 24 };
const NARROW = { rim: 228, edge: 228, ticks: 198, inner: 187, glyph: 164, degree: 141, mark: 124, disc: 113, apart: 8.8, size: 23 };

/** Distances are drawn by their logarithms, but for near ones, so that one disc holds the Moon's, Venus' loops and Pluto. */
const reach = (au, { disc }) => 0.97 * disc * (0.05 + 0.184 * Math.log1p(au / 0.3));

const GLIDE_MS = 320;
const TRAIL_POINTS = 900;
/** Between views further apart than this there is no trail. */
const TRAIL_GAP_MS = 8 * 86_400_000;

const turn = (degrees) => ((degrees % 360) + 360) % 360;
const still = matchMedia("(prefers-reduced-motion: reduce)");

function at(radius, longitude) {
  const angle = (longitude * Math.PI) / 180;
  return [-radius * Math.cos(angle), radius * Math.sin(angle)].map((units) => Number(units.toFixed(2)));
}
const line = (from, to, longitude, end = longitude) => `M${at(from, longitude)}L${at(to, end)}`;
const move = (element, radius, longitude) => element.setAttribute("transform", `translate(${at(radius, longitude)})`);
const drawn = (name, size) => svg("g", { transform: `scale(${size / 24}) translate(-12 -12)` }, ...strokes(name));

export class Wheel {
  #root;
  #size;
  #positions = [];
  #bodies = new Map();
  #shown = new Map(); // of each body: the longitude and distance that are drawn
  #frame = 0;
  #last = NaN;

  constructor(root) {
    this.#root = root;
    const narrow = matchMedia("(max-width: 519px)");
    const fit = () => {
      this.#size = narrow.matches ? NARROW : WIDE;
      const half = this.#size.rim + 2;
      root.setAttribute("viewBox", `${-half} ${-half} ${2 * half} ${2 * half}`);
      root.replaceChildren(...face(this.#size));
      this.#bodies.clear();
      this.#populate();
      this.#put(this.#shown);
    };
    narrow.addEventListener("change", fit);
    fit();
    root.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** Draws a view: gliding to it if it is a step away, at once if time runs or less motion is wished. */
  draw(view) {
    this.#positions = view.document.positions;
    this.#populate();
    const moved = view.instant !== this.#last;
    const onwards = view.isRunning && Math.abs(view.instant - this.#last) < TRAIL_GAP_MS;
    this.#last = view.instant;
    cancelAnimationFrame(this.#frame);
    const wish = new Map(this.#positions.map((position) => [position.body, position]));
    if (view.glide && !view.isRunning && !view.isNow && !still.matches) this.#glide(wish);
    else this.#put(wish);
    // Trails stay while nothing moves.
    if (moved) for (const [body, parts] of this.#bodies) parts.follow(onwards && wish.get(body));
  }

  #glide(wish) {
    const from = this.#shown;
    const begun = performance.now();
    const frame = (time) => {
      const passed = Math.min(1, Math.max(0, (time - begun) / GLIDE_MS));
      const eased = 1 - (1 - passed) ** 3;
      this.#put(new Map([...wish].map(([body, to]) => {
        const start = from.get(body) ?? to;
        // The shorter way round.
        const arc = turn(to.longitude - start.longitude + 180) - 180;
        return [body, passed === 1 ? to : {
          longitude: turn(start.longitude + arc * eased),
          distance: start.distance + (to.distance - start.distance) * eased,
        }];
      })));
      if (passed < 1) this.#frame = requestAnimationFrame(frame);
    };
    this.#frame = requestAnimationFrame(frame);
  }

  #put(places) {
    this.#shown = places;
    const spread = spreadOut(places, this.#size.apart);
    for (const [body, place] of places) this.#bodies.get(body).put(place, spread.get(body));
  }

  /** Has exactly these bodies on the wheel, and says of each what it is. */
  #populate() {
    const wanted = new Map(this.#positions.map((position) => [position.body, position]));
    for (const [body, parts] of this.#bodies) {
      if (wanted.has(body)) continue;
      parts.remove();
      this.#bodies.delete(body);
    }
    for (const [body, position] of wanted) {
      if (!this.#bodies.has(body)) this.#bodies.set(body, new Body(body, this.#size, this.#root));
      this.#bodies.get(body).describe(position);
    }
    // One stop for the Tab key; arrows go on from there.
    if (wanted.size && !this.#root.querySelector("[tabindex='0']")) this.#stops[0].tabIndex = 0;
  }

  get #stops() { return [...this.#root.querySelectorAll(".body")]; }

  #walk(event) {
    const way = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!way) return;
    event.preventDefault();
    const stops = this.#stops;
    const next = stops.at((stops.indexOf(document.activeElement) + way) % stops.length);
    for (const stop of stops) stop.tabIndex = stop === next ? 0 : -1;
    next.focus();
  }
}

/** What of a body is on the wheel: glyph and figures with their leader, its dot in the disc, and its trail. */
class Body {
  #size;
  #leader = svg("path", { class: "leader" });
  #tick = svg("circle", { class: "tick", r: 2.4 });
  #glyph;
  #degree = svg("text", { class: "degree" });
  #minute = svg("text", { class: "minute" });
  #mark = svg("g", { class: "mark" });
  #marker;
  #sight;
  #dot;
  #trail;

  constructor(body, size, root) {
    this.#size = size;
    // A wide target for fingers, behind the strokes.
    this.#glyph = svg("g", { class: body }, svg("circle", { class: "target", r: size.size * 0.72 }), drawn(body, size.size));
    this.#mark.append(drawn("retrograde", size.size / 2));
    const own = { "data-body": body };
    this.#marker = svg("g", { ...own, class: "body", role: "img", tabindex: "-1" },
      this.#leader, this.#tick, this.#glyph, this.#degree, this.#minute, this.#mark);
    this.#sight = svg("path", { ...own, class: "sight" });
    this.#dot = svg("circle", { ...own, class: `planet ${body}`, r: { sun: 5, moon: 2.6 }[body] ?? 3.2 });
    this.#trail = svg("polyline", { ...own, class: "trail" });
    // Nodes and apogees are directions alone: nothing is there.
    const parts = /node|apogee/.test(body) ? [this.#sight, this.#marker] : [this.#trail, this.#sight, this.#dot, this.#marker];
    for (const part of parts) root.querySelector(`.${part.classList[0]}s`).append(part);
  }

  describe({ body, longitude, sign, sign_longitude: within, retrograde }) {
    const [degrees, minutes] = sexagesimal(within);
    this.#degree.textContent = `${degrees}°`;
    this.#minute.textContent = this.#size.minute ? `${minutes}′` : "";
    this.#mark.classList.toggle("off", !retrograde);
    this.#marker.dataset.longitude = longitude;
    const label = `${called(body)}, ${dms(within)} ${capital(sign)}${retrograde ? ", retrograde" : ""}`;
    this.#marker.setAttribute("aria-label", label);
  }

  put({ longitude, distance }, spread) {
    const { inner, glyph, size, degree, minute, mark, disc } = this.#size;
    this.#leader.setAttribute("d", line(inner, glyph + size * 0.72, longitude, spread));
    move(this.#tick, inner, longitude);
    move(this.#glyph, glyph, spread);
    move(this.#degree, degree, spread);
    move(this.#minute, minute ?? 0, spread);
    move(this.#mark, mark, spread);
    this.#sight.setAttribute("d", line(0, disc, longitude) + line(disc, inner, longitude));
    move(this.#dot, reach(distance, this.#size), longitude);
  }

  /** Takes the trail on to a place, or wipes it. */
  follow(place) {
    const { points } = this.#trail;
    if (!place) return points.clear();
    if (points.numberOfItems >= TRAIL_POINTS) points.removeItem(0);
    const point = this.#marker.ownerSVGElement.createSVGPoint();
    [point.x, point.y] = at(reach(place.distance, this.#size), place.longitude);
    points.appendItem(point);
  }

  remove() {
    for (const part of [this.#marker, this.#sight, this.#dot, this.#trail]) part.remove();
  }
}

/** The parts that stand still, and the layers of those that do not. */
function face(size) {
  const { rim, edge, ticks, inner, disc } = size;
  const wide = rim > edge;
  const marks = { fine: "", ten: "", cusp: "", house: "" };
  for (let degree = 0; degree < 360; degree += wide ? 1 : 2) {
    if (degree % 30 === 0) {
      marks.cusp += line(inner, edge, degree);
      marks.house += line(disc, inner, degree);
    } else if (degree % 10 === 0) marks.ten += line(inner, ticks, degree);
    else marks.fine += line(ticks - (degree % 5 === 0 ? 9 : 5), ticks, degree);
  }
  const circle = (kind, r) => svg("circle", { class: kind, r });
  const signs = SIGNS.flatMap((sign, nth) => {
    const glyph = svg("g", { class: "sign" }, svg("title", {}, capital(sign)), drawn(sign, size.size - 2));
    move(glyph, (edge + ticks) / 2, nth * 30 + 15);
    return [glyph, ...(wide ? arcText(sign, (rim + edge) / 2, nth * 30 + 15) : [])];
  });
  const scale = [1, 10].flatMap((au) => {
    const r = reach(au, size);
    return [circle("scale", r), svg("text", { class: "au", y: -r - 3 }, `${au} au`)];
  });
  return [
    circle("rim", rim), circle("band", edge), circle("dial", ticks), circle("edge", inner), circle("band", disc),
    ...Object.entries(marks).map(([kind, d]) => svg("path", { class: `ticks ${kind}`, d })),
    ...signs, ...scale, circle("earth", 2.6),
    ...["trails", "sights", "planets", "bodys"].map((layer) => svg("g", { class: layer })),
  ];
}

/** A word along the ring: below the middle it runs the other way, so that it never stands on its head. */
function arcText(word, radius, longitude) {
  const way = longitude < 180 ? 1 : -1;
  const r = radius + 3.4 * way;
  const d = `M${at(r, longitude - 14 * way)}A${r} ${r} 0 0 ${way > 0 ? 0 : 1} ${at(r, longitude + 14 * way)}`;
  const text = svg("textPath", { href: `#arc-${word}`, startOffset: "50%" }, word);
  return [svg("path", { id: `arc-${word}`, class: "arc", d }), svg("text", { class: "name", "aria-hidden": "true" }, text)];
}

/**
 * Longitudes moved as little as can be, in the sense of least squares, so that neighbours are `apart` degrees apart: the
 * circle is cut at its widest gap, and neighbours that are too close are pooled until none are.
 */
function spreadOut(places, apart) {
  const sorted = [...places].sort(([, a], [, b]) => a.longitude - b.longitude);
  const gap = (nth) => turn(sorted[nth][1].longitude - sorted.at(nth - 1)[1].longitude - 1e-9);
  const first = sorted.reduce((widest, _, nth) => (gap(nth) > gap(widest) ? nth : widest), 0);
  const cut = sorted[first]?.[1].longitude;
  // Bodies that touch, and where the first of them stands if each is pulled to its own place.
  const pools = [];
  for (const [body, { longitude }] of [...sorted.slice(first), ...sorted.slice(0, first)]) {
    let pool = { bodies: [body], start: turn(longitude - cut) };
    while (pools.length && pools.at(-1).start + pools.at(-1).bodies.length * apart > pool.start) {
      const { bodies, start } = pools.pop();
      const few = pool.bodies.length;
      const mean = (start * bodies.length + (pool.start - bodies.length * apart) * few) / (bodies.length + few);
      pool = { bodies: [...bodies, ...pool.bodies], start: mean };
    }
    pools.push(pool);
  }
  return new Map(pools.flatMap(({ bodies, start }) => bodies.map((body, nth) => [body, turn(cut + start + nth * apart)])));
}
