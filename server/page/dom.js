// Elements, made in one go.

const filled = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

export const $ = (id) => document.getElementById(id);

export const make = (name, attributes = {}, ...children) =>
  filled(document.createElement(name), attributes, children);

export const svg = (name, attributes = {}, ...children) =>
  filled(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

export function button(text, act, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", act);
  return element;
}

/** Tells those who listen to the page. What changes by itself each second is not told. */
export const say = (text) => { $("said").textContent = text; };

/** Fills a notice with what is wrong and what can be done; without arguments, all is well. */
export function notice(element, title, sentences = [], ...ways) {
  element.hidden = !title;
  const paragraphs = sentences.filter(Boolean).map((sentence) => make("p", {}, sentence));
  element.replaceChildren(make("strong", {}, title ?? ""), ...paragraphs, ...ways);
}
