"use strict";
// The page is complete without this: it only hides, unfolds and moves the focus.
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const by = (id) => document.getElementById(id);
  const findings = all(".finding");
  const files = all(".file");
  const hiddenSeverities = new Set();
  const row = (finding) => finding.closest("tr.remark") ?? finding;

  const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
  const toggled = (button) => {
    button.setAttribute("aria-pressed", String(!isPressed(button)));
    return isPressed(button);
  };

  const unfold = (element) => {
    for (let node = element; node; node = node.parentElement) {
      if (node.tagName === "DETAILS") node.open = true;
    }
  };

  const shown = () => findings.filter((finding) => !row(finding).hidden);

  const filter = () => {
    for (const finding of findings) row(finding).hidden = hiddenSeverities.has(finding.dataset.severity);
    const only = isPressed(by("only"));
    for (const file of files) {
      const has = [...file.querySelectorAll(".finding")].some((finding) => !row(finding).hidden);
      file.hidden = only && !has;
      document.querySelector(`li[data-file="${file.id}"]`).hidden = file.hidden;
    }
    by("shown").textContent = `${shown().length} of ${findings.length} findings`;
  };

  const step = (way) => {
    const among = shown();
    if (!among.length) return;
    const active = document.activeElement?.closest(".finding");
    const at = among.indexOf(active);
    const next = among[at < 0 ? (way > 0 ? 0 : among.length - 1) : (at + way + among.length) % among.length];
    unfold(next);
    next.querySelector("summary").focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  };

  const follow = () => {
    const target = location.hash.length > 1 && by(location.hash.slice(1));
    if (!target) return;
    unfold(target);
    target.scrollIntoView();
  };

  // A browser that gives no clipboard to a page from disk has the text selected instead.
  const copy = async (button) => {
    const block = by(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(block.textContent);
      button.textContent = "copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "selected";
    }
    setTimeout(() => { button.textContent = "copy"; }, 2000);
  };

  for (const button of all("[data-copy]")) {
    button.addEventListener("click", () => copy(button));
    button.hidden = false;
  }
  for (const button of all("[data-filter]")) {
    button.addEventListener("click", () => {
      if (toggled(button)) hiddenSeverities.delete(button.dataset.filter);
      else hiddenSeverities.add(button.dataset.filter);
      filter();
    });
  }
  by("only").addEventListener("click", () => { toggled(by("only")); filter(); });
  by("fold").addEventListener("click", () => {
    const folded = toggled(by("fold"));
    for (const file of files) file.open = !folded;
  });
  by("next").addEventListener("click", () => step(1));
  by("previous").addEventListener("click", () => step(-1));
  by("keys").addEventListener("click", () => toggled(by("keys")));
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || !isPressed(by("keys"))) return;
    if (event.key === "j" || event.key === "n") step(1);
    else if (event.key === "k" || event.key === "p") step(-1);
  });

  if (findings.length === 0) by("only").disabled = by("next").disabled = by("previous").disabled = true;
  // On a narrow window the list of files would fill the first screen.
  by("list").open = matchMedia("(min-width: 60rem)").matches;
  by("tools").hidden = false;
  filter();
  follow();
})();
