// Finds vertices by name, operation or shape: matches are marked, Enter shows the next of them.
(titles, vertices, show, makeHtml) => {
  const field = makeHtml("input", { type: "search", placeholder: "name or operation", "aria-label": "find" });
  const count = makeHtml("span", { role: "status" });
  const texts = vertices.map((vertex, i) => [titles[i], ...[...vertex.querySelectorAll(".head, .shape")].map((text) => text.textContent)].join(" ").toLowerCase());
  let matches = [], current = -1;

  function mark() {
    vertices.forEach((vertex, i) => vertex.classList.toggle("found", matches.includes(i)));
    count.textContent = !field.value ? "" : matches.length ? `${current < 0 ? "" : `${current + 1} of `}${matches.length} found` : "nothing found";
  }
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    matches = wanted ? texts.flatMap((text, i) => (text.includes(wanted) ? [i] : [])) : [];
    current = -1;
    mark();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !matches.length) return;
    event.preventDefault();
    current = (current + (event.shiftKey ? matches.length - 1 : 1) + (current < 0 && event.shiftKey ? 1 : 0)) % matches.length;
    mark();
    show(matches[current]);
  });
  return makeHtml("span", { class: "find" }, makeHtml("label", {}, "find ", field), " ", count);
}
