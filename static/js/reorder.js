// Sorting by a handle, with pointer or keyboard. [data-reorder="form id"] holds lists [data-list data-kind data-do] of
// rows [data-row], each with a [data-grip]. Rows move within their list and to other lists of the kind. Where one is
// put down is sent with the fields of the form: do=<data-do>:<row>, to=<data-list>, position (from 1).
// Keys: space grabs and puts down, arrows move, escape puts back; [data-announce] tells it.
import { send } from "./in-place.js";

const ready = new WeakSet();
const EDGE = 72; // pixels from the window's edge where it begins to scroll
const SLACK = 4; // pixels of a pointer's way that are no move yet

const rowsOf = (list) => [...list.children].filter((child) => child.dataset.row);

class Move {
  constructor(area, row) {
    this.area = area;
    this.row = row;
    this.list = row.parentElement;
    this.next = row.nextElementSibling;
    this.kind = this.list.dataset.kind;
    row.classList.add("is-moving");
  }

  lists() { return [...this.area.querySelectorAll(`[data-list][data-kind="${this.kind}"]`)]; }

  put(place) {
    const grip = this.row.querySelector(":scope > [data-grip]");
    const hadFocus = document.activeElement === grip;
    this.isPutting = true;
    place(this.row);
    const fold = this.row.parentElement.closest("details");
    if (fold) fold.open = true;
    if (hadFocus) grip.focus();
    this.isPutting = false;
  }

  step(way) {
    const rows = rowsOf(this.row.parentElement);
    const other = rows[rows.indexOf(this.row) + way];
    if (other) this.put((row) => (way < 0 ? other.before(row) : other.after(row)));
    else {
      const lists = this.lists();
      const list = lists[lists.indexOf(this.row.parentElement) + way];
      if (list) this.put((row) => (way < 0 ? list.append(row) : list.prepend(row)));
    }
    this.row.scrollIntoView({ block: "nearest" });
    this.say(this.place());
  }

  place() {
    const list = this.row.parentElement, rows = rowsOf(list);
    return this.area.dataset.sayPlace
      .replace("{place}", rows.indexOf(this.row) + 1).replace("{count}", rows.length).replace("{list}", list.dataset.name);
  }

  say(...texts) { this.area.querySelector("[data-announce]").textContent = texts.join(" "); }

  back() {
    this.put((row) => this.list.insertBefore(row, this.next));
    this.end();
    this.say(this.area.dataset.sayBack);
  }

  end() { this.row.classList.remove("is-moving"); }

  async drop() {
    this.end();
    this.say(this.area.dataset.sayDropped, this.place());
    const list = this.row.parentElement;
    if (list === this.list && this.row.nextElementSibling === this.next) return;
    const form = document.getElementById(this.area.dataset.reorder);
    const fields = new FormData(form);
    for (const name of new Set(fields.keys())) {
      if (!["csrfmiddlewaretoken", "idempotency_key"].includes(name)) fields.delete(name);
    }
    fields.set("do", `${list.dataset.do}:${this.row.dataset.row}`);
    fields.set("to", list.dataset.list);
    fields.set("position", rowsOf(list).indexOf(this.row) + 1);
    const focus = `[data-row="${this.row.dataset.row}"] > [data-grip]`;
    if (!await send(this.area, fields, { address: form.action, focus })) this.back();
  }
}

function byKeys(area) {
  let move = null;
  const end = (how) => {
    const ended = move;
    move = null;
    ended.row.querySelector(":scope > [data-grip]").removeAttribute("aria-pressed");
    ended[how]();
  };
  area.addEventListener("keydown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      if (move) return end("drop");
      move = new Move(area, grip.closest("[data-row]"));
      grip.setAttribute("aria-pressed", "true");
      move.say(area.dataset.sayGrabbed, move.place());
    } else if (move && event.key === "Escape") {
      event.preventDefault();
      end("back");
    } else if (move && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      event.preventDefault();
      move.step(event.key === "ArrowUp" ? -1 : 1);
    }
  });
  area.addEventListener("focusout", () => { if (move && !move.isPutting) end("drop"); });
}

function byPointer(area) {
  area.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    const from = event.clientY;
    let move = null, scrolling = 0, y = from, x = event.clientX;

    const under = () => {
      const found = document.elementFromPoint(x, y);
      if (!found || !area.contains(found) || move.row.contains(found)) return;
      const row = found.closest(`[data-kind="${move.kind}"] > [data-row]`);
      if (row) {
        const box = row.getBoundingClientRect();
        const isBelow = y > box.top + box.height / 2;
        if (isBelow ? row.nextElementSibling !== move.row : row.previousElementSibling !== move.row) {
          move.put((moved) => (isBelow ? row.after(moved) : row.before(moved)));
        }
        return;
      }
      const list = found.closest("[data-row]")?.querySelector(`[data-kind="${move.kind}"]`);
      if (list && list !== move.row.parentElement) move.put((moved) => list.append(moved));
    };
    const scroll = () => {
      const way = y < EDGE + 56 ? -1 : y > innerHeight - EDGE ? 1 : 0;
      if (way) { scrollBy(0, way * 12); under(); }
      scrolling = requestAnimationFrame(scroll);
    };
    const moved = (at) => {
      ({ clientX: x, clientY: y } = at);
      if (!move && Math.abs(y - from) < SLACK) return;
      if (!move) {
        move = new Move(area, grip.closest("[data-row]"));
        document.body.classList.add("is-dragging");
        scroll();
      }
      under();
    };
    const stop = (how) => {
      cancelAnimationFrame(scrolling);
      document.body.classList.remove("is-dragging");
      listening.abort();
      if (move) move[how]();
    };
    const listening = new AbortController(), { signal } = listening;
    document.addEventListener("pointermove", moved, { signal });
    document.addEventListener("pointerup", () => stop("drop"), { signal });
    document.addEventListener("pointercancel", () => stop("back"), { signal });
    document.addEventListener("keydown", (key) => { if (key.key === "Escape") stop("back"); }, { signal });
    grip.focus({ preventScroll: true });
    event.preventDefault();
  });
}

function setUp(area) {
  if (ready.has(area)) return;
  ready.add(area);
  byKeys(area);
  byPointer(area);
}

export function start(root) {
  if (root !== document && root.matches("[data-reorder]")) setUp(root);
  for (const area of root.querySelectorAll("[data-reorder]")) setUp(area);
}
