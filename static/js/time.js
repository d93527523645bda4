// Times in the reader's own zone; the text of the server stays when the browser cannot say it.
const formats = {
  datetime: { dateStyle: "medium", timeStyle: "short" }, date: { dateStyle: "medium" }, time: { timeStyle: "short" },
};

export function start(root) {
  for (const element of root.querySelectorAll("time[data-local]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    const style = formats[element.dataset.local] ?? formats.datetime;
    element.title ||= element.textContent.trim();
    element.textContent = new Intl.DateTimeFormat(document.documentElement.lang, style).format(moment);
  }
}
