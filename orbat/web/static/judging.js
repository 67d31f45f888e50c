// Forms that judge, opened in place, with actors found as one types. Without it they are pages and fields of their own.

import { make, settled } from "./orbat.js";

let lists = 0;

dialogs();
combos(document);

/** Links with data-dialog open the forms of their page here. */
function dialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    open(link.href, link);
  });
}

/** Show the forms of a page in a dialog; the page itself where that fails. */
export async function open(address, from = null) {
  const part = await partOf(address);
  if (!part) return location.assign(address);
  const close = make("button", { type: "button", class: "plain close", "aria-label": "Close" }, "×");
  const dialog = make("dialog", {}, close, part);
  const heading = part.querySelector("h1");
  if (heading) {
    heading.id = "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    from?.focus();
  });
  dialog.addEventListener("submit", async (event) => {
    const form = event.target;
    if (form.method !== "get") return;
    event.preventDefault(); // a search inside the dialog stays in it
    const found = await partOf(`${form.action}?${new URLSearchParams(new FormData(form))}`);
    if (!found) return;
    part.replaceChildren(...found.childNodes);
    combos(part);
  });
  document.body.append(dialog);
  dialog.showModal();
  combos(dialog);
}

async function partOf(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
  } catch {
    return null;
  }
}

/** Fields for an actor: a list of the catalogue's below, walked with the arrow keys; the chosen one's id is what is sent. */
function combos(root) {
  for (const input of root.querySelectorAll("input[data-actors]:not([role])")) combo(input);
}

function combo(input) {
  const list = make("ul", { id: `actors-${++lists}`, class: "found", role: "listbox", "aria-label": "Actors", hidden: true });
  const told = make("span", { class: "unseen", role: "status" });
  const box = make("span", { class: "combo" });
  const named = make("span", { class: "quiet small" });
  input.replaceWith(box);
  box.append(input, list, told, named);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) {
    input.setAttribute(name, value);
  }
  let asked = null;
  let chosen = -1;
  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const walk = (to) => {
    const all = options();
    chosen = (to + all.length) % all.length;
    all.forEach((each, place) => each.setAttribute("aria-selected", String(place === chosen)));
    all[chosen].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[chosen].id);
  };
  const take = (option) => {
    input.value = option.dataset.id;
    named.textContent = option.dataset.name;
    for (const radio of input.form?.querySelectorAll('input[type="radio"][name="value"]') ?? []) radio.checked = false;
    close();
  };
  const ask = settled(150, async () => {
    const words = input.value.trim();
    named.textContent = "";
    asked?.abort();
    if (words.length < 2) return close();
    asked = new AbortController();
    try {
      const answer = await fetch(`${input.dataset.actors}?${new URLSearchParams({ q: words, limit: "8" })}`, { signal: asked.signal });
      if (!answer.ok || document.activeElement !== input) return;
      const found = await answer.json();
      list.replaceChildren(...found.map((each, place) =>
        make("li", { role: "option", id: `${list.id}-${place}`, "aria-selected": "false", "data-id": each.id, "data-name": each.name },
          make("bdi", {}, each.name), " ", make("span", { class: "quiet small" }, `${each.kind}${each.met === each.name ? "" : `, as “${each.met}”`}, ${each.id}`))));
      chosen = -1;
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      told.textContent = found.length ? `${found.length} actors` : "No actor is called so";
    } catch (error) {
      if (error.name !== "AbortError") close();
    }
  });
  input.addEventListener("input", ask);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      // Half a name is no judgement: it is sent with the button.
      if (event.key === "Enter" && input.form?.classList.contains("judge")) event.preventDefault();
      return;
    }
    if (event.key === "ArrowDown") walk(chosen + 1);
    else if (event.key === "ArrowUp") walk(chosen - 1);
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) take(options()[chosen]);
    else if (event.key !== "Enter" || !input.form?.classList.contains("judge")) return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
}
