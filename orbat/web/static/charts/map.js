// The map: moved and enlarged, places that lie together told apart as one comes nearer, kinds and months chosen without asking anew.
// It works in the coordinates of the server's picture (Mercator), so that nothing moves when the script takes over.

import { d3, keys, still, style, tip, tools } from "../charts.js";
import { strip } from "./months.js";

const SVG = "http://www.w3.org/2000/svg";
const FAMILIES = ["fighting", "harm", "ground", "law", "ties", "words"];
const KM_A_DEGREE = 111.2;
const OF_TYPE = {
  attack: "fighting", bombing: "fighting", strike: "fighting", clash: "fighting", kill: "harm", injure: "harm", abduct: "harm", abuse: "harm",
  seize: "ground", withdraw: "ground", hold: "ground", deploy: "ground", arrest: "law", release: "law", sanction: "law", claim: "words",
  threaten: "words", appeal: "words", accuse: "words", negotiate: "words", agree: "words",
};

/** The map of a page: its twin has the data, its picture the ground and the sentences. */
export async function enliven(figure) {
  const svg = figure.querySelector("svg.map");
  if (!svg) return;
  const source = figure.closest("[data-source]")?.dataset.source ?? `${location.pathname}.json${location.search}`;
  const answer = await fetch(source);
  if (!answer.ok) return;
  const data = await answer.json();
  const notes = Object.fromEntries([...svg.querySelectorAll("a.place[data-notes]")].map((a) => [a.dataset.place, a.dataset.notes]));
  const frame = { west: +svg.dataset.west, upper: +svg.dataset.upper, scale: +svg.dataset.scale };
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  await show(figure, svg, places(data), { ...frame, width, height }, { notes, held: data.held ?? [], linked: !!document.getElementById("place-1") });
}

/** A map where the page gives GeoJSON alone (a FeatureCollection of places as of /api/v1/map). */
export async function draw(node) {
  const answer = await fetch(node.dataset.source);
  if (!answer.ok) return;
  const data = await answer.json();
  if (!data.features) return;
  const found = places(data);
  if (!found.length) return;
  const figure = element("figure", { class: "chart" }, null, document);
  const canvas = element("div", { class: "canvas", tabindex: 0, role: "region", "aria-label": "Map" }, figure, document);
  const svg = element("svg", { class: "map", role: "group", "aria-label": `Map of ${found.length} places; the list below says the same` }, canvas);
  const frame = fit(found);
  svg.setAttribute("viewBox", `0 0 ${frame.width} ${frame.height}`);
  element("g", { class: "ground-layer" }, svg);
  element("g", { class: "marks" }, svg);
  const kept = [...node.childNodes];
  await style();
  node.replaceChildren(figure);
  const about = element("p", { class: "quiet small" }, figure, document);
  about.textContent = "Discs are exact places, rings places known to about 25 km, hatched circles areas at their rough size. Outlines: Natural Earth, which state nothing about whose land it is.";
  const rest = element("details", {}, node, document);
  element("summary", {}, rest, document).textContent = "The places as a list";
  rest.append(...kept);
  await show(figure, svg, found, frame, { notes: {}, held: [], linked: false });
}

function element(name, given, parent, maker = null) {
  const made = maker ? document.createElement(name) : document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(given)) if (value !== null && value !== undefined) made.setAttribute(key, value);
  parent?.append(made);
  return made;
}

function places(data) {
  return data.features.map(({ properties: p }, number) => {
    const cells = p.cells ?? Object.entries(p.kinds).map(([kind, count]) => ["undated", OF_TYPE[kind] ?? "ties", count, 0]);
    const fineness = p.fineness ?? (p.radius_km === null ? (p.where_prec === 2 ? "near" : "exact") : "area");
    return { ...p, number, cells, fineness, lon: p.middle[0], lat: p.middle[1] };
  });
}

const mercator = (lat) => (Math.log(Math.tan(Math.PI / 4 + (Math.max(-82, Math.min(82, lat)) * Math.PI) / 360)) * 180) / Math.PI;

