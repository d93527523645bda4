// A form with data-passkey="create" or "get" asks the server for the question, the browser for the answer, and is
// then sent with it in its field "credential". Where that fails, data-say-failed says so in the form.
const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function decoded({ publicKey }) {
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));
  const question = { ...publicKey, challenge: toBytes(publicKey.challenge) };
  if (question.user) question.user = { ...question.user, id: toBytes(question.user.id) };
  if (question.excludeCredentials) question.excludeCredentials = known(question.excludeCredentials);
  if (question.allowCredentials) question.allowCredentials = known(question.allowCredentials);
  return { publicKey: question };
}

function encoded(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return { id: credential.id, rawId: toText(credential.rawId), type: credential.type, response };
}

async function question(form) {
  const data = new FormData();
  data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  data.set("question", "");
  const answer = await fetch(form.action || location.href, { method: "POST", body: data, redirect: "error" });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return decoded(await answer.json());
}

function say(form, text) {
  const place = form.querySelector("[data-passkey-says]") ?? form.appendChild(document.createElement("p"));
  place.dataset.passkeySays = "";
  place.className = "invalid-feedback d-block";
  place.setAttribute("role", "alert");
  place.textContent = text;
}

async function send(event) {
  const form = event.currentTarget;
  event.preventDefault();
  try {
    const asked = await question(form);
    const credential = await navigator.credentials[form.dataset.passkey](asked);
    form.elements.credential.value = JSON.stringify(encoded(credential));
    form.submit();
  } catch {
    say(form, form.dataset.sayFailed);
  }
}

export function start(root) {
  if (!window.PublicKeyCredential) return;
  for (const form of root.querySelectorAll("form[data-passkey]")) form.addEventListener("submit", send);
}
