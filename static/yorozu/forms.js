// What HTML alone cannot do for every form: IME, double sending, focus on what went wrong.

// Enter that ends a conversion must never send a form (Safari reports 229 instead of isComposing).
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
}, true);
let composing = false;
document.addEventListener("compositionstart", () => { composing = true; });
document.addEventListener("compositionend", () => { setTimeout(() => { composing = false; }, 0); });

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (composing) { event.preventDefault(); return; }
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  // The server takes a second sending of the same record as the first; this only spares the wait.
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});

// Without a network no fragment is asked for (similar notes, hints, polls): it would only fail. The next word asks again.
document.addEventListener("htmx:beforeRequest", (event) => { if (!navigator.onLine) event.preventDefault(); });

document.querySelector("[data-autofocus]")?.focus();

// A record that is saved needs no copy on this device any more.
const saved = document.querySelector('meta[name="saved-draft"]');
if (saved) {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(`yorozu-draft-${saved.content}`));
    for (const name of names) localStorage.removeItem(name);
  } catch { /* forbidden */ }
}

// Whoever signs out leaves nothing about a client on this device: the next person at it is somebody else.
document.addEventListener("submit", (event) => {
  if (!event.target.action?.endsWith("/accounts/logout/")) return;
  try {
    for (const name of Object.keys(localStorage).filter((key) => key.startsWith("yorozu-draft-"))) localStorage.removeItem(name);
  } catch { /* forbidden */ }
});

// A folded part of the menu closes when one turns elsewhere, and by Escape.
const folded = () => document.querySelectorAll("details[name=ways][open]");
document.addEventListener("click", (event) => {
  for (const part of folded()) if (!part.contains(event.target)) part.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const part of folded()) { part.open = false; part.querySelector("summary").focus(); }
});

// On a phone a table's rows stand one under another without their headings: each cell then says its own (parts.css).
function label(part) {
  for (const table of part.querySelectorAll("table.stacked")) {
    const heads = [...table.querySelectorAll("thead th")].map((head) => head.textContent.trim());
    for (const row of table.tBodies[0]?.rows ?? []) {
      [...row.cells].forEach((cell, at) => { if (at && heads[at] && cell.textContent.trim()) cell.dataset.label = heads[at]; });
    }
  }
}
label(document);
document.addEventListener("htmx:afterSwap", (event) => label(event.target.parentElement ?? document));
