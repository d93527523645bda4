// A click on an image shows it as large as the window allows. Escape or the button closes.
const { sayEnlarge: enlarge, sayClose: close } = document.body.dataset;

function open(image) {
  const dialog = document.createElement("dialog");
  dialog.className = "zoom";
  dialog.setAttribute("aria-label", image.alt || enlarge);
  const large = new Image();
  large.src = image.dataset.zoom || image.currentSrc || image.src;
  large.alt = image.alt;
  const form = document.createElement("form");
  form.method = "dialog";
  const text = document.createElement("span");
  text.className = "small muted";
  text.textContent = image.closest("figure")?.querySelector("figcaption")?.textContent ?? "";
  const button = document.createElement("button");
  button.className = "btn btn-quiet";
  button.textContent = close;
  form.append(text, button);
  dialog.append(large, form);
  dialog.addEventListener("click", (event) => { if (event.target !== button) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); image.focus(); });
  document.body.append(dialog);
  dialog.showModal();
}

export function start(root) {
  for (const image of root.querySelectorAll("[data-zoom], .prose img")) {
    if (image.closest("a, button, summary, dialog") || image.dataset.zoomReady) continue;
    if (!image.hasAttribute("data-zoom") && image.width && image.width < 160) continue;
    image.dataset.zoomReady = "1";
    image.classList.add("zoomable");
    image.tabIndex = 0;
    image.setAttribute("role", "button");
    image.setAttribute("aria-haspopup", "dialog");
    if (!image.alt) image.setAttribute("aria-label", enlarge);
    image.addEventListener("click", () => open(image));
    image.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(image); }
    });
  }
}
