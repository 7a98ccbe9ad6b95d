// Shows or makes a passkey in the place of a code. A page does without: by the code of an app.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  const bytes = (text) => Uint8Array.from(
    atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(Array.from(new Uint8Array(buffer), (one) => String.fromCharCode(one))
    .join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  // What the server asks, as the browser wants to hear it.
  const asked = (question) => {
    question.challenge = bytes(question.challenge);
    const known = [...(question.allowCredentials || []), ...(question.excludeCredentials || [])];
    known.forEach((one) => { one.id = bytes(one.id); });
    if (question.user) question.user.id = bytes(question.user.id);
    return question;
  };

  const told = (found) => {
    const response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature"].forEach((name) => {
      if (found.response[name]) response[name] = text(found.response[name]);
    });
    return JSON.stringify({ id: found.id, rawId: text(found.rawId), type: found.type, response });
  };

  const answer = async (place) => {
    const options = { method: "POST", headers: { "Content-Type": "application/x-www-form-urlencoded" } };
    const question = await fetch(place.dataset.passkey, options);
    if (!question.ok) throw new Error("no question");
    const publicKey = asked(await question.json());
    const made = publicKey.user !== undefined;
    return told(await navigator.credentials[made ? "create" : "get"]({ publicKey }));
  };

  document.querySelectorAll("[data-passkey]").forEach((place) => {
    const button = place.querySelector("button");
    if (!button.hidden) return;  // a page with two of them names this file twice
    const [done, failed] = [place.querySelector("[data-done]"), place.querySelector("[data-failed]")];
    button.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = true;
      try {
        place.querySelector("input").value = await answer(place);
        if (done) done.hidden = false;
        if (!done) place.closest("form").requestSubmit();
      } catch (_) {
        failed.hidden = false;
      }
    });
  });
})();
