"use strict";
/* What the newsroom's pages do better with script; all of them work without. */

/* Leaving with unsaved text asks first. */
for (const form of document.querySelectorAll("[data-guarded]")) {
  const typed = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "token"));
  const before = "unsaved" in form.dataset ? null : typed();
  let leaving = false;
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("pageshow", () => { leaving = false; });
  addEventListener("beforeunload", event => {
    if (!leaving && typed() !== before) event.preventDefault();
  });
}

/* Ctrl+S or ⌘S saves, where there is a button that only saves. */
addEventListener("keydown", event => {
  const button = document.querySelector("[data-save]");
  if (button && event.key === "s" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
    event.preventDefault();
    button.form.requestSubmit(button);
  }
});

/* A title is one line, however long it looks: Enter is no character of it. */
for (const line of document.querySelectorAll("[data-line]")) {
  line.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.isComposing) event.preventDefault();
  });
}

/* What was wrong is where one goes on. */
document.querySelector("[data-focus]")?.focus();