function fit(found) {
  const fine = found.filter((p) => (p.radius_km ?? 0) <= 200);
  const chosen = fine.length ? fine : found;
  const pad = (p) => (p.radius_km ?? 40) / KM_A_DEGREE + 0.6;
  const west = Math.min(...chosen.map((p) => p.lon - pad(p)));
  const east = Math.max(...chosen.map((p) => p.lon + pad(p)));
  const south = Math.min(...chosen.map((p) => mercator(p.lat - pad(p))));
  const north = Math.max(...chosen.map((p) => mercator(p.lat + pad(p))));
  const width = 1000;
  const scale = Math.min(width / Math.max(east - west, 7), 640 / Math.max(north - south, 7));
  const height = Math.max(440, (north - south) * scale);
  return { west: (west + east) / 2 - width / scale / 2, upper: (south + north) / 2 + height / scale / 2, scale, width, height };
}

async function show(figure, svg, found, frame, given) {
  const lib = await d3();
  const canvas = svg.parentElement;
  const ground = svg.querySelector(".ground-layer");
  svg.querySelector(".fixed")?.remove(); // the net of degrees and the capitals stand for the whole picture only
  if (!svg.querySelector("defs pattern")) hatch(svg);
  const sea = svg.querySelector(".sea") ?? svg.insertBefore(element("rect", { class: "sea" }), svg.firstChild);
  const names = [...ground.querySelectorAll(".country")];
  const marks = svg.querySelector(".marks");
  const hint = tip(figure);
  const state = { width: 0, height: 0, base: 1, dx: 0, dy: 0, transform: lib.zoomIdentity, families: new Set(FAMILIES), months: null, by: "records" };

  const x = (lon) => (lon - frame.west) * frame.scale;
  const y = (lat) => (frame.upper - mercator(lat)) * frame.scale;
  const at = (p) => [state.transform.applyX(state.dx + x(p.lon) * state.base), state.transform.applyY(state.dy + y(p.lat) * state.base)];
  const km = (length, lat) => ((length / KM_A_DEGREE) * frame.scale * state.base * state.transform.k) / Math.cos((lat * Math.PI) / 180);

  const sized = () => {
    const width = canvas.clientWidth;
    const height = Math.round(Math.min(innerHeight * 0.8, Math.max((frame.height / frame.width) * width, Math.min(380, width))));
    Object.assign(state, { width, height, base: Math.min(width / frame.width, height / frame.height) });
    state.dx = (width - frame.width * state.base) / 2;
    state.dy = (height - frame.height * state.base) / 2;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    sea.setAttribute("width", width);
    sea.setAttribute("height", height);
    zoom.extent([[0, 0], [width, height]]);
    if (state.dx > 20 || state.dy > 20) world(lib, ground, frame, state);
    redraw();
  };
  const redraw = () => {
    const { k, x: tx, y: ty } = state.transform;
    ground.setAttribute("transform", `translate(${tx + state.dx * k},${ty + state.dy * k}) scale(${state.base * k})`);
    const taken = paint(marks, found, { state, at, km, given, hint, lib, frame });
    for (const name of names) {
      const [left, base] = [tx + (state.dx + +name.getAttribute("x") * state.base) * k, ty + (state.dy + +name.getAttribute("y") * state.base) * k];
      const half = 3.9 * name.textContent.length;
      const room = free(taken, left - half, base, 2 * half, state);
      name.style.display = room ? "" : "none";
      name.style.fontSize = `${11 / state.base / k}px`;
      if (room) taken.push([left - half, base - 11, left + half, base + 3]);
    }
  };
  const zoom = lib.zoom().scaleExtent([0.15, 60]).filter((event) => wanted(event, canvas, state)).on("zoom", ({ transform, sourceEvent }) => {
    state.transform = transform;
    svg.style.touchAction = transform.k > 1.01 ? "none" : "pan-y";
    if (sourceEvent || transform.k !== 1) world(lib, ground, frame, state);
    hint.hide();
    redraw();
  });
  const picture = lib.select(svg).call(zoom).on("dblclick.zoom", null);
  const smooth = () => (still() ? picture : picture.transition().duration(250));
  const acts = {
    nearer: () => smooth().call(zoom.scaleBy, 1.6),
    farther: () => smooth().call(zoom.scaleBy, 1 / 1.6),
    whole: () => smooth().call(zoom.transform, lib.zoomIdentity),
    by: (across, up) => smooth().call(zoom.translateBy, across / state.transform.k, up / state.transform.k),
  };
  state.into = (members) => {
    const points = members.map((p) => [state.dx + x(p.lon) * state.base, state.dy + y(p.lat) * state.base]);
    const [left, right] = lib.extent(points, (p) => p[0]);
    const [top, bottom] = lib.extent(points, (p) => p[1]);
    const k = Math.min(60, Math.max(state.transform.k * 2, 0.5 * Math.min(state.width / Math.max(1, right - left), state.height / Math.max(1, bottom - top))));
    const target = lib.zoomIdentity.translate(state.width / 2, state.height / 2).scale(k).translate(-(left + right) / 2, -(top + bottom) / 2);
    smooth().call(zoom.transform, target);
  };
  tools(canvas, acts);
  keys(canvas, acts);
  figure.classList.add("live");
  legend(figure, state, redraw);
  strip(figure, lib, (months) => {
    state.months = months;
    redraw();
  });
  new ResizeObserver(() => canvas.clientWidth !== state.width && sized()).observe(canvas);
  sized();
}

