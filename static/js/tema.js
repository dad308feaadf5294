// Corre antes de dibujar: con «automatico» el tema es el del sistema, y sigue sus cambios.
(() => {
  const raiz = document.documentElement;
  raiz.classList.add("con-js");
  const oscuro = window.matchMedia("(prefers-color-scheme: dark)");
  const aplicar = () => {
    const { tema } = raiz.dataset;
    raiz.dataset.bsTheme = tema === "oscuro" || (tema === "automatico" && oscuro.matches) ? "dark" : "light";
  };
  oscuro.addEventListener("change", aplicar);
  // Lo dice el servidor cuando ya lo guardó: lo que se ve es lo que se verá en cualquier otro navegador.
  document.addEventListener("temaElegido", (evento) => {
    raiz.dataset.tema = evento.detail.tema;
    aplicar();
    for (const boton of document.querySelectorAll("button[name=tema]")) {
      boton.setAttribute("aria-pressed", String(boton.value === evento.detail.tema));
    }
  });
  aplicar();
})();
