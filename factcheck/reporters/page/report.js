"use strict";
(() => {
  // Decisions made in a report live in this browser until they are saved to a file for `factcheck ledger import`.
  const place = "factcheck:" + document.body.dataset.report;
  const cards = [...document.querySelectorAll("article.card")];
  const links = new Map([...document.querySelectorAll("a.claim")].map((a) => [a.dataset.claim, a]));
  const search = document.getElementById("search"), ask = document.getElementById("ask");
  const field = (id) => document.getElementById(id);
  let kept = {}, show = "", current = null, asking = null;
  try { kept = JSON.parse(localStorage.getItem(place)) || {}; } catch { kept = {}; }

  const visible = () => cards.filter((card) => !card.dataset.filtered);
  const words = (d) => `${d.decision}${d.label ? " as " + d.label : ""} by ${d.by}: ${d.reason}` +
    (d.evidence.length ? ` (${d.evidence.join("; ")})` : "");

  function draw() {
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of cards) {
      const decision = kept[card.dataset.subject], link = links.get(card.id);
      const text = card.textContent.toLowerCase();
      const shown = (!show || card.dataset.label === show ||
        (show === "undecided" && !decision && !card.dataset.signed)) && wanted.every((w) => text.includes(w));
      if (shown) delete card.dataset.filtered; else card.dataset.filtered = "1";
      card.classList.toggle("out", !shown);
      if (link && link.parentElement.tagName === "LI") link.parentElement.classList.toggle("out", !shown);
      const told = card.querySelector("[data-decided]");
      told.hidden = !decision;
      told.textContent = decision ? "Decided here: " + words(decision) : "";
    }
    field("count").textContent = visible().length === cards.length ? "" : `${visible().length} of ${cards.length} shown`;
    field("save").hidden = Object.keys(kept).length === 0;
  }

  function select(card) {
    if (!card) return;
    if (current && links.get(current.id)) links.get(current.id).removeAttribute("aria-current");
    current = card;
    const link = links.get(card.id);
    if (link) { link.setAttribute("aria-current", "true"); link.scrollIntoView({ block: "nearest" }); }
    card.scrollIntoView({ block: "nearest" });
    card.focus({ preventScroll: true });
  }

  function step(by) {
    const all = visible(), at = all.indexOf(current);
    select(all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + by))]);
  }

  function decide(decision) {
    if (!current) select(visible()[0]);
    if (!current) return;
    asking = { card: current, decision };
    const had = kept[current.dataset.subject];
    field("asked").textContent = { accept: "The sentence stands as it is", override: "The verdict is wrong",
      "needs-work": "The sentence needs work" }[decision];
    field("as-label").hidden = decision !== "override";
    field("why").value = had ? had.reason : "";
    field("offline").value = had ? had.evidence.join("\n") : "";
    try { field("by").value = field("by").value || localStorage.getItem("factcheck:by") || ""; } catch { /* not kept */ }
    ask.returnValue = "";
    ask.showModal();
    field(field("by").value ? "why" : "by").focus();
  }

  ask.addEventListener("close", () => {
    if (ask.returnValue !== "keep" || !asking) return;
    const { card, decision } = asking;
    kept[card.dataset.subject] = {
      decision, label: decision === "override" ? field("as").value : null, by: field("by").value.trim(),
      reason: field("why").value.trim(), evidence: field("offline").value.split("\n").map((l) => l.trim()).filter(Boolean),
    };
    try {
      localStorage.setItem(place, JSON.stringify(kept));
      localStorage.setItem("factcheck:by", field("by").value.trim());
    } catch { /* a browser that keeps nothing: the decisions can still be saved to a file */ }
    draw();
    select(card);
  });
  field("cancel").addEventListener("click", () => ask.close(""));
  field("save").addEventListener("click", () => {
    const data = { schema: "factcheck.decisions/1", decisions: Object.entries(kept).map(([subject, d]) => ({ subject, ...d })) };
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(data, null, 2) + "\n"], { type: "application/json" }));
    link.download = "decisions.json";
    link.click();
    URL.revokeObjectURL(link.href);
  });
  for (const button of document.querySelectorAll("[data-show]")) {
    button.addEventListener("click", () => {
      show = button.dataset.show;
      for (const other of document.querySelectorAll("[data-show]")) other.setAttribute("aria-pressed", String(other === button));
      draw();
    });
  }
  for (const button of document.querySelectorAll("[data-decide]")) {
    button.addEventListener("click", () => { select(button.closest("article")); decide(button.dataset.decide); });
  }
  for (const [id, link] of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      select(document.getElementById(id));
    });
  }
  search.addEventListener("input", draw);
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || ask.open) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; draw(); search.blur(); }
      if (event.key === "Enter") { search.blur(); select(visible()[0]); }
      return;
    }
    const act = { j: () => step(1), k: () => step(-1), a: () => decide("accept"), o: () => decide("override"),
      n: () => decide("needs-work"), "/": () => search.focus() }[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  draw();
})();
