// Warns two minutes before the idle session ends, keeps it when asked to, and keeps what was typed when it has ended.
// The server decides (accounts/idle.py); this only tells. All open tabs share one clock.
const page = document.body.dataset;
const IDLE_MS = Number(page.idleMinutes) * 60_000;
const WARN_MS = Math.min(120_000, IDLE_MS / 2);
const TOUCH_MS = Math.min(300_000, IDLE_MS / 6); // somebody who types sends a sign of life this often at most
const CLOCK = "yorozu.active";
let token = page.csrf;
let touching = false;
let over = false;
let spoken = Infinity;

const dialog = document.createElement("dialog");
dialog.setAttribute("role", "alertdialog");
dialog.setAttribute("aria-labelledby", "idle-title");
dialog.setAttribute("aria-describedby", "idle-text");
dialog.append(element("h2", page.idleTitle, { id: "idle-title" }), element("p", "", { id: "idle-text" }));
const [title, text] = dialog.children;
const aloud = dialog.appendChild(element("p", "", { className: "visually-hidden" }));
aloud.setAttribute("role", "status");
const actions = dialog.appendChild(element("div", "", { className: "actions" }));
const stay = actions.appendChild(element("button", page.idleStay, { type: "button" }));
const leave = actions.appendChild(element("button", page.idleLeave, { type: "button", className: "outline" }));
document.body.append(dialog);

function element(name, content, properties) {
  return Object.assign(document.createElement(name), { textContent: content }, properties);
}

function lastActive() {
  return Number(localStorage.getItem(CLOCK)) || Date.now();
}

function markActive() {
  localStorage.setItem(CLOCK, String(Date.now()));
}

// Forms keep the token that they were made with; signing in again has changed it.
function renew(fresh) {
  token = fresh;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = fresh;
  if (document.body.hasAttribute("hx-headers")) {
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
  }
}

async function touch() {
  if (touching) return;
  touching = true;
  try {
    const answer = await fetch(page.aliveUrl, {
      method: "POST", headers: { "X-CSRFToken": token, "X-Requested-With": "fetch" },
    });
    if (answer.status === 204) resume();
    else if (answer.status === 401) end();
    else if (answer.status === 403) await comeBack(); // another tab has signed in again
  } catch {
    // No network: the server's clock runs on, ours too.
  } finally {
    touching = false;
  }
}

async function comeBack() {
  const answer = await fetch(page.aliveUrl, { headers: { "X-Requested-With": "fetch" } });
  if (!answer.ok) { end(); return; }
  const { token: fresh, person } = await answer.json();
  if (String(person) !== document.getElementById("unsent-words").dataset.person) { end(); return; } // somebody else's session
  renew(fresh);
  resume();
}

function resume() {
  over = false;
  spoken = Infinity;
  leave.hidden = false;
  [title.textContent, stay.textContent] = [page.idleTitle, page.idleStay];
  markActive();
  if (dialog.open) dialog.close();
}

function warn(left) {
  const seconds = Math.max(1, Math.ceil(left / 1000));
  const words = page.idleText.replace("%s", seconds);
  text.textContent = words;
  // A screen reader hears the dialog once, then at one minute, half a minute and ten seconds.
  for (const mark of [60, 30, 10]) {
    if (seconds <= mark && spoken > mark) { spoken = mark; aloud.textContent = words; }
  }
  if (!dialog.open) { dialog.showModal(); stay.focus(); }
}

function end() {
  if (over) return;
  over = true;
  title.textContent = page.idleOverTitle;
  aloud.textContent = "";
  text.textContent = page.idleOver;
  const link = element("a", page.loginLabel, { href: page.loginUrl });
  link.target = "_blank";
  link.rel = "noopener";
  text.append(document.createElement("br"), link);
  stay.textContent = page.idleClose;
  leave.hidden = true;
  if (!dialog.open) dialog.showModal();
  link.focus();
}

function tick() {
  if (over) return;
  const left = lastActive() + IDLE_MS - Date.now();
  if (left <= 0) end();
  else if (left <= WARN_MS) warn(left);
  else if (dialog.open) resume(); // another tab was used
}

// Typing and pointing are a person: without them only the browser is there.
function acted() {
  if (over || dialog.open) return;
  if (Date.now() - lastActive() > TOUCH_MS) touch();
}

function signOut() {
  const form = element("form", "", { method: "post", action: page.logoutUrl });
  form.append(element("input", "", { type: "hidden", name: "csrfmiddlewaretoken", value: token }));
  document.body.append(form);
  form.requestSubmit(); // as if pressed: what this device keeps goes first (forms.js, offline.js)
}

stay.addEventListener("click", () => { if (over) dialog.close(); else touch(); });
leave.addEventListener("click", signOut);
dialog.addEventListener("cancel", (event) => {
  event.preventDefault(); // Escape means: I am here
  if (over) dialog.close(); else touch();
});
document.addEventListener("keydown", acted, { passive: true });
document.addEventListener("pointerdown", acted, { passive: true });
document.addEventListener("visibilitychange", tick);
document.addEventListener("htmx:afterRequest", (event) => {
  const headers = event.detail.requestConfig?.headers ?? {};
  if (headers["X-Background"] !== "1" && event.detail.xhr?.status < 400) markActive();
});
window.addEventListener("storage", (event) => {
  if (event.key !== CLOCK) return;
  if (over) comeBack(); else tick();
});

markActive(); // this page was just served
setInterval(tick, 1000);
