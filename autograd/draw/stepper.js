// Turns the picture before this script into a view to step through. It lives in a shadow root: nothing on the page can disturb it,
// nor it the page. `data` is written by html.py; every text is set as text, never as markup, and no number is formatted here.
(script, data) => {
  const image = script && script.previousElementSibling;
  if (!image || image.tagName !== "IMG") return;
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
  const svg = document.importNode(new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement, true);
  const { titles, steps } = data;
  const last = steps.length + 1; // 0: only inputs; k: after step k; last: everything
  const forward = steps.filter((step) => step.phase === "forward").length;
  const hasBackward = forward < steps.length;

  const filled = (element, attributes, ...inside) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  const make = (tag, attributes = {}, ...inside) => filled(document.createElement(tag), attributes, ...inside);
  const drawn = (tag, attributes, ...inside) => filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, ...inside);
  const button = (text, label, act, name = "") => {
    const element = make("button", { type: "button", "aria-label": label, title: label, class: name }, text);
    element.addEventListener("click", act);
    return element;
  };

  const place = (rect) => ["x", "y", "width", "height"].map((name) => +rect.getAttribute(name));

  // What is in the picture.
  const vertices = [...svg.querySelectorAll(".vertex")];
  const boxes = vertices.map((vertex) => place([...vertex.querySelectorAll('rect:not([fill="none"])')].pop())); // not what is behind it
  const edges = [...svg.querySelectorAll(".edge")].map((element) => ({
    element, source: +element.dataset.source, target: +element.dataset.target,
  }));
  const gradients = vertices.map((vertex) => vertex.querySelector(".gradient"));
  const final = gradients.map((text) => text && text.textContent);
  const forwardAt = {}, backwardAt = {}, arrivedAt = {};
  steps.forEach((step, i) => {
    if (step.phase === "forward") forwardAt[step.vertex] = i + 1;
    if (step.phase === "backward") backwardAt[step.vertex] = i + 1;
    for (const vertex of Object.keys(step.gradients || {})) arrivedAt[vertex] = i + 1;
  });

  // The view around it.
  const first = button("«", "first step", () => go(0));
  const previous = button("‹ prev", "previous step (left arrow)", () => go(at - 1), "prev");
  const next = button("next ›", "next step (right arrow)", () => go(at + 1), "next");
  const play = button("play", "play all steps (space)", () => (timer ? pause() : start()), "play");
  const end = button("»", "last step", () => go(last));
  const slider = make("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "step" });
  slider.addEventListener("input", () => go(+slider.value));
  const where = make("span", { class: "where" });
  const zoomBy = (factor) => zoom(Math.min(4, Math.max(0.1, scale * factor)));
  const bar = make("div", { class: "bar" }, first, previous, next, end, play, slider, where,
    button("−", "zoom out", () => zoomBy(0.8)), button("+", "zoom in", () => zoomBy(1.25)),
    button("100 %", "natural size", () => zoom(1)), button("fit", "fit into the view", fit, "fit"));
  const picture = make("div", { class: "picture" }, svg);
  const panel = make("div", { class: "panel", "aria-live": "polite" });
  const view = make("div", { class: "view", tabindex: 0, role: "group", "aria-label": "computation graph, step by step" }, bar, picture, panel);
  const host = make("div", { class: "chainrule-steps" });
  host.attachShadow({ mode: "open" }).append(make("style", {}, data.css), view);
  image.replaceWith(host);

  let at = last, scale = 1, timer = null;

  function zoom(to) {
    scale = to;
    const { width, height } = svg.viewBox.baseVal;
    filled(svg, { width: width * scale, height: height * scale });
    scrollToActive();
  }

  function fit() {
    const { width, height } = svg.viewBox.baseVal;
    zoom(Math.min(1, (picture.clientWidth || width) / width, 560 / height));
  }

  function start() {
    if (at === last) go(0);
    play.textContent = "pause";
    timer = setInterval(() => (host.isConnected && at < last ? advance(at + 1) : pause()), 1000);
  }

  function pause() { timer = clearInterval(timer); play.textContent = "play"; }

  function go(step) { pause(); advance(step); }

  function advance(step) {
    at = Math.min(last, Math.max(0, step));
    slider.value = at;
    first.disabled = previous.disabled = at === 0;
    next.disabled = end.disabled = at === last;
    if (at === last && timer) pause();
    paint();
    describe();
    scrollToActive();
  }

  // The picture as it was after this step.
  function paint() {
    const step = steps[at - 1];
    const now = { ...data.atFirst };
    for (const { gradients: changed } of steps.slice(0, at)) Object.assign(now, changed);
    vertices.forEach((vertex, i) => {
      const isActive = Boolean(step) && step.vertex === i;
      vertex.classList.toggle("waiting", at < (forwardAt[i] || 0));
      vertex.classList.toggle("active", isActive);
      vertex.classList.toggle("shown", isActive && step.phase === "forward");
      vertex.classList.toggle("changed", Boolean(step && step.gradients && i in step.gradients));
      if (gradients[i] && hasBackward) write(gradients[i], at === last ? final[i] : now[i] || data.nothing, vertex);
    });
    for (const { element, source, target } of edges) {
      element.classList.toggle("later", at < (forwardAt[target] || 0));
      element.classList.toggle("waiting", at < ((hasBackward ? backwardAt[target] : forwardAt[target]) || 0));
      element.classList.toggle("active", Boolean(step) && step.vertex === target && (step.phase === "forward" || (step.phase === "backward" && source in step.gradients)));
    }
    for (const { cover, inside } of clusters) cover.classList.toggle("active", Boolean(step) && inside.has(vertices[step.vertex]));
  }

  function write(text, words, vertex) {
    if (text.textContent === words) return;
    text.textContent = words;
    text.removeAttribute("textLength");
    const room = boxes[vertices.indexOf(vertex)][2] - 8;
    if (text.getComputedTextLength() > room) filled(text, { textLength: room, lengthAdjust: "spacingAndGlyphs" });
  }

  // The words below it.
  function describe() {
    const step = steps[at - 1];
    const result = titles[titles.length - 1];
    const line = (name, ...words) => make("div", { class: name }, ...words);
    const inside = [];
    if (at === 0) {
      where.textContent = "start";
      inside.push(line("head", "Inputs and parameters have their values; nothing is computed yet."));
    } else if (at === last) {
      where.textContent = "all steps";
      inside.push(line("head", hasBackward ? "All gradients are there." : "All values are there; no backward yet."));
      for (const [i, gradient] of data.leaves) inside.push(line("mono", `∂${result}/∂${titles[i]} = ${gradient}`));
      if (data.moreLeaves) inside.push(line("", data.moreLeaves));
    } else if (step.phase === "forward") {
      where.textContent = `forward ${at} of ${forward}`;
      const name = titles[step.vertex];
      inside.push(line("head", `Forward: ${name} is computed${step.shape ? `, ${step.shape}` : ""}`), line("mono letters", `${name} = ${step.letters}`));
      if (step.numbers) inside.push(line("mono numbers", `${name} = ${step.numbers} = ${step.value}`));
      else inside.push(line("mono numbers", step.value ? `${name} = ${step.value}` : "its value was not kept (inside watch() it is)"));
    } else {
      where.textContent = `backward ${at - forward} of ${steps.length - forward}`;
      const name = titles[step.vertex];
      const arriving = `∂${result}/∂${name}`;
      if (step.phase === "start") inside.push(line("head", "Backward starts at the result"), line("mono numbers", `${arriving} = ${step.upstream}`));
      else inside.push(line("head", `Backward through ${name}: its gradient ${arriving} = ${step.upstream} goes on to its inputs`), ...table(step, name, arriving));
    }
    if (step && step.line) inside.push(line("source", make("code", {}, step.line)));
    panel.replaceChildren(...inside);
    panel.style.minHeight = `${Math.max(parseFloat(panel.style.minHeight) || 0, panel.offsetHeight)}px`; // so that nothing jumps
  }

  function table(step, name, arriving) {
    const cells = (tag, texts) => make("tr", {}, ...texts.map((text) => make(tag, {}, text)));
    const body = make("tbody"), formulas = [];
    for (const [source, local, contribution, before, after, how] of step.rows) {
      const input = titles[source], factor = `∂${name}/∂${input}`;
      body.append(cells("td", [input, local, step.upstream, contribution, `${before} → ${after}`]));
      const letters = local === "–" ? `${arriving} carried back by ${factor}` : `${arriving} × ${factor}`;
      const numbers = local === "–" ? contribution : `${step.upstream} × ${local} = ${contribution}`;
      formulas.push(make("div", { class: "mono formula" }, `to ${input}: ${letters} = ${numbers}${how ? `  (${how})` : ""}`));
    }
    const head = make("thead", {}, cells("th", ["input", "local ∂", "× upstream", "= contribution", "gradient before → after"]));
    if (step.more) formulas.push(make("div", {}, step.more));
    return [make("table", {}, head, body), ...formulas];
  }

  function scrollToActive() {
    const active = svg.querySelector(".cover.active:not(.hidden)") || svg.querySelector(".vertex.active");
    if (!active) return;
    const box = active.getBoundingClientRect(), frame = picture.getBoundingClientRect();
    picture.scrollLeft += away(box.left, box.right, frame.left, frame.right);
    picture.scrollTop += away(box.top, box.bottom, frame.top, frame.bottom);
  }

  // How far to scroll: not at all if all is well inside; to the middle; to the beginning of what is too large.
  function away(from, to, start, end) {
    const room = 40;
    if (from >= start + room && to <= end - room) return 0;
    return to - from > end - start - 2 * room ? from - start - room : (from + to - start - end) / 2;
  }

  vertices.forEach((vertex, i) => { // what the words below call it, where its box does not say so
    const head = vertex.querySelector(".head"), [x, y, width] = boxes[i];
    if (!/^v\d+$/.test(titles[i])) return;
    const name = drawn("text", { class: "name", x: x + 5, y: y + 11 }, titles[i]);
    vertex.append(name);
    if (name.getComputedTextLength() + 12 > (width - head.getComputedTextLength()) / 2) name.setAttribute("y", y - 3);
  });

  // Modules fold: a cover with the title and the number of operations takes the place of what is inside.
  const within = ([x, y, width, height], [left, top, wide, high]) => x >= left && y >= top && x + width <= left + wide && y + height <= top + high;
  const canvas = vertices[0].parentNode, legend = svg.querySelector(".legend"), names = svg.querySelectorAll("text.title");
  const clusters = [...svg.querySelectorAll(".cluster")].map((element, i) => {
    const frame = element.querySelector("rect"), box = place(frame), title = names[i], words = title.textContent;
    const inside = new Set(vertices.filter((_, k) => within(boxes[k], box)));
    const label = drawn("text", { class: "head" }, `▸ ${words}`), count = drawn("text", { class: "shape" }, data.operations[i]);
    const cover = drawn("g", { class: "cover hidden", tabindex: 0, role: "button", "aria-expanded": "false", "aria-label": `expand ${words}` }, frame.cloneNode(), label, count);
    title.textContent = `▾ ${words}`;
    filled(title, { class: "title toggle", tabindex: 0, role: "button", "aria-expanded": "true", "aria-label": `collapse ${words}` });
    const size = [7.5 * Math.max(words.length + 2, count.textContent.length) + 20, 48]; // when closed
    return { box, title, cover, label, count, inside, size, collapsed: false };
  });
  for (const cluster of [...clusters].reverse()) canvas.append(cluster.cover); // the outer over the inner
  const folds = new Map();
  for (const cluster of clusters) {
    for (const element of [cluster.title, cluster.cover]) {
      folds.set(element, () => {
        fold([cluster], !cluster.collapsed);
        (cluster.collapsed ? cluster.cover : cluster.title).focus({ preventScroll: true });
      });
      element.addEventListener("click", folds.get(element));
    }
  }
  if (clusters.length) {
    bar.append(button("collapse", "collapse all modules", () => fold(clusters, true), "collapse"),
      button("expand", "expand all modules", () => fold(clusters, false), "expand"));
  }
  const shapes = [...canvas.querySelectorAll("rect, text, path")].map((element) => [element, place(element), element.getAttribute("d")]);
  const { width: whole, height: high } = svg.viewBox.baseVal, under = legend.transform.baseVal.getItem(0).matrix;
  const [left, top, least] = [under.e, under.f, legend.getBBox().width + 2 * under.e];

  function fold(which, collapsed) {
    for (const cluster of which) cluster.collapsed = collapsed;
    const isIn = (box) => clusters.some((cluster) => cluster.collapsed && cluster.box !== box && within(box, cluster.box));
    const closed = clusters.filter((cluster) => cluster.collapsed && !isIn(cluster.box));
    const around = new Map(vertices.map((vertex) => [vertex, closed.find(({ inside }) => inside.has(vertex))]));
    vertices.forEach((vertex) => vertex.classList.toggle("hidden", Boolean(around.get(vertex))));
    for (const { element, source, target } of edges) {
      const [from, to] = [source, target].map((i) => around.get(vertices[i]));
      element.classList.toggle("hidden", Boolean(to) && from === to);
      element.classList.toggle("ends-inside", Boolean(to));
    }
    for (const cluster of clusters) {
      cluster.cover.classList.toggle("hidden", !closed.includes(cluster));
      cluster.title.classList.toggle("hidden", cluster.collapsed || isIn(cluster.box));
    }
    squeeze(closed);
  }

  // Closed modules give up the room that nothing else needs: what is beyond moves up, or to the left.
  function squeeze(closed) {
    const kept = boxes.filter((_, i) => !vertices[i].matches(".hidden"));
    for (const [element, [x, y]] of shapes) {
      const width = 6.2 * element.textContent.length, isTitle = element.matches(".title:not(.hidden)");
      if (isTitle || element.matches(".edge:not(.ends-inside) text")) kept.push([isTitle ? x : x - width / 2, y - 10, width, 12]);
    }
    const [across, down] = [0, 1].map((i) => {
      const room = closed.map(({ box, size }) => [Math.min(box[i] + size[i], box[i] + box[i + 2]), box[i] + box[i + 2]]);
      const needed = kept.map((box) => [box[i] - 18, box[i] + box[i + 2] + 18]);
      const ends = [...room, ...needed].flat().sort((a, b) => a - b);
      const cuts = ends.slice(1).map((b, k) => [ends[k], b]).filter(([a, b]) =>
        a < b && room.some(([from, to]) => from <= a && b <= to) && !needed.some(([from, to]) => from < b && a < to));
      return (at) => cuts.reduce((to, [a, b]) => to - Math.min(b - a, Math.max(0, at - a)), at);
    });
    for (const [element, [x, y, width, height], path] of shapes) {
      const [to, below] = [across(x), down(y)];
      if (path) filled(element, { d: path.replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, a, b) => `${across(+a)} ${down(+b)}`) });
      else filled(element, width ? { x: to, y: below, width: across(x + width) - to, height: down(y + height) - below } : { x: to, y: below });
    }
    for (const { box: [x, y, width], label, count } of closed) {
      const middle = (across(x) + across(x + width)) / 2;
      filled(label, { x: middle, y: down(y) + 21 });
      filled(count, { x: middle, y: down(y) + 37 });
    }
    filled(legend, { transform: `translate(${left} ${down(top)})` });
    filled(svg, { viewBox: `0 0 ${Math.max(across(whole), least)} ${down(high)}` });
    zoom(scale);
  }

  // A click on a vertex goes to its step; a second one to its other step, forward or backward.
  vertices.forEach((vertex, i) => vertex.addEventListener("click", () => {
    const there = forwardAt[i] || 0, back = backwardAt[i] || arrivedAt[i];
    go(back && (at > forward ? at !== back : at === there) ? back : there);
  }));
  // Keys are caught before the page around, such as JupyterLab, sees them; all others are the page's.
  const keys = { ArrowLeft: () => go(at - 1), ArrowRight: () => go(at + 1), Home: () => go(0), End: () => go(last), " ": () => (timer ? pause() : start()) };
  function keyed(event) {
    const target = event.composedPath()[0], presses = event.key === "Enter" || event.key === " ";
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const act = presses && folds.has(target) ? folds.get(target) : keys[event.key];
    const isButton = presses && target.tagName === "BUTTON"; // which the browser itself presses
    if (!act && !isButton) return;
    event.stopImmediatePropagation();
    if (isButton) return;
    event.preventDefault();
    act();
  }
  view.addEventListener("focusin", () => window.addEventListener("keydown", keyed, true));
  view.addEventListener("focusout", () => window.removeEventListener("keydown", keyed, true));
  const most = Math.min(4, Math.max(0, ...steps.map((step) => (step.rows || []).length)));
  panel.style.minHeight = `${80 + 42 * most + (steps.some((step) => step.line) ? 22 : 0)}px`;
  advance(last);
}
