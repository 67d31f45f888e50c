// The flows: a band under the pointer or with the focus stands out.

export async function enliven(figure) {
  const svg = figure.querySelector("svg.flows");
  if (!svg) return;
  for (const reach of svg.querySelectorAll(".reach")) {
    const band = reach.parentElement;
    const light = (on) => {
      band.classList.toggle("lit", on);
      svg.classList.toggle("chosen", on);
    };
    reach.addEventListener("pointerenter", () => light(true));
    reach.addEventListener("pointerleave", () => light(false));
    reach.addEventListener("focus", () => light(true));
    reach.addEventListener("blur", () => light(false));
  }
}
