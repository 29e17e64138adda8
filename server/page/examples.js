// Queries to press: each is sent as it stands, and its reply shown digit for digit.
import { ask, Unreachable } from "/page/api.js";
import { button, make } from "/page/dom.js";
import { micros, milliseconds } from "/page/format.js";

const EQUINOX = "/v1/positions?date=2026-03-20T14:46:00Z";

const EXAMPLES = [
  {
    title: "An equinox",
    about: "The Sun and the Moon at the March equinox of 2026: the Sun at 0° Aries.",
    target: `${EQUINOX}&bodies=sun,moon`,
  },
  {
    title: "A poet’s birth",
    about: "Goethe was born “as the clock struck twelve” at Frankfurt, his Sun in Virgo. Local mean time; before the tables begin, so it is computed live.",
    target: "/v1/positions?date=1749-08-28T12:00&tz=lmt&lon=8.68",
  },
  {
    title: "For a telescope",
    about: "The planets by right ascension and declination, on the equator of date.",
    target: `${EQUINOX}&bodies=planets&frame=equatorial`,
  },
  {
    title: "No more than you need",
    about: "Every body there is, three fields of each, to four decimals.",
    target: `${EQUINOX}&bodies=all&fields=longitude,sign,retrograde&precision=4`,
  },
  {
    title: "Thirty-five centuries back",
    about: "1500 BC is beyond most ephemeris files. The analytical model may answer if you allow it.",
    target: "/v1/positions?date=-1499-03-01T00:00:00Z&bodies=sun,moon,saturn&allow_moshier=true",
  },
  {
    title: "An hour that came twice",
    about: "Half past two in Berlin, the night the clocks went back: refused, with both instants.",
    target: "/v1/positions?date=2026-10-25T02:30&tz=Europe/Berlin&bodies=moon",
  },
  {
    title: "A slip of the finger",
    about: "There is no plutto. The refusal says which body was probably meant.",
    target: `${EQUINOX}&bodies=sun,plutto`,
  },
  {
    title: "Nothing new",
    about: "Asked again with the tag of the first reply: 304, without computing anything.",
    target: EQUINOX,
    twice: true,
  },
];

/** The same from a terminal. */
function curl({ target, twice }) {
  const url = `'${location.origin}${target}'`;
  if (!twice) return `curl ${url}`;
  return `curl -i -H "If-None-Match: $(curl -sI ${url} | tr -d '\\r' | sed -n 's/^[Ee][Tt]ag: //p')" ${url}`;
}

/** Fills a list with the examples. `say` tells those who listen to the page what came. */
export function showExamples(list, say) {
  list.append(...EXAMPLES.map((example, nth) => card(example, `reply-${nth}`, say)));
}

function card(example, id, say) {
  const line = curl(example);
  // It may break after what separates parameters.
  const code = make("code", {}, ...line.split(/(?<=[?&])/).flatMap((part) => [part, make("wbr")]));
  const reply = make("div", { class: "reply", id, hidden: "" });
  const copy = button("Copy", copied, { "aria-label": `Copy the curl of: ${example.title}` });
  const run = button("Run", pressed, { class: "go", "aria-controls": id });
  fold(true);
  return make("li", {}, make("header", {}, make("h3", {}, example.title), make("p", {}, example.about)),
    make("div", { class: "curl" }, code, copy, run), reply);

  async function pressed() {
    if (!reply.hidden) return fold(true);
    const { said, parts } = await answered(example);
    reply.replaceChildren(...parts);
    fold(false);
    say(`${example.title}: ${said}`);
  }

  function fold(away) {
    reply.hidden = away;
    run.textContent = away ? "Run" : "Fold";
    run.setAttribute("aria-expanded", String(!away));
    run.setAttribute("aria-label", `${run.textContent}: ${example.title}`);
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(line);
      copy.textContent = "Copied";
    } catch {
      // Without a secure context there is no clipboard: the line is selected, for the keys to copy.
      getSelection().selectAllChildren(code);
      copy.textContent = "Selected";
    }
    setTimeout(() => { copy.textContent = "Copy"; }, 1500);
  }
}

/** Sends an example and lays out what came back. */
async function answered({ target, twice }) {
  try {
    let reply = await ask(target);
    if (twice) reply = await ask(target, { headers: { "If-None-Match": reply.headers.get("etag") } });
    const status = `${reply.status} ${reply.reason}`;
    const bytes = `${new Blob([reply.text]).size.toLocaleString("en-GB")} bytes`;
    const facts = [`${milliseconds(reply.roundTrip)} there and back`, bytes];
    if (reply.micros) facts.unshift(`${micros(reply.micros)} µs in the server`);
    const headers = ["etag", "cache-control", "x-cache-status", "x-dataset", "x-request-id"];
    const body = reply.text
      ? laidOut(reply.text)
      : headers.filter((name) => reply.headers.has(name)).map((name) => `${name}: ${reply.headers.get(name)}\n`);
    return {
      said: `${status}, ${bytes}`,
      parts: [
        make("p", { class: "facts" }, make("b", { class: reply.status < 400 ? "fine" : "refused" }, status),
          ...facts.map((fact) => make("span", {}, fact))),
        make("pre", { tabindex: "0", role: "group", "aria-label": "The reply" }, ...body),
      ],
    };
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { said: error.message, parts: [make("p", { class: "facts" }, make("b", { class: "refused" }, error.message))] };
  }
}

/** JSON laid out for reading, with its own digits: numbers that are read and written again come out otherwise. */
function laidOut(json) {
  const parts = [];
  const inline = []; // of each open bracket: whether its content stays on the line
  const line = () => `\n${"  ".repeat(inline.length)}`;
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
  tokens.forEach((token, nth) => {
    const next = tokens[nth + 1];
    if (token === "{" || token === "[") {
      inline.push("]}".includes(next) || (token === "[" && !"{[".includes(next)));
      parts.push(token, inline.at(-1) ? "" : line());
    } else if (token === "}" || token === "]") {
      parts.push(inline.pop() ? "" : line(), token);
    } else if (token === ",") {
      parts.push(inline.at(-1) ? ", " : `,${line()}`);
    } else if (token === ":") {
      parts.push(": ");
    } else {
      const kind = token[0] !== '"' ? "number" : next === ":" ? "key" : "string";
      parts.push(make("span", { class: kind }, token));
    }
  });
  return parts;
}
