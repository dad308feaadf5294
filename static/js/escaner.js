// El lector de teclado escribe en la casilla y termina con «Enter»; lo de la cámara entra por ahí mismo.
(() => {
  const { lector, wasm } = document.currentScript.dataset;
  const FORMATOS = ["ean_13", "ean_8", "upc_a", "upc_e", "code_128", "itf", "databar", "databar_expanded", "data_matrix", "qr_code"];
  const ENTRE_INTENTOS_MS = 150;
  let llegada = null;
  let corriente = null;

  // Pesa un megabyte: solo lo baja quien abre la cámara.
  const traer = () => {
    llegada ??= new Promise((listo, fallo) => {
      const script = document.createElement("script");
      Object.assign(script, { src: lector, onload: listo, onerror: fallo });
      document.head.append(script);
    }).then(() => {
      const { BarcodeDetector, prepareZXingModule } = window.BarcodeDetectionAPI;
      prepareZXingModule({ overrides: { locateFile: () => wasm } });
      return new BarcodeDetector({ formats: FORMATOS });
    });
    llegada.catch(() => (llegada = null));
    return llegada;
  };

  // Quien lee seguido no espera la respuesta: cada código aguarda su turno y sale de la cola cuando se anotó.
  const cola = [];
  let leyendo = false;
  let aMedias = "";

  const seguir = () => {
    const formulario = document.getElementById("entrada");
    if (leyendo || !cola.length || !formulario || formulario.dataset.enviando === "1") {
      return;
    }
    const casilla = document.getElementById("escaneo");
    const escrito = casilla.value;
    leyendo = Boolean(window.htmx);
    casilla.value = cola[0];
    document.getElementById("leer").click();
    casilla.value = escrito;
  };

  const leido = (codigo) => {
    if (codigo.trim() || !cola.length) {
      cola.push(codigo);
    }
    seguir();
  };

  const leerLaCasilla = () => {
    const casilla = document.getElementById("escaneo");
    const codigo = casilla.value;
    casilla.value = "";
    leido(codigo);
  };

  const esLaEntrada = (nodo) => nodo?.id === "entrada";

  // Antes que nadie: mientras quede algo por leer, guardar lo dejaría fuera.
  window.addEventListener(
    "submit",
    (evento) => {
      if (esLaEntrada(evento.target) && cola.length && evento.submitter?.id !== "leer") {
        evento.preventDefault();
        evento.stopImmediatePropagation();
        seguir();
      }
    },
    true,
  );

  // Lo que se teclea mientras llega la respuesta pasa a la casilla nueva.
  document.addEventListener("htmx:beforeSwap", (evento) => {
    if (esLaEntrada(evento.target)) {
      aMedias = document.getElementById("escaneo").value;
    }
  });
  document.addEventListener("htmx:afterSwap", (evento) => {
    if (esLaEntrada(evento.target)) {
      document.getElementById("escaneo").setRangeText(aMedias, 0, 0, "end");
      aMedias = "";
    }
  });

  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig, xhr } }) => {
    if (!leyendo || !esLaEntrada(requestConfig.elt)) {
      return;
    }
    if (xhr.status === 200 || xhr.status === 422) {
      cola.shift();
    } else {
      // Se queda en la cola: sale con la próxima lectura, o al guardar.
      leyendo = false;
    }
  });
  // Recién aquí htmx conoce el formulario que llegó.
  document.addEventListener("htmx:afterSettle", (evento) => {
    if (esLaEntrada(evento.target)) {
      leyendo = false;
      seguir();
    }
  });

  const decir = (dialogo, texto) => {
    dialogo.querySelector("[data-estado]").textContent = texto;
  };

  // En una etiqueta nuestra están las barras y el QR. El QR lo dice todo; las barras, si no caben juntas, van
  // en dos y cada una dice la mitad. La dirección de otra casa no es de ningún lote.
  const esDeAqui = ({ rawValue }) => rawValue.startsWith(`${location.origin}/`);
  const sonBarras = ({ rawValue }) => !rawValue.includes("://");

  const mirar = async (dialogo, video, detector) => {
    let vistos = [];
    while (dialogo.open) {
      const codigos = [...vistos, ...(video.readyState >= 2 ? await detector.detect(video) : [])];
      // Lo primero que se ve puede ser la mitad: se mira una vez más antes de darlo por todo.
      const elegido = codigos.find(esDeAqui) ?? (vistos.length ? (codigos.find(sonBarras) ?? codigos[0]) : null);
      if (elegido && dialogo.open) {
        dialogo.close();
        navigator.vibrate?.(80);
        leido(elegido.rawValue);
        return;
      }
      vistos = codigos;
      await new Promise((listo) => setTimeout(listo, ENTRE_INTENTOS_MS));
    }
  };

  const abrir = async () => {
    const dialogo = document.getElementById("camara");
    const video = dialogo.querySelector("video");
    dialogo.dataset.buscando ??= dialogo.querySelector("[data-estado]").textContent;
    decir(dialogo, dialogo.dataset.buscando);
    dialogo.showModal();
    const llegando = traer();
    try {
      corriente = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
    } catch {
      llegando.catch(() => {});
      decir(dialogo, dialogo.dataset.sinPermiso);
      return;
    }
    if (!dialogo.open) {
      // Se cerró mientras el navegador pedía permiso.
      apagar();
      return;
    }
    video.srcObject = corriente;
    try {
      await video.play();
      await mirar(dialogo, video, await llegando);
    } catch {
      if (dialogo.open) {
        decir(dialogo, dialogo.dataset.sinLector);
      }
    }
  };

  const apagar = () => {
    corriente?.getTracks().forEach((pista) => pista.stop());
    corriente = null;
  };

  const mostrar = () => {
    // Sin HTTPS el navegador no da la cámara: queda la casilla.
    if (navigator.mediaDevices?.getUserMedia) {
      document.querySelectorAll("[data-camara]").forEach((boton) => (boton.hidden = false));
    }
  };

  document.addEventListener("click", (evento) => {
    if (evento.isTrusted && evento.target.closest("#leer")) {
      evento.preventDefault();
      leerLaCasilla();
    } else if (evento.target.closest("[data-camara]")) {
      abrir();
    } else if (evento.target.closest("[data-cerrar-camara]")) {
      document.getElementById("camara").close();
    }
  });
  document.addEventListener("close", (evento) => evento.target.id === "camara" && apagar(), true);

  // «Enter» en la casilla lee sin recorrer el guardado; sin esto, el servidor igual distingue.
  document.addEventListener("keydown", (evento) => {
    if (evento.target.id === "escaneo" && evento.key === "Enter" && !evento.isComposing) {
      evento.preventDefault();
      leerLaCasilla();
    }
  });

  document.addEventListener("DOMContentLoaded", mostrar);
  document.addEventListener("htmx:load", mostrar);
})();
