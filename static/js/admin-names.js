// Names for what the stock admin leaves nameless to screen readers: the halves of a split time, and its help signs.
// After load, because the admin draws some of them then.
addEventListener("load", () => {
  for (const box of document.querySelectorAll(".form-row .datetime, td .datetime")) {
    const row = box.closest(".fieldBox, .form-row, td");
    const name = row?.querySelector("legend, label")?.textContent.trim().replace(/:$/, "") ?? row?.className ?? "";
    for (const input of box.querySelectorAll("input:not([type=hidden])")) {
      const part = input.previousSibling?.textContent?.trim() ?? "";
      if (!input.labels?.length && !input.hasAttribute("aria-label")) input.setAttribute("aria-label", `${name} ${part}`.trim());
    }
  }
  for (const sign of document.querySelectorAll(".help-tooltip[aria-label]")) sign.setAttribute("role", "img");
});
