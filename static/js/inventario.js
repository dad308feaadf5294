// Comportamientos pequeños de todas las páginas. Sin ellos, todo formulario sigue funcionando.
(() => {
  const enTexto = (objetivo) => objetivo.closest("input, textarea, select, [contenteditable]") !== null;

  const botonDelMenu = document.querySelector("[data-bs-target='#menu']");
  const abrirMenu = (si) => {
    document.getElementById("menu")?.classList.toggle("show", si);
    botonDelMenu?.classList.toggle("collapsed", !si);
    botonDelMenu?.setAttribute("aria-expanded", String(si));
  };

  // «/» lleva al buscador desde cualquier parte; en el teléfono abre antes el menú, y «Escape» lo cierra.
  document.addEventListener("keydown", (evento) => {
    if (evento.key === "Escape" && evento.target.closest("#menu.show, [data-bs-target='#menu']") && botonDelMenu.offsetParent) {
      abrirMenu(false);
      botonDelMenu.focus();
      return;
    }
    if (evento.key !== "/" || evento.ctrlKey || evento.metaKey || enTexto(evento.target)) {
      return;
    }
    const buscador = document.getElementById("buscador");
    if (buscador) {
      evento.preventDefault();
      abrirMenu(true);
      buscador.focus();
      buscador.select();
    }
  });

  // El separador de GS1 llega como Ctrl+] y una casilla de texto no lo escribe sola.
  document.addEventListener("keydown", (evento) => {
    if (evento.ctrlKey && evento.key === "]" && evento.target.matches("[data-lector]")) {
      evento.preventDefault();
      evento.target.setRangeText("\u001d", evento.target.selectionStart, evento.target.selectionEnd, "end");
    }
  });

  // Un doble toque no envía dos veces; la clave del formulario cubre lo que esto no alcance.
  const enviando = (formulario, si, apretado) => {
    // Con «Enter» el navegador aprieta el primero, que puede no verse: se mueve entonces el que hace lo mismo.
    const visible = apretado?.matches(".visually-hidden") ? null : apretado;
    for (const boton of formulario.querySelectorAll("button[type=submit], button:not([type])")) {
      const suyo = visible ? boton === visible : !boton.hasAttribute("formaction");
      boton.classList.toggle("btn-loading", si && suyo);
      boton.setAttribute("aria-disabled", String(si));
    }
    formulario.dataset.enviando = si ? "1" : "";
  };
  document.addEventListener(
    "submit",
    (evento) => {
      const formulario = evento.target;
      if (formulario.dataset.enviando === "1") {
        evento.preventDefault();
        evento.stopImmediatePropagation();
        return;
      }
      if (formulario.method === "post") {
        enviando(formulario, true, evento.submitter);
      }
    },
    true,
  );
  document.addEventListener("htmx:afterRequest", (evento) => {
    if (evento.target instanceof HTMLFormElement && !evento.detail.xhr?.getResponseHeader("HX-Redirect")) {
      enviando(evento.target, false);
    }
  });
  // Volver con «atrás» no debe dejar el botón apagado.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-enviando='1']").forEach((f) => enviando(f, false)));

  // Filtrar no dibuja otra vez el formulario: quitar el filtro aparece cuando hay algo que quitar.
  document.addEventListener("htmx:pushedIntoHistory", () => {
    const pide = [...new URLSearchParams(location.search).values()].some((valor) => valor !== "");
    document.querySelectorAll("[data-quitar-filtro]").forEach((enlace) => (enlace.hidden = !pide));
  });

  const avisar = (texto, clase = "danger") => {
    const caja = document.createElement("div");
    caja.className = `toast show align-items-center text-bg-${clase}`;
    caja.setAttribute("role", "alert");
    const cuerpo = document.createElement("div");
    cuerpo.className = "toast-body";
    cuerpo.textContent = texto;
    caja.append(cuerpo);
    document.getElementById("avisos").append(caja);
    setTimeout(() => caja.remove(), 8000);
  };
  // Las frases vienen de la página, en su idioma.
  const dicho = () => document.getElementById("avisos").dataset;
  document.addEventListener("htmx:sendError", () => avisar(dicho().sinConexion));
  document.addEventListener("htmx:responseError", (evento) => {
    const { status: estado } = evento.detail.xhr;
    if (evento.detail.xhr.getResponseHeader("HX-Trigger")) {
      // El servidor ya dijo por qué.
      return;
    }
    avisar(estado >= 500 ? dicho().sinServidor : `${dicho().rechazo} (${estado})`);
  });
  document.addEventListener("avisar", (evento) => avisar(evento.detail.texto, evento.detail.clase || "success"));

  // Lo que se refresca solo no cierra lo que alguien abrió; el foco lo devuelve htmx a quien tiene id.
  let abiertos = [];
  document.addEventListener("htmx:beforeSwap", (evento) => {
    abiertos = [...evento.target.querySelectorAll("details[open][id]")].map((uno) => uno.id);
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const id of abiertos.splice(0)) {
      document.getElementById(id)?.setAttribute("open", "");
    }
  });

  // Una pestaña que nadie mira no pregunta nada.
  document.addEventListener("htmx:beforeRequest", (evento) => {
    if (document.hidden && evento.target.getAttribute("hx-trigger")?.includes("every")) {
      evento.preventDefault();
    }
  });

  // Lo de una fila no espera escrito a la siguiente: al cerrarse, el lateral vuelve a estar por cargar.
  const porCargar = document.getElementById("lateral-cuerpo")?.innerHTML;
  document.addEventListener("hidden.bs.offcanvas", (evento) => {
    const cuerpo = evento.target.querySelector("#lateral-cuerpo");
    if (cuerpo) {
      cuerpo.innerHTML = porCargar;
    }
  });

  // Al llegar un formulario con errores, el foco va al primero; si no es de un campo, a lo que dice.
  document.addEventListener("htmx:afterSettle", (evento) => {
    const malo = evento.target.querySelector?.("[aria-invalid=true]");
    const queja = evento.detail.xhr?.status === 422 ? evento.target.querySelector?.("[role=alert]") : null;
    queja?.setAttribute("tabindex", "-1");
    (malo ?? queja)?.focus();
  });
})();
