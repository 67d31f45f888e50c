// A mark of the text opens what it is, what it might have been and why; a statement's marks light up with it. Without scripts the marks
// are numbered and stand in the list below the text.

import { make, put } from "./orbat.js";

const reading = document.querySelector(".reading");
const text = document.getElementById("text");
const marks = [...text.querySelectorAll("[data-marks]")];
const card = make("div", { class: "card", role: "dialog", "aria-label": "What is marked", hidden: true, tabindex: "-1" });
let of = null;
let annotations = null;
document.body.append(card);

for (const [place, mark] of marks.entries()) {
  mark.setAttribute("role", "button");
  mark.setAttribute("aria-haspopup", "dialog");
  mark.tabIndex = place ? -1 : 0; // one stop for all: arrow keys go from mark to mark
}

text.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-marks]");
  if (mark && getSelection().isCollapsed) show(mark);
});
text.addEventListener("keydown", (event) => {
  const place = marks.indexOf(event.target);
  if (place < 0) return;
  const to = { ArrowRight: place + 1, ArrowLeft: place - 1, ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: marks.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") show(event.target, true);
  else if (to !== undefined && marks[to]) rove(marks[to]);
  else if (to === undefined) return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && of && !document.querySelector("dialog[open]")) close(true);
});
document.addEventListener("click", (event) => {
  const path = event.composedPath(); // as it was clicked: what was clicked may be gone from the card by now
  if (of && !path.includes(card) && !path.some((each) => each.matches?.("dialog, [data-marks]"))) close();
});
addEventListener("resize", () => close());
lights();

function rove(mark) {
  for (const each of marks) each.tabIndex = each === mark ? 0 : -1;
  mark.focus();
}

function close(back = false) {
  if (!of) return;
  of.setAttribute("aria-expanded", "false");
  if (back) of.focus();
  card.hidden = true;
  of = null;
}

function show(mark, byKey = false) {
  if (of === mark) return close(true);
  close();
  of = mark;
  for (const each of marks) each.tabIndex = each === mark ? 0 : -1;
  const button = make("button", { type: "button", class: "plain close", "aria-label": "Close" }, "×");
  button.addEventListener("click", () => close(true));
  const numbers = mark.dataset.marks.split(" ");
  card.replaceChildren(button, ...numbers.map(entry));
  card.hidden = false;
  mark.setAttribute("aria-expanded", "true");
  put(card, mark.getClientRects()[0], 16);
  if (byKey) card.focus();
}

/** What the list says of a mark, and a place for its candidates. */
function entry(number) {
  const listed = document.getElementById(`m${number}`);
  const made = make("div", { class: "entry" }, ...[...listed.childNodes].map((node) => node.cloneNode(true)));
  const roles = [...made.querySelectorAll("[data-statement]")];
  if (reading.dataset.judges !== undefined) {
    for (const role of roles) {
      const field = fieldOf(role.dataset.role);
      const link = make("a", { href: forms(role.dataset.statement, field ? { field } : {}), "data-dialog": true }, "correct");
      role.append(" · ", link);
    }
  }
  if (!roles.every((role) => role.dataset.role === "event")) {
    const place = make("div", { class: "might" }, make("button", { type: "button", class: "plain small" }, "Candidates and reasons"));
    place.firstChild.addEventListener("click", () => candidates(place, listed.dataset, roles));
    made.append(place);
  }
  return made;
}

/** What a mention might mean, from the article read again: once, when it is first asked for. */
async function candidates(place, { start, end }, roles) {
  place.replaceChildren(make("p", { class: "quiet small", role: "status" }, "The article is read again …"));
  annotations ??= fetch(reading.dataset.annotations).then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)));
  let found;
  try {
    found = (await annotations).mentions.find((each) => each.start === Number(start) && each.end === Number(end));
  } catch {
    annotations = null;
    place.replaceChildren(make("p", { class: "quiet small" }, "The article could not be read again."));
    return;
  }
  if (!found) {
    place.replaceChildren(make("p", { class: "quiet small" }, "The reader that runs now does not mark it."));
    return;
  }
  const said = [
    `Marked as ${found.type.toLowerCase()}, score ${found.score.toFixed(2)}.`,
    found.stands_for && `It stands for “${found.stands_for}”.`,
    found.value && `Read as the time ${found.value}.`,
    !found.candidates.length && !found.value && "Nothing in the catalogue or the gazetteer is like it.",
    found.candidates.length && !found.entity && "Linked to nothing: no candidate is sure enough.",
  ].filter(Boolean);
  const list = make("ol", {}, ...found.candidates.map((each) => make("li", {},
    make("b", {}, make("bdi", {}, each.name)), ` ${each.score.toFixed(2)} `,
    each.id === found.entity ? make("b", {}, "chosen") : choose(each, found, roles),
    make("span", { class: "quiet" }, each.reasons.join(" ")))));
  place.replaceChildren(make("p", { class: "quiet small" }, said.join(" ")), list);
  if (of) put(card, of.getClientRects()[0], 16);
}


/** A link to the form that makes a candidate the value of the field. */
function choose(candidate, mention, roles) {
  const role = roles.find((each) => fieldOf(each.dataset.role));
  const speaks = roles.find((each) => each.dataset.role === "speaker");
  if (reading.dataset.judges === undefined || !(role || speaks)) return "";
  const actor = !candidate.id.startsWith("geonames:") && mention.type !== "PLACE";
  const given = !mention.entity && actor
    ? { field: "adopt", name: mention.text, value: candidate.id }
    : role && { field: fieldOf(role.dataset.role), name: candidate.name, value: candidate.id };
  if (!given) return "";
  return make("a", { href: forms((role ?? speaks).dataset.statement, given), "data-dialog": true, class: "small" }, "it is this one");
}

function forms(statement, given) {
  const next = `${location.pathname}#s-${statement}`;
  return `/statements/${encodeURIComponent(statement)}/judge?${new URLSearchParams({ ...given, next })}`;
}

function fieldOf(role) {
  return { actor: "actors", target: "targets", origin: "origin", place: "place", time: "date", instrument: "instrument", event: "type" }[role];
}

/** A statement's marks light up while it is pointed at, and the statements of a mark while that is. */
function lights() {
  const cards = [...document.querySelectorAll(".said-here > li")];
  const byNumber = (numbers) => marks.filter((mark) => mark.dataset.marks.split(" ").some((each) => numbers.has(each)));
  const light = (elements) => {
    for (const each of document.querySelectorAll(".lit")) each.classList.remove("lit");
    for (const each of elements) each.classList.add("lit");
  };
  for (const each of cards) {
    const own = byNumber(new Set(each.dataset.marks.split(" ")));
    each.addEventListener("pointerenter", () => light(own));
    each.addEventListener("pointerleave", () => light([]));
    each.addEventListener("focusin", () => light(own));
  }
  const around = (mark) => {
    const numbers = mark.dataset.marks.split(" ");
    return cards.filter((each) => each.dataset.marks.split(" ").some((number) => numbers.includes(number)));
  };
  text.addEventListener("pointerover", (event) => {
    const mark = event.target.closest("[data-marks]");
    light(mark ? around(mark) : []);
  });
  text.addEventListener("focusin", (event) => event.target.dataset.marks && light(around(event.target)));
}

