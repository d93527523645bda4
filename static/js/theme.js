// Light, dark or automatic at once; the cookie tells the server, so the next page is right from its first byte.
const YEAR = 31_536_000;

function choose(theme) {
  if (theme === "auto") delete document.documentElement.dataset.bsTheme;
  else document.documentElement.dataset.bsTheme = theme;
  const scheme = document.querySelector('meta[name="color-scheme"]');
  if (scheme) scheme.content = theme === "auto" ? "light dark" : theme;
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `theme=${theme}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
  for (const button of document.querySelectorAll('[data-theme-switch] button[name="theme"]')) {
    button.setAttribute("aria-pressed", String(button.value === theme));
  }
}

export function start(root) {
  for (const form of root.querySelectorAll("[data-theme-switch]")) {
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name !== "theme") return;
      event.preventDefault();
      choose(event.submitter.value);
    });
  }
}