/** The wheel enlarges where the map has the focus or a key is held; one finger scrolls the page until the map is enlarged. */
function wanted(event, canvas, state) {
  if (event.type === "wheel") return event.ctrlKey || event.metaKey || canvas.contains(document.activeElement);
  if (event.touches?.length === 1) return state.transform.k > 1.01;
  return !event.button;
}

/** Outlines of the whole world, as fine as the part that is seen needs. */
function world(lib, ground, frame, state) {
  const across = state.width / (frame.scale * state.base * state.transform.k);
  const detail = across < 25 ? "50m" : "110m";
  if (state.detail === "50m" || state.detail === detail) return;
  state.detail = detail;
  Promise.all([import("../vendor/topojson-client.min.js"), fetch(new URL(`../vendor/countries-${detail}.json`, import.meta.url)).then((answer) => answer.json())]).then(([, topology]) => {
    if (state.detail !== detail) return;
    const projection = lib.geoMercator().scale((frame.scale * 180) / Math.PI).translate([-frame.west * frame.scale, frame.upper * frame.scale]).precision(0);
    const path = lib.geoPath(projection);
    path.digits?.(2);
    const { feature, mesh } = globalThis.topojson;
    for (const old of ground.querySelectorAll(".land, .border")) old.remove();
    const border = element("path", { class: "border", d: path(mesh(topology, topology.objects.countries, (a, b) => a !== b)) });
    ground.prepend(element("path", { class: "land", d: path(feature(topology, topology.objects.land)) }), border);
  }).catch(() => {
    state.detail = null; // the server's ground stays
  });
}

