// Loaded by the pages of sign-in and security only. A form with data-passkey="create|get" asks the browser for a passkey when its button
// is pressed, and sends what the browser gives. The question stands in data-options, or is fetched from data-options-url.
import { $, $$ } from "./page.js";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const ids = (list) => list?.map((one) => ({ ...one, id: bytes(one.id) }));

/** The server's question as the browser wants it: bytes where JSON has text. */
function question(publicKey) {
  const asked = { ...publicKey, challenge: bytes(publicKey.challenge) };
  if (asked.user) asked.user = { ...asked.user, id: bytes(asked.user.id) };
  if (asked.excludeCredentials) asked.excludeCredentials = ids(asked.excludeCredentials);
  if (asked.allowCredentials) asked.allowCredentials = ids(asked.allowCredentials);
  return asked;
}

/** The browser's answer as the server wants it. */
function answer(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  return JSON.stringify({
    id: credential.id, type: credential.type, rawId: text(credential.rawId), clientExtensionResults: credential.getClientExtensionResults(),
    authenticatorAttachment: credential.authenticatorAttachment,
    response: Object.fromEntries(parts.filter((part) => response[part]).map((part) => [part, text(response[part])])),
  });
}

async function ask(form) {
  const { passkey: act, options, optionsUrl } = form.dataset;
  const found = options ? JSON.parse(options) : (await (await fetch(optionsUrl, { headers: { Accept: "application/json" } })).json()).request_options;
  const publicKey = question(found.publicKey);
  if (act === "create") {
    // A passkey, that is: kept on the device under the person's account, opened by their finger, face or code.
    publicKey.authenticatorSelection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" };
  }
  return answer(await navigator.credentials[act]({ publicKey }));
}

for (const form of $$("form[data-passkey]")) {
  const told = $("[data-passkey-told]", form), button = $("[data-passkey-ask]", form);
  if (!window.PublicKeyCredential) { form.hidden = true; continue; }
  button.addEventListener("click", async () => {
    told.textContent = "";
    button.disabled = true;
    try {
      $("[name=credential]", form).value = await ask(form);
      form.submit();
    } catch (error) {
      button.disabled = false;
      told.textContent = error.name === "InvalidStateError" ? form.dataset.known : form.dataset.failed;
    }
  });
}
