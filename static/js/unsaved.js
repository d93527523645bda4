// Leaving a page with unsaved text asks first.
export function start(root) {
  for (const form of root.querySelectorAll("form[data-unsaved]")) {
    let isChanged = false;
    form.addEventListener("input", () => { isChanged = true; });
    form.addEventListener("submit", () => { isChanged = false; });
    form.addEventListener("reset", () => { isChanged = false; });
    form.addEventListener("cairn:saved", () => { isChanged = false; });
    addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
  }
}
