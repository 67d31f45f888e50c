// A strip of months over which a period is drawn.

/** Tell of the months that are chosen, first and last as numbers, or of null for all. Buttons are for those who do not draw. */
export function strip(figure, lib, tell) {
  const svg = figure.querySelector("svg.strip");
  if (!svg) return;
  const [first, last] = [+svg.dataset.first, +svg.dataset.last];
  const scale = lib.scaleLinear([first, last + 1], [0, 1000]);
  let chosen = null;
  const told = Object.assign(document.createElement("output"), { textContent: "All months, and what has no day" });
  const layer = lib.select(svg).append("g");
  const brush = lib.brushX().extent([[0, 2], [1000, 66]]).on("brush end", ({ selection, sourceEvent, type }) => {
    if (selection) {
      const months = [Math.floor(scale.invert(selection[0]) + 0.25), Math.max(Math.floor(scale.invert(selection[0]) + 0.25), Math.ceil(scale.invert(selection[1]) - 0.25) - 1)];
      if (type === "end" && sourceEvent) return layer.call(brush.move, [scale(months[0]), scale(months[1] + 1)]);
      chosen = months;
      told.textContent = months[0] === months[1] ? month(months[0]) : `${month(months[0])} to ${month(months[1])}`;
    } else {
      chosen = null;
      told.textContent = "All months, and what has no day";
    }
    tell(chosen);
  });
  layer.call(brush);
  const move = (by) => {
    const [a, b] = chosen ?? [first, Math.min(last, first + Math.max(0, Math.round((last - first) / 12)))];
    const width = b - a;
    const start = chosen ? Math.max(first, Math.min(last - width, a + by * Math.max(1, Math.round(width / 2)))) : a;
    layer.call(brush.move, [scale(start), scale(start + width + 1)]);
    return start + width < last;
  };
  let timer = null;
  const stop = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = "Play";
  };
  const row = document.createElement("div");
  row.className = "period-row";
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: text });
    made.addEventListener("click", act);
    row.append(made);
    return made;
  };
  button("Earlier", () => move(-1));
  button("Later", () => move(1));
  const play = button("Play", () => {
    if (timer) return stop();
    play.textContent = "Stop";
    timer = setInterval(() => (figure.isConnected && move(1)) || stop(), 700);
  });
  button("All", () => {
    stop();
    layer.call(brush.move, null);
  });
  told.setAttribute("aria-live", "polite");
  row.append(told);
  svg.after(row);
}

const month = (number) => `${Math.floor(number / 12)}-${String((number % 12) + 1).padStart(2, "0")}`;
