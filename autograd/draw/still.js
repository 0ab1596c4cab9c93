// Replaces the image before this script by its SVG in a shadow root, so that it follows the theme of the page.
(script, followTheme) => {
  const image = script && script.previousElementSibling;
  if (!image || image.tagName !== "IMG") return;
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
  const svg = document.importNode(new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement, true);
  const host = document.createElement("div"), sheet = document.createElement("style");
  sheet.textContent = "svg { max-width: 100%; height: auto; }";
  host.className = "chainrule-still";
  host.attachShadow({ mode: "open" }).append(sheet, svg);
  image.replaceWith(host);
  followTheme(svg);
}
