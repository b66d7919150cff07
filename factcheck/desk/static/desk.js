"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const go = (rel) => document.querySelector(`main a[rel=${rel}]`)?.click();
  const form = document.getElementById("decide");

  function step(by) {
    const all = rows();
    if (!all.length) return go(by > 0 ? "next" : "prev");
    const at = all.indexOf(document.activeElement);
    if (by > 0 && at === all.length - 1) return go("next");
    if (by < 0 && at === 0) return go("prev");
    all[Math.max(0, at + by)].focus();
  }

  function choose(decision) {
    if (!form) return document.activeElement.matches("[data-row]") && document.activeElement.click();
    form.querySelector(`[value=${decision}]`).checked = true;
    toggle();
    (form.elements.by && !form.elements.by.value ? form.elements.by : form.elements.reason).focus();
  }

  function toggle() {
    if (form) document.getElementById("as-label").hidden = form.elements.decision.value !== "override";
  }

  if (form) {
    form.addEventListener("change", toggle);
    toggle();
  }
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=radio])");
    if (typing && event.key === "Escape") return event.target.blur();
    if (typing && event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) return event.target.form.requestSubmit();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = { j: () => step(1), k: () => step(-1), a: () => choose("accept"), o: () => choose("override"),
      n: () => choose("needs-work"), "/": () => document.getElementById("search").focus() }[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  const stages = document.getElementById("stages");
  if (stages && stages.dataset.events) {
    stages.replaceChildren();
    const events = new EventSource(stages.dataset.events);
    events.addEventListener("message", (event) => {
      const item = document.createElement("li");
      item.textContent = JSON.parse(event.data);
      stages.append(item);
    });
    events.addEventListener("done", (event) => {
      events.close();
      document.getElementById("outcome").textContent = JSON.parse(event.data) || "Done.";
      document.getElementById("next").focus();
    });
  }
})();
