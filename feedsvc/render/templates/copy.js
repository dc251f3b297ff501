"use strict";
/* Copy buttons: only where script runs, so no button ever does nothing. */
for (const list of document.querySelectorAll("[data-copy]")) {
  const status = document.createElement("p");
  status.className = "unseen";
  status.setAttribute("role", "status");
  list.after(status);
  for (const code of list.querySelectorAll("code")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = list.dataset.copy;
    button.setAttribute("aria-label", code.dataset.label);
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(code);
      /* Without https there is no clipboard object; the old command still works there. */
      try { await navigator.clipboard.writeText(code.textContent); } catch { document.execCommand("copy"); }
      button.textContent = status.textContent = list.dataset.copied;
      setTimeout(() => { button.textContent = list.dataset.copy; status.textContent = ""; }, 2000);
    });
    code.after(button);
  }
}
