// Replaces the image before this script by a view with a slider. `data.frames` are images, one for each step; without them the
// image is an SVG whose elements appear at the steps of their attributes data-from and data-at. Every text is set as text.
(script, data, followTheme) => {
  const image = script && script.previousElementSibling;
  if (!image || image.tagName !== "IMG") return;
  const { captions, frames } = data, last = captions.length - 1;
  let picture = image.cloneNode(), position = last, timer = null;
  if (!frames) {
    const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
    picture = document.importNode(new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement, true);
    picture.style.minWidth = `${0.75 * parseFloat(picture.getAttribute("width"))}px`; // text stays 9 px high; wider pictures scroll
  }
  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const button = (text, label, action, name = "") => {
    const element = make("button", { type: "button", "aria-label": label, title: label, class: name }, text);
    element.addEventListener("click", action);
    return element;
  };
  const play = button("play", "play (space)", () => (timer ? pause() : start()), "play");
  const slider = make("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "step" });
  slider.addEventListener("input", () => go(+slider.value));
  const where = make("span", { class: "where" }), caption = make("div", { class: "panel", "aria-live": "polite" }), frame = make("div", { class: "picture" }, picture);
  const bar = make("div", { class: "bar" }, make("span", { class: "group" }, button("«", "first step", () => go(0)), button("‹ prev", "previous step (left arrow)", () => go(position - 1), "prev"),
    button("next ›", "next step (right arrow)", () => go(position + 1), "next"), button("»", "last step", () => go(last)), play), slider, where);
  const view = make("div", { class: "view player", tabindex: 0, role: "group", "aria-label": data.label || "picture, step by step" }, bar, frame, caption);
  const host = make("div", { class: "chainrule-player" });
  host.attachShadow({ mode: "open" }).append(make("style", {}, data.css), view);
  image.replaceWith(host);
  followTheme(frames ? view : picture, view);

  function start() {
    if (position === last) go(0);
    play.textContent = "pause";
    timer = setInterval(() => (host.isConnected && position < last ? show(position + 1) : pause()), data.delay || 1000);
  }
  function pause() { timer = clearInterval(timer); play.textContent = "play"; }
  function go(step) { pause(); show(step); }
  function show(step) {
    position = Math.min(last, Math.max(0, step));
    slider.value = position;
    where.textContent = `${position} of ${last}`;
    caption.textContent = captions[position];
    if (frames) picture.src = frames[position];
    for (const element of frames ? [] : picture.querySelectorAll("[data-from]")) {
      element.classList.toggle("later", +element.dataset.from > position);
      element.classList.toggle("active", (element.dataset.at || "").split(" ").includes(String(position)));
    }
    const active = frame.scrollWidth > frame.clientWidth && picture.querySelector && picture.querySelector(".active");
    if (active) {
      const box = active.getBoundingClientRect(), around = frame.getBoundingClientRect();
      frame.scrollLeft += (box.left + box.right - around.left - around.right) / 2;
    }
  }
  const keys = { ArrowLeft: () => go(position - 1), ArrowRight: () => go(position + 1), Home: () => go(0), End: () => go(last), " ": () => play.click() };
  function handleKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const isButton = (event.key === "Enter" || event.key === " ") && event.composedPath()[0].tagName === "BUTTON";
    if (!keys[event.key] && !isButton) return;
    event.stopImmediatePropagation();
    if (isButton) return;
    event.preventDefault();
    keys[event.key]();
  }
  view.addEventListener("focusin", () => window.addEventListener("keydown", handleKey, true));
  view.addEventListener("focusout", () => window.removeEventListener("keydown", handleKey, true));
  show(last);
}
