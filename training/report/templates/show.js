"use strict";
(function () {
  const specification = JSON.parse(document.getElementById("specification").textContent);
  const place = document.getElementById("chart");
  // Axis and its labels take about 80 pixels beside the panels, which fill the rest.
  const width = Math.max(220, Math.min(860, place.clientWidth - 80));
  for (const panel of specification.vconcat) panel.width = width;
  // Expressions are interpreted, so that the page needs no leave to make code of texts.
  const options = { actions: false, ast: true, renderer: "svg", tooltip: { theme: "custom" } };
  vegaEmbed(place, specification, options).then(function () {
    document.getElementById("without").hidden = true;
  });
})();
