"""Lo que quedó dibujado en el PDF de unas etiquetas, sin depender de quien lo dibujó."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import dataclass

_NUMERO = rb"(-?[\d.]+)"


@dataclass(frozen=True)
class Trazo:
    """Un rectángulo negro del PDF, en puntos."""

    x: float
    y: float
    ancho: float
    alto: float


def textos(pdf: bytes) -> list[str]:
    """Lo que se escribe en cada página, en orden."""
    assert pdf.startswith(b"%PDF-")
    escrito = (re.findall(r"\((.*?)(?<!\\)\) Tj", pagina.decode("latin-1")) for pagina in _paginas(pdf))
    return [" | ".join(partes) for partes in escrito]


def trazos(pdf: bytes) -> list[Trazo]:
    """Los de la primera página."""
    rectangulos = re.findall(rb" ".join([_NUMERO] * 4) + rb" re f", _paginas(pdf)[0])
    return [Trazo(*map(float, rectangulo)) for rectangulo in rectangulos]


def _paginas(pdf: bytes) -> list[bytes]:
    """Las órdenes de dibujo de cada página."""
    guardadas = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    return [zlib.decompress(base64.a85decode(una.strip().removesuffix(b"~>"))) for una in guardadas]
