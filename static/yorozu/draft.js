// The draft saves itself while one types. What the server has not acknowledged stays on this device, and only that.

const form = document.querySelector("form[data-draft-url]");
const state = document.querySelector("[data-draft-state]");
const place = `yorozu-draft-${form.dataset.draftId}`;
const SKIPPED = new Set(["csrfmiddlewaretoken", "client_id", "find"]);
let timer = 0;
let changed = false;
let sending = false;

const entries = () => [...new FormData(form)].filter(([name]) => !SKIPPED.has(name));

const say = (text, warn = false) => {
  state.textContent = text;
  state.classList.toggle("warn", warn);
};

const keepHere = () => {
  try { localStorage.setItem(place, JSON.stringify({ at: Date.now(), entries: entries() })); } catch { /* full or forbidden */ }
};

const forgetHere = () => { try { localStorage.removeItem(place); } catch { /* forbidden */ } };

async function save() {
  if (!changed || sending) return;
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
      if (!changed) forgetHere();
      history.replaceState(null, "", form.dataset.pageUrl);
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
  changed = true;
  keepHere();
  clearTimeout(timer);
  timer = setTimeout(save, 1500);
}

function restore() {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(place) ?? "null"); } catch { return; }
  if (!kept) return;
  const values = new Map();
  for (const [name, value] of kept.entries) values.set(name, [...(values.get(name) ?? []), value]);
  for (const field of form.elements) {
    if (!field.name || SKIPPED.has(field.name) || field.type === "hidden") continue;
    const wanted = values.get(field.name) ?? [];
    if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
    else field.value = wanted[0] ?? "";
  }
  say(form.dataset.restored);
  changed = true;
  save();
}

form.addEventListener("input", later);
form.addEventListener("change", later);
form.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
window.addEventListener("online", save);
setInterval(save, 15000);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") save(); });
restore();
