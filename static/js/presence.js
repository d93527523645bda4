// Tells that the page is still looked at, and shows who else is at work.
const EVERY = 20_000; // ms

export function start(root) {
  for (const place of root.querySelectorAll("[data-presence]")) {
    const beat = async () => {
      const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
      if (document.hidden || !token || !place.isConnected) return;
      const body = new URLSearchParams({ csrfmiddlewaretoken: token, place: location.pathname });
      try {
        const answer = await fetch(place.dataset.presence, { method: "POST", body });
        if (!answer.ok || answer.redirected) return;
        const text = (await answer.text()).trim();
        if (place.dataset.shown !== text) { // the same again would be read out again
          place.dataset.shown = text;
          place.innerHTML = text;
        }
      } catch { /* the next beat tries again */ }
    };
    setInterval(beat, EVERY);
    document.addEventListener("visibilitychange", beat);
  }
}
