// Al escribir un producto en una línea se pregunta al servidor, que los conoce todos. Sin esto queda el `datalist`.
(() => {
  const ESPERA_MS = 250;
  let campo = null;
  let lista = null;
  // Un lector de pantalla dice lo que llega a un aviso que ya estaba, no uno que llega lleno.
  const aviso = document.createElement("div");
  aviso.setAttribute("role", "status");
  let solicitud = null;
  let reloj = 0;

  const cerrar = () => {
    clearTimeout(reloj);
    solicitud?.abort();
    lista?.remove();
    lista = null;
    campo?.setAttribute("aria-expanded", "false");
    campo?.removeAttribute("aria-activedescendant");
    campo?.removeAttribute("aria-controls");
  };

  const opciones = () => [...(lista?.querySelectorAll("[role=option]") ?? [])];

  const marcar = (cual) => {
    for (const opcion of opciones()) {
      opcion.setAttribute("aria-selected", String(opcion === cual));
    }
    cual.scrollIntoView({ block: "nearest" });
    campo.setAttribute("aria-activedescendant", cual.id);
  };

  const poner = (opcion) => {
    campo.value = opcion.dataset.valor;
    const elegido = campo;
    cerrar();
    // La pista de la línea se entera como si se hubiera escrito.
    elegido.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const parrafo = (texto, clase = "") => {
    const nodo = document.createElement("div");
    nodo.textContent = texto;
    nodo.className = clase;
    return nodo;
  };

  const mostrar = (resultados) => {
    cerrar();
    lista = document.createElement("div");
    lista.id = "sugerencias";
    lista.className = "sugerencias";
    // De una solicitud que falló puede haber quedado la del navegador: se abrirían las dos.
    campo.removeAttribute("list");
    if (resultados.length) {
      lista.setAttribute("role", "listbox");
      lista.setAttribute("aria-label", campo.labels[0].textContent);
      campo.setAttribute("aria-expanded", "true");
      campo.setAttribute("aria-controls", lista.id);
      lista.append(
        ...resultados.map((dato, lugar) => {
          const opcion = document.createElement("div");
          opcion.id = `sugerencia-${lugar}`;
          opcion.setAttribute("role", "option");
          opcion.setAttribute("aria-selected", "false");
          opcion.dataset.valor = dato.text;
          opcion.append(parrafo(dato.text), parrafo(dato.hay, "small text-secondary"));
          return opcion;
        }),
      );
      campo.after(lista);
    } else {
      lista.append(parrafo(campo.dataset.nada, "text-secondary"));
      aviso.append(lista);
    }
  };

  const preguntar = async () => {
    const elCampo = campo;
    const texto = elCampo.value.trim();
    solicitud?.abort();
    solicitud = new AbortController();
    const { signal } = solicitud;
    try {
      const respuesta = await fetch(`${elCampo.dataset.sugerir}?q=${encodeURIComponent(texto)}`, {
        headers: { Accept: "application/json" },
        signal,
      });
      const { resultados } = await respuesta.json();
      if (!signal.aborted && document.activeElement === elCampo) {
        mostrar(resultados);
      }
    } catch {
      if (!signal.aborted) {
        // Sin servidor quedan los primeros del catálogo, como sin JavaScript.
        cerrar();
        elCampo.setAttribute("list", "productos");
      }
    }
  };

  document.addEventListener("focusin", (evento) => {
    if (!evento.target.matches("input[data-sugerir]")) {
      return;
    }
    campo = evento.target;
    campo.removeAttribute("list");
    campo.setAttribute("role", "combobox");
    campo.setAttribute("aria-autocomplete", "list");
    campo.setAttribute("aria-expanded", "false");
    campo.parentElement.classList.add("con-sugerencias");
    campo.after(aviso);
  });

  document.addEventListener("focusout", (evento) => {
    if (evento.target === campo) {
      cerrar();
    }
  });

  document.addEventListener("input", (evento) => {
    if (evento.target !== campo) {
      return;
    }
    clearTimeout(reloj);
    if (campo.value.trim()) {
      reloj = setTimeout(preguntar, ESPERA_MS);
    } else {
      cerrar();
    }
  });

  document.addEventListener("keydown", (evento) => {
    if (evento.target !== campo || !lista || evento.isComposing) {
      return;
    }
    const todas = opciones();
    const lugar = todas.findIndex((opcion) => opcion.getAttribute("aria-selected") === "true");
    if (evento.key === "Escape") {
      evento.preventDefault();
      cerrar();
    } else if (evento.key === "Enter" && lugar >= 0) {
      evento.preventDefault();
      poner(todas[lugar]);
    } else if (todas.length && (evento.key === "ArrowDown" || evento.key === "ArrowUp")) {
      evento.preventDefault();
      const paso = evento.key === "ArrowDown" ? 1 : -1;
      marcar(todas[(Math.max(lugar, paso > 0 ? -1 : 0) + paso + todas.length) % todas.length]);
    }
  });

  // Antes de que el campo pierda el foco, que cerraría la lista.
  document.addEventListener("mousedown", (evento) => {
    const opcion = evento.target.closest("#sugerencias [role=option]");
    if (evento.target.closest("#sugerencias")) {
      evento.preventDefault();
    }
    if (opcion && evento.button === 0) {
      poner(opcion);
    }
  });
})();
