// One body in the light wherever it is shown: on the wheel, in its row, among the bars. Pointing or moving the focus
// there lights it; pressing keeps it lit, for fingers and for looking away.

export function lightBodies() {
  let kept = null;
  let lit = null;
  const body = (event) => event.target.closest?.("[data-body]")?.dataset.body ?? null;

  function light(wanted) {
    if (wanted === lit) return;
    lit = wanted;
    document.documentElement.classList.toggle("lighting", lit !== null);
    for (const part of document.querySelectorAll("[data-body]")) part.classList.toggle("lit", part.dataset.body === lit);
  }

  function keep(wanted) {
    kept = wanted === kept ? null : wanted;
    light(kept);
    for (const row of document.querySelectorAll("tr[data-body]")) {
      row.querySelector("button").setAttribute("aria-pressed", String(row.dataset.body === kept));
    }
  }

  document.addEventListener("pointerover", (event) => light(body(event) ?? kept));
  document.addEventListener("focusin", (event) => light(body(event) ?? kept));
  document.addEventListener("focusout", () => light(kept));
  document.addEventListener("click", (event) => keep(body(event)));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") keep(null);
    // A drawing has no click of its own.
    if ((event.key === "Enter" || event.key === " ") && event.target.closest?.("svg [data-body]")) {
      event.preventDefault();
      keep(body(event));
    }
  });
}
