// Passkeys: asks the browser, and sends its answer with an ordinary form. Without this file the other ways of signing in are there.

const fromText = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0)).buffer;
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const withIds = (known = []) => known.map((one) => ({ ...one, id: fromText(one.id) }));

function wanted({ publicKey }) {
  const asked = { ...publicKey, challenge: fromText(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: fromText(asked.user.id) };
  if (asked.allowCredentials) asked.allowCredentials = withIds(asked.allowCredentials);
  if (asked.excludeCredentials) asked.excludeCredentials = withIds(asked.excludeCredentials);
  return asked;
}

function answered(credential) {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[part]) said[part] = toText(response[part]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return JSON.stringify({
    id: credential.id,
    type: credential.type,
    rawId: toText(credential.rawId),
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  });
}

const given = () => JSON.parse(document.getElementById("passkey-options").textContent);

const ways = {
  async "sign-in"(form) {
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("The portal gave no challenge.");
    return navigator.credentials.get({ publicKey: wanted((await answer.json()).request_options) });
  },
  async use() {
    return navigator.credentials.get({ publicKey: wanted(given()) });
  },
  async make() {
    const publicKey = wanted(given());
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: "required",
      requireResidentKey: true,
      userVerification: "required",
    };
    return navigator.credentials.create({ publicKey });
  },
};

const isNumbered = /^[\d.]+$|^\[/.test(location.hostname); // passkeys belong to names, not to addresses
if (window.PublicKeyCredential && !isNumbered) {
  for (const way of document.querySelectorAll("[data-passkey-way]")) way.hidden = false;
  for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = true;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      form.elements.credential.value = answered(await ways[form.dataset.passkey](form));
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
