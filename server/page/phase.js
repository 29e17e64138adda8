// The Moon's face: a disc, and what of it is lit.
import { svg } from "/page/dom.js";

const RADIUS = 10;

/** The disc with a lit part of so much, from 0 to 1, at the right or at the left. */
export function face(fraction, right, label) {
  const isGibbous = fraction > 0.5;
  const across = (RADIUS * Math.abs(1 - 2 * fraction)).toFixed(2);
  // Down along the limb, which is half a circle, and up along the terminator, which is half an ellipse.
  const lit = `M0 ${-RADIUS}A${RADIUS} ${RADIUS} 0 0 ${Number(right)} 0 ${RADIUS}A${across} ${RADIUS} 0 0 ${Number(right === isGibbous)} 0 ${-RADIUS}z`;
  return svg("svg", { class: "phase", viewBox: "-11 -11 22 22", role: "img", "aria-label": label },
    svg("circle", { r: RADIUS }), svg("path", { d: lit }));
}
