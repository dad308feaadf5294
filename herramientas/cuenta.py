"""Lo que la puerta dice al final: una línea por cosa probada y, la última, cuántas pasaron y cuántas no."""

from __future__ import annotations

from dataclasses import dataclass, field

ANCHO = 46


@dataclass
class Cuenta:
    lineas: list[str] = field(default_factory=list)
    pasaron: int = 0
    fallaron: int = 0

    def decir(self, que: str, resultado: str) -> None:
        self.lineas.append(f"{que:<{ANCHO}} {resultado}")

    def sumar(self, que: str, resultado: str, *, bien: bool) -> None:
        self.decir(que, resultado if bien else f"MAL: {resultado}")
        self.pasaron += bien
        self.fallaron += not bien

    def despedir(self) -> int:
        raya = "─" * 78
        final = f"{self.pasaron} passed, {self.fallaron} failed"
        print(raya, *self.lineas, raya, final, sep="\n", flush=True)
        return 1 if self.fallaron else 0
