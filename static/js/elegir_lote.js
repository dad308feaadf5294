// La lista de lotes se recorre con las flechas y se elige con «Enter». Sin esto, el botón busca y cada fila enlaza.
(() => {
  const casilla = document.getElementById("id_q");
  const tabla = () => document.getElementById("tabla");
  const elegibles = () => [...tabla().querySelectorAll("[data-elegir]")];
  // Un lector da «Enter» antes de que llegue lo suyo: lo que se ve aún no es de lo escrito.
  let apurado = null;

  const elegir = () => {
    const [primero, otro] = elegibles();
    if (primero && !otro) {
      primero.click();
    } else {
      primero?.focus();
    }
  };

  casilla.addEventListener("keydown", (evento) => {
    if (evento.key !== "Enter" || evento.isComposing) {
      return;
    }
    evento.preventDefault();
    if (casilla.value === tabla().dataset.buscado) {
      elegir();
    } else {
      apurado = casilla.value;
      casilla.form.requestSubmit();
    }
  });

  document.addEventListener("htmx:afterSettle", (evento) => {
    if (evento.target.id === "tabla") {
      if (apurado === tabla().dataset.buscado) {
        apurado = null;
        elegir();
      }
    }
  });
  casilla.addEventListener("input", () => (apurado = null));

  const PASOS = { ArrowDown: 1, ArrowUp: -1 };
  document.addEventListener("keydown", (evento) => {
    const paso = PASOS[evento.key];
    if (!paso || !(evento.target === casilla || tabla().contains(evento.target))) {
      return;
    }
    const todos = elegibles();
    const lugar = todos.indexOf(evento.target.closest("tr")?.querySelector("[data-elegir]")) + paso;
    if (lugar < todos.length) {
      evento.preventDefault();
      (todos[lugar] ?? casilla).focus();
    }
  });
})();
