// Keeps the class `dark` or `light` of a picture, and of elements around it, as the theme of the page is: that of JupyterLab or Visual Studio Code, else that of the browser.
// The picture has rules for a browser with a dark theme; here they become rules for the class `dark`.
(svg, ...others) => {
  const sheet = svg.querySelector("style");
  if (sheet) sheet.textContent = sheet.textContent.replace("@media screen and (prefers-color-scheme: dark)", "@media screen").replaceAll(":not(.light)", ".dark");
  const media = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => {
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
    if (jpThemeLight) return jpThemeLight === "false";
    return vscodeThemeKind ? /dark|contrast$/.test(vscodeThemeKind) : media.matches;
  };
  const apply = () => {
    for (const element of [svg, ...others]) {
      element.classList.toggle("dark", isDark());
      element.classList.toggle("light", !isDark());
    }
  };
  apply();
  media.addEventListener("change", apply);
  new MutationObserver(apply).observe(document.body, { attributeFilter: ["data-jp-theme-light", "data-vscode-theme-kind"] });
}
