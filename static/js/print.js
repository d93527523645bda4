// data-print: a button that prints the page.
export function start(root) {
  for (const button of root.querySelectorAll("[data-print]")) {
    button.addEventListener("click", () => print());
  }
}
