// The review queue by keyboard: j and k go on and back, c and r judge the record that is shown, o opens it. Buttons do the same without.

const rows = [...document.querySelectorAll("[data-queue] > li")];
if (rows.length) {
  for (const each of document.querySelectorAll("[data-keys], [data-queue] kbd")) each.hidden = false;
  let at = -1;
  const go = (place) => {
    at = Math.max(0, Math.min(rows.length - 1, place));
    rows[at].focus({ preventScroll: true });
    rows[at].scrollIntoView({ block: "start", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  };
  const named = rows.findIndex((row) => row.id === location.hash.slice(1));
  if (named >= 0) go(named); // judged what stood before it
  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-queue] > li");
    if (row) at = rows.indexOf(row);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, textarea, select")) return;
    if (event.key === "j") go(at + 1);
    else if (event.key === "k") go(at - 1);
    else if ((event.key === "c" || event.key === "r") && at >= 0) rows[at].querySelector(`[data-key="${event.key}"]`)?.click();
    else if (event.key === "o" && at >= 0) rows[at].querySelector("[data-open]").click();
    else return;
    event.preventDefault();
  });
}
