// Two lists to choose a start and an end from: the picture highlights every path between them, and their products are listed.
// paths.py writes the texts; pointing at a product, or its focus, highlights its path alone.
(data, vertices, edges, makeHtml) => {
  const makeOption = (text, value) => makeHtml("option", { value }, text);
  const choices = data.tracked.map((i) => [data.titles[i], i]);
  const from = makeHtml("select", { "aria-label": "paths from" }, makeOption("–", ""), ...choices.map(([text, i]) => makeOption(text, i)));
  const to = makeHtml("select", { "aria-label": "paths to" }, ...choices.map(([text, i]) => makeOption(text, i)));
  to.value = vertices.length - 1;
  const list = makeHtml("div", { class: "path-list" });
  const keys = new Map(edges.map((edge) => [edge.element.id.replace(/^.*-e/, ""), edge])); // target-port

  function highlight(shown) {
    const ends = new Set(shown.flatMap(({ source, target }) => [source, target]));
    for (const edge of edges) edge.element.classList.toggle("on-path", shown.includes(edge));
    vertices.forEach((vertex, i) => vertex.classList.toggle("on-path", ends.has(i)));
  }

  // The edges that lead from the start to the end; edges are sorted by their target, as the vertices are.
  function between(start, end) {
    const reached = new Set([start]), leading = new Set([end]);
    for (const { source, target } of edges) if (reached.has(source)) reached.add(target);
    for (const { source, target } of [...edges].reverse()) if (leading.has(target)) leading.add(source);
    return edges.filter(({ source, target }) => reached.has(source) && leading.has(target));
  }

  function countPaths(start, end) {
    const counts = new Map([[start, 1n]]);
    for (const { source, target } of edges) if (counts.has(source)) counts.set(target, (counts.get(target) || 0n) + counts.get(source));
    return counts.get(end) || 0n;
  }

  function update() {
    const start = from.value === "" ? null : +from.value, end = +to.value;
    if (start === null || start === end) return highlight([]), list.replaceChildren();
    const all = between(start, end), [lines, paths] = data.paths[`${start}-${end}`] || [[], []];
    const texts = lines.length ? lines : [all.length ? `${countPaths(start, end)} paths; their products are not listed in a graph of this size: graph.paths(…) prints them` : "no path"];
    highlight(all);
    list.replaceChildren(...texts.map((text, k) => {
      const path = k && paths[k - 1] ? paths[k - 1].map(([target, port]) => keys.get(`${target}-${port}`)) : null;
      const line = makeHtml("div", path ? { class: "mono path", tabindex: 0 } : { class: k ? "mono" : "head" }, text);
      if (path) for (const [name, shown] of [["pointerenter", path], ["focus", path], ["pointerleave", all], ["blur", all]]) line.addEventListener(name, () => highlight(shown));
      return line;
    }));
  }
  for (const select of [from, to]) select.addEventListener("change", update);
  return makeHtml("div", { class: "paths" }, makeHtml("label", {}, "paths from ", from), makeHtml("label", {}, " to ", to), list);
}
