// The network: the year moves without a party moving; pointing at a party lights its ties; the picture is moved and enlarged.

import { d3, keys, still, tools } from "../charts.js";

export async function enliven(figure) {
  const svg = figure.querySelector("svg.network");
  if (!svg) return;
  years(figure, svg);
  looks(figure, svg);
  light(svg);
  await move(figure, svg);
}

/** A slider of years over the picture, with a step for all years and a button that plays; it takes the place of the form's field. */
function years(figure, svg) {
  if (!figure.dataset.first) return;
  const [first, last] = [+figure.dataset.first, +figure.dataset.last];
  const field = figure.parentElement.querySelector("[data-year]"); // none where the figure is borrowed
  const slider = make("input", { type: "range", min: first - 1, max: last, value: field?.value || first - 1, ariaLabel: "Year" });
  const told = make("output");
  const play = make("button", { type: "button", className: "plain", textContent: "Play" });
  const row = make("div", { className: "steps" });
  row.append(slider, told, play);
  figure.prepend(row);
  const hidden = make("input", { type: "hidden", name: "year" });
  field?.closest("div").replaceWith(hidden);
  const show = () => {
    const year = +slider.value < first ? null : +slider.value;
    hidden.value = year ?? "";
    told.textContent = year ?? "all years";
    slider.setAttribute("aria-valuetext", told.textContent);
    const living = new Set();
    for (const tie of svg.querySelectorAll(".tie")) {
      const holds = year === null || held(tie.dataset.years, year);
      tie.classList.toggle("off", !holds);
      if (holds) living.add(tie.dataset.source).add(tie.dataset.target);
    }
    for (const party of svg.querySelectorAll(".party")) party.classList.toggle("off", !living.has(party.dataset.key) && !party.classList.contains("main"));
    if (!field) return;
    for (const line of document.querySelectorAll("table.tie-table tbody tr")) line.classList.toggle("off", year !== null && !held(line.dataset.years, year));
    const query = new URLSearchParams(location.search);
    if (year === null) query.delete("year");
    else query.set("year", year);
    const address = `${location.pathname}${query.size ? `?${query}` : ""}${location.hash}`;
    if (address !== location.pathname + location.search + location.hash) history.replaceState(null, "", address);
  };
  show();
  slider.addEventListener("input", show);
  let timer = null;
  play.addEventListener("click", () => {
    if (timer) {
      clearInterval(timer);
      timer = null;
    } else {
      if (+slider.value >= last || +slider.value < first) slider.value = first;
      show();
      timer = setInterval(() => {
        if (+slider.value >= last || !slider.isConnected) return play.click();
        slider.value = +slider.value + 1;
        show();
      }, 1200);
    }
    play.textContent = timer ? "Stop" : "Play";
  });
}

const make = (name, given = {}) => Object.assign(document.createElement(name), given);

/** Whether one of some spans ("2014-2016 2018-") holds a year. */
export function held(spans, year) {
  return spans.split(" ").filter(Boolean).some((span) => {
    const [start, end] = span.split("-");
    return (start === "" || +start <= year) && (end === "" || +end >= year);
  });
}

/** The legend's entries show and hide their ties. */
function looks(figure, svg) {
  for (const item of figure.querySelectorAll("[data-legend] [data-look]")) {
    const button = make("button", { type: "button" });
    button.append(...item.childNodes);
    button.setAttribute("aria-pressed", "true");
    item.append(button);
    button.addEventListener("click", () => {
      const shown = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(shown));
      for (const tie of svg.querySelectorAll(`.tie[data-look="${item.dataset.look}"]`)) tie.style.display = shown ? "" : "none";
    });
  }
}

/** A party under the pointer or with the focus lights its ties and those that they lead to. */
function light(svg) {
  const ties = [...svg.querySelectorAll(".tie")];
  const parties = new Map([...svg.querySelectorAll(".party")].map((party) => [party.dataset.key, party]));
  const show = (party) => {
    const key = party.dataset.key;
    party.classList.add("lit");
    for (const tie of ties) {
      if (tie.dataset.source !== key && tie.dataset.target !== key) continue;
      tie.classList.add("lit");
      parties.get(tie.dataset.source)?.classList.add("lit");
      parties.get(tie.dataset.target)?.classList.add("lit");
    }
    svg.classList.add("chosen");
  };
  const hide = () => {
    svg.classList.remove("chosen");
    for (const lit of svg.querySelectorAll(".lit")) lit.classList.remove("lit");
  };
  for (const party of parties.values()) {
    party.addEventListener("pointerenter", () => show(party));
    party.addEventListener("focus", () => show(party));
    party.addEventListener("pointerleave", hide);
    party.addEventListener("blur", hide);
  }
}

async function move(figure, svg) {
  const { zoom, zoomIdentity, select } = await d3();
  const canvas = figure.querySelector(".canvas");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const view = svg.querySelector(".view");
  const moved = zoom()
    .extent([[0, 0], [width, height]])
    .scaleExtent([0.5, 8])
    .translateExtent([[-width / 2, -height / 2], [width * 1.5, height * 1.5]])
    .filter((event) => !event.button && (event.type !== "wheel" || event.ctrlKey || event.metaKey || document.activeElement === canvas) && (event.touches?.length !== 1 || figure.dataset.near === "true"))
    .on("zoom", ({ transform }) => {
      view.setAttribute("transform", transform);
      figure.dataset.near = transform.k > 1.01;
      svg.style.touchAction = transform.k > 1.01 ? "none" : "pan-y";
    });
  const picture = select(svg).call(moved).on("dblclick.zoom", null);
  const smooth = () => (still() ? picture : picture.transition().duration(200));
  const acts = {
    nearer: () => smooth().call(moved.scaleBy, 1.4),
    farther: () => smooth().call(moved.scaleBy, 1 / 1.4),
    whole: () => smooth().call(moved.transform, zoomIdentity),
    by: (x, y) => smooth().call(moved.translateBy, x, y),
  };
  tools(canvas, acts);
  keys(canvas, acts);
  figure.classList.add("live");
  if (canvas.clientWidth < 560) begin(picture, moved, svg, width, height, zoomIdentity);
}

/** On a phone the picture begins near its middle, where names can be read. */
function begin(picture, moved, svg, width, height, whole) {
  const main = svg.querySelector(".party.main .node")?.getBBox() ?? { x: width / 2, y: height / 2, width: 0, height: 0 };
  const [x, y, k] = [main.x + main.width / 2, main.y + main.height / 2, 2];
  picture.call(moved.transform, whole.translate(width / 2 - k * x, height / 2 - k * y).scale(k));
}
