// Reading in: says before posting what is too long, and how far a job is without asking again.

const number = (value) => value.toLocaleString("en").replaceAll(",", "\u202f");

/** Say how much is given of what is taken; posting more is refused here already, with the reason. */
for (const field of document.querySelectorAll("[data-most]")) {
  const told = field.parentElement.querySelector("[data-count]");
  const most = Number(field.dataset.most);
  field.addEventListener("input", () => {
    const file = field.type === "file" ? field.files[0] : null;
    const given = field.type === "file" ? file?.size ?? 0 : [...field.value].length;
    const unit = field.type === "file" ? "bytes" : "characters";
    const over = given > most;
    field.setCustomValidity(over ? `That is ${number(given)} ${unit}; ${number(most)} are taken.` : "");
    told.textContent = over ? field.validationMessage : given > most / 2 ? `${number(given)} of ${number(most)} ${unit}` : "";
  });
}

const watched = document.querySelector("[data-events]");
if (watched) {
  const show = (name, text) => {
    watched.querySelector(`[data-${name}]`).textContent = text;
  };
  const events = new EventSource(watched.dataset.events);
  events.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    const state = watched.querySelector("[data-state]");
    state.className = `state ${job.state}`;
    if (state.textContent !== job.state) state.textContent = job.state;
    if (job.state !== "waiting") show("ahead", "");
    for (const name of ["documents", "statements", "failed"]) show(name, number(job[name]));
    if (job.finished_at) {
      events.close();
      location.reload(); // with links to what was read
    }
  });
}
