"""Other people's hostile text, read as data; and a browser that tells whether any of it runs."""

import json
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders

FOLDER = Path(settings.TEST_DATA) / "hostile-text"

#: Records what a script that got through would call, before any other script runs.
HOOKS = """
window.__executed = [];
for (const name of ['alert', 'confirm', 'prompt', 'print'])
  window[name] = (...args) => { window.__executed.push(name + ':' + args.join()); return ''; };
"""

#: What ran, and what would run when clicked or touched.
FINDINGS = r"""() => {
  const all = [...document.querySelectorAll('*')];
  const told = element => element.outerHTML.slice(0, 200);
  const leads = ['href', 'xlink:href', 'src', 'srcdoc', 'data', 'action', 'formaction'];
  const smuggles = value => /^[\s\x00-\x20]*(javascript|vbscript|data:text)/i.test(value || '');
  const own = script => script.src
    ? new URL(script.src).origin === location.origin
    : script.type === 'application/json';
  return [
    ...window.__executed,
    ...all.filter(e => leads.some(name => smuggles(e.getAttribute(name)))).map(told),
    ...all.filter(e => [...e.attributes].some(a => /^on/i.test(a.name))).map(told),
    ...[...document.scripts].filter(script => !own(script)).map(told),
    ...all.filter(e => ['IFRAME', 'OBJECT', 'EMBED', 'BASE'].includes(e.tagName)).map(told),
    ...[...document.querySelectorAll('meta[http-equiv=refresh i]')].map(told),
  ];
}"""

UNSHOWN = {"stylesheet", "image", "font", "media"}  # by a screen: they would only cost time


@lru_cache
def naughty_strings() -> list[str]:
    return json.loads((FOLDER / "naughty-strings" / "blns.json").read_text(encoding="utf-8"))


@lru_cache
def scripts() -> list[str]:
    """Thousands of ways to smuggle a script, one a line."""
    lines = []
    for file in sorted((FOLDER / "xss").rglob("*.txt")):
        lines += file.read_bytes().decode("utf-8", "replace").replace("\0", "").splitlines()
    return [line for line in dict.fromkeys(lines) if line.strip()]


def chunks(items, size):
    return [items[start : start + size] for start in range(0, len(items), size)]


class Screen:
    """A browser without a content policy that shows what a test client received, with the site's own scripts.

    Nothing leaves it: addresses of the site give the text to be shown or a static file, all others fail.
    """

    def __init__(self, browser, host="harbor.localhost"):
        self.origin, self.shown = f"http://{host}", {}
        self.context = browser.new_context(bypass_csp=True)
        self.context.add_init_script(HOOKS)
        self.context.route("**/*", self._answer)
        self.page = self.context.new_page()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()

    def findings(self, html: str, path: str = "/") -> list[str]:
        """What runs, or would at a click, where this text is the page at this path."""
        self.shown = {"path": urlsplit(path).path, "html": html}
        address = self.origin + path
        self.page.goto(address)
        left = [] if self.page.url == address else [f"left for {self.page.url}"]
        return left + self.page.evaluate(FINDINGS)

    def _answer(self, route):
        asked = urlsplit(route.request.url)
        if route.request.is_navigation_request() and asked.path == self.shown["path"]:
            route.fulfill(body=self.shown["html"], content_type="text/html; charset=utf-8")
            return
        static = asked.path.removeprefix(f"/{settings.STATIC_URL.strip('/')}/")
        file = static != asked.path and finders.find(unquote(static))
        if file and route.request.resource_type not in UNSHOWN:
            route.fulfill(path=file)
        else:
            route.abort()
