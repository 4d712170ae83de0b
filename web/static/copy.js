// "Copy for police": copies the lines and records that. Without a script the button records it, and
// the lines can be selected by hand.

for (const form of document.querySelectorAll("form[data-copies]")) {
  form.addEventListener("submit", (event) => {
    if (!navigator.clipboard) {
      return;
    }
    event.preventDefault();
    copy(form);
  });
}

async function copy(form) {
  const source = document.getElementById(form.dataset.copies);
  const status = form.querySelector("[data-copied]");
  try {
    await navigator.clipboard.writeText(source.value);
    status.textContent = "Copied.";
  } catch {
    source.focus();
    source.select();
    status.textContent = "Select the lines and copy them.";
  }
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    credentials: "same-origin",
    redirect: "manual",
  }).catch(() => null);
  status.textContent += answer && answer.type === "opaqueredirect" ? " It is recorded." : " It could not be recorded: write it down.";
}
