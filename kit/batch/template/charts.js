// Draws the interactive figures over the static ones. Without scripts the static ones stay.
document.addEventListener("DOMContentLoaded", function () {
  if (!window.Plotly) return;
  document.querySelectorAll("figure[data-kit]").forEach(function (figure) {
    var spec = JSON.parse(figure.querySelector("script[type='application/json']").textContent);
    var place = figure.querySelector(".kit-live");
    figure.classList.add("live");
    Plotly.newPlot(place, spec.data, spec.layout, { responsive: true, displayModeBar: false }).catch(function () {
      figure.classList.remove("live");
    });
  });
});
