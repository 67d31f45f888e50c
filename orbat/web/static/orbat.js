// What makes the pages handier where scripts run; nothing needs it. Each part stands alone.

const $ = (query, root = document) => root.querySelector(query);
const $$ = (query, root = document) => [...root.querySelectorAll(query)];

/** Make an element: text is set as text, never as HTML. */
export function make(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key === "class") made.className = value;
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((each) => each !== null && each !== undefined));
  return made;
}

/** Wait until calls have stopped for so many milliseconds. */
export function settled(wait, work) {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...given), wait);
  };
}

theme();
suggestions();
evidence();
sliders();

function theme() {
  const button = $("[data-theme-toggle]");
  if (!button) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Use the light colours" : "Use the dark colours");
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const chosen = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = chosen;
    try {
      localStorage.setItem("theme", chosen);
    } catch {
      // it holds for this page
    }
    show();
  });
  system.addEventListener("change", show);
  show();
}

/** Search as someone types: a list of links below the field, walked with the arrow keys. */
function suggestions() {
  for (const form of $$("form[data-suggest]")) suggest(form, $("input[type=search]", form));
}

function suggest(form, input) {
  const list = make("ul", { id: `${input.id}-found`, class: "found", role: "listbox", "aria-label": "Suggestions", hidden: true });
  const told = make("p", { class: "unseen", role: "status" });
  form.append(list, told);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let asked = null;
  let chosen = -1;
  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const choose = (place) => {
    const options = $$("[role=option]", list);
    if (!options.length) return;
    chosen = (place + options.length) % options.length;
    options.forEach((option, each) => option.setAttribute("aria-selected", String(each === chosen)));
    options[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[chosen].id);
  };
  const show = (found) => {
    const options = suggested(found);
    list.replaceChildren(...options.map(({ href, name, about }, place) =>
      make("li", { role: "option", id: `${list.id}-${place}`, "data-href": href, "aria-selected": "false" },
        make("a", { href, tabindex: "-1" }, make("bdi", {}, name), " ", make("span", { class: "quiet" }, about)))));
    chosen = -1;
    list.hidden = !options.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    told.textContent = options.length ? `${options.length} suggestions` : "";
  };
  const ask = settled(150, async () => {
    const words = input.value.trim();
    asked?.abort();
    if (words.length < 2) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: words, limit: "6" })}`, { signal: asked.signal });
      if (answer.ok && document.activeElement === input) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  });
  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) choose(chosen + 1);
    else if (event.key === "ArrowUp" && !list.hidden) choose(chosen - 1);
    else if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen >= 0) location.assign($$("[role=option]", list)[chosen].dataset.href);
    else return;
    event.preventDefault();
  });
  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the focus, so the click is not lost
}

function suggested(found) {
  const groups = found.actors.map((each) => ({
    href: `/groups/${encodeURIComponent(each.id)}`,
    name: each.name,
    about: each.met === each.name ? each.kind : `${each.kind}, as “${each.met}”`,
  }));
  const said = found.statements.map(({ statement }) => ({
    href: `/statements/${encodeURIComponent(statement.id)}`,
    name: shortened(statement.sentence.text, 90),
    about: [statement.document.source, statement.document.published].filter(Boolean).join(", "),
  }));
  return [...groups, ...said];
}

function shortened(text, most) {
  const letters = [...text];
  return letters.length > most ? `${letters.slice(0, most - 1).join("").trimEnd()}…` : text;
}

/** The sentences of a value beside it, on hover, focus and touch. */
function evidence() {
  const box = make("div", { class: "evidence", id: "evidence", role: "dialog", "aria-label": "Sentences behind the value", hidden: true });
  document.body.append(box);
  let of = null;
  let timer = null;
  const close = (back = false) => {
    clearTimeout(timer);
    if (back && of && box.contains(document.activeElement)) $(".ref", of)?.focus();
    box.hidden = true;
    $(".ref", of ?? document.createElement("i"))?.setAttribute("aria-expanded", "false");
    of = null;
  };
  const open = (value) => {
    clearTimeout(timer);
    if (of === value) return;
    close();
    of = value;
    fill(box, value);
    box.hidden = false;
    put(box, ($(".ref", value) ?? value).getBoundingClientRect(), 24);
    const ref = $(".ref", value);
    ref?.setAttribute("aria-controls", box.id);
    ref?.setAttribute("aria-expanded", "true");
  };
  const later = (work, wait) => {
    clearTimeout(timer);
    timer = setTimeout(work, wait);
  };
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse") return;
    const value = event.target.closest?.("[data-notes]");
    if (value) later(() => open(value), 120);
    else if (event.target.closest?.("#evidence")) clearTimeout(timer);
    else if (of && !box.contains(document.activeElement)) later(close, 250);
  });
  document.addEventListener("focusin", (event) => {
    const value = event.target.closest("[data-notes]");
    if (value && event.target.matches(":focus-visible")) open(value);
    else if (of && !box.contains(event.target)) close();
  });
  document.addEventListener("click", (event) => {
    const ref = event.target.closest(".ref");
    if (ref) {
      event.preventDefault();
      const value = ref.closest("[data-notes]");
      if (of !== value) open(value);
      if (event.detail === 0) $("a", box)?.focus(); // pressed with the keyboard: go in
    } else if (of && !event.target.closest("[data-notes], #evidence")) close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && of) close(true);
  });
  addEventListener("resize", () => close());
}

function fill(box, value) {
  const numbers = value.dataset.notes.split(" ");
  const sure = $(".ref", value)?.getAttribute("aria-label")?.replace(/: sentences$/, "");
  const notes = numbers.flatMap((each) => [...(document.getElementById(`note-${each}`)?.childNodes ?? [])].map((node) => node.cloneNode(true)));
  box.replaceChildren(...(sure ? [make("p", { class: "how-sure" }, sure)] : []), ...notes);
  const { all, more } = value.dataset;
  if (!all) return;
  if (!more) return box.append(make("p", { class: "rest quiet" }, `${numbers.length} of ${all} sentences`));
  const button = make("button", { type: "button", class: "plain" }, `All ${all} sentences`);
  const rest = make("p", { class: "rest" }, button, " ", make("a", { href: more }, "on a page of their own"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      const found = await statementsOf(more);
      if (value.dataset.more !== more || box.hidden) return;
      for (const old of $$(".said", box)) old.remove();
      rest.before(...found.map(sentence));
      button.remove();
      $("a", box)?.focus();
    } catch {
      location.assign(more);
    }
  });
  box.append(rest);
}

/** The statements of a record, or of a search, from the JSON twin of its page. */
async function statementsOf(address) {
  const [path, query] = address.split("?");
  const answer = await fetch(`${path}.json${query ? `?${query}` : ""}`);
  if (!answer.ok) throw new Error(String(answer.status));
  const found = await answer.json();
  return found.statements ?? found.items.map((each) => each.statement);
}

/** A statement's sentence as the macro `evidence` writes it. */
function sentence(statement) {
  const { text, start } = statement.sentence;
  const letters = [...text]; // offsets count characters, not UTF-16 units
  const [from, to] = [statement.trigger.start - start, statement.trigger.end - start];
  const { attribution, document: article } = statement;
  const where = [article.source || "publisher not known", article.published].filter(Boolean).join(", ");
  return make("blockquote", { class: "said" },
    make("p", {}, make("bdi", {}, letters.slice(0, from).join(""), make("mark", {}, letters.slice(from, to).join("")), letters.slice(to).join(""))),
    make("footer", {}, attribution ? make("b", {}, make("bdi", {}, attribution.text)) : null, attribution ? ", " : null, where, " · ",
      make("a", { href: `/statements/${encodeURIComponent(statement.id)}` }, statement.negated ? `denied: ${statement.type}` : statement.type), " · ",
      make("a", { href: `/articles/${encodeURIComponent(article.id)}#s-${encodeURIComponent(statement.id)}` }, "article")));
}

