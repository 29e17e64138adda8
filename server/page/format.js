// How bodies, angles, durations and dates are written.

const list = (words) => words.split(" ");

export const SIGNS = list("aries taurus gemini cancer leo virgo libra scorpio sagittarius capricorn aquarius pisces");

export const MONTHS = list("January February March April May June July August September October November December");

export const capital = (word) => word[0].toUpperCase() + word.slice(1);

/** What people call a body. */
export const called = (body) =>
  ({
    true_node: "North node",
    true_south_node: "South node",
    mean_apogee: "Mean apogee",
    osculating_apogee: "Osc. apogee",
  })[body] ?? capital(body);

const two = (number) => String(number).padStart(2, "0");

/** Degrees, minutes and seconds, cut and not rounded: 29°59′59.9″ is still in its sign. */
export function sexagesimal(degrees) {
  const seconds = Math.floor(degrees * 3600 + 1e-6);
  return [Math.floor(seconds / 3600), two(Math.floor(seconds / 60) % 60), two(seconds % 60)];
}

/** `12°34′56″` */
export function dms(degrees) {
  const [d, m, s] = sexagesimal(degrees);
  return `${d}°${m}′${s}″`;
}

/** A number with its sign, and a true minus. */
export function signed(number, decimals) {
  const text = Math.abs(number).toFixed(decimals);
  return (Number(text) === 0 ? "" : number < 0 ? "\u2212" : "+") + text;
}

/** Two significant digits, or whole numbers. */
export const brief = (number) =>
  number < 10 ? String(Number(number.toPrecision(2))) : Math.round(number).toLocaleString("en-GB");

/** Microseconds as the server measured them: of nothing it is known that they are less than a unit of its clock. */
export const micros = (number) => (number > 0 ? brief(number) : "< 1");

export const milliseconds = (number) => `${number.toFixed(number < 10 ? 1 : 0)} ms`;

/** A share of a whole, in per cent. */
export const percent = (share) => `${Math.round(share * 100)}\u202f%`;

/** Seconds as `6 m 22 s` or `4 h 01 m`. */
export function duration(seconds) {
  const [whole, minutes] = [Math.round(seconds), Math.round(seconds / 60)];
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
}

/** The parts of an instant as replies write it, such as `-0043-03-15T12:00:00.000Z`. */
export function civil(utc) {
  const [, year, month, day, clock] = /^([+-]?\d+)-(\d\d)-(\d\d)T(\d\d:\d\d:\d\d)/.exec(utc);
  // Years before the first as people count them.
  const named = year > 0 ? Number(year) : `${1 - year} BC`;
  return { date: `${Number(day)} ${MONTHS[month - 1]} ${named}`, clock };
}

/** An instant, milliseconds since 1970 in the Gregorian calendar, as queries write it: a year of five digits has a sign. */
export function iso(ms) {
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  return (year < 0 ? "-" : year > 9999 ? "+" : "") + String(Math.abs(year)).padStart(4, "0") + date.toISOString().slice(-20);
}
