// What stands below the sky and goes its own ways: if it fails, the sky is still there.
import { MoonCalendar } from "/page/calendar.js";
import { Chart } from "/page/chart.js";
import { $ } from "/page/dom.js";
import { Eclipses } from "/page/eclipses.js";
import { Place } from "/page/place.js";

const place = new Place($("place"));
new Chart($("chart-form"), place.zone);
new MoonCalendar(place).refresh();
new Eclipses(place).refresh();
