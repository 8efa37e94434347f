// On every page of somebody signed in: the service worker, the unsent consultations, and forms that are sent without
// a network. Where the browser keeps nothing (private windows), all stays as it was: the draft is kept, the page says so.

import * as unsent from "./unsent.js";

const words = document.getElementById("unsent-words").dataset;
const person = Number(words.person);

const entriesOf = (form) => [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string");

// ---- a form is sent without a network
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset?.outbox || navigator.onLine || event.submitter?.name) return; // a named button asks the server something
  event.preventDefault();
  event.stopImmediatePropagation(); // the page goes on: nothing has been sent
  keepForm(form);
}, true);

async function keepForm(form) {
  const id = form.dataset.outbox;
  try {
    await unsent.keep(id, "waiting", { path: new URL(form.action || location.href).pathname, fields: entriesOf(form) });
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith(`yorozu-draft-${id}`))) localStorage.removeItem(name);
    location.assign("/offline/");
  } catch {
    tell(words.cannot, "error");
  }
}

// ---- what the page says
let note = null;
function tell(text, kind = "unsent-note", link = "") {
  note ??= Object.assign(document.createElement("p"), { role: "status" });
  note.className = `notice ${kind}`;
  note.textContent = text;
  if (link) note.append(" ", Object.assign(document.createElement("a"), { href: "/offline/", textContent: link }));
  if (!note.isConnected) document.querySelector(".frame").prepend(note);
}

async function show() {
  const count = (await unsent.mine()).length;
  if (count) tell(words.count.replace("%s", count), "unsent-note", words.look);
  else note?.remove();
}

// ---- an unsent one was opened on this page, or has become a record by it
async function settle() {
  const saved = document.querySelector('meta[name="saved-draft"]')?.content;
  const form = document.querySelector("form[data-outbox]");
  const just = sessionStorage.getItem("yorozu-opened");
  sessionStorage.removeItem("yorozu-opened");
  // under a used id the server gives the page a new one: what is saved under it settles the old one
  if (form && just && form.dataset.outbox !== just) sessionStorage.setItem(`yorozu-instead-${form.dataset.outbox}`, just);
  if (!saved) return;
  for (const id of [saved, sessionStorage.getItem(`yorozu-instead-${saved}`)]) if (id) await unsent.drop(id);
}

// ---- signing out
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.action?.endsWith("/accounts/logout/") || form.dataset.wiped) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const count = (await unsent.mine().catch(() => [])).length;
  if (count && !confirm(words.leaving.replace("%s", count))) return;
  await unsent.wipe().catch(() => {});
  form.dataset.wiped = "1";
  form.requestSubmit();
}, true);

async function start() {
  navigator.serviceWorker?.register("/service-worker.js").catch(() => {});
  await unsent.become(person, words.hub);
  await settle();
  if (!(await unsent.who()).keys.length && !sessionStorage.getItem("yorozu-no-key")) {
    const { status } = await unsent.introduce();
    if (status === 403) sessionStorage.setItem("yorozu-no-key", "1"); // logs no consultations
  }
  unsent.onChange(show);
  await show();
  await unsent.send();
}

window.addEventListener("online", () => unsent.sendNow());
start().catch(() => {});
