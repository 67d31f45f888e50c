// Before the page is drawn: the reader's own choice of light or dark, where one was made.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // storage is blocked: the system's choice holds
}
