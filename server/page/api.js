// Asking the server, and how long it took: by its own clock, and by ours.

/** No reply came: it was not the query's fault. */
export class Unreachable extends Error {
  message = "The server does not answer.";
}

/** The server understood and refused; `problem` is its document. */
export class Refused extends Error {
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

const PATIENCE_MS = 15_000;

/** One request, never answered from the browser's cache: what is timed and shown is the server's own reply. */
export async function ask(target, { method, body, headers = {}, signal } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  const begun = performance.now();
  try {
    const response = await fetch(target, {
      method, body, headers, cache: "no-store", signal: signal ? AbortSignal.any([signal, patience]) : patience,
    });
    const text = await response.text();
    const roundTrip = performance.now() - begun;
    const { status, statusText: reason } = response;
    return { status, reason, headers: response.headers, text, roundTrip, micros: computing(response.headers) };
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable();
  }
}

/** A path with its query. Parameters that are `undefined` are left out. */
export function target(path, parameters) {
  const pairs = Object.entries(parameters).filter(([, value]) => value !== undefined);
  // All else that is sent may stand in a query as it is; a plus would arrive as a space.
  return `${path}?${pairs.map((pair) => pair.join("=")).join("&").replaceAll("+", "%2B")}`;
}

const isJson = ({ headers }) => /^application\/(problem\+)?json/.test(headers.get("content-type"));

/** What a reply refuses. Something between us and the server may have replied in its stead. */
const refusal = (reply) =>
  new Refused(isJson(reply) ? JSON.parse(reply.text) : { title: `Status ${reply.status}`, detail: reply.reason });

/** A query that must be answered: as `ask`, with the document. */
export async function inquire(path, parameters, options) {
  const reply = await ask(target(path, parameters), options);
  if (reply.status !== 200 || !isJson(reply)) throw refusal(reply);
  return { ...reply, document: JSON.parse(reply.text) };
}

/** The same of what is asked for in a body and answered with a picture. */
export async function post(path, members, options) {
  const headers = { "Content-Type": "application/json", Accept: "image/svg+xml" };
  const reply = await ask(path, { ...options, method: "POST", headers, body: JSON.stringify(members) });
  if (reply.status !== 200 || !reply.headers.get("content-type").startsWith("image/svg+xml")) throw refusal(reply);
  return reply;
}

export const positions = (parameters, options) => inquire("/v1/positions", parameters, options);

/** Microseconds of computing that a reply tells of: `table;desc="9/10";dur=0.002, live;desc="1/10";dur=0.14`. */
function computing(headers) {
  const timing = (headers.get("server-timing") ?? "").replaceAll(/"[^"]*"/g, "");
  const shares = timing.matchAll(/\b(?:table|live)\b[^,]*?;\s*dur\s*=\s*([\d.eE+-]+)/g);
  return [...shares].reduce((sum, [, milliseconds]) => sum + milliseconds * 1000, 0);
}
