// Signing in by name and password, or by the link that `eyrie serve` prints: #/sign-in?token=...
"use strict";

const byId = (id) => document.getElementById(id);
const session = "/_console/api/session";
const linkStart = "#/sign-in?token=";
let csrf = "";

async function ask(method, body) {
  const headers = { "X-Eyrie-CSRF": csrf };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(session, { method, headers, body: body ? JSON.stringify(body) : undefined });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : {} };
}

// `answer`: of GET or POST; else nobody is signed in.
function show(answer, message = "") {
  const user = answer?.body.user;
  csrf = user ? answer.body.csrf : "";
  byId("sign-in").hidden = Boolean(user);
  byId("signed-in").hidden = !user;
  byId("message").textContent = message;
  byId("who").textContent = user ? user.name : "";
  byId("role").textContent = user ? user.role : "";
}

async function signIn(credentials) {
  try {
    const answer = await ask("POST", credentials);
    if (answer.status === 200) return show(answer);
    show(null, answer.body.message);
  } catch {
    show(null, "The server does not answer.");
  }
}

// The token leaves the address bar, and with it the history, before it is used.
async function start() {
  if (location.hash.startsWith(linkStart)) {
    const token = location.hash.slice(linkStart.length);
    history.replaceState(null, "", location.pathname);
    return signIn({ token });
  }
  const answer = await ask("GET");
  show(answer.status === 200 ? answer : null, answer.status === 403 ? answer.body.message : "");
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  await signIn({ name: form.elements.name.value, password: form.elements.password.value });
  form.elements.password.value = "";
});
byId("sign-out").addEventListener("click", async () => {
  const answer = await ask("DELETE");
  show(null, answer.status === 204 ? "" : answer.body.message);
});
addEventListener("hashchange", start);
start();
