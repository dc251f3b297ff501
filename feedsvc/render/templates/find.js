"use strict";
/* The filter of a long list of feeds. */
for (const list of document.querySelectorAll("[data-find]")) {
  const items = [...list.children].map(item => [item, item.textContent.toLowerCase()]);
  const label = document.createElement("label");
  const input = document.createElement("input");
  const none = document.createElement("p");
  input.type = "search";
  none.setAttribute("role", "status");
  label.append(list.dataset.find, input);
  list.before(label, none);
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/);
    let found = 0;
    for (const [item, text] of items) {
      item.hidden = !words.every(word => text.includes(word));
      found += !item.hidden;
    }
    none.textContent = found ? "" : list.dataset.none;
  });
}
