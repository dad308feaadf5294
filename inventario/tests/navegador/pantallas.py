"""En qué pantallas se mira cada página, y quien vigila que ninguna se queje."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import ConsoleMessage, Page, Response

AXE = (Path(__file__).parent / "axe.min.js").read_text()
# Chromium anota como error toda respuesta que no es un acierto; el rechazo de un formulario no lo es.
_RESPUESTA_MALA = re.compile(r"^Failed to load resource: the server responded with a status of (\d+)")


@dataclass(frozen=True, slots=True)
class Pantalla:
    nombre: str
    ancho: int
    alto: int
    tema: str

    def __str__(self) -> str:
        return self.nombre


ESCRITORIO = Pantalla("escritorio", 1280, 800, "light")
ESCRITORIO_OSCURO = Pantalla("escritorio-oscuro", 1280, 800, "dark")
TELEFONO = Pantalla("telefono", 360, 740, "light")
TELEFONO_OSCURO = Pantalla("telefono-oscuro", 360, 740, "dark")
TODAS = (ESCRITORIO, ESCRITORIO_OSCURO, TELEFONO, TELEFONO_OSCURO)
# Un camino se recorre en los dos tamaños y en los dos temas sin multiplicarlos.
DOS = (ESCRITORIO, TELEFONO_OSCURO)


@dataclass
class Vigia:
    """Anota lo que la consola, la política de contenido o el servidor reprochan a una página."""

    quejas: list[str] = field(default_factory=list)
    # Los estados que la prueba provoca a propósito.
    esperados: set[int] = field(default_factory=set)

    def mirar(self, pagina: Page) -> None:
        pagina.on("console", self._de_consola)
        pagina.on("pageerror", lambda error: self.quejas.append(f"error de guion: {error}"))
        pagina.on("response", self._de_respuesta)

    def _de_consola(self, mensaje: ConsoleMessage) -> None:
        mala = _RESPUESTA_MALA.match(mensaje.text)
        if mala and int(mala[1]) in self.esperados:
            return
        if mensaje.type == "error":
            self.quejas.append(f"consola: {mensaje.text}")

    def _de_respuesta(self, respuesta: Response) -> None:
        if respuesta.status >= 500 and respuesta.status not in self.esperados:
            self.quejas.append(f"{respuesta.status} en {respuesta.url}")


# Algunas violaciones no pasan por la consola; esto las lleva todas.
AVISA_VIOLACIONES = """document.addEventListener("securitypolicyviolation", (evento) =>
  console.error(`política de contenido: ${evento.effectiveDirective} ${evento.blockedURI}`))"""


def sin_faltas_graves(pagina: Page) -> None:
    """Exige que axe no halle nada serio ni crítico en la página como se ve ahora."""
    if not pagina.evaluate("() => 'axe' in window"):
        pagina.evaluate(AXE)
    violaciones = pagina.evaluate(
        "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
    )
    graves = [
        f"{falta['id']} ({falta['impact']}): {nodo['html'][:160]} {nodo['failureSummary'][:200]}"
        for falta in violaciones
        if falta["impact"] in ("serious", "critical")
        for nodo in falta["nodes"]
    ]
    assert graves == [], "\n".join(graves)


def cabe(pagina: Page) -> None:
    """Exige que nada obligue a desplazar la página hacia un lado."""
    sobra = pagina.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert sobra <= 0, f"La página se sale {sobra} px por la derecha."
