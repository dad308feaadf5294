// Todo select[data-buscar] se vuelve un buscador que pregunta al servidor. Sin esto sigue siendo una lista.
// Lo que se agregue después a la página sin htmx se prepara con `window.elegirEn(elemento)`.
(() => {
  const { buscador: guion, estilo } = document.currentScript.dataset;
  let llegada = null;
  // Pesa: solo lo baja la página que tiene un campo así.
  const traer = () => {
    llegada ??= new Promise((listo, fallo) => {
      const hoja = document.createElement("link");
      Object.assign(hoja, { rel: "stylesheet", href: estilo });
      const script = document.createElement("script");
      Object.assign(script, { src: guion, onload: listo, onerror: fallo });
      document.head.append(hoja, script);
    });
    return llegada;
  };

  const preparar = (lista) => {
    if (lista.tomselect) {
      return;
    }
    const direccion = lista.dataset.buscar;
    const vacia = [...lista.options].find((opcion) => opcion.value === "");
    // Un lector da «Enter» antes de que el servidor conteste: lo que se ve aún no es de lo escrito. Se elige
    // al llegar, si es uno solo.
    let mostrado = "";
    let apurado = null;
    // Si desde que se eligió nadie volvió a escribir ni a entrar, lo que llega no abre la lista sobre lo que sigue.
    let yaElegido = false;
    let callado = false;
    let solicitud = null;
    // Lo elegido no es el valor del campo de escribir: se dice como su descripción.
    const decirElegido = () => {
      const elegido = buscador.control.querySelector(".item");
      if (elegido) {
        elegido.id = `${lista.id}-elegido`;
      }
      const dichos = [lista.getAttribute("aria-describedby"), elegido?.id].filter(Boolean).join(" ");
      buscador.control_input.setAttribute("aria-describedby", dichos);
    };
    const buscador = new window.TomSelect(lista, {
      valueField: "id",
      labelField: "text",
      // El servidor ya buscó, y sabe de tildes y de códigos de barras: aquí no se vuelve a filtrar.
      searchField: [],
      score: () => () => 1,
      sortField: [{ field: "$order" }],
      placeholder: vacia?.textContent || "",
      allowEmptyOption: false,
      // Ya se lee en el campo: en la lista se confundiría con algo que cumple lo escrito.
      hideSelected: true,
      preload: "focus",
      // Lo escrito se atiende en el acto; solo lo que se pregunta al servidor espera a que se deje de escribir.
      refreshThrottle: 0,
      loadThrottle: 250,
      maxOptions: 50,
      load: (texto, listo) => {
        // Lo que se preguntó antes ya no importa: si llegara después, sería lo que se ve.
        solicitud?.abort();
        solicitud = new AbortController();
        const { signal } = solicitud;
        const recibir = (resultados) => {
          callado = yaElegido && !buscador.isOpen;
          listo(resultados);
          callado = false;
        };
        buscador.clearActiveOption();
        buscador.clearOptions((opcion) => buscador.items.includes(String(opcion.id)));
        fetch(`${direccion}?q=${encodeURIComponent(texto)}${lista.dataset.consulta || ""}`, { headers: { Accept: "application/json" }, signal })
          .then((respuesta) => (respuesta.ok ? respuesta.json() : Promise.reject(respuesta.status)))
          .then((datos) => {
            recibir(datos.resultados);
            mostrado = texto;
            if (apurado === texto && datos.resultados.length === 1) {
              buscador.addItem(datos.resultados[0].id);
              buscador.setTextboxValue("");
              buscador.close();
            }
          })
          .catch(() => recibir());
      },
      shouldLoad: () => true,
      render: {
        option: (dato, escapar) =>
          `<div><div>${escapar(dato.text)}</div><div class="small text-secondary">${escapar(dato.hay || "")}</div></div>`,
        item: (dato, escapar) => `<div>${escapar(dato.text)}</div>`,
        // Con su papel de opción, para que la lista nunca se oiga vacía; elegirse, no se eligen.
        no_results: (_dato, escapar) => `<div class="no-results" role="option" aria-disabled="true">${escapar(lista.dataset.nada || "")}</div>`,
        loading: () => '<div class="no-results" role="option" aria-disabled="true">…</div>',
      },
      onItemAdd: () => (yaElegido = true),
      onFocus: () => (yaElegido = false),
      onType: () => (yaElegido = false),
      onChange: (valor) => {
        // Quien necesite la unidad o lo disponible no tiene que preguntarlo otra vez.
        decirElegido();
        const dato = buscador.options[valor];
        lista.dispatchEvent(new CustomEvent("producto-elegido", { bubbles: true, detail: dato || null }));
      },
    });
    const refrescar = buscador.refreshOptions;
    buscador.hook("instead", "refreshOptions", (abre = true) => refrescar.call(buscador, abre && !callado));
    buscador.wrapper.addEventListener(
      "keydown",
      (evento) => {
        const escrito = buscador.inputValue();
        apurado = evento.key === "Enter" && escrito !== mostrado ? escrito : null;
        if (apurado !== null) {
          evento.preventDefault();
          evento.stopPropagation();
        }
      },
      true,
    );
    for (const atributo of ["aria-label", "aria-invalid"]) {
      const valor = lista.getAttribute(atributo);
      if (valor) {
        buscador.control_input.setAttribute(atributo, valor);
      }
    }
    // El buscador se quedó con la etiqueta; la lista se envía igual, y un lector de pantalla no la oye dos veces.
    lista.hidden = true;
    decirElegido();
    if (lista.autofocus) {
      buscador.focus();
    }
  };

  const CAMPO = "select[data-buscar]:not(.tomselected)";
  window.elegirEn = (raiz) => {
    if (raiz.matches?.(CAMPO) || raiz.querySelector?.(CAMPO)) {
      // Si no llega, queda la lista de siempre.
      traer().then(() => [raiz, ...raiz.querySelectorAll(CAMPO)].filter((uno) => uno.matches?.(CAMPO)).forEach(preparar), () => {});
    }
  };
  document.addEventListener("DOMContentLoaded", () => window.elegirEn(document));
  document.addEventListener("htmx:load", (evento) => window.elegirEn(evento.target));
})();
