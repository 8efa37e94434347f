// Consultations that no server has yet: written without a network, kept on this device, sent once when it is back.
// Each is sealed with its writer's own key (AES-GCM). The server gives that key to nobody but the writer, and it lies
// here only until somebody else signs in: the next person at this device finds a time and a state, never a word.
// The id is made here and goes with the record, so that however often it is sent there is one (log_consultation).

const NAME = "yorozu-unsent";
const KEYS_URL = "/offline/keys/";
const FIRST_WAIT = 5_000;
const LONGEST_WAIT = 600_000;
const listeners = new Set();
const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;

export const onChange = (listener) => listeners.add(listener);
const changed = (tell = true) => { listeners.forEach((listener) => listener()); if (tell) channel?.postMessage(""); };
if (channel) channel.onmessage = () => changed(false);

// ---- the store: `items` by id, `who` with one row: whose device this is just now
const promised = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

let opening;
function database() {
  opening ??= new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("items", { keyPath: "id" });
      request.result.createObjectStore("who", { keyPath: "slot" });
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
  });
  return opening;
}

async function within(store, mode, work) {
  const transaction = (await database()).transaction(store, mode);
  const ended = new Promise((done, failed) => {
    transaction.oncomplete = done;
    transaction.onabort = transaction.onerror = () => failed(transaction.error);
  });
  const result = await promised(work(transaction.objectStore(store)));
  await ended;
  return result;
}

const read = (id) => within("items", "readonly", (items) => items.get(id));
const write = (item) => within("items", "readwrite", (items) => items.put(item));
export const who = () => within("who", "readonly", (rows) => rows.get("me"));

// ---- what ordinary pages leave here in plain text until the server has it (draft.js), with its writer's number
const COPY = "yorozu-draft-";

function copies() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(COPY)).map((name) => [name, JSON.parse(localStorage.getItem(name))]);
  } catch {
    return []; // forbidden
  }
}

// A form that was on its way when the network or the session ended becomes an unsent one of its writer.
export async function adopt(person) {
  for (const [name, kept] of copies()) {
    if (!kept?.sent || kept.person !== person) continue;
    await keep(kept.sent.id, "waiting", { path: kept.sent.path, fields: kept.sent.fields });
    localStorage.removeItem(name);
  }
}

// Before anybody else's page goes on: what was on its way is sealed as long as its writer's key is here, the rest goes.
async function clearOthers(now, person) {
  try {
    if (now && now.person !== person && now.keys.length) await adopt(now.person);
  } finally {
    for (const [name, kept] of copies()) if (kept?.person !== person) localStorage.removeItem(name);
  }
}

// ---- whose device this is
// Called by every page of somebody signed in. Somebody else's key goes at once; what it sealed waits for its owner.
export async function become(person, hub) {
  const now = await who();
  await clearOthers(now, person);
  if (now?.person === person) {
    if (hub && now.hub !== hub) await within("who", "readwrite", (rows) => rows.put({ ...now, hub }));
    return;
  }
  await within("who", "readwrite", (rows) => rows.put({ slot: "me", person, hub, keys: [] }));
}

// The key of whoever is signed in, and a token for sending. Null without a network or without a sign-in.
export async function introduce() {
  const answer = await fetch(KEYS_URL, { headers: { "X-Requested-With": "fetch", "X-Background": "1" }, cache: "no-store", redirect: "manual" });
  if (!answer.ok) return { status: answer.status };
  const { person, hub, token, keys } = await answer.json();
  const imported = await Promise.all(keys.map(async ({ id, key }) => ({
    id, key: await crypto.subtle.importKey("raw", Uint8Array.from(atob(key), (one) => one.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]),
  })));
  const now = await who();
  await clearOthers(now, person);
  const at = hub || (now?.person === person ? now.hub : "");
  await within("who", "readwrite", (rows) => rows.put({ slot: "me", person, hub: at, keys: imported }));
  return { status: 200, person, token };
}

