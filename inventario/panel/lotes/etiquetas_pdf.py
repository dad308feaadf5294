"""Dibuja etiquetas de lote: producto, lote, vencimiento, un QR que lleva a su ficha y su GS1-128."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import segno
from barcode.codex import Gs1_128
from django.utils.translation import gettext as traducir
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from inventario.lotes.gs1 import elementos_de
from inventario.lotes.models import Lote
from inventario.panel.templatetags.formatos import fecha

FNC1 = "\xf1"
LETRA, NEGRITA = "Helvetica", "Helvetica-Bold"
LETRA_MINIMA = 5.5
# Lo más delgado que se lee de una impresora corriente, y lo que se prefiere.
MODULO_MINIMO: float = 0.19 * mm
MODULO_COMODO: float = 0.38 * mm
# El de una impresora térmica de 203 por pulgada. Una barra de punto y medio saldría de uno o de dos: se
# usan puntos enteros, y no menos de dos.
PUNTO_TERMICO: float = 72 / 203
PUNTOS_POR_MODULO = 2
# Margen en blanco a cada lado, en módulos: sin él un lector no encuentra dónde empieza.
SILENCIO = 10
SILENCIO_DEL_QR = 4
_DE_LARGO_FIJO = ("01", "17")


@dataclass(frozen=True, slots=True)
class Formato:
    """Medidas en puntos. `columnas` por `filas` etiquetas en cada página."""

    pagina: tuple[float, float]
    etiqueta: tuple[float, float]
    columnas: int = 1
    filas: int = 1
    izquierda: float = 0
    arriba: float = 0
    entre_columnas: float = 0
    # Lo que mide un punto de la impresora; cero si es tan fino que no importa.
    punto: float = 0


@dataclass(frozen=True, slots=True)
class Barras:
    """Un código listo para dibujar: sus módulos («1» es negro) y lo que dice, para leerlo sin lector."""

    modulos: str
    legible: str

    def modulo(self, ancho: float, punto: float = 0) -> float:
        """El ancho de cada módulo si el código ocupa ese ancho con sus márgenes."""
        modulo = min(ancho / (len(self.modulos) + 2 * SILENCIO), MODULO_COMODO)
        return _en_puntos(modulo, punto)


def barras_de(elementos: Sequence[tuple[str, str]]) -> Barras:
    """Escribe los pares en un GS1-128. Tras un dato de largo variable que no es el último va un FNC1."""
    ultimo = len(elementos) - 1
    codigo = "".join(
        f"{ia}{dato}{FNC1 if lugar < ultimo and ia not in _DE_LARGO_FIJO else ''}"
        for lugar, (ia, dato) in enumerate(elementos)
    )
    [modulos] = Gs1_128(codigo).build()
    return Barras(modulos, "".join(f"({ia}){dato}" for ia, dato in elementos))


def _en_puntos(modulo: float, punto: float) -> float:
    """El módulo en puntos enteros, si alcanzan para leerlo; si no, como venía."""
    enteros = int(modulo / punto) if punto else 0
    return enteros * punto if enteros >= PUNTOS_POR_MODULO else modulo


def barras_que_caben(elementos: Sequence[tuple[str, str]], ancho: float, punto: float = 0) -> list[Barras]:
    """Uno solo si se imprime legible; si no, el lote va en otro; lo que ni así cabe en ese ancho se calla."""
    if not elementos:
        return []
    juntas = barras_de(elementos)
    if juntas.modulo(ancho) >= max(MODULO_MINIMO, PUNTOS_POR_MODULO * punto):
        return [juntas]
    partes = [[par for par in elementos if par[0] != "10"], [par for par in elementos if par[0] == "10"]]
    separadas = [barras_de(parte) for parte in partes if parte]
    return [una for una in separadas if una.modulo(ancho) >= MODULO_MINIMO]


FORMATOS = {
    # Catorce por hoja, como las troqueladas de 99,1 × 38,1 mm.
    "hoja": Formato(
        A4,
        (99.1 * mm, 38.1 * mm),
        columnas=2,
        filas=7,
        izquierda=4.65 * mm,
        arriba=15.15 * mm,
        entre_columnas=2.5 * mm,
    ),
    "rollo": Formato((62 * mm, 60 * mm), (62 * mm, 60 * mm), punto=PUNTO_TERMICO),
}


def dibujar(etiquetas: Sequence[tuple[Lote, str]], formato: Formato) -> bytes:
    """Devuelve el PDF con una etiqueta por cada (lote, dirección de su ficha), en ese orden."""
    salida = io.BytesIO()
    lienzo = Canvas(salida, pagesize=formato.pagina)
    lienzo.setTitle(traducir("Etiquetas de lote"))
    por_pagina = formato.columnas * formato.filas
    for lugar, (lote, direccion) in enumerate(etiquetas):
        if lugar and lugar % por_pagina == 0:
            lienzo.showPage()
        fila, columna = divmod(lugar % por_pagina, formato.columnas)
        ancho, alto = formato.etiqueta
        x = formato.izquierda + columna * (ancho + formato.entre_columnas)
        y = formato.pagina[1] - formato.arriba - (fila + 1) * alto
        _etiqueta(lienzo, lote, direccion, (x, y, ancho, alto), formato.punto)
    lienzo.showPage()
    lienzo.save()
    return salida.getvalue()


def _etiqueta(
    lienzo: Any, lote: Lote, direccion: str, caja: tuple[float, float, float, float], punto: float
) -> None:
    x, y, ancho, alto = caja
    # Las barras llegan casi al borde: su margen en blanco ya está contado en ellas.
    orilla, ancho_de_barras = x + 1 * mm, ancho - 2 * mm
    codigos = barras_que_caben(elementos_de(lote), ancho_de_barras, punto)
    margen = 3 * mm
    x, y, ancho, alto = x + margen, y + margen, ancho - 2 * margen, alto - 2 * margen
    # Más altas donde sobra: se leen de lejos y de lado.
    minimo = 11 * mm if len(codigos) < 2 else 9 * mm
    alto_de_barras = min(16 * mm, max(minimo, (alto - 24 * mm) / max(len(codigos), 1) - 1 * mm))
    base = y
    for codigo in reversed(codigos):
        _barras(lienzo, codigo, (orilla, base, ancho_de_barras, alto_de_barras), punto)
        base += alto_de_barras + 1 * mm
    lado = _qr(lienzo, direccion, (x + ancho, y + alto), min(alto - (base - y), 22 * mm), punto)
    _texto(lienzo, lote, (x, base, ancho - lado, y + alto - base))


def _texto(lienzo: Any, lote: Lote, caja: tuple[float, float, float, float]) -> None:
    x, y, ancho, alto = caja
    arriba = y + alto
    # El lote y el vencimiento no se sacrifican por un nombre largo.
    nombre = _partir(lote.producto.nombre, ancho, 2 if alto >= 18 * mm else 1)
    renglones = [(NEGRITA, 9.0, renglon) for renglon in nombre]
    vence = (
        traducir("Vence %(fecha)s") % {"fecha": fecha(lote.vence_el)}
        if lote.vence_el
        else traducir("No vence")
    )
    renglones += [
        (NEGRITA, 8.0, traducir("Lote %(lote)s") % {"lote": lote}),
        (NEGRITA, 8.0, vence),
        (LETRA, 6.5, traducir("Ingresó %(fecha)s") % {"fecha": fecha(lote.fecha_ingreso)}),
    ]
    if lote.producto.sku:
        renglones.append((LETRA, 6.5, f"SKU {lote.producto.sku}"))
    for letra, tamano, renglon in renglones:
        arriba -= tamano * 1.15
        if arriba < y:
            return
        escrito = _imprimible(renglon)
        # Antes que perder el final de un código, letra más chica; un nombre se entiende cortado.
        minima = min(tamano, LETRA_MINIMA) if renglon not in nombre else tamano
        cabe = max(tamano * min(ancho / (stringWidth(escrito, letra, tamano) or 1), 1), minima)
        lienzo.setFont(letra, cabe)
        lienzo.drawString(x, arriba, _recortar(escrito, letra, cabe, ancho))


def _partir(texto: str, ancho: float, cuantos: int) -> list[str]:
    """El nombre en esos renglones a lo más; el último se queda con lo que sobre, que después se recorta."""
    renglones: list[str] = simpleSplit(_imprimible(texto), NEGRITA, 9.0, ancho)
    sobra = " ".join(renglones[cuantos - 1 :])
    return [*renglones[: cuantos - 1], *([sobra] if sobra else [])]


def _recortar(texto: str, letra: str, tamano: float, ancho: float) -> str:
    if stringWidth(texto, letra, tamano) <= ancho:
        return texto
    while texto and stringWidth(f"{texto}…", letra, tamano) > ancho:
        texto = texto[:-1]
    return f"{texto.rstrip()}…"


def _imprimible(texto: str) -> str:
    """La letra incluida en todo lector de PDF solo trae el alfabeto occidental."""
    return texto.encode("cp1252", "replace").decode("cp1252")


def _barras(lienzo: Any, codigo: Barras, caja: tuple[float, float, float, float], punto: float) -> None:
    x, y, ancho, alto = caja
    modulo = codigo.modulo(ancho, punto)
    inicio = _al_punto(x + (ancho - modulo * len(codigo.modulos)) / 2, punto)
    pie = 2.4 * mm
    lugar = 0
    for tramo in codigo.modulos.replace("01", "0 1").replace("10", "1 0").split():
        if tramo[0] == "1":
            lienzo.rect(inicio + lugar * modulo, y + pie, len(tramo) * modulo, alto - pie, stroke=0, fill=1)
        lugar += len(tramo)
    lienzo.setFont(LETRA, 6)
    lienzo.drawCentredString(x + ancho / 2, y + 0.4 * mm, _recortar(codigo.legible, LETRA, 6, ancho))


def _qr(lienzo: Any, texto: str, esquina: tuple[float, float], lado: float, punto: float) -> float:
    """Lo dibuja con esa esquina arriba a la derecha; devuelve lo que ocupa con su margen en blanco.

    El margen va abajo y a la izquierda: arriba y a la derecha lo da el borde de la etiqueta.
    """
    matriz = segno.make(texto, error="m", micro=False).matrix
    paso = _en_puntos(lado / (len(matriz) + SILENCIO_DEL_QR), punto)
    x, y = _al_punto(esquina[0] - len(matriz) * paso, punto), esquina[1]
    # Un pelo de más: entre dos celdas contiguas no debe verse la línea blanca del redondeo.
    celda = paso if punto else paso * 1.02
    for fila, celdas in enumerate(matriz):
        for columna, negra in enumerate(celdas):
            if negra:
                lienzo.rect(x + columna * paso, y - (fila + 1) * paso, celda, celda, stroke=0, fill=1)
    return (len(matriz) + SILENCIO_DEL_QR) * paso


def _al_punto(medida: float, punto: float) -> float:
    return round(medida / punto) * punto if punto else medida
