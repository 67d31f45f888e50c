// Makes the charts of a page live: each is drawn by the server and stands without scripts; what it needs is loaded when it comes near the window.

const PARTS = { network: "./charts/network.js", map: "./charts/map.js", timeline: "./charts/timeline.js", flows: "./charts/flows.js" };

/** Load d3 once: it is a plain script that leaves itself in the window. */
let loading = null;
export function d3() {
  loading ??= import("./vendor/d3.min.js").then(() => globalThis.d3);
  return loading;
}

/** Whether the reader wants no motion. */
export const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    enliven(target);
  }
}, { rootMargin: "300px" });

/** Find what there is below a node, once. */
function start(root) {
  const found = (query) => [...(root.matches?.(query) ? [root] : []), ...root.querySelectorAll(query)];
  for (const form of found("form[data-follow]")) follow(form);
  for (const chart of found("[data-figure], [data-chart][data-source]")) if (!chart.parentElement.closest("[data-chart]")) near.observe(chart);
}

async function enliven(node) {
  const name = node.dataset.figure ?? node.dataset.chart;
  if (!(name in PARTS)) return;
  try {
    const part = await import(PARTS[name]);
    if (node.dataset.figure) await part.enliven(node);
    else if (new URL(node.dataset.source, location.href).pathname.endsWith(".json")) await borrow(node, part);
    else await part.draw?.(node);
    offer(node, name);
  } catch (error) {
    console.warn(`The ${name} stays as it was drawn.`, error); // what the server gave is still there
  }
}

/** The figure of a chart's own page, in a page that has only its address. */
async function borrow(node, part) {
  const address = new URL(node.dataset.source, location.href);
  address.pathname = address.pathname.replace(/\.json$/, "");
  const answer = await fetch(address);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const figure = page.querySelector(`[data-figure="${node.dataset.chart}"]`);
  if (!figure) return;
  for (const each of figure.querySelectorAll("[data-notes]")) {
    delete each.dataset.notes; // their sentences are on the other page
    const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
    title.textContent = each.getAttribute("aria-label") ?? "";
    if (title.textContent && !each.querySelector(":scope > title")) each.prepend(title);
  }
  for (const each of figure.querySelectorAll('a[href^="#"]')) each.setAttribute("href", `${address.pathname}${address.search}${each.getAttribute("href")}`);
  const more = document.createElement("p");
  more.className = "small";
  more.append(Object.assign(document.createElement("a"), { href: address.pathname + address.search, textContent: "With sentences and filters, on a page of its own" }));
  await style();
  node.replaceChildren(document.importNode(figure, true), more);
  await part.enliven(node.firstElementChild);
}

/** The charts' style sheet, in a page that has none yet. */
export function style() {
  const href = new URL("./charts.css", import.meta.url).href;
  if ([...document.styleSheets].some((sheet) => sheet.href === href)) return null;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  const loaded = new Promise((done) => link.addEventListener("load", done, { once: true }));
  document.head.append(link);
  return loaded;
}

/** Have a form of filters bring the page's main part anew when a field changes, without leaving the page. */
export function follow(form) {
  const send = async () => {
    const query = new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ""));
    const address = `${location.pathname}${query.size ? `?${query}` : ""}`;
    form.setAttribute("aria-busy", "true");
    const answer = await fetch(address);
    if (!answer.ok) return location.assign(address); // the page that says what is wrong
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const at = document.activeElement?.id;
    document.querySelector("main").replaceChildren(...document.importNode(page.querySelector("main"), true).childNodes);
    history.replaceState(null, "", address);
    if (at) document.getElementById(at)?.focus();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-or-false]")) form.querySelector(`input[type=hidden][name="${event.target.name}"]`).disabled = event.target.checked;
    if (!event.target.matches("[data-live]")) send();
  });
}

/** A tip that says what a mark is, by the pointer. */
export function tip(figure) {
  const box = document.createElement("div");
  box.className = "tip";
  box.hidden = true;
  figure.append(box);
  return {
    show(lines, { clientX, clientY }) {
      box.replaceChildren(...lines.filter(Boolean).map((line) => Object.assign(document.createElement("p"), { textContent: line })));
      box.hidden = false;
      const frame = figure.getBoundingClientRect();
      const left = Math.min(clientX - frame.left + 14, frame.width - box.offsetWidth - 4);
      box.style.left = `${Math.max(4, left)}px`;
      box.style.top = `${clientY - frame.top + 16}px`;
    },
    hide() {
      box.hidden = true;
    },
  };
}

/** Buttons for those who do not turn a wheel: nearer, farther, whole. */
export function tools(canvas, { nearer, farther, whole }) {
  const bar = document.createElement("div");
  bar.className = "tools";
  for (const [sign, label, act] of [["+", "Nearer", nearer], ["−", "Farther", farther], ["⤢", "Show the whole", whole]]) {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: sign });
    button.setAttribute("aria-label", label);
    button.addEventListener("click", act);
    bar.append(button);
  }
  const frame = document.createElement("div");
  frame.className = "frame";
  canvas.replaceWith(frame);
  frame.append(canvas, bar);
}

/** Move a picture with the arrow keys and + and − while its frame has the focus. */
export function keys(canvas, { by, nearer, farther, whole }) {
  const acts = { ArrowLeft: () => by(60, 0), ArrowRight: () => by(-60, 0), ArrowUp: () => by(0, 60), ArrowDown: () => by(0, -60), "+": nearer, "=": nearer, "-": farther, 0: whole };
  canvas.addEventListener("keydown", (event) => {
    const act = acts[event.key];
    if (!act || event.target !== canvas || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
}

/** A button that saves the picture. */
function offer(node, name) {
  const svg = node.querySelector(`svg.${name}`);
  const caption = node.querySelector("figcaption");
  if (!svg || !caption) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: "Save the picture (SVG)" });
  button.addEventListener("click", () => saveSvg(svg, name));
  caption.append(button);
}

/** Save an SVG with the colours that it has now. */
function saveSvg(svg, name) {
  const copy = svg.cloneNode(true);
  const shown = [...svg.querySelectorAll("*")];
  [...copy.querySelectorAll("*")].forEach((node, place) => {
    const style = getComputedStyle(shown[place]);
    for (const key of ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "font-family", "font-size", "font-weight", "opacity", "display", "visibility", "paint-order", "stop-color", "stop-opacity", "letter-spacing"]) {
      const value = style.getPropertyValue(key);
      if (value) node.setAttribute(key, value);
    }
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.style.background = getComputedStyle(svg.parentElement).backgroundColor;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" }));
  link.download = `${name}.svg`;
  link.click();
  URL.revokeObjectURL(link.href);
}

start(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node instanceof HTMLElement) start(node);
}).observe(document.querySelector("main"), { childList: true, subtree: true });
