// Corre antes de dibujar: con «auto» el tema es el del sistema, y sigue sus cambios.
(() => {
  const raiz = document.documentElement;
  raiz.classList.add("con-js");
  const oscuro = window.matchMedia("(prefers-color-scheme: dark)");
  const aplicar = () => {
    const tema = raiz.dataset.tema;
    raiz.dataset.bsTheme = tema === "auto" ? (oscuro.matches ? "dark" : "light") : tema;
  };
  oscuro.addEventListener("change", aplicar);
  window.ponerTema = (tema) => {
    raiz.dataset.tema = tema;
    document.cookie = `tema=${tema};path=/;max-age=31536000;samesite=lax`;
    aplicar();
    for (const boton of document.querySelectorAll("[data-poner-tema]")) {
      boton.setAttribute("aria-pressed", String(boton.dataset.ponerTema === tema));
    }
  };
  aplicar();
})();
