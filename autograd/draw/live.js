// Hides the static picture of an interactive one once the controls appear beside it, which they do in a running notebook only.
(script) => {
  const still = script.parentElement;
  let area = still;
  while (area.parentElement && !area.matches(".jp-OutputArea, .output, .cell-output-ipywidget-background")) area = area.parentElement;
  const update = () => still.style.setProperty("display", area.querySelector(".chainrule-controls") ? "none" : "");
  new MutationObserver(update).observe(area, { childList: true, subtree: true });
  update();
}
