// Tells the server how long a lesson is really looked at: while the page is visible and the person is there.
// Posts seconds (whole, since the last report), interactions and idle seconds to data-visit-url every 30 s and on leaving.
const EVERY = 30_000;
const STILL_THERE = 60_000; // without a sign of life for so long, the time counts as idle

export function start(root) {
  const box = root.querySelector("[data-visit-url]");
  if (!box || box.dataset.visitReady) return;
  box.dataset.visitReady = "1";
  const url = box.dataset.visitUrl;
  const token = box.dataset.visitToken ?? document.querySelector('input[name="csrfmiddlewaretoken"]')?.value ?? "";
  let active = 0, idle = 0, interactions = 0, lastSign = performance.now(), lastTick = lastSign;

  const tick = () => {
    const now = performance.now();
    // A sleeping laptop is not reading: a tick never counts more than a few seconds.
    const passed = Math.min(now - lastTick, 5_000);
    lastTick = now;
    if (document.visibilityState !== "visible") return;
    if (now - lastSign < STILL_THERE) active += passed;
    else idle += passed;
  };
  const report = () => {
    tick();
    const seconds = Math.floor(active / 1000), away = Math.floor(idle / 1000);
    if (seconds < 1 && away < 1) return;
    active -= seconds * 1000;
    idle -= away * 1000;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", token);
    data.set("seconds", String(seconds));
    data.set("idle", String(away));
    data.set("interactions", String(interactions));
    if (box.dataset.visitKey) data.set("visit", box.dataset.visitKey);
    interactions = 0;
    fetch(url, { method: "POST", body: data, headers: { "X-CSRFToken": token }, keepalive: true, credentials: "same-origin" }).catch(() => {
      active += seconds * 1000; // told with the next report
    });
  };

  for (const name of ["pointerdown", "keydown", "scroll", "pointermove", "touchstart"]) {
    addEventListener(name, () => {
      lastSign = performance.now();
      if (name === "pointerdown" || name === "keydown") interactions += 1;
    }, { passive: true });
  }
  document.addEventListener("play", () => { lastSign = performance.now(); }, true);
  document.addEventListener("timeupdate", () => { lastSign = performance.now(); }, true);
  setInterval(tick, 1_000);
  setInterval(report, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") report();
    else lastTick = lastSign = performance.now();
  });
  addEventListener("pagehide", report);
}
