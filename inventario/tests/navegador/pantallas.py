"""En qué pantallas se mira cada página, y quien vigila que ninguna se queje."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

from herramientas.matriz import matriz

AXE = (Path(__file__).parent / "axe.min.js").read_text()
# Chromium anota como error toda respuesta que no es un acierto; el rechazo de un formulario no lo es.
_RESPUESTA_MALA = re.compile(
    r"^(?:Failed to load resource: the server responded with a status of|Response Status Error Code) (\d+)"
)

# Así anota htmx el pedido que otro más nuevo reemplaza; el que falla de verdad deja además otra línea.
_REEMPLAZADO = re.compile(r"^htmx:(?:afterRequest|sendAbort)\b")
_SIN_RED = re.compile(r"^(?:htmx:sendError\b|Failed to load resource: net::)")


@dataclass(frozen=True, slots=True)
class Pantalla:
    nombre: str
    ancho: int
    alto: int
    tema: str

    def __str__(self) -> str:
        return self.nombre

    @property
    def al_reves(self) -> Pantalla:
        """La misma con el otro tema."""
        return replace(self, tema="light" if self.tema == "dark" else "dark")


ESCRITORIO = Pantalla("escritorio", 1280, 800, "light")
TELEFONO = Pantalla("telefono", 360, 740, "dark")
# Un camino se recorre en los dos tamaños y en los dos temas sin multiplicarlos.
DOS = matriz((TELEFONO, ESCRITORIO))
# Las maneras de ver una página: cada tamaño y cada tema; entre una y la siguiente cambia alguno de los dos.
TODAS = matriz((ESCRITORIO, ESCRITORIO.al_reves), (TELEFONO, TELEFONO.al_reves))


@dataclass
class Vigia:
    """Anota lo que la consola, la política de contenido o el servidor reprochan a una página."""

    quejas: list[str] = field(default_factory=list)
    # Los estados que la prueba provoca a propósito.
    esperados: set[int] = field(default_factory=set)
    # La prueba corta la conexión a propósito.
    sin_red: bool = False

    def mirar(self, pagina: Page) -> None:
        pagina.on("console", self._de_consola)
        pagina.on("pageerror", lambda error: self.quejas.append(f"error de guion: {error}"))
        pagina.on("response", self._de_respuesta)

    def _de_consola(self, mensaje: ConsoleMessage) -> None:
        if mensaje.type == "error" and not self._esperado(mensaje.text):
            self.quejas.append(f"consola: {mensaje.text} ({mensaje.location.get('url', '')})")

    def _esperado(self, texto: str) -> bool:
        if _REEMPLAZADO.match(texto) or (self.sin_red and _SIN_RED.match(texto)):
            return True
        mala = _RESPUESTA_MALA.match(texto)
        return mala is not None and int(mala[1]) in self.esperados

    def _de_respuesta(self, respuesta: Response) -> None:
        if respuesta.status >= 500 and respuesta.status not in self.esperados:
            self.quejas.append(f"{respuesta.status} en {respuesta.url}")


# Algunas violaciones no pasan por la consola; esto las lleva todas.
AVISA_VIOLACIONES = """document.addEventListener("securitypolicyviolation", (evento) =>
  console.error(`política de contenido: ${evento.effectiveDirective} ${evento.blockedURI}`))"""
# Cuándo cambió el tema, para compararlo con cuándo se dibujó por primera vez.
ANOTA_LOS_TEMAS = """window.cambiosDeTema = [];
new MutationObserver(() => window.cambiosDeTema.push(
  { momento: performance.now(), tema: document.documentElement.dataset.bsTheme }
)).observe(document, { subtree: true, attributeFilter: ["data-bs-theme"] });"""
# Lo que una página arma después de llegar: htmx, los buscadores de producto y los gráficos.
_LISTA = """() => document.readyState === "complete"
  && (!document.querySelector("[hx-get], [hx-post]") || "htmx" in window)
  && !document.querySelector("select[data-buscar]:not(.tomselected)")
  && [...document.querySelectorAll("canvas[data-grafico]")].every((uno) => window.Chart?.getChart(uno))"""


def esperar_lista(pagina: Page) -> None:
    """Espera a que la página termine de armarse, y no a que pase un rato."""
    pagina.wait_for_function(_LISTA)


def esperar_tema(pagina: Page, tema: str) -> None:
    pagina.wait_for_function("(tema) => document.documentElement.dataset.bsTheme === tema", arg=tema)


def poner(pagina: Page, pantalla: Pantalla) -> None:
    """Muestra la misma página en esa pantalla y espera a que se acomode."""
    pagina.set_viewport_size({"width": pantalla.ancho, "height": pantalla.alto})
    pagina.emulate_media(color_scheme="dark" if pantalla.tema == "dark" else "light")
    pagina.wait_for_function("(ancho) => innerWidth === ancho", arg=pantalla.ancho)
    esperar_tema(pagina, pantalla.tema)
    # Los gráficos toman su nueva medida después de que la página tomó la suya.
    pagina.evaluate("() => new Promise((listo) => requestAnimationFrame(() => requestAnimationFrame(listo)))")


# Del tema solo dependen los colores: lo demás de una página es igual en los dos.
_DE_COLOR = ["color-contrast", "link-in-text-block"]


def faltas_graves(pagina: Page, *, solo_color: bool = False) -> list[str]:
    """Lo serio o crítico que axe halla en la página como se ve ahora."""
    if not pagina.evaluate("() => 'axe' in window"):
        pagina.evaluate(AXE)
    reglas = {"runOnly": _DE_COLOR} if solo_color else {}
    violaciones = pagina.evaluate(
        "async (opciones) => (await axe.run(document, opciones)).violations",
        {"resultTypes": ["violations"], **reglas},
    )
    return [
        f"{falta['id']} ({falta['impact']}): {nodo['html'][:160]} {nodo['failureSummary'][:200]}"
        for falta in violaciones
        if falta["impact"] in ("serious", "critical")
        for nodo in falta["nodes"]
    ]


_SOBRA = """() => {
  const sobra = document.documentElement.scrollWidth - window.innerWidth;
  if (sobra <= 0) return "";
  const culpable = [...document.body.querySelectorAll("*")].find(
    (uno) => uno.getBoundingClientRect().right > window.innerWidth && !uno.closest(".table-responsive"));
  return `se sale ${sobra} px por la derecha: ${culpable?.outerHTML.slice(0, 160)}`;
}"""


def lo_que_sobra(pagina: Page) -> str:
    """Qué obliga a desplazar la página hacia un lado, y cuánto; vacío si cabe."""
    sobra: str = pagina.evaluate(_SOBRA)
    return sobra


def se_ve_bien(pagina: Page) -> None:
    """Exige que la página, como está ahora, quepa y se entienda sin verla."""
    assert lo_que_sobra(pagina) == ""
    graves = faltas_graves(pagina)
    assert graves == [], "\n".join(graves)
