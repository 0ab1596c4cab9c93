// The picture in its frame: how it opens, zoom, full screen, and a small map of a large picture. Returns the functions that
// the stepper needs and the buttons for its toolbar.
(svg, picture, view, makeButton, makeSvg) => {
  const READABLE = 0.75; // the smallest scale at which a picture opens: its text is then 9 px high
  let scale = 1, width = 0, isUntouched = true;

  const size = () => svg.viewBox.baseVal;
  const space = () => [picture.clientWidth || size().width, parseFloat(getComputedStyle(picture).maxHeight) || picture.clientHeight || size().height];
  const overflows = () => picture.scrollWidth > picture.clientWidth + 1 || picture.scrollHeight > picture.clientHeight + 1;

  const isLarge = (factor) => {
    const [frameWidth, frameHeight] = space();
    return view.clientWidth > 600 && (size().width * factor > 1.5 * frameWidth || size().height * factor > 1.5 * frameHeight);
  };

  function setZoom(factor) {
    scale = Math.min(4, Math.max(0.1, factor));
    svg.setAttribute("width", size().width * scale);
    svg.setAttribute("height", size().height * scale);
    drawMap();
  }

  // The whole picture if it is readable, else its width, else the smallest readable scale; the result is then in view.
  function fit() {
    setZoom(fittingScale());
    setZoom(fittingScale()); // again beside the map, if there is one now
    if (overflows()) reveal(svg.querySelector(".cover.holds-result:not(.hidden)") || svg.querySelector(".vertex.result"));
  }

  function fittingScale() {
    const [frameWidth, frameHeight] = space();
    const across = Math.min(1, frameWidth / size().width), whole = Math.min(across, frameHeight / size().height);
    return whole >= READABLE ? whole : Math.max(READABLE, across);
  }

  function zoomBy(factor) {
    isUntouched = false;
    setZoom(scale * factor);
  }

  // Scrolls to an element: not at all if it is well inside the frame.
  function reveal(element) {
    if (!element) return;
    const box = element.getBoundingClientRect(), frame = picture.getBoundingClientRect();
    picture.scrollLeft += scrollDistance(box.left, box.right, frame.left, frame.right);
    picture.scrollTop += scrollDistance(box.top, box.bottom, frame.top, frame.bottom);
    moveMap();
  }

  // The distance that moves [from, to] to the center of [start, end]: 0 if it is well inside, to its beginning if it is too large.
  function scrollDistance(from, to, start, end) {
    const margin = 40;
    if (from >= start + margin && to <= end - margin) return 0;
    return to - from > end - start - 2 * margin ? from - start - margin : (from + to - start - end) / 2;
  }

  // The map: every box as a rectangle, and the frame over them.
  const map = makeSvg("svg", { class: "map", role: "img", "aria-label": "map of the graph" });
  const frame = makeSvg("rect", { class: "frame" });
  let isMapWanted = true;
  function drawMap() {
    const isUseful = isLarge(scale), isShown = isUseful && isMapWanted;
    mapButton.classList.toggle("gone", !isUseful);
    mapButton.setAttribute("aria-pressed", isMapWanted);
    map.classList.toggle("hidden", !isShown);
    picture.classList.toggle("beside-map", isShown);
    if (!isShown) return;
    const { width: fullWidth, height: fullHeight } = size(), ratio = Math.min(110 / fullWidth, 200 / fullHeight);
    for (const [name, value] of Object.entries({ viewBox: `0 0 ${fullWidth} ${fullHeight}`, width: Math.max(24, fullWidth * ratio), height: Math.max(24, fullHeight * ratio) })) map.setAttribute(name, value);
    const boxes = [...svg.querySelectorAll(".vertex:not(.hidden), .cover:not(.hidden)")].map((element) => {
      const box = [...element.querySelectorAll("rect:not([fill=none])")].pop().cloneNode();
      box.setAttribute("class", element.matches(".active") ? "active" : "");
      return box;
    });
    const canvas = makeSvg("g", { transform: svg.querySelector(".vertex").parentNode.getAttribute("transform") }, ...boxes);
    map.replaceChildren(canvas, frame);
    moveMap();
  }
  function moveMap() {
    for (const [name, value] of Object.entries({ x: picture.scrollLeft, y: picture.scrollTop, width: picture.clientWidth, height: picture.clientHeight })) frame.setAttribute(name, value / scale);
    frame.style.strokeWidth = `${2 * size().width / (map.width.baseVal.value || 1)}px`;
  }
  function scrollByMap(event) {
    if (!event.buttons) return;
    const box = map.getBoundingClientRect();
    isUntouched = false;
    picture.scrollLeft = ((event.clientX - box.left) / box.width) * picture.scrollWidth - picture.clientWidth / 2;
    picture.scrollTop = ((event.clientY - box.top) / box.height) * picture.scrollHeight - picture.clientHeight / 2;
  }
  map.addEventListener("pointerdown", scrollByMap);
  map.addEventListener("pointermove", scrollByMap);
  picture.addEventListener("scroll", moveMap);

  // Full screen: by the browser, or over the page where the browser does not allow it.
  const isFull = () => view.getRootNode().fullscreenElement === view || view.matches(".full");
  function toggleFull() {
    if (view.matches(".full")) leave();
    else if (isFull()) document.exitFullscreen();
    else if (document.fullscreenEnabled) view.requestFullscreen().catch(cover);
    else cover();
  }
  function cover() { view.classList.add("full"); fit(); }
  function leave() { view.classList.remove("full"); fit(); }
  view.addEventListener("fullscreenchange", () => requestAnimationFrame(fit));
  view.addEventListener("keydown", (event) => { if (event.key === "Escape" && view.matches(".full")) leave(); });

  const mapButton = makeButton("map", "small map of the graph", () => { isMapWanted = !isMapWanted; drawMap(); }, "map-button");
  const buttons = [
    makeButton("−", "zoom out", () => zoomBy(0.8)), makeButton("+", "zoom in", () => zoomBy(1.25)),
    makeButton("1:1", "natural size", () => zoomBy(1 / scale)), makeButton("fit", "fit into the view", () => { isUntouched = true; fit(); }, "fit"),
    makeButton("full", "full screen", toggleFull, "full-screen"), mapButton,
  ];
  // A picture that nobody has zoomed is fitted again when the width of the view changes, as from a hidden cell to a visible one.
  new ResizeObserver(() => requestAnimationFrame(() => {
    if (!view.clientWidth || view.clientWidth === width) return;
    width = view.clientWidth;
    isUntouched ? fit() : drawMap();
  })).observe(view);
  return { fit, reveal, map, buttons, refresh: () => (isUntouched ? fit() : setZoom(scale)) };
}
