// One-letter keys for the lesson: each clicks the element that carries data-key. Off while one types.
const typing = "input, textarea, select, [contenteditable], dialog, video, audio";

export function start() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(typing)) return;
    if (event.key === "?") {
      document.getElementById("keys")?.showModal();
    } else if (event.key === "o") {
      const opener = document.querySelector('[popovertarget="outline"]');
      if (opener?.offsetParent) opener.click();
      else document.querySelector("[data-outline] [aria-current], [data-outline] a, [data-outline] summary")?.focus();
    } else if (/^[a-z]$/.test(event.key)) {
      document.querySelector(`[data-key="${event.key}"]:not([disabled])`)?.click();
    } else {
      return;
    }
    event.preventDefault();
  });
}
