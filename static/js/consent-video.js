// Only a click brings the foreign player: until then nothing is asked of another host.
function play(box) {
  const frame = document.createElement("iframe");
  frame.src = box.dataset.embed;
  frame.title = box.dataset.embedTitle;
  frame.allow = "fullscreen; picture-in-picture; encrypted-media";
  frame.allowFullscreen = true;
  frame.referrerPolicy = "strict-origin-when-cross-origin";
  frame.setAttribute("sandbox", "allow-scripts allow-same-origin allow-presentation allow-popups");
  box.replaceChildren(frame);
  frame.focus();
}

export function start(root) {
  for (const box of root.querySelectorAll("[data-embed]")) {
    const button = box.querySelector("[data-embed-play]");
    if (!button) continue;
    button.hidden = false;
    button.addEventListener("click", () => play(box));
  }
}
