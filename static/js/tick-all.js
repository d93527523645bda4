// A button that ticks all boxes of a name in its form, and takes the ticks away again when all have one.
export function start(root) {
  for (const button of root.querySelectorAll("button[data-tick-all]")) {
    const boxes = () => [...button.form.elements].filter((box) => box.name === button.dataset.tickAll && box.type === "checkbox");
    button.addEventListener("click", () => {
      const ticked = boxes().every((box) => box.checked);
      for (const box of boxes()) box.checked = !ticked;
    });
  }
}
