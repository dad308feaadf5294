"""Representa los guiones de ejemplos/: pide lo que dicen, en su orden, y exige lo que dicen que se responde.

Entre «<>» va lo que cambia en cada corrida: `<ts>` es un instante con `Z`; `<hoy+5>`, una fecha de la
granja; `<id:alga>` se aprende la primera vez que se ve y desde ahí `<alga>` es ese número, y lo mismo
`<uuid:reserva>`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from inventario.nucleo.tests.mundo import ClienteApi

CARPETA = Path(__file__).parent / "ejemplos"
INSTANTE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")
_FECHA = re.compile(r"<hoy([+-]\d+)?>")
_NOMBRE = re.compile(r"<([a-z_]+)>")


class Guion:
    def __init__(self, cliente: ClienteApi, con_alcances: Callable[..., ClienteApi], hoy: date) -> None:
        self.clientes = {"": cliente}
        self.con_alcances = con_alcances
        self.hoy = hoy
        self.sabidos: dict[str, int | str] = {}

    def representar(self, archivo: str) -> int:
        """Devuelve cuántos pasos hubo."""
        pasos = json.loads((CARPETA / archivo).read_text())
        for paso in pasos:
            self._paso(paso)
        return len(pasos)

    def _paso(self, paso: dict[str, Any]) -> None:
        metodo, ruta = paso["pide"].split(" ", 1)
        opciones = {"data": self.decir(paso["cuerpo"])} if "cuerpo" in paso else {}
        cliente = self._cliente(paso.get("alcance", ""))
        respuesta = getattr(cliente, metodo.lower())(f"/api/v1{self.decir(ruta)}", **opciones)
        cuerpo = json.loads(respuesta.content) if respuesta.content else None
        assert respuesta.status_code == paso["responde"], (paso["que"], cuerpo)
        self.exigir(paso["que"], paso["da"], cuerpo)

    def _cliente(self, alcance: str) -> ClienteApi:
        if alcance not in self.clientes:
            self.clientes[alcance] = self.con_alcances(alcance)
        return self.clientes[alcance]

    def decir(self, forma: Any) -> Any:
        """Pone en lugar de lo que va entre «<>» lo que vale ahora."""
        if isinstance(forma, dict):
            return {clave: self.decir(valor) for clave, valor in forma.items()}
        if isinstance(forma, list):
            return [self.decir(valor) for valor in forma]
        if not isinstance(forma, str):
            return forma
        forma = _FECHA.sub(lambda m: (self.hoy + timedelta(days=int(m[1] or 0))).isoformat(), forma)
        if (solo := _NOMBRE.fullmatch(forma)) and solo[1] in self.sabidos:
            return self.sabidos[solo[1]]
        return _NOMBRE.sub(lambda m: str(self.sabidos.get(m[1], m[0])), forma)

    def exigir(self, que: str, forma: Any, valor: Any) -> None:
        if isinstance(forma, dict):
            assert isinstance(valor, dict), que
            assert set(forma) == set(valor), que
            for clave, suya in forma.items():
                self.exigir(f"{que}: {clave}", suya, valor[clave])
        elif isinstance(forma, list):
            assert isinstance(valor, list), que
            assert len(forma) == len(valor), (que, valor)
            for indice, suya in enumerate(forma):
                self.exigir(f"{que}: {indice}", suya, valor[indice])
        elif forma == "<ts>":
            assert isinstance(valor, str), que
            assert INSTANTE.fullmatch(valor), (que, valor)
        elif isinstance(forma, str) and forma.startswith("<id:"):
            assert type(valor) is int, que
            assert self.sabidos.setdefault(forma[4:-1], valor) == valor, que
        elif isinstance(forma, str) and forma.startswith("<uuid:"):
            assert str(UUID(valor)) == valor, que
            assert self.sabidos.setdefault(forma[6:-1], valor) == valor, que
        else:
            esperado = self.decir(forma)
            assert type(esperado) is type(valor), (que, esperado, valor)
            assert esperado == valor, que
