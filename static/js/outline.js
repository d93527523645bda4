// Shows the current lesson in a long outline, also when the sheet is opened on a phone.
function show(box) {
  const current = box.querySelector("[aria-current]");
  if (!current) return;
  const where = current.getBoundingClientRect();
  const frame = box.getBoundingClientRect();
  box.scrollTop += where.top - frame.top - frame.height / 3;
}

export function start(root) {
  for (const box of root.querySelectorAll("[data-outline]")) {
    show(box);
    box.addEventListener("toggle", () => show(box));
  }
}