function paint(marks, found, { state, at, km, given, hint, lib }) {
  const shown = found.map((place) => counted(place, state)).filter((p) => p.count > 0);
  const size = (n) => Math.min(26, 3 + 2 * Math.sqrt(state.by === "killed" ? n / 4 : n));
  const inside = ([px, py], r) => px > -r && px < state.width + r && py > -r && py < state.height + r;
  const areas = shown.filter((p) => p.fineness === "area").sort((a, b) => b.radius_km - a.radius_km);
  const points = shown.filter((p) => p.fineness !== "area").sort((a, b) => b.count - a.count || a.number - b.number);
  const focused = marks.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const layer = [];
  for (const hold of given.held) layer.push(holding(hold, at({ lon: hold.middle[0], lat: hold.middle[1] }), km));
  for (const place of areas) {
    const [px, py] = at(place);
    const r = km(place.radius_km, place.lat);
    if (inside([px, py], r)) layer.push(link(place, given, [element("circle", { cx: px, cy: py, r, class: `area ${place.first}`, fill: `url(#area-${place.first})`, "stroke-dasharray": "5 4" })]));
  }
  const groups = [];
  for (const place of points) {
    const [px, py] = at(place);
    const r = size(place.weight);
    const group = groups.find((g) => Math.hypot(g.x - px, g.y - py) < Math.max(20, g.r + r));
    if (group) group.members.push(place);
    else groups.push({ x: px, y: py, r, members: [place] });
  }
  const labels = [];
  for (const group of groups) {
    if (!inside([group.x, group.y], 40)) continue;
    if (group.members.length > 1) layer.push(cluster(lib, group, size));
    else {
      const [place] = group.members;
      const node = link(place, given, [place.fineness === "near" ? ring(group, place, Math.max(km(25, place.lat), group.r)) : disc(lib, group, place)]);
      layer.push(node);
    }
  }
  const taken = groups.filter((g) => g.members.length > 1).map(({ x, y }) => [x - 13, y - 11, x + 13, y + 11]);
  for (const place of [...areas, ...groups.filter((g) => g.members.length === 1).map((g) => g.members[0])]) {
    const [px, py] = at(place);
    const words = `${place.name}${place.fineness === "area" ? ` (${place.where_prec === 4 ? "province" : place.where_prec === 6 ? "country" : place.where_prec === 3 ? "district" : "area"})` : ""}: ${place.count}`;
    const width = 6.6 * words.length;
    const r = place.fineness === "area" ? 0 : place.fineness === "near" ? Math.max(km(25, place.lat), size(place.weight)) : size(place.weight);
    const spots = place.fineness === "area" ? [[px - width / 2, py], [px - width / 2, py + 14], [px - width / 2, py - 14]] : [[px + r + 3, py + 4], [px - r - 3 - width, py + 4], [px - width / 2, py - r - 5]];
    const spot = spots.find(([left, base]) => free(taken, left, base, width, state));
    if (!spot) continue;
    taken.push([spot[0], spot[1] - 11, spot[0] + width, spot[1] + 3]);
    labels.push(Object.assign(element("text", { x: spot[0], y: spot[1], class: place.fineness === "area" ? "label s" : "label" }), { textContent: words }));
  }
  for (const node of layer) listen(node, hint, state);
  marks.replaceChildren(...layer, ...labels);
  if (focused) marks.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  return taken;
}

/** Whether there is room for words in the picture. */
const free = (taken, left, base, width, state) =>
  left > 0 && left + width < state.width && base > 10 && base < state.height && taken.every(([a, b, c, d]) => left + width < a || c < left || base + 3 < b || d < base - 11);

/** A place with what the chosen families and months leave of its records. */
function counted(place, { families, months, by }) {
  const parts = {};
  let count = 0;
  let killed = 0;
  for (const [month, family, records, dead] of place.cells) {
    if (!families.has(family) || !within(month, months)) continue;
    parts[family] = (parts[family] ?? 0) + records;
    count += records;
    killed += dead;
  }
  const first = FAMILIES.filter((f) => parts[f]).sort((a, b) => parts[b] - parts[a])[0] ?? "words";
  return { ...place, parts, count, dead: killed, weight: by === "killed" ? killed : count, first };
}

const index = (month) => +month.slice(0, 4) * 12 + +month.slice(5, 7) - 1;

function within(month, months) {
  if (!months) return true;
  if (!/^\d/.test(month)) return false;
  const [first, last] = month.length === 4 ? [+month * 12, +month * 12 + 11] : [index(month), index(month)];
  return last >= months[0] && first <= months[1];
}

function link(place, given, shapes) {
  const words = told(place).join("; ");
  const node = element("a", { class: `place ${place.fineness}`, href: given.linked ? `#place-${place.number + 1}` : `/search?place=${encodeURIComponent(place.name)}`, "aria-label": words, "data-notes": given.notes[place.number], "data-key": `p${place.number}` });
  node.append(...shapes);
  node.told = given.notes[place.number] ? null : told(place);
  return node;
}

function told(place) {
  const how = { exact: "exact place", near: "known to about 25 km", area: `an area of about ${Math.round(place.radius_km ?? 0)} km around its middle: no point in it is meant` }[place.fineness];
  const kinds = Object.entries(place.kinds).map(([kind, number]) => `${kind} ${number}`).join(", ");
  const lines = [`${[...new Set([place.name, place.admin1, place.country].filter(Boolean))].join(", ")} (${how})`, `${place.count} record${place.count === 1 ? "" : "s"}: ${kinds}`];
  if (place.killed) lines.push(`killed ${place.killed.low === place.killed.high ? place.killed.best : `${place.killed.low} to ${place.killed.high}`}`);
  for (const record of place.newest ?? []) lines.push(`${record.type}: ${record.who.join(", ") || "unknown"}${record.whom.length ? ` → ${record.whom.join(", ")}` : ""}${record.start ? `, ${record.start}` : ""}`);
  return lines;
}

