// Las líneas de una entrada se agregan y se quitan sin ir al servidor. Sin esto hay tres, y un botón que pide más.
(() => {
  const vacia = (linea) => [...linea.querySelectorAll("input:not([type=hidden]):not([type=checkbox])")].every((campo) => campo.value === "");
  const total = (formulario) => formulario.querySelector("[name=lineas-TOTAL_FORMS]");

  // «Sin vencimiento» y la fecha se excluyen: lo último que se toca manda.
  const acordar = (linea) => {
    const marca = linea.querySelector("[name$=-sin_vencimiento]");
    linea.querySelector("[name$=-fecha_vencimiento]").disabled = marca.checked;
  };

  const preparar = (linea) => {
    linea.querySelector("[data-quitar]").hidden = false;
    acordar(linea);
  };

  const numerar = (formulario) => {
    const lineas = formulario.querySelectorAll("fieldset.linea-entrada");
    for (const [lugar, linea] of lineas.entries()) {
      const leyenda = linea.querySelector("legend");
      leyenda.textContent = leyenda.textContent.trim().replace(/\s*\d*$/, ` ${lugar + 1}`);
    }
    const boton = formulario.querySelector("#mas-lineas");
    if (boton) {
      boton.hidden = Number(total(formulario).value) >= Number(formulario.dataset.maximo);
    }
  };

  const agregar = (formulario) => {
    // Los números no se reúsan: el servidor pasa por alto los que faltan.
    const numero = Number(total(formulario).value);
    if (numero >= Number(formulario.dataset.maximo)) {
      return;
    }
    const caja = document.createElement("div");
    caja.innerHTML = formulario.querySelector("#linea-nueva").innerHTML.replaceAll("__prefix__", numero);
    const linea = caja.firstElementChild;
    formulario.querySelector("#lineas").append(linea);
    total(formulario).value = numero + 1;
    preparar(linea);
    window.htmx?.process(linea);
    numerar(formulario);
    return linea;
  };

  const empezar = () => {
    const formulario = document.getElementById("entrada");
    if (!formulario || formulario.dataset.lista) {
      return;
    }
    formulario.dataset.lista = "1";
    const lineas = [...formulario.querySelectorAll("fieldset.linea-entrada")];
    lineas.forEach(preparar);
    const vacias = lineas.filter((linea) => vacia(linea) && !linea.classList.contains("linea-mal"));
    const llenas = lineas.length - vacias.length;
    vacias.slice(llenas ? 0 : 1).forEach((linea) => linea.remove());
    numerar(formulario);
  };

  document.addEventListener("click", (evento) => {
    const formulario = evento.target.closest("#entrada");
    if (!formulario) {
      return;
    }
    if (evento.target.closest("#mas-lineas")) {
      evento.preventDefault();
      agregar(formulario)?.querySelector("input").focus();
    }
    const quitar = evento.target.closest("[data-quitar]");
    if (quitar) {
      quitar.closest("fieldset").remove();
      const quedan = formulario.querySelectorAll("fieldset.linea-entrada");
      const foco = quedan.length ? quedan[quedan.length - 1] : agregar(formulario);
      numerar(formulario);
      foco?.querySelector("input").focus();
    }
  });

  document.addEventListener("change", (evento) => {
    const linea = evento.target.closest("fieldset.linea-entrada");
    if (linea && evento.target.name.endsWith("-sin_vencimiento")) {
      if (evento.target.checked) {
        linea.querySelector("[name$=-fecha_vencimiento]").value = "";
      }
      acordar(linea);
    }
  });

  document.addEventListener("DOMContentLoaded", empezar);
  document.addEventListener("htmx:load", empezar);
})();
