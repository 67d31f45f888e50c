// The timeline: a period drawn over its events is shown as if its days had been typed.

import { d3 } from "../charts.js";

export async function enliven(figure) {
  const svg = figure.querySelector("svg.timeline");
  const form = figure.parentElement?.querySelector("form[data-follow]");
  if (!svg || !form?.elements.since) return;
  const { brushX, scaleLinear, select } = await d3();
  const { first, last, left, right, top, height } = Object.fromEntries(Object.entries(svg.dataset).map(([key, value]) => [key, +value]));
  const scale = scaleLinear([first, last + 1], [left, right]);
  const brush = brushX().extent([[left, top], [right, top + height]]).on("end", ({ selection, sourceEvent }) => {
    if (!selection || !sourceEvent) return;
    const start = Math.round(scale.invert(selection[0]));
    const end = Math.max(start, Math.round(scale.invert(selection[1])) - 1);
    form.elements.since.value = day(start, 1);
    form.elements.until.value = day(end, new Date(Date.UTC(Math.floor(end / 12), (end % 12) + 1, 0)).getUTCDate());
    form.requestSubmit();
  });
  // Below the bars of events, so that these still say what they are.
  const layer = document.createElementNS("http://www.w3.org/2000/svg", "g");
  svg.querySelector(".events").before(layer);
  select(layer).call(brush);
  for (const hint of figure.querySelectorAll("[data-brush-hint]")) hint.hidden = false;
}

const day = (month, of) => `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-${String(of).padStart(2, "0")}`;
