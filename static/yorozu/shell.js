// The page without a network: what has not been sent yet, and a form for the next one. The page itself comes out of the
// service worker's store and is the same for everybody; what is personal is read from this device (unsent.js).

import * as unsent from "./unsent.js";

const words = document.getElementById("unsent-words").dataset;
const list = document.querySelector("[data-unsent]");
const form = document.querySelector("form[data-shell]");
const state = document.querySelector("[data-draft-state]");
const status = document.querySelector("[data-network]");
const FIELDS = [...form.elements].filter((field) => field.name);
let id = "";
let timer = 0;

// Whatever address failed, this is another page: a reload must not send a form again.
if (location.pathname !== "/offline/") history.replaceState(null, "", "/offline/");

const entries = () => [...new FormData(form)];
const later = () => form.elements.whom.value === "known";

// ---- writing
function begin() {
  id = crypto.randomUUID();
  form.reset();
  // the day in Japan, whatever zone the device is set to: at a month's edge it decides the month
  form.elements.held_on.value = new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Tokyo" });
  form.elements.minutes.value = "60";
  state.textContent = "";
  showWhom();
}

function showWhom() {
  for (const part of form.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== form.elements.whom.value;
}

async function content() {
  const me = await unsent.who();
  const known = later();
  const fields = entries().filter(([name]) => name !== "whom" && !(known && name.startsWith("new_")));
  fields.push(["client_id", id], ["enterprise", known ? "" : "new"], ["case", "new"]);
  return { path: `/hubs/${me.hub}/consultations/new/`, fields, whom: form.elements.whom.value };
}

async function autosave() {
  await unsent.keep(id, "draft", await content());
  state.textContent = words.kept;
}

form.addEventListener("input", () => {
  showWhom();
  clearTimeout(timer);
  timer = setTimeout(() => autosave().catch(() => { state.textContent = words.cannot; }), 600);
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.dataset.busy) return;
  const themes = form.querySelectorAll('input[name="themes"]');
  const chosen = [...themes].some((one) => one.checked);
  themes[0].setCustomValidity(chosen ? "" : words.themes);
  if (!form.reportValidity()) return;
  clearTimeout(timer);
  form.dataset.busy = "1";
  try {
    await unsent.keep(id, later() ? "choosing" : "waiting", await content());
    begin();
    list.closest("section").querySelector("h2").focus();
    await go();
  } catch {
    state.textContent = words.cannot;
  } finally {
    delete form.dataset.busy;
  }
});
for (const theme of form.querySelectorAll('input[name="themes"]')) theme.addEventListener("change", () => form.querySelector('input[name="themes"]').setCustomValidity(""));

// ---- the list
const element = (name, properties, ...inside) => {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...inside);
  return made;
};

async function show() {
  const items = (await unsent.mine()).filter((item) => item.id !== id || item.state !== "draft");
  list.replaceChildren(...await Promise.all(items.map(row)));
  document.querySelector("[data-unsent-count]").textContent = words.count.replace("%s", items.length);
  document.querySelector("[data-none]").hidden = items.length > 0;
}

async function row(item) {
  const at = new Date(item.at).toLocaleString("ja-JP", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit" });
  const inside = await unsent.opened(item);
  const said = item.state === "refused" ? words[`refused${item.status}`] ?? words.refused : words[item.state];
  const actions = element("div", { className: "actions" });
  if (inside && item.state === "draft") {
    actions.append(element("button", { type: "button", className: "outline small", textContent: words.goOn, onclick: () => goOn(item, inside) }));
  } else if (inside && item.state !== "waiting") {
    const label = item.state === "choosing" ? words.choose : words.open;
    actions.append(element("button", { type: "button", className: "small", textContent: label, onclick: () => openOnline(item, inside) }));
  }
  actions.append(element("button", { type: "button", className: "plain", textContent: words.discard, onclick: () => confirm(words.sure) && unsent.drop(item.id) }));
  const text = inside ? new Map(inside.fields).get("content") ?? "" : words.locked;
  return element("li", {}, element("p", {}, element("b", { textContent: at }), " ", element("span", { className: "chip", textContent: said })),
    element("details", {}, element("summary", { textContent: words.text }), element("p", { className: "comment-text", textContent: text })), actions);
}

function goOn(item, inside) {
  id = item.id;
  form.reset();
  form.elements.whom.value = inside.whom ?? "new";
  for (const field of FIELDS) {
    const values = inside.fields.filter(([name]) => name === field.name).map(([, value]) => value);
    if (field.name === "whom" || !values.length) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = values.includes(field.value);
    else [field.value] = values;
  }
  showWhom();
  show();
  form.elements.content.focus();
}

// With a network again: the server's own page with everything as typed, its messages beside the fields.
async function openOnline(item, inside) {
  let me;
  try { me = await unsent.introduce(); } catch { me = { status: 0 }; }
  if (me.status !== 200) { say(me.status === 401 ? "signed-out" : "offline"); return; }
  const page = element("form", { method: "post", action: inside.path, hidden: true });
  const fields = [...inside.fields, ["csrfmiddlewaretoken", me.token]];
  if (item.state === "choosing") fields.push(["find", "1"]);
  for (const [name, value] of fields) page.append(element("textarea", { name, value }));
  document.body.append(page);
  sessionStorage.setItem("yorozu-opened", item.id);
  page.submit();
}

// ---- the network
function say(found) {
  status.textContent = { offline: words.offline, "signed-out": words.signedOut }[found] ?? "";
  status.hidden = !status.textContent;
  document.querySelector("[data-sign-in]").hidden = found !== "signed-out";
}

async function go() {
  const found = navigator.onLine ? await unsent.sendNow() : "offline";
  say(found);
  await show();
}

async function start() {
  if (navigator.onLine) await unsent.introduce().catch(() => {}); // whose device this is, says who is signed in
  const me = await unsent.who();
  const ready = Boolean(me?.hub && me.keys.length);
  form.hidden = !ready;
  document.querySelector("[data-stranger]").hidden = ready;
  begin();
  if (ready) await unsent.adopt(me.person);
  unsent.onChange(show);
  await go();
}

window.addEventListener("online", go);
window.addEventListener("offline", () => say("offline"));
start().catch(() => { state.textContent = words.cannot; });
