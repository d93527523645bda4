// The one entry: looks what the page has and loads only what serves it.
// Each address stands in an import of its own, for collectstatic to put the file's content hash into it.
const parts = {
  "[data-theme-switch]": () => import("./theme.js"),
  '[data-language-switch][method="get"]': () => import("./language.js"),
  "[data-code], .highlight, .prose pre": () => import("./copy-code.js"),
  "[data-keys]": () => import("./keys.js"),
  "[data-outline]": () => import("./outline.js"),
  "[data-zoom], .prose img": () => import("./zoom.js"),
  "[data-embed]": () => import("./consent-video.js"),
  "[data-confirm], [data-open]": () => import("./dialogs.js"),
  ".tabs [aria-current]": () => import("./tabs.js"),
  "form[data-autosubmit]": () => import("./autosubmit.js"),
  "time[data-local]": () => import("./time.js"),
  "select[data-time-zone]": () => import("./time-zone.js"),
  "[data-visit-url]": () => import("./visit.js"),
  "[data-passkey]": () => import("./passkeys.js"),
  "[data-print]": () => import("./print.js"),
  "form[data-unsaved]": () => import("./unsaved.js"),
  "form[data-editor], [data-forget-draft]": () => import("./editor.js"),
  "form[data-uploader]": () => import("./upload.js"),
  "form[data-autosave]": () => import("./draft-form.js"),
  "[data-presence]": () => import("./presence.js"),
  "[data-in-place]": () => import("./in-place.js"),
  "button[data-tick-all]": () => import("./tick-all.js"),
  "[data-reorder]": () => import("./reorder.js"),
};

function start(root) {
  for (const [selector, load] of Object.entries(parts)) {
    if (root.querySelector(selector) || (root !== document && root.matches(selector))) {
      load().then((part) => part.start(root));
    }
  }
  for (const element of root.querySelectorAll(".needs-js[hidden]")) element.hidden = false;
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
