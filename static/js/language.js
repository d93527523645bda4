// Guests: the language goes into the cookie that the server reads, and the page is asked for again.
const YEAR = 31_536_000;

export function start(root) {
  for (const form of root.querySelectorAll('[data-language-switch][method="get"]')) {
    form.addEventListener("submit", (event) => {
      if (event.submitter?.name !== "language") return;
      event.preventDefault();
      const secure = location.protocol === "https:" ? "; secure" : "";
      document.cookie = `django_language=${event.submitter.value}; path=/; max-age=${YEAR}; samesite=lax${secure}`;
      location.reload();
    });
  }
}
