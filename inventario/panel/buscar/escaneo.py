"""Del código que leyó un lector a la línea de la entrada que le toca."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as traducir

from inventario.lotes.gs1 import Lectura, leer
from inventario.lotes.models import Lote
from inventario.lotes.querysets import LoteQuerySet
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.cantidades import TOPE, cuantizar
from inventario.panel.buscar.resultados import lote_de_etiqueta
from inventario.panel.marco.formularios import CantidadCampo
from inventario.panel.mover.formulario import escrita
from inventario.panel.templatetags.formatos import cantidad as escribir
from inventario.productos.buscar import buscar, nombrar
from inventario.productos.gtin import es_correcto, es_gtin
from inventario.productos.models import Producto
from inventario.productos.services.productos import LARGO_CODIGO_BARRAS


@dataclass(frozen=True, slots=True)
class Aviso:
    """Lo que pasó con una lectura. `crear` es dónde darle de alta al código que nadie tiene."""

    texto: str
    clase: str = "success"
    crear: str = ""
    linea: int = -1


def anotar_lectura(
    filas: list[dict[str, str]], texto: str, *, maximo: int, alcance: Alcance = SIN_LIMITE
) -> Aviso:
    """Lee el texto y anota en `filas` lo que dice: completa una línea, le suma o agrega otra.

    El QR de una etiqueta nuestra dice lo que su lote; solo los que ve ese alcance.
    """
    producto: Producto | None
    no_vence = False
    if (numero := lote_de_etiqueta(texto)) is not None:
        lote = _lote_de(numero, alcance)
        if lote is None:
            return Aviso(traducir("No existe el lote de esa etiqueta."), "warning")
        producto, lectura = lote.producto, Lectura(lote=lote.codigo, vence_el=lote.vence_el)
        # Un código de barras sin fecha no dice nada de ella; el lote sí sabe que no vence.
        no_vence = lote.vence_el is None
    else:
        lectura = leer(texto)
        if not lectura.completa:
            return _completar_la_ultima(filas, lectura)
        producto = producto_leido(lectura)
        if producto is None:
            return _desconocido(lectura.codigo or lectura.sku)
    if not producto.activo:
        return Aviso(
            traducir("«%(producto)s» está inactivo: no recibe entradas.") % {"producto": producto}, "warning"
        )
    aviso = _anotar(filas, lectura, producto, maximo)
    if no_vence and aviso.linea >= 0:
        filas[aviso.linea]["sin_vencimiento"] = "on"
    return aviso


def _lote_de(numero: int, alcance: Alcance) -> Lote | None:
    lotes: LoteQuerySet = alcance.filtrar(Lote.objects.filter(pk=numero, producto__eliminado_en=None))
    return lotes.select_related("producto__unidad").first()


def producto_leido(lectura: Lectura) -> Producto | None:
    """El producto vivo de ese código: por su código de barras; si no, por su SKU."""
    codigo, sku = lectura.codigo, lectura.sku
    hallados = buscar(Producto.objects.vivos().select_related("unidad"), skus=[codigo, sku], barras=[codigo])
    por_barras = next(iter(hallados.de_barras(codigo)), None)
    return por_barras or hallados.de_sku(codigo) or hallados.de_sku(sku)


def _desconocido(codigo: str) -> Aviso:
    if not codigo:
        return Aviso(traducir("No llegó ningún código."), "warning")
    if "://" in codigo:
        texto = traducir("Ese código es una dirección de internet, no el de un producto: lea el de barras.")
        return Aviso(texto, "warning")
    if es_gtin(codigo) and not es_correcto(codigo):
        texto = traducir("El código %(codigo)s no se leyó bien: su última cifra no cuadra. Léalo otra vez.")
        return Aviso(texto % {"codigo": codigo}, "danger")
    # El cero de más lo pone GS1; en el catálogo se guarda lo que está impreso.
    impreso = codigo[1:] if es_gtin(codigo) and len(codigo) == 14 and codigo.startswith("0") else codigo
    consulta = urlencode({"codigo_barras": impreso})
    # El catálogo no admite uno más largo: es algo que no es de un producto.
    crear = f"{reverse('panel:producto_nuevo')}?{consulta}" if len(impreso) <= LARGO_CODIGO_BARRAS else ""
    texto = traducir("Ningún producto tiene el código %(codigo)s.") % {
        "codigo": impreso[:LARGO_CODIGO_BARRAS]
    }
    return Aviso(texto, "warning", crear=crear)


def _completar_la_ultima(filas: list[dict[str, str]], lectura: Lectura) -> Aviso:
    if not lectura.lote and not lectura.vence_el:
        return _desconocido("")
    if not filas:
        return Aviso(traducir("Ese código trae solo el lote: lea primero el del producto."), "warning")
    fila, datos = filas[-1], _datos(lectura)
    if any(fila[campo] not in ("", valor) for campo, valor in datos.items()):
        texto = traducir("Ese código trae solo el lote, y la última línea ya dice otro.")
        return Aviso(texto, "warning", linea=len(filas) - 1)
    _poner(fila, datos)
    return Aviso(traducir("Lote anotado en la línea %(n)s.") % {"n": len(filas)}, linea=len(filas) - 1)


def _anotar(filas: list[dict[str, str]], lectura: Lectura, producto: Producto, maximo: int) -> Aviso:
    nombre = nombrar(producto)
    llego = lectura.en(producto.unidad.abreviatura_normalizada)
    # Cinco cajas de algo que se pesa no son cinco kilos.
    piezas = not lectura.unidad and producto.unidad.divisible
    if llego is not None and (piezas or llego >= TOPE or llego != cuantizar(llego)):
        llego = None
    identidad = {"codigo": "", "fecha_vencimiento": "", **_datos(lectura)}
    for i, fila in enumerate(filas):
        if fila["producto"] == nombre and all(fila[campo] == valor for campo, valor in identidad.items()):
            return _repetir(fila, i, llego, producto)
    if len(filas) >= maximo:
        return Aviso(traducir("No caben más líneas: guarde estas y empiece otra entrada."), "warning")
    fila = dict.fromkeys(("producto", "cantidad", "fecha_vencimiento", "sin_vencimiento", "codigo"), "")
    fila |= {"producto": nombre, "cantidad": "" if llego is None else escrita(llego)}
    _poner(fila, _datos(lectura))
    filas.append(fila)
    if lectura.cantidad is not None and llego is None:
        texto = traducir(
            "%(producto)s: el código dice %(cantidad)s %(unidad)s; escriba la cantidad en %(suya)s."
        )
        datos = {
            "producto": nombre,
            "cantidad": escribir(lectura.cantidad),
            "unidad": lectura.unidad or traducir("piezas"),
            "suya": producto.unidad.abreviatura,
        }
        return Aviso(texto % datos, "warning", linea=len(filas) - 1)
    return Aviso(traducir("Leído: %(producto)s.") % {"producto": nombre}, linea=len(filas) - 1)


def _repetir(fila: dict[str, str], lugar: int, llego: Decimal | None, producto: Producto) -> Aviso:
    """Otra caja del mismo lote: si el código dice cuánto trae, se suma."""
    texto = traducir("Ya está en la línea %(n)s: escriba ahí la cantidad.")
    ya_esta = Aviso(texto % {"n": lugar + 1}, "info", linea=lugar)
    if llego is None:
        return ya_esta
    try:
        # Como la leería el campo: sumar a un «1.234» que no se sabe qué dice lo volvería otra cantidad.
        antes = CantidadCampo(required=False).clean(fila["cantidad"])
    except forms.ValidationError as error:
        texto = traducir("No se sumó a la línea %(n)s: %(motivo)s")
        return Aviso(texto % {"n": lugar + 1, "motivo": " ".join(error.messages)}, "warning", linea=lugar)
    if antes is None:
        return ya_esta
    fila["cantidad"] = escrita(antes + llego)
    texto = traducir("Sumado a la línea %(n)s: van %(total)s %(unidad)s.")
    datos = {"n": lugar + 1, "total": escribir(antes + llego), "unidad": producto.unidad.abreviatura}
    return Aviso(texto % datos, linea=lugar)


def _datos(lectura: Lectura) -> dict[str, str]:
    datos = {"codigo": lectura.lote}
    if lectura.vence_el:
        datos["fecha_vencimiento"] = lectura.vence_el.isoformat()
    return {campo: valor for campo, valor in datos.items() if valor}


def _poner(fila: dict[str, str], datos: dict[str, str]) -> None:
    fila.update(datos)
    if datos.get("fecha_vencimiento"):
        fila["sin_vencimiento"] = ""
