// Names for what the stock admin leaves nameless to screen readers: the halves of a split time, its help signs,
// and the boxes that select2 draws in place of a select.
function labelOf(field) {
  const label = field.labels?.[0];
  if (label) return label;
  const column = field.closest("td")?.className.match(/field-(\S+)/)?.[1];
  return column && field.closest("table")?.querySelector(`thead .column-${CSS.escape(column)}`);
}

function nameTimes(root) {
  for (const box of root.querySelectorAll(".form-row .datetime, td .datetime")) {
    const row = box.closest(".fieldBox, .form-row, td");
    const name = row?.querySelector("legend, label")?.textContent.trim().replace(/:$/, "") ?? row?.className ?? "";
    for (const input of box.querySelectorAll("input:not([type=hidden])")) {
      const part = input.previousSibling?.textContent?.trim() ?? "";
      if (!input.labels?.length && !input.hasAttribute("aria-label")) input.setAttribute("aria-label", `${name} ${part}`.trim());
    }
  }
}

// The box tells its label and then what is chosen; the chosen text alone is no name while nothing is chosen.
function nameChoices(root) {
  for (const select of root.querySelectorAll("select.select2-hidden-accessible")) {
    const box = select.nextElementSibling?.querySelector(".select2-selection");
    const label = labelOf(select);
    if (!box || !label) continue;
    label.id ||= `${select.id}-label`;
    const chosen = box.querySelector(".select2-selection__rendered");
    chosen?.removeAttribute("role"); // no text box: nobody can type there
    chosen?.removeAttribute("aria-readonly");
    box.setAttribute("aria-labelledby", `${label.id} ${chosen?.id ?? ""}`.trim());
  }
}

// The field inside the open list, which is drawn anew each time.
function nameSearch(event) {
  const label = labelOf(event.target);
  const search = document.querySelector(".select2-container--open .select2-search__field");
  if (label?.id) search?.setAttribute("aria-labelledby", label.id);
}

function nameAll(root) {
  nameTimes(root);
  nameChoices(root);
  for (const sign of root.querySelectorAll(".help-tooltip[aria-label]")) sign.setAttribute("role", "img");
}

// After load, because the admin draws some of them then; select2 may take a moment longer, being drawn when jQuery
// says ready; and once more for each row that is added.
const jQuery = window.django?.jQuery;
addEventListener("load", () => nameAll(document));
jQuery?.(() => nameChoices(document));
jQuery?.(document).on("select2:open", nameSearch);
document.addEventListener("formset:added", (event) => setTimeout(nameAll, 0, event.target));
