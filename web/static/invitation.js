// Takes the token of an invitation out of the address, where it is sent to nobody, into the form.
const field = document.querySelector("input[name=invitation]");
if (field && location.hash.length > 1) {
  field.value = location.hash.slice(1);
  field.closest(".govuk-form-group").hidden = true;
  history.replaceState(null, "", location.pathname);
}
