// A copy button on each piece of code. The words stand on <body>.
const { sayCopy: copy, sayCopied: copied } = document.body.dataset;

function add(pre) {
  const box = pre.closest("[data-code], .highlight, .code") ?? pre.parentElement;
  if (box.querySelector(".copy")) return;
  if (box === pre.parentElement && !box.matches("[data-code], .highlight, .code")) {
    // A bare <pre>: give it a box of its own, so that the button does not scroll away with long lines.
    const own = document.createElement("div");
    own.className = "code";
    pre.replaceWith(own);
    own.append(pre);
    return add(pre);
  }
  box.classList.add("has-copy");
  if (!pre.hasAttribute("tabindex")) pre.tabIndex = 0;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "copy";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.innerText.replace(/\n$/, ""));
      button.textContent = copied;
    } catch {
      getSelection().selectAllChildren(pre);
    }
    setTimeout(() => { button.textContent = copy; }, 2000);
  });
  box.append(button);
}

export function start(root) {
  root.querySelectorAll(".prose pre, .highlight pre, [data-code] pre").forEach(add);
}
