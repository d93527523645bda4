// Shows the tab of this page where more tabs than fit stand in a row.
export function start(root) {
  for (const tab of root.querySelectorAll(".tabs [aria-current]")) {
    tab.scrollIntoView({ block: "nearest", inline: "center" });
  }
}
