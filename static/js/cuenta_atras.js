// Lo que falta para que venza cada reserva, segundo a segundo. Sin esto queda lo que escribió el servidor.
(() => {
  const CAMPO = "[data-vence]";
  // El reloj de quien mira puede estar mal puesto: cuenta el del servidor.
  const desfase = (campo) => {
    campo.dataset.desfase ??= String(Date.now() - Date.parse(campo.dataset.ahora));
    return Number(campo.dataset.desfase);
  };
  const dosCifras = (numero) => String(numero).padStart(2, "0");
  const escribir = (segundos) => {
    const dias = Math.floor(segundos / 86400);
    const horas = Math.floor((segundos % 86400) / 3600);
    const minutos = Math.floor((segundos % 3600) / 60);
    if (dias > 0) {
      return `${dias} d ${horas} h`;
    }
    return horas > 0 ? `${horas} h ${dosCifras(minutos)} min` : `${minutos} min ${dosCifras(segundos % 60)} s`;
  };
  const actualizar = () => {
    for (const campo of document.querySelectorAll(CAMPO)) {
      const segundos = Math.floor((Date.parse(campo.dataset.vence) - Date.now() + desfase(campo)) / 1000);
      campo.textContent = segundos > 0 ? campo.dataset.queda.replace("%s", escribir(segundos)) : campo.dataset.vencio;
      campo.classList.toggle("text-danger", segundos < 3600);
    }
  };
  document.addEventListener("DOMContentLoaded", () => {
    actualizar();
    setInterval(() => document.hidden || actualizar(), 1000);
  });
  document.addEventListener("htmx:load", actualizar);
})();
