// Where the visitor is: the zone whose clock is told, and a place once one is given. Nothing of it is kept.
// Whoever tells of it listens to `change`.
import { inquire, Refused } from "/page/api.js";
import { $, button } from "/page/dom.js";

/** Browsers tell a place to pages of a secure origin alone. */
export const canLocate = isSecureContext && Boolean(navigator.geolocation);

/** Asks the browser for latitude and longitude, or why it does not tell. A hundredth of a degree is a kilometre: the sky turns as far
    in two seconds. */
export function locate(found, lost) {
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => found([coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(2))),
    ({ message }) => lost(`The browser does not tell: ${message || "it gave no reason"}.`),
  );
}

export class Place extends EventTarget {
  /** What the browser calls the zone that its clock goes by. */
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC";
  /** `{ lat, lon }`, degrees, once there is a place. */
  coordinates = null;

  constructor(form) {
    super();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const [lat, lon] = [$("lat").valueAsNumber, $("lon").valueAsNumber];
      this.#set(Number.isNaN(lat) ? null : { lat, lon });
    });
    // Both or none.
    form.addEventListener("input", () => { $("lat").required = $("lon").required = Boolean($("lat").value || $("lon").value); });
    if (canLocate) form.append(button("Where I am", () => this.#find(), { id: "here" }));
  }

  /** A query by the clock of the zone; by that of Greenwich if the server does not know the zone. */
  async ask(path, parameters, options) {
    const { zone } = this;
    try {
      return await inquire(path, { ...parameters, tz: zone }, options);
    } catch (error) {
      if (!(error instanceof Refused && error.problem.code === "unknown_zone") || zone === "UTC") throw error;
      this.zone = "UTC";
      return this.ask(path, parameters, options);
    }
  }

  #find() {
    $("lost").textContent = "";
    locate((place) => {
      [$("lat").value, $("lon").value] = place;
      this.#set({ lat: $("lat").valueAsNumber, lon: $("lon").valueAsNumber });
    }, (why) => { $("lost").textContent = why; });
  }

  #set(coordinates) {
    this.coordinates = coordinates;
    this.dispatchEvent(new Event("change"));
  }
}