function listen(node, hint, state) {
  if (node.told) {
    node.addEventListener("pointermove", (event) => event.pointerType === "mouse" && hint.show(node.told, event));
    node.addEventListener("pointerleave", () => hint.hide());
  }
  if (node.members) {
    node.addEventListener("click", (event) => {
      event.preventDefault();
      state.into(node.members);
    });
  }
}

function disc(lib, { x, y, r }, place) {
  const group = element("g", { transform: `translate(${x},${y})` });
  element("circle", { r, class: `exact ${place.first}` }, group);
  const parts = FAMILIES.filter((family) => place.parts[family]);
  if (parts.length > 1) {
    const arc = lib.arc().innerRadius(0).outerRadius(r);
    for (const slice of lib.pie().sort(null).value((family) => place.parts[family])(parts)) element("path", { d: arc(slice), class: `slice ${slice.data}` }, group);
  }
  return group;
}

const ring = ({ x, y }, place, r) => element("circle", { cx: x, cy: y, r, class: `near ${place.first}` });

function cluster(lib, group, size) {
  const records = group.members.reduce((sum, p) => sum + p.count, 0);
  const weight = group.members.reduce((sum, p) => sum + p.weight, 0);
  const names = group.members.map((p) => p.name);
  const words = [`${names.length} places near to one another, ${records} records`, `${names.slice(0, 6).join(", ")}${names.length > 6 ? "…" : ""}`, "Press to come nearer"];
  const node = element("a", { class: "place", href: `#place-${group.members[0].number + 1}`, "aria-label": words.join("; "), "data-key": `c${group.members[0].number}` });
  const parts = {};
  for (const p of group.members) for (const [family, number] of Object.entries(p.parts)) parts[family] = (parts[family] ?? 0) + number;
  const r = Math.max(12, size(weight));
  const first = FAMILIES.filter((f) => parts[f]).sort((a, b) => parts[b] - parts[a])[0];
  node.append(disc(lib, { ...group, r }, { parts, first }));
  element("circle", { cx: group.x, cy: group.y, r: r - 4, class: "cluster" }, node);
  element("text", { x: group.x, y: group.y + 4, class: "cluster-words" }, node).textContent = records;
  node.told = words;
  node.members = group.members;
  return node;
}

function holding(hold, [x, y], km) {
  const node = element("g", { class: hold.lost ? "hold lost" : "hold", "data-key": `h${hold.name}` });
  const shape = hold.radius_km === null ? { d: `M${x} ${y - 9}l9 9l-9 9l-9 -9z` } : { cx: x, cy: y, r: km(hold.radius_km, hold.middle[1]) };
  element(hold.radius_km === null ? "path" : "circle", { ...shape, class: "held" }, node);
  node.told = [`${hold.name}: ${hold.how}${hold.radius_km === null ? "" : " (an area)"}`, [hold.start, hold.end].filter(Boolean).join(" to "), hold.lost ? "said to be lost" : ""];
  return node;
}

function hatch(svg) {
  const defs = element("defs", {}, null);
  for (const family of FAMILIES) {
    const pattern = element("pattern", { id: `area-${family}`, width: 6, height: 6, patternUnits: "userSpaceOnUse" }, defs);
    element("path", { d: "M0 6L6 0M-1 1L1 -1M5 7L7 5", class: `hatch ${family}` }, pattern);
  }
  svg.prepend(defs);
}

/** The legend chooses families, and what the size of a disc means. */
function legend(figure, state, redraw) {
  const list = figure.querySelector("[data-legend]");
  if (!list) return;
  for (const item of list.querySelectorAll("[data-family]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...item.childNodes);
    button.setAttribute("aria-pressed", "true");
    item.append(button);
    button.addEventListener("click", () => {
      const on = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(on));
      state.families[on ? "add" : "delete"](item.dataset.family);
      redraw();
    });
  }
  const label = document.createElement("label");
  label.append("Size by ");
  const select = document.createElement("select");
  select.append(new Option("records", "records"), new Option("killed (best figure)", "killed"));
  label.append(select);
  const item = document.createElement("li");
  item.append(label);
  list.append(item);
  select.addEventListener("change", () => {
    state.by = select.value;
    redraw();
  });
}