// Whoever signs out leaves nothing.
export async function wipe() {
  const me = await who();
  for (const item of await within("items", "readonly", (items) => items.getAll())) {
    if (!me || item.person === me.person) await within("items", "readwrite", (items) => items.delete(item.id));
  }
  await within("who", "readwrite", (rows) => rows.clear());
  changed();
}

// ---- sealing
const bound = (person, id) => new TextEncoder().encode(`${person} ${id}`);

async function sealed(me, id, content) {
  const [first] = me.keys;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(content));
  return { key: first.id, iv, text: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(me.person, id) }, first.key, text) };
}

export async function opened(item) {
  const me = await who();
  const key = me?.person === item.person && me.keys.find((one) => one.id === item.sealed.key)?.key;
  if (!key) return null;
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: item.sealed.iv, additionalData: bound(item.person, item.id) }, key, item.sealed.text);
    return JSON.parse(new TextDecoder().decode(text));
  } catch {
    return null;
  }
}

// ---- items. `state`: draft (being written), choosing (its enterprise is to be chosen), waiting, refused.
export async function keep(id, state, content) {
  const me = await who();
  if (!me?.keys.length) throw new Error("no key on this device");
  const before = await read(id);
  await write({
    id, person: me.person, state, at: before?.at ?? Date.now(), tries: 0, next: 0, status: 0, sealed: await sealed(me, id, content),
  });
  changed();
}

export async function drop(id) {
  await within("items", "readwrite", (items) => items.delete(id));
  changed();
}

export async function mine() {
  const me = await who();
  const all = me ? await within("items", "readonly", (items) => items.getAll()) : [];
  return all.filter((item) => item.person === me.person).sort((one, other) => one.at - other.at);
}

// ---- sending
let timer = 0;
const alone = (work) => (navigator.locks ? navigator.locks.request(NAME, { ifAvailable: true }, (lock) => lock && work()) : work());

// Sends what waits. Resolves to "sent", "signed-out", "offline" or "nothing". One tab at a time.
export async function send() {
  clearTimeout(timer);
  return (await alone(sendAll)) ?? "nothing";
}

async function sendAll() {
  const due = (await mine()).filter((item) => item.state === "waiting" && item.next <= Date.now());
  if (!due.length) { await later(); return "nothing"; }
  try {
    const me = await introduce();
    if (me.status === 401 || me.status === 403) return "signed-out";
    if (me.status !== 200) throw new Error(`${me.status}`);
    for (const item of due) {
      if (item.person === me.person) await sendOne(item, me.token);
    }
    return "sent";
  } catch {
    for (const item of due) await postpone(item);
    return "offline";
  } finally {
    await later();
  }
}

async function sendOne(item, token) {
  const content = await opened(item);
  if (content === null) { await write({ ...item, state: "refused", status: -1 }); changed(); return; }
  const answer = await fetch(content.path, {
    method: "POST", redirect: "manual", body: new URLSearchParams(content.fields),
    headers: { "X-CSRFToken": token, "X-Requested-With": "fetch", "X-Background": "1" },
  });
  if (answer.type === "opaqueredirect") await drop(item.id); // it leads to the record
  else if (answer.status >= 500 || answer.status === 429 || answer.status === 403) await postpone(item);
  else if (answer.status !== 401) { await write({ ...item, state: "refused", status: answer.status }); changed(); }
}

async function postpone(item) {
  const tries = item.tries + 1;
  await write({ ...item, tries, next: Date.now() + Math.min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT) });
}

async function later() {
  const next = Math.min(...(await mine()).filter((item) => item.state === "waiting").map((item) => item.next));
  if (Number.isFinite(next)) timer = setTimeout(send, Math.max(1_000, next - Date.now()));
}

// The network is back: nobody waits for a pause that was meant for its absence.
export async function sendNow() {
  for (const item of await mine()) if (item.state === "waiting" && item.next) await write({ ...item, next: 0 });
  return send();
}
