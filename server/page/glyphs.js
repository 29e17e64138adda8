// Signs and bodies, drawn: what a font makes of their Unicode characters differs from one machine to the next.
// Each glyph is a path in a square of 24, stroked; `dot` is a part that is filled instead.

import { svg } from "/page/dom.js";

const ring = (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
const cross = (x, top, bar, half = 3.8) => `M${x} ${top}V21.5M${x - half} ${bar}H${x + half}`;
// What virgo and scorpio share: two arches.
const arches =
  "M2.5 5C4 5 4.6 6 4.6 7.6V18M4.6 8.4C4.6 6.2 5.7 5 7.1 5S9.4 6 9.4 7.8V18M9.4 8.4C9.4 6.2 10.5 5 11.9 5s2.3 1 2.3 2.8";

export const GLYPHS = {
  aries: { line: "M12 21V10C12 5.6 10 3 7.3 3 5.1 3 3.4 4.6 3.4 6.8c0 1.9 1.3 3.2 3 3.2M12 10c0-4.4 2-7 4.7-7 2.2 0 3.9 1.6 3.9 3.8 0 1.9-1.3 3.2-3 3.2" },
  taurus: { line: ring(12, 15.3, 5.7) + "M3.5 2.8C4.6 7.2 7.8 9.6 12 9.6s7.4-2.4 8.5-6.8" },
  gemini: { line: "M4.5 3.2C9 5.6 15 5.6 19.5 3.2M4.5 20.8c4.5-2.4 10.5-2.4 15 0M8.7 4.8V19.2M15.3 4.8V19.2" },
  cancer: { line: ring(7, 9.6, 2.9) + ring(17, 14.4, 2.9) + "M4.1 9C5 5.5 9 4 13 4.3c3 .2 5.6 1.3 7.5 3.2M19.9 15C19 18.5 15 20 11 19.7c-3-.2-5.6-1.3-7.5-3.2" },
  leo: { line: ring(7, 14.8, 2.9) + "M9.7 13.7C8.3 11.2 7.2 9.7 7.2 7.6 7.2 4.9 9.3 3 12 3s4.9 2 4.9 4.8c0 3.8-3.1 6.6-3.1 10.2 0 1.9 1.1 3 2.7 3 1.5 0 2.5-.8 2.8-2.2" },
  virgo: { line: arches + "V16.5c0 2.8 1.5 4.7 5 5M14.2 9.6c.8-1.5 1.9-2.2 3.1-2.2 1.7 0 2.8 1.3 2.8 3.3 0 3.9-3.3 7.5-7.9 9.8" },
  libra: { line: "M3.5 20h17M3.5 15.7h5.7C7.6 14.5 6.7 12.8 6.7 10.8 6.7 7.7 9 5.3 12 5.3s5.3 2.4 5.3 5.5c0 2-.9 3.7-2.5 4.9h5.7" },
  scorpio: { line: arches + "V17.5c0 2 1.1 3.2 2.9 3.2 2 0 3.4-1.6 3.8-4.2M18.2 18.3l2.8-2.4 1.5 3.3" },
  sagittarius: { line: "M4 20 20 4M11.5 4H20v8.5M6 10.5l7.5 7.5" },
  capricorn: { line: "M3 5c2 0 3.3 1.8 3.3 4.6V16M6.3 9.9C6.5 6.9 7.9 5 9.9 5s2.9 1.6 2.9 4v7c0 2.9-1.5 5-3.9 5M12.8 15.5c0-2.1 1.5-3.6 3.6-3.6s3.7 1.6 3.7 3.7-1.6 3.6-3.6 3.6-3.7-1.5-3.7-3.7" },
  aquarius: { line: "M2.5 10.5l4.3-3.7 3 3.7 4.2-3.7 3 3.7 4.5-3.7M2.5 17.5l4.3-3.7 3 3.7 4.2-3.7 3 3.7 4.5-3.7" },
  pisces: { line: "M5.5 3c4 5.2 4 12.8 0 18M18.5 3c-4 5.2-4 12.8 0 18M4.5 12h15" },

  sun: { line: ring(12, 12, 8.5), dot: ring(12, 12, 1.7) },
  moon: { line: "M16.3 4A8.8 8.8 0 1 0 16.3 20 9.7 9.7 0 0 1 16.3 4z" },
  mercury: { line: ring(12, 9.9, 4.3) + cross(12, 14.2, 18) + "M7.4 2.3C7.9 4.5 9.7 5.6 12 5.6s4.1-1.1 4.6-3.3" },
  venus: { line: ring(12, 8, 5.2) + cross(12, 13.2, 17.4) },
  mars: { line: ring(9.8, 14.2, 6) + "M14.1 9.9 20.3 3.7M14.8 3.7h5.5v5.5" },
  jupiter: { line: "M5 7.8C5.2 5 7 3.2 9.3 3.2c2.5 0 4.1 1.8 4.1 4.3 0 3.7-3.5 6.7-8.6 8.8h15.4M16.4 8.5V21.2" },
  saturn: { line: "M8.4 2.6V17.2M4.9 6.4h7.8M8.4 12.2C9.3 9.6 11.3 8.3 13.3 8.6c2.4.4 3.6 2.5 3 5-.5 2-2.2 3.2-2.2 5.2 0 1.6 1 2.5 2.3 2.5 1.1 0 1.9-.6 2.3-1.7" },
  uranus: { line: "M5.8 3.2V13M18.2 3.2V13M5.8 8.1h12.4M12 3.2V16.3" + ring(12, 18.8, 2.5) },
  neptune: { line: "M12 3V21.5M5 3.8v3.4C5 11.4 8 14 12 14s7-2.6 7-6.8V3.8M8.4 18h7.2M3.2 5.7 5 3.5l1.8 2.2M10.2 5.2 12 3l1.8 2.2M17.2 5.7 19 3.5l1.8 2.2" },
  pluto: { line: ring(12, 5.9, 3.1) + cross(12, 13.1, 17.4) + "M5.6 6.1C5.6 10.3 8.4 13.1 12 13.1s6.4-2.8 6.4-7" },

  true_node: { line: ring(6, 18.3, 2.5) + ring(18, 18.3, 2.5) + "M7.6 16.3C5.7 14.2 4.7 12 4.7 9.7 4.7 5.8 7.9 3 12 3s7.3 2.8 7.3 6.7c0 2.3-1 4.5-2.9 6.6" },
  true_south_node: { line: ring(6, 5.7, 2.5) + ring(18, 5.7, 2.5) + "M7.6 7.7C5.7 9.8 4.7 12 4.7 14.3 4.7 18.2 7.9 21 12 21s7.3-2.8 7.3-6.7c0-2.3-1-4.5-2.9-6.6" },
  mean_apogee: { line: cross(11.3, 13.6, 17.8), dot: "M14.5 2A6.2 6.2 0 1 0 14.5 13 6.7 6.7 0 0 1 14.5 2z" },
  osculating_apogee: { line: cross(11.3, 13.6, 17.8) + "M14.5 2.2A6 6 0 1 0 14.5 12.8 6.5 6.5 0 0 1 14.5 2.2z" },
  chiron: { line: ring(12, 17.7, 3.6) + "M12 2.8V14M17.2 3.4 12 8.2l5.2 4.3" },
  ceres: { line: cross(12, 13.6, 17.6) + "M7.3 5C8.5 3.6 10.2 2.8 12 2.8c3.2 0 5.6 2.3 5.6 5.4S15.2 13.6 12 13.6" },
  pallas: { line: cross(12, 13.8, 17.7) + "M12 2.8 17 8.3 12 13.8 7 8.3z" },
  juno: { line: cross(12, 2.8, 17.5) + "M6.9 7.8h10.2M8.4 4.2l7.2 7.2M15.6 4.2l-7.2 7.2" },
  vesta: { line: "M7.5 20.5V13.5h9v7zM7.5 13.5 4.8 10.2M16.5 13.5l2.7-3.3M12 10.8C9.7 9 10.3 6.5 12 3c1.7 3.5 2.3 6 0 7.8z" },

  retrograde: { line: "M7 20.5V4H12C15 4 16.8 5.5 16.8 8S15 12 12 12H7M11.3 12 18.5 20.5M18.5 13.5 11.7 20.5" },
};

/** The strokes of a glyph, for a drawing that scales them itself. */
export const strokes = (name) =>
  Object.entries(GLYPHS[name]).map(([kind, d]) => svg("path", { class: kind, d }));

/** A glyph in a line of text. What it stands for is said beside it, or by `label`. */
export function glyph(name, label) {
  const said = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return svg("svg", { class: `glyph ${name}`, viewBox: "0 0 24 24", ...said }, ...strokes(name));
}
