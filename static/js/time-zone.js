// Offers the time zone of this device where another one is chosen.
export function start(root) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const select of root.querySelectorAll("select[data-time-zone]")) {
    const option = [...select.options].find((each) => each.value === zone);
    if (!option || option.selected || select.nextElementSibling?.matches(".time-zone-hint")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-secondary time-zone-hint";
    button.textContent = select.dataset.timeZone.replace("{zone}", option.text);
    button.addEventListener("click", () => {
      select.value = zone;
      select.dispatchEvent(new Event("input", { bubbles: true }));
      select.focus();
      button.remove();
    });
    select.after(button);
  }
}
