// How complete the note is, while it is written. The rule is the server's (consultations/queries/quality.py): it comes
// with the page, so that there is one, and it is read here the same way. Works without a network.

const meter = document.querySelector("[data-meter]");
const form = document.querySelector("form.logging");
const criteria = JSON.parse(document.getElementById("criteria").textContent).map((one) => ({ ...one, pattern: new RegExp(one.pattern, "u") }));
const given = new Set(meter.dataset.given.split(" "));
const count = meter.querySelector("[data-meter-count]");
const list = meter.querySelector("[data-meter-list]");
let timer = 0;

const rows = criteria.map((one) => {
  const row = list.appendChild(document.createElement("li"));
  const mark = Object.assign(row.appendChild(document.createElement("span")), { className: "meter-mark" });
  mark.setAttribute("aria-hidden", "true");
  const word = Object.assign(row.appendChild(document.createElement("span")), { className: "visually-hidden" });
  row.append(` ${one.label} `);
  const reason = Object.assign(row.appendChild(document.createElement("span")), { className: "small-text", textContent: one.reason });
  return { row, mark, word, reason };
});

function isMet(one, sent) {
  if (one.given && (given.has(one.given) || sent.get("next_due_on"))) return true;
  const text = one.fields.flatMap((name) => sent.getAll(name)).filter(Boolean).join(" ");
  return [...text.replace(/\s/gu, "")].length >= one.at_least && one.pattern.test(text);
}

function show() {
  const sent = new FormData(form);
  let met = 0;
  criteria.forEach((one, n) => {
    const good = isMet(one, sent);
    met += good;
    const { row, mark, word, reason } = rows[n];
    row.className = good ? "met" : "unmet";
    mark.textContent = good ? "✓" : "−";
    word.textContent = `${good ? meter.dataset.met : meter.dataset.unmet}:`;
    reason.hidden = good;
  });
  count.textContent = `${met}/${criteria.length}`;
}

const later = () => { clearTimeout(timer); timer = setTimeout(show, 300); };
form.addEventListener("input", later);
form.addEventListener("change", later);
show();
meter.hidden = false;