/** Put a box below a place, or above where there is more room; never beyond the window. It begins so many pixels before the place. */
export function put(box, at, before) {
  const { offsetWidth: width, offsetHeight: height } = box;
  const left = Math.max(8, Math.min(at.left - before, document.documentElement.clientWidth - width - 8));
  const below = at.bottom + height + 10 < innerHeight || at.top < height + 10;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom + 6 : at.top - height - 6) + scrollY}px`;
}

/** A slider over months: it moves the day of its form, and the part of the page that the form is about follows, with the address. */
function sliders() {
  for (const form of $$("form[data-swap]")) slide(form);
}

function slide(form) {
  const slider = $("input[type=range]", form);
  const field = $("input[name=as_of]", form);
  const line = $(".mirrored", form);
  if (slider && field) {
    const ends = slider.dataset.ends.split(" ");
    const tell = () => slider.setAttribute("aria-valuetext", field.value || "now");
    slider.hidden = false;
    tell();
    slider.addEventListener("input", () => {
      field.value = ends[Number(slider.value)] ?? "";
      tell();
      mark(line, Number(slider.value), ends.length);
      follow();
    });
    field.addEventListener("change", () => {
      const place = field.value ? ends.findIndex((end) => field.value <= end) : -1;
      slider.value = String(place < 0 ? ends.length : place);
      tell();
      mark(line, Number(slider.value), ends.length);
    });
  }
  form.addEventListener("change", (event) => {
    if (event.target !== slider) follow();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    follow();
  });
  let asked = null;
  const follow = settled(180, async () => {
    const given = new URLSearchParams([...new FormData(form)].filter(([, value]) => value));
    const address = `${form.getAttribute("action")}${[...given].length ? `?${given}` : ""}`;
    const shown = document.getElementById(form.dataset.swap);
    asked?.abort();
    asked = new AbortController();
    shown.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.swap);
      if (!fresh) return location.assign(address); // what went wrong is a page of its own
      shown.replaceWith(document.adoptNode(fresh));
      for (const name of ["parts"]) $(`.${name}`)?.replaceWith(document.adoptNode($(`.${name}`, page)));
      history.replaceState(null, "", address);
      document.dispatchEvent(new CustomEvent("orbat:shown", { detail: fresh }));
    } catch (error) {
      if (error.name !== "AbortError") location.assign(address);
    }
  });
}

/** The line on the chart that says which month is shown. */
function mark(chart, place, months) {
  if (!chart) return;
  let line = $(".at", chart);
  if (place >= months) return line?.remove();
  if (!line) {
    line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "at");
    line.setAttribute("y1", "0");
    line.setAttribute("y2", String(Number(chart.getAttribute("height")) - 14));
    chart.append(line);
  }
  for (const end of ["x1", "x2"]) line.setAttribute(end, `${((place + 0.5) / months) * 100}%`);
}
