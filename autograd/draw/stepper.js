// Replaces the image before this script by a view with controls. The view is in a shadow root, so that styles of the page do not
// affect it, nor its styles the page. html.py writes `data`; every text is set as text, never as markup; no number is formatted here.
(script, data, followTheme, makeViewport, makePaths, makeGrids, makeFind) => {
  const image = script && script.previousElementSibling;
  if (!image || image.tagName !== "IMG") return;
  const bytes = Uint8Array.from(atob(image.src.split(",")[1]), (c) => c.charCodeAt(0));
  const svg = document.importNode(new DOMParser().parseFromString(new TextDecoder().decode(bytes), "image/svg+xml").documentElement, true);
  const { titles, steps } = data;
  const last = steps.length + 1; // positions: 0 shows inputs only, k the picture after step k, last everything
  const forward = steps.filter((step) => step.phase === "forward").length;
  const hasBackward = forward < steps.length;

  const assign = (element, attributes, ...children) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const makeHtml = (tag, attributes = {}, ...children) => assign(document.createElement(tag), attributes, ...children);
  const makeSvg = (tag, attributes, ...children) => assign(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, ...children);
  const makeButton = (text, label, action, name = "") => {
    const element = makeHtml("button", { type: "button", "aria-label": label, title: label, class: name }, text);
    element.addEventListener("click", action);
    return element;
  };

  const boxOf = (rect) => ["x", "y", "width", "height"].map((name) => +rect.getAttribute(name));

  // The elements of the picture.
  const vertices = [...svg.querySelectorAll(".vertex")];
  const boxes = vertices.map((vertex) => boxOf([...vertex.querySelectorAll('rect:not([fill="none"])')].pop())); // the front one
  const edges = [...svg.querySelectorAll(".edge")].map((element) => ({
    element, source: +element.dataset.source, target: +element.dataset.target,
  }));
  const gradientTexts = vertices.map((vertex) => vertex.querySelector(".gradient"));
  const finalTexts = gradientTexts.map((text) => text && text.textContent);
  const forwardAt = {}, backwardAt = {}, lastChangeAt = {}; // by vertex: positions
  steps.forEach((step, i) => {
    if (step.phase === "forward") forwardAt[step.vertex] = i + 1;
    if (step.phase === "backward") backwardAt[step.vertex] = i + 1;
    for (const vertex of Object.keys(step.gradients || {})) lastChangeAt[vertex] = i + 1;
  });

  // The controls, the picture and the text panel.
  const first = makeButton("«", "first step", () => go(0));
  const previous = makeButton("‹ prev", "previous step (left arrow)", () => go(position - 1), "prev");
  const next = makeButton("next ›", "next step (right arrow)", () => go(position + 1), "next");
  const play = makeButton("play", "play all steps (space)", togglePlay, "play");
  const end = makeButton("»", "last step", () => go(last));
  const slider = makeHtml("input", { type: "range", min: 0, max: last, step: 1, "aria-label": "step" });
  slider.addEventListener("input", () => go(+slider.value));
  const positionText = makeHtml("span", { class: "where" });
  const group = (...elements) => makeHtml("span", { class: "group" }, ...elements);
  const picture = makeHtml("div", { class: "picture" }, svg);
  const panel = makeHtml("div", { class: "panel", "aria-live": "polite" });
  const view = makeHtml("div", { class: "view", tabindex: 0, role: "group", "aria-label": "computation graph, step by step" });
  const viewport = makeViewport(svg, picture, view, makeButton, makeSvg);
  const bar = makeHtml("div", { class: "bar" }, group(first, previous, next, end, play), slider, positionText, group(...viewport.buttons));
  view.append(bar, makeHtml("div", { class: "stage" }, picture, viewport.map), panel);
  const tools = makeHtml("div", { class: "tools" });
  const reveal = (i) => viewport.reveal((clusters.find(({ cover, inside }) => inside.has(vertices[i]) && !cover.matches(".hidden")) || { cover: vertices[i] }).cover);
  if (vertices.length > 12) tools.append(makeFind(titles, vertices, reveal, makeHtml));
  if (hasBackward) tools.append(makePaths(data, vertices, edges, makeHtml));
  if (tools.firstChild) view.append(tools);
  const host = makeHtml("div", { class: "chainrule-steps" });
  host.attachShadow({ mode: "open" }).append(makeHtml("style", {}, data.css), view);
  image.replaceWith(host);
  followTheme(svg, view);

  let position = last, timer = null;

  function togglePlay() { return timer ? pause() : start(); }

  function start() {
    if (position === last) go(0);
    play.textContent = "pause";
    timer = setInterval(() => (host.isConnected && position < last ? advance(position + 1) : pause()), 1000);
  }

  function pause() { timer = clearInterval(timer); play.textContent = "play"; }

  function go(step) { pause(); advance(step); }

  function advance(step) {
    position = Math.min(last, Math.max(0, step));
    slider.value = position;
    first.disabled = previous.disabled = position === 0;
    next.disabled = end.disabled = position === last;
    if (position === last && timer) pause();
    paint();
    describe();
    scrollToActive();
  }

  // Shows the picture after this step.
  function paint() {
    const step = steps[position - 1];
    const sums = { ...data.initialGradients };
    for (const { gradients: changed } of steps.slice(0, position)) Object.assign(sums, changed);
    vertices.forEach((vertex, i) => {
      const isActive = Boolean(step) && step.vertex === i;
      vertex.classList.toggle("waiting", position < (forwardAt[i] || 0));
      vertex.classList.toggle("active", isActive);
      vertex.classList.toggle("shown", isActive && step.phase === "forward");
      vertex.classList.toggle("changed", Boolean(step && step.gradients && i in step.gradients));
      if (gradientTexts[i] && hasBackward) setText(gradientTexts[i], position === last ? finalTexts[i] : sums[i] || data.emptyGradient, vertex);
    });
    for (const { element, source, target } of edges) {
      element.classList.toggle("later", position < (forwardAt[target] || 0));
      element.classList.toggle("waiting", position < ((hasBackward ? backwardAt[target] : forwardAt[target]) || 0));
      element.classList.toggle("active", Boolean(step) && step.vertex === target && (step.phase === "forward" || (step.phase === "backward" && source in step.gradients)));
    }
    for (const { cover, inside, result, gradient } of clusters) {
      cover.classList.toggle("active", Boolean(step) && inside.has(vertices[step.vertex]));
      if (gradient) gradient.textContent = gradientTexts[result].textContent;
    }
  }

  function setText(element, text, vertex) {
    if (element.textContent === text) return;
    element.textContent = text;
    element.removeAttribute("textLength");
    const maxLength = boxes[vertices.indexOf(vertex)][2] - 8;
    if (element.getComputedTextLength() > maxLength) assign(element, { textLength: maxLength, lengthAdjust: "spacingAndGlyphs" });
  }

  // The text below the picture.
  function describe() {
    const step = steps[position - 1];
    const line = (name, ...content) => makeHtml("div", { class: name }, ...content);
    const lines = [];
    if (position === 0) {
      positionText.textContent = "start";
      lines.push(line("head", "Inputs and parameters have their values; nothing is computed yet."));
    } else if (position === last) {
      positionText.textContent = "all steps";
      lines.push(line("head", hasBackward ? "All gradients are there." : "All values are there; no backward yet."));
      for (const [symbol, gradient] of data.leaves) lines.push(line("mono", `${symbol} = ${gradient}`));
      if (data.moreLeaves) lines.push(line("", data.moreLeaves));
    } else if (step.phase === "forward") {
      positionText.textContent = `forward ${position} of ${forward}`;
      const name = titles[step.vertex];
      lines.push(line("head", `Forward: ${name} is computed${step.shape ? `, ${step.shape}` : ""}`), line("mono letters", `${name} = ${step.formula}`));
      if (step.numbers) lines.push(line("mono numbers", `${name} = ${step.numbers} = ${step.value}`));
      else lines.push(line("mono numbers", step.value ? `${name} = ${step.value}` : "its value was not kept (inside watch() it is)"));
    } else {
      positionText.textContent = `backward ${position - forward} of ${steps.length - forward}`;
      const name = titles[step.vertex];
      const upstream = data.symbols[step.vertex];
      if (step.phase === "start") lines.push(line("head", "Backward starts at the result"), line("mono numbers", `${upstream} = ${step.upstream}`));
      else lines.push(line("head", `Backward through ${name}: its gradient ${upstream} = ${step.upstream} goes on to its inputs`), ...table(step));
    }
    if (step && data.grids) {
      const { values, gradients, palette } = data.grids, inputs = step.operands.map((i) => values[i]);
      const grids = step.phase === "forward" ? [...inputs, values[step.vertex]] : [gradients[step.vertex], ...inputs];
      if (grids.some(Boolean)) lines.push(makeGrids(grids.filter(Boolean), palette, makeHtml));
    }
    if (step && step.line) lines.push(line("source", makeHtml("code", {}, step.line)));
    panel.replaceChildren(...lines);
    panel.style.minHeight = `${Math.max(parseFloat(panel.style.minHeight) || 0, panel.offsetHeight)}px`; // never shrinks, so that nothing below it moves
  }

  function table(step) {
    const cells = (tag, texts) => makeHtml("tr", {}, ...texts.map((text) => makeHtml(tag, {}, text)));
    const body = makeHtml("tbody"), formulas = [];
    for (const [source, local, contribution, before, after, chainRule] of step.rows) {
      body.append(cells("td", [titles[source], local, step.upstream, contribution, `${before} → ${after}`]));
      formulas.push(makeHtml("div", { class: "mono formula" }, `to ${titles[source]}: ${chainRule}`));
    }
    if ((step.notes || []).length) formulas.push(makeHtml("div", { class: "mono notes" }, step.notes.join(", ")));
    const head = makeHtml("thead", {}, cells("th", ["input", "local ∂", "× upstream", "= contribution", "gradient before → after"]));
    if (step.moreRows) formulas.push(makeHtml("div", {}, step.moreRows));
    return [makeHtml("table", {}, head, body), ...formulas];
  }

  function scrollToActive() {
    viewport.reveal(svg.querySelector(".cover.active:not(.hidden)") || svg.querySelector(".vertex.active"));
  }

  // Adds the name that the text panel uses, such as v1, to boxes that do not show it.
  vertices.forEach((vertex, i) => {
    const head = vertex.querySelector(".head"), [x, y, width] = boxes[i];
    if (!/^v\d+$/.test(titles[i])) return;
    const name = makeSvg("text", { class: "name", x: x + 5, y: y + 11 }, titles[i]);
    vertex.append(name);
    if (name.getComputedTextLength() + 12 > (width - head.getComputedTextLength()) / 2) name.setAttribute("y", y - 3);
  });

  // Modules collapse: a cover replaces their content. It has the title, the shape and the gradient of the result, and counts.
  const within = ([x, y, width, height], [outerX, outerY, outerWidth, outerHeight]) =>
    x >= outerX && y >= outerY && x + width <= outerX + outerWidth && y + height <= outerY + outerHeight;
  const canvas = vertices[0].parentNode, legend = svg.querySelector(".legend"), names = svg.querySelectorAll("text.title");
  const clusters = [...svg.querySelectorAll(".cluster")].map((element, i) => {
    const frame = element.querySelector("rect"), box = boxOf(frame), title = names[i], text = title.textContent;
    const inside = new Set(vertices.filter((_, k) => within(boxes[k], box)));
    const { result, lines } = data.modules[i];
    const gradient = gradientTexts[result] && makeSvg("text", { class: "gradient" }, gradientTexts[result].textContent);
    const texts = [makeSvg("text", { class: "head" }, `▸ ${text}`), ...lines.map((line) => makeSvg("text", { class: "shape" }, line)), ...(gradient ? [gradient] : [])];
    const cover = makeSvg("g", { class: "cover hidden", tabindex: 0, role: "button", "aria-expanded": "false", "aria-label": `expand ${text}` }, frame.cloneNode(), ...texts);
    if (inside.has(vertices[vertices.length - 1])) cover.classList.add("holds-result");
    title.textContent = `▾ ${text}`;
    assign(title, { class: "title toggle", tabindex: 0, role: "button", "aria-expanded": "true", "aria-label": `collapse ${text}` });
    const size = [7.5 * Math.max(...texts.map((line) => line.textContent.length)) + 20, 16 * texts.length + 12]; // when collapsed
    return { box, title, cover, texts, result, gradient, inside, size, collapsed: false };
  });
  for (const cluster of [...clusters].reverse()) canvas.append(cluster.cover); // outer covers above inner ones
  const toggles = new Map(); // by element: the function that collapses or expands its module
  for (const cluster of clusters) {
    for (const element of [cluster.title, cluster.cover]) {
      toggles.set(element, () => {
        setCollapsed([cluster], !cluster.collapsed);
        (cluster.collapsed ? cluster.cover : cluster.title).focus({ preventScroll: true });
      });
      element.addEventListener("click", toggles.get(element));
    }
  }
  if (clusters.length) {
    bar.append(group(makeButton("collapse", "collapse all modules", () => setCollapsed(clusters, true), "collapse"),
      makeButton("expand", "expand all modules", () => setCollapsed(clusters, false), "expand")));
  }
  const paths = new Map(edges.map(({ element }) => element.querySelector(".line")).map((line) => [line, line.getAttribute("d")]));
  const routes = new Map(paths); // the visible part of each line
  const shapes = [...canvas.querySelectorAll("rect, text, path")].map((element) => [element, boxOf(element), element.getAttribute("d")]);
  const { width: fullWidth, height: fullHeight } = svg.viewBox.baseVal, legendMatrix = legend.transform.baseVal.getItem(0).matrix;
  const [legendX, legendY, minWidth] = [legendMatrix.e, legendMatrix.f, legend.getBBox().width + 2 * legendMatrix.e];

  function setCollapsed(changed, collapsed) {
    for (const cluster of changed) cluster.collapsed = collapsed;
    const isInside = (box) => clusters.some((cluster) => cluster.collapsed && cluster.box !== box && within(box, cluster.box));
    const visible = clusters.filter((cluster) => cluster.collapsed && !isInside(cluster.box));
    const coverOf = new Map(vertices.map((vertex) => [vertex, visible.find(({ inside }) => inside.has(vertex))]));
    vertices.forEach((vertex) => vertex.classList.toggle("hidden", Boolean(coverOf.get(vertex))));
    for (const { element, source, target } of edges) {
      const [from, to] = [source, target].map((i) => coverOf.get(vertices[i]));
      element.classList.toggle("hidden", Boolean(to) && from === to);
      element.classList.toggle("ends-inside", Boolean(to));
      const line = element.querySelector(".line");
      routes.set(line, clip(paths.get(line), from && from.box, to && to.box));
    }
    for (const cluster of clusters) {
      cluster.cover.classList.toggle("hidden", !visible.includes(cluster));
      cluster.title.classList.toggle("hidden", cluster.collapsed || isInside(cluster.box));
    }
    compact(visible);
  }

  // The part of a path from the border of one cover to the border of another; every path has a point on each border it crosses.
  function clip(path, from, to) {
    const isAt = ([x, y, width, height], [px, py]) => px > x - 0.2 && px < x + width + 0.2 && py > y - 0.2 && py < y + height + 0.2;
    let commands = [...path.matchAll(/([MLC])([^MLC]+)/g)].map(([text, , numbers]) => ({ text, end: numbers.trim().split(/\s+/).slice(-2).map(Number) }));
    if (from) {
      const start = commands.map(({ end }) => isAt(from, end)).lastIndexOf(true);
      if (start > 0) commands = [{ ...commands[start], text: `M${commands[start].end.join(" ")}` }, ...commands.slice(start + 1)];
    }
    if (to) {
      const end = commands.findIndex((command) => isAt(to, command.end));
      if (end > 0) commands = commands.slice(0, end + 1);
    }
    return commands.map(({ text }) => text).join("");
  }

  // Removes the space that collapsed modules do not need: everything below moves up, everything on the right moves left.
  function compact(covers) {
    const remaining = boxes.filter((_, i) => !vertices[i].matches(".hidden"));
    for (const [element, [x, y]] of shapes) {
      const width = 6.2 * element.textContent.length, isTitle = element.matches(".title:not(.hidden)");
      if (isTitle || element.matches(".edge:not(.ends-inside) text")) remaining.push([isTitle ? x : x - width / 2, y - 10, width, 12]);
    }
    const [across, down] = [0, 1].map((i) => {
      const free = covers.map(({ box, size }) => [Math.min(box[i] + size[i], box[i] + box[i + 2]), box[i] + box[i + 2]]);
      const needed = remaining.map((box) => [box[i] - 18, box[i] + box[i + 2] + 18]);
      const ends = [...free, ...needed].flat().sort((a, b) => a - b);
      const cuts = ends.slice(1).map((b, k) => [ends[k], b]).filter(([a, b]) =>
        a < b && free.some(([from, to]) => from <= a && b <= to) && !needed.some(([from, to]) => from < b && a < to));
      return (x) => cuts.reduce((to, [a, b]) => to - Math.min(b - a, Math.max(0, x - a)), x);
    });
    for (const [element, [x, y, width, height], path] of shapes) {
      const [newX, newY] = [across(x), down(y)];
      if (path) assign(element, { d: (routes.get(element) || path).replace(/(-?[\d.]+) (-?[\d.]+)/g, (_, a, b) => `${across(+a)} ${down(+b)}`) });
      else assign(element, width ? { x: newX, y: newY, width: across(x + width) - newX, height: down(y + height) - newY } : { x: newX, y: newY });
    }
    for (const { box: [x, y, width, height], texts } of covers) {
      const middle = (across(x) + across(x + width)) / 2, top = (down(y) + down(y + height)) / 2 - 8 * texts.length + 12;
      texts.forEach((line, i) => assign(line, { x: middle, y: top + 16 * i }));
    }
    assign(legend, { transform: `translate(${legendX} ${down(legendY)})` });
    assign(svg, { viewBox: `0 0 ${Math.max(across(fullWidth), minWidth)} ${down(fullHeight)}` });
    viewport.refresh();
  }

  // The first click on a vertex goes to one of its steps, the second to the other: forward or backward.
  vertices.forEach((vertex, i) => vertex.addEventListener("click", () => {
    const forwardStep = forwardAt[i] || 0, backwardStep = backwardAt[i] || lastChangeAt[i];
    go(backwardStep && (position > forward ? position !== backwardStep : position === forwardStep) ? backwardStep : forwardStep);
  }));
  // These keys are handled before the page, such as JupyterLab, receives them; all other keys are left to the page.
  const keys = { ArrowLeft: () => go(position - 1), ArrowRight: () => go(position + 1), Home: () => go(0), End: () => go(last), " ": togglePlay };
  function handleKey(event) {
    const target = event.composedPath()[0], presses = event.key === "Enter" || event.key === " ";
    if (target.matches("select, input:not([type=range])")) return; // they have keys of their own
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const action = presses && toggles.has(target) ? toggles.get(target) : keys[event.key];
    const isButton = presses && target.tagName === "BUTTON"; // the browser presses it
    if (!action && !isButton) return;
    event.stopImmediatePropagation();
    if (isButton) return;
    event.preventDefault();
    action();
  }
  view.addEventListener("focusin", () => window.addEventListener("keydown", handleKey, true));
  view.addEventListener("focusout", () => window.removeEventListener("keydown", handleKey, true));
  const rowCount = Math.min(4, Math.max(0, ...steps.map((step) => (step.rows || []).length)));
  panel.style.minHeight = `${80 + 42 * rowCount + (steps.some((step) => step.line) ? 22 : 0)}px`;
  advance(last);
  viewport.fit();
}
