// The draft saves itself while one types. What the server has not acknowledged stays on this device, and only that.
// A form that changes a record (data-draft-id without data-draft-url) is kept on this device until the record's page
// says that it is saved; the id names the version that was opened, so that nothing old is put over something new.
// The copy names its writer: what somebody else has left on a shared device is not put into one's own form (unsent.js).

const form = document.querySelector("form[data-draft-id]");
const state = document.querySelector("[data-draft-state]");
const place = `yorozu-draft-${form.dataset.draftId}`;
const person = Number(document.getElementById("unsent-words").dataset.person);
const SKIPPED = new Set(["csrfmiddlewaretoken", "client_id", "find", "version"]);
let timer = 0;
let changed = false;
let touched = false; // an empty page that is sent leaves no draft behind
let sending = false;
let leaving = false; // the page that comes may have been asked for before this draft arrived

const entries = () => [...new FormData(form)].filter(([name, value]) => !SKIPPED.has(name) && typeof value === "string");

const say = (text, warn = false) => {
  if (!state || !text) return;
  state.textContent = text;
  state.classList.toggle("warn", warn);
};

// With the draft's address in the bar, a reload comes back to it, also to one that no server has seen yet.
// `sent` says that it is on its way: should the network go just then, the page without one takes it over (shell.js).
const keepHere = (sent) => {
  if (form.dataset.pageUrl) history.replaceState(null, "", form.dataset.pageUrl);
  try { localStorage.setItem(place, JSON.stringify({ person, at: Date.now(), entries: entries(), sent })); } catch { /* full or forbidden */ }
};

const onItsWay = () => ({
  id: form.dataset.outbox, path: new URL(form.action || location.href).pathname,
  fields: [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string"),
});

const forgetHere = () => { try { localStorage.removeItem(place); } catch { /* forbidden */ } };

async function save() {
  if (!form.dataset.draftUrl || !changed || sending) return;
  changed = false;
  sending = true;
  const body = new URLSearchParams(entries());
  try {
    const answer = await fetch(form.dataset.draftUrl, {
      method: "POST", body, redirect: "manual",
      headers: { "X-CSRFToken": form.csrfmiddlewaretoken.value, "X-Requested-With": "fetch", "X-Background": "1" },
    });
    if (answer.ok) {
      const { saved_at: at } = await answer.json();
      if (!changed && !leaving) forgetHere();
      say(`${form.dataset.saved} ${at}`);
    } else {
      changed = true;
      keepHere();
      const told = answer.status === 409 || answer.status === 413 ? (await answer.json()).error : form.dataset.signedOut;
      say(told, true);
    }
  } catch {
    changed = true;
    keepHere();
    say(form.dataset.offline, true);
  } finally {
    sending = false;
  }
}

function later() {
  changed = touched = true;
  keepHere();
  clearTimeout(timer);
  timer = setTimeout(save, 1500);
}

function restore() {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(place) ?? "null"); } catch { return; }
  if (kept?.person !== person) return;
  const values = new Map();
  for (const [name, value] of kept.entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || field.type === "hidden") continue;
    const wanted = values.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else field.value = wanted[0] ?? "";
  }
  say(form.dataset.restored);
  changed = touched = true;
  save();
}

form.addEventListener("input", later);
form.addEventListener("change", later);
form.addEventListener("htmx:afterSettle", (event) => { if (["case-choices", "client-fields"].includes(event.target.id)) later(); });
// What is sent is kept until the record's page says that it is stored: a refusal shows just this again.
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  if (touched) keepHere(form.dataset.outbox && !event.submitter?.name ? onItsWay() : undefined);
  changed = false;
});
window.addEventListener("online", save);
window.addEventListener("beforeunload", () => { leaving = true; });
setInterval(save, 15000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
restore();
