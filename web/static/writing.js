// Writing to a young person: a tap fills the box and sends nothing, and new words stay in sight.

const box = document.getElementById("words");

for (const each of document.querySelectorAll("[data-quick]")) {
  each.addEventListener("click", () => {
    if (!box) {
      return;
    }
    box.value = box.value.trim() ? `${box.value.trim()} ${each.dataset.quick}` : each.dataset.quick;
    document.getElementById("quick-texts").open = false;
    box.focus();
    box.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

// Whoever was at the end of the page stays there when something is added above the box.
const NEAR = 80;
let atEnd = isAtEnd();

function isAtEnd() {
  const page = document.documentElement;
  return page.scrollHeight - page.scrollTop - page.clientHeight < NEAR;
}

window.addEventListener("scroll", () => {
  atEnd = isAtEnd();
}, { passive: true });

document.addEventListener("live:changed", () => {
  if (atEnd) {
    window.scrollTo(0, document.documentElement.scrollHeight);
  }
});
