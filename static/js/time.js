// Times in the reader's zone: the one chosen, which the page names, else that of the device. The text of the
// server stays when the browser cannot say it.
const formats = {
  datetime: { dateStyle: "medium", timeStyle: "short" }, date: { dateStyle: "medium" }, time: { timeStyle: "short" },
};

export function start(root) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const style = formats[element.dataset.local] ?? formats.datetime;
    const timeZone = element.closest("[data-zone]")?.dataset.zone || undefined;
    const text = formatted(moment, { ...style, timeZone });
    if (!text) continue;
    element.title ||= element.textContent.trim();
    element.textContent = text;
  }
}

function formatted(moment, style) {
  try {
    return new Intl.DateTimeFormat(document.documentElement.lang, style).format(moment);
  } catch {
    return ""; // a zone that this browser does not know
  }
}
