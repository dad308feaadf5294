"""Pregunta si algo de lo que se despliega tiene una vulnerabilidad conocida que ya se arregló.

Sale mal solo con esas: de la que nadie arregló todavía se avisa, que dejar de entregar no la quita. Sin red
no se sabe nada y se dice en la primera línea, con `!!!`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from herramientas.procesos import RAIZ

ESPERA_S = 120
ORDEN = (
    str(Path(sys.executable).parent / "pip-audit"),
    *("--requirement", str(RAIZ / "requirements.txt"), "--no-deps", "--disable-pip"),
    *("--format", "json", "--progress-spinner", "off", "--timeout", "15"),
)


class SinRespuesta(Exception):
    """No se pudo preguntar, o de nada se supo."""


@dataclass
class Informe:
    """Lo que se sabe, una frase por vulnerabilidad; `sin_saber`, las bibliotecas de que no se dijo nada."""

    con_arreglo: list[str] = field(default_factory=list)
    sin_arreglo: list[str] = field(default_factory=list)
    sin_saber: list[str] = field(default_factory=list)


def leer(respuesta: Mapping[str, Any]) -> Informe:
    """Devuelve lo que dice el JSON de pip-audit; lanza `SinRespuesta` si de ninguna biblioteca se supo."""
    informe = Informe()
    bibliotecas = respuesta.get("dependencies", [])
    for biblioteca in bibliotecas:
        if "skip_reason" in biblioteca:
            informe.sin_saber.append(biblioteca["name"])
        for una in biblioteca.get("vulns", []):
            arreglos = ", ".join(una.get("fix_versions", []))
            frase = f"{biblioteca['name']} {biblioteca['version']}: {una['id']}"
            if arreglos:
                informe.con_arreglo.append(f"{frase}, arreglada en {arreglos}")
            else:
                informe.sin_arreglo.append(f"{frase}, sin arreglo")
    if len(informe.sin_saber) == len(bibliotecas):
        raise SinRespuesta("de ninguna biblioteca hay noticia")
    return informe


def preguntar() -> Informe:
    """Corre pip-audit; lanza `SinRespuesta`."""
    try:
        hecho = subprocess.run(ORDEN, cwd=RAIZ, capture_output=True, text=True, check=False, timeout=ESPERA_S)
        return leer(json.loads(hecho.stdout))
    except subprocess.TimeoutExpired as error:
        raise SinRespuesta(f"no contestó en {ESPERA_S} s") from error
    except json.JSONDecodeError as error:
        ultima = (hecho.stderr.strip() or "sin salida").splitlines()[-1]
        raise SinRespuesta(ultima[:200]) from error


def main() -> int:
    try:
        informe = preguntar()
    except SinRespuesta as error:
        print(f"!!! No se supo si hay vulnerabilidades: {error}.")
        return 0
    if informe.sin_saber:
        print(f"!!! De {len(informe.sin_saber)} no se supo: {', '.join(informe.sin_saber)}.")
    for frase in informe.sin_arreglo:
        print(f"!!! {frase}")
    for frase in informe.con_arreglo:
        print(f"MAL {frase}")
    return 1 if informe.con_arreglo else 0


if __name__ == "__main__":
    sys.exit(main())
