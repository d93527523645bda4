// The one entry: looks what the page has and loads only what serves it.
const parts = {
  "[data-theme-switch]": "./theme.js",
  '[data-language-switch][method="get"]': "./language.js",
  "[data-code], .highlight, .prose pre": "./copy-code.js",
  "[data-keys]": "./keys.js",
  "[data-outline]": "./outline.js",
  "[data-zoom], .prose img": "./zoom.js",
  "[data-embed]": "./consent-video.js",
  "[data-confirm], [data-open]": "./dialogs.js",
  "form[data-autosubmit]": "./autosubmit.js",
  "time[data-local]": "./time.js",
  "[data-visit-url]": "./visit.js",
  "form[data-unsaved]": "./unsaved.js",
};

function start(root) {
  for (const [selector, file] of Object.entries(parts)) {
    if (root.querySelector(selector) || (root !== document && root.matches(selector))) {
      import(file).then((part) => part.start(root));
    }
  }
  for (const element of root.querySelectorAll(".needs-js[hidden]")) element.hidden = false;
}

start(document);
document.addEventListener("htmx:load", (event) => start(event.target));
