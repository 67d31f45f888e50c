// Before the page is drawn: that scripts run, so that room is kept for what they draw, and the reader's own choice of light or dark.
document.documentElement.dataset.scripts = "";
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // storage is blocked: the system's choice holds
}
