// Passkeys: asks the browser for one and sends what it answers. Every page that uses it works without it too.
// A section says `data-passkey` create (a new one), get (show one) or login (show one, options asked for first).
const converter = () => globalThis.webauthnJSON;

async function optionsOf(section) {
  if (section.dataset.passkey === "login") {
    const answer = await fetch(section.dataset.optionsUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`options: ${answer.status}`);
    return (await answer.json()).request_options;
  }
  const given = JSON.parse(document.getElementById(section.dataset.options).textContent);
  return given.creation_options ?? given.request_options;
}

function forSignInAlone(options, wanted) {
  const selection = options.publicKey.authenticatorSelection ??= {};
  selection.residentKey = wanted ? "required" : "discouraged";
  selection.requireResidentKey = wanted;
  if (wanted) selection.userVerification = "required";
}

async function ask(section, form) {
  const options = await optionsOf(section);
  if (section.dataset.passkey !== "create") return converter().get(options);
  forSignInAlone(options, Boolean(form.elements.passwordless?.checked));
  return converter().create(options);
}

function wire(section) {
  const form = section.querySelector("form");
  const button = section.querySelector("[data-passkey-start]");
  const problem = section.querySelector("[data-passkey-problem]");
  form.addEventListener("submit", (event) => {
    if (!form.elements.credential.value) { event.preventDefault(); button.click(); }
  });
  button.addEventListener("click", async () => {
    problem.textContent = "";
    button.disabled = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(section, form));
      form.submit();
    } catch {
      problem.textContent = problem.dataset.text;
    } finally {
      button.disabled = false;
    }
  });
  section.hidden = false;
}

function start() {
  if (!converter()?.supported()) return;
  document.querySelectorAll("[data-passkey]").forEach(wire);
}

// The converter is deferred like this module and stands before it, so it has run by now.
start();
