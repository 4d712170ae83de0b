// Makes and uses passkeys. A form with data-passkey="create" or "get" asks the server, at
// data-ask, what is to be signed, has the browser sign it, and sends the result as any form does.

function bytes(text) {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function text(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function named(list) {
  return (list || []).map((each) => ({ ...each, id: bytes(each.id) }));
}

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  return { made, response: { attestationObject: text(made.response.attestationObject) } };
}

async function use(options) {
  const made = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      allowCredentials: named(options.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = made.response;
  const response = { authenticatorData: text(authenticatorData), signature: text(signature) };
  if (userHandle) response.userHandle = text(userHandle);
  return { made, response };
}

async function answer(form) {
  const token = form.elements.csrf_token.value;
  const asked = await fetch(form.dataset.ask, {
    method: "POST",
    body: new URLSearchParams({ csrf_token: token }),
    redirect: "error",
  });
  if (!asked.ok) throw new Error("not asked");
  const options = await asked.json();
  const { made, response } = await (form.dataset.passkey === "create" ? make : use)(options);
  return JSON.stringify({
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    clientExtensionResults: made.getClientExtensionResults(),
    response: { ...response, clientDataJSON: text(made.response.clientDataJSON) },
  });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const problem = form.querySelector("[data-passkey-problem]");
    problem.hidden = true;
    try {
      form.elements.credential.value = await answer(form);
    } catch {
      problem.hidden = false;
      return;
    }
    form.submit();
  });
}
