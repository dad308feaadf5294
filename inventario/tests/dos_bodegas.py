"""Una empresa con dos bodegas, y todas las direcciones por las que alguien podría asomarse a la ajena.

En la vedada cada cifra y cada código son inconfundibles: donde se lean, se filtraron. Las direcciones salen
del mapa entero; quien agrega una con una clase nueva de parámetro dice en `Terreno.valores` qué le va.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.lotes.models import Lote
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Existencia, Motivo, Movimiento
from inventario.movimientos.services.entradas import LineaEntrada
from inventario.movimientos.tests.mundo import HOY, MERMA, Mundo, cant
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Categoria, Producto, Unidad
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import Exportacion
from inventario.reservas.models import Reserva
from inventario.reservas.services import reservar

MODULO = "engorde"
VENCE = HOY + timedelta(days=9)
CIFRAS = (
    # Lo que llegó a la vedada, lo que salió de ella y lo que le queda, lote por lote.
    *("1055.5", "155.5", "122.3", "777.7", "666.6", "333.3", "328.3", "420.4", "260.2", "160.2"),
    # Lo que allí se prometió y lo que falta para cumplirlo.
    *("299.9", "177.1", "139.7"),
    # Lo que suma cada producto allí y en toda la empresa, y lo que queda sin prometer.
    *("1772.6", "1595.5", "1821.6", "1643.3", "178.3"),
    # Lo que vale lo vedado y todo, lo que costó lo que allí salió y se perdió, y a cuánto.
    *("10351.19", "10433.19", "2069.71", "1627.81", "13.31"),
    *("2771.46", "13122.65", "13204.65", "4501.46", "6129.27", "17.3"),
)


DE_UNA_FILA = ("_changelist", "_add", "_change", "_history", "_delete", "_import", "_export")


def _escrita(cifra: str) -> str:
    """La expresión que la reconoce como la escriban: en la página, en un archivo o en JSON."""
    entero, _punto, decimales = cifra.partition(".")
    miles = rf"{entero[:-3]}[.,\s]?{entero[-3:]}" if len(entero) > 3 else entero
    return rf"{miles}[.,]{decimales}0*"


VEDADO = re.compile(
    rf"\w*vedad\w*|(?<![\d.,])(?:{'|'.join(_escrita(cifra) for cifra in CIFRAS)})(?!\d)", re.IGNORECASE
)


@dataclass
class Terreno:
    """`propia` es la bodega que alcanza quien está limitado; de `vedada` no debe saber nada."""

    mundo: Mundo
    propia: Bodega
    vedada: Bodega
    balanceado: Producto
    harina: Producto

    @classmethod
    def crear(cls) -> Terreno:
        mundo = Mundo.crear()
        propia, vedada = mundo.bodega, mundo.otra
        with en_empresa(mundo.empresa):
            return cls._armar(mundo, propia, vedada)

    @classmethod
    def _armar(cls, mundo: Mundo, propia: Bodega, vedada: Bodega) -> Terreno:
        vedada.codigo, vedada.nombre = "vedada", "Bodega Vedada"
        vedada.save()
        terreno = cls(
            mundo,
            propia,
            vedada,
            balanceado=mundo.producto("BAL-35", stock_minimo=5_000, punto_reorden=4_000),
            harina=mundo.producto("HAR-01", stock_minimo=5_000, minimo_sobre_disponible=True),
        )
        terreno._mover()
        terreno._prometer()
        recalcular(mundo.empresa, [terreno.balanceado.pk, terreno.harina.pk], mundo.reloj())
        return terreno

    @classmethod
    def con_la_otra_cerrada(cls) -> Terreno:
        """La que se vedó cerró, ya vacía: quedan su historia y un lote que se mudó de ella."""
        mundo = Mundo.crear()
        with en_empresa(mundo.empresa):
            producto = mundo.producto("BAL-35", stock_minimo=5_000)
            terreno = cls(mundo, mundo.bodega, mundo.otra, producto, producto)
            terreno.vedada.codigo, terreno.vedada.nombre = "vedada", "Bodega Vedada"
            terreno.vedada.save()
            mundo.entrada(producto, 41, costo=2, vence=VENCE, codigo="L-PROPIO")
            lote = mundo.entrada(producto, 7, vence=VENCE, codigo="L-VIAJERO", bodega=terreno.vedada)
            services.trasladar_lote(
                actor=mundo.actor, lote=lote, cantidad=cant(7), hacia=terreno.propia, reloj=mundo.reloj
            )
            reservar(
                actor=mundo.actor,
                producto=producto,
                bodega=terreno.propia,
                cantidad=cant(1),
                modulo=MODULO,
                reloj=mundo.reloj,
            )
            recalcular(mundo.empresa, [producto.pk], mundo.reloj())
            terreno.vedada.activa = False
            terreno.vedada.save()
        return terreno

    def _mover(self) -> None:
        mundo, uno = self.mundo, self.balanceado
        mundo.entrada(uno, 41, costo=2, vence=VENCE, codigo="L-PROPIO")
        lote = mundo.entrada(uno, "1055.5", costo="13.31", vence=VENCE, codigo="L-VEDADO", bodega=self.vedada)
        usado = Glosa(motivo=Motivo.CONSUMO, referencia="REF-VEDADA", modulo=MODULO, tanque="T-VEDADO")
        mundo.salida(lote, "155.5", glosa=usado)
        mundo.merma(lote, "122.3")
        # Un asiento con líneas en las dos, y otro que cruza de una a la otra.
        services.registrar_entradas(
            actor=mundo.actor,
            lineas=[
                LineaEntrada(uno, self.propia, cant(3), cant(0), VENCE, "L-MEZCLA"),
                LineaEntrada(uno, self.vedada, cant("666.6"), cant(0), VENCE, "L-VEDADO-2"),
            ],
            reloj=mundo.reloj,
        )
        mundo.entrada(uno, "333.3", vence=VENCE, codigo="L-VIAJERO", bodega=self.vedada)
        mundo.entrada(
            self.harina, "420.4", costo="17.3", vence=VENCE, codigo="L-VEDADO-3", bodega=self.vedada
        )
        viajero = Lote.objects.get(codigo="L-VIAJERO")
        services.trasladar_lote(
            actor=mundo.actor, lote=viajero, cantidad=cant(5), hacia=self.propia, reloj=mundo.reloj
        )

    def _prometer(self) -> None:
        reservas = [
            (self.balanceado, self.propia, "1.2", "RES-PROPIA"),
            (self.balanceado, self.vedada, "177.1", "RES-VEDADA"),
            (self.harina, self.vedada, "299.9", "RES-VEDADA-2"),
        ]
        for producto, bodega, cantidad, referencia in reservas:
            reservar(
                actor=self.mundo.actor,
                producto=producto,
                bodega=bodega,
                cantidad=cant(cantidad),
                modulo=MODULO,
                referencia=referencia,
                reloj=self.mundo.reloj,
            )
        # Queda menos de lo prometido: la promesa pierde su respaldo.
        self.mundo.merma(Lote.objects.get(codigo="L-VEDADO-3"), "260.2", glosa=MERMA)

    # ── Con qué se llena una dirección ──────────────────────────────────────────────────────────

    def valores(self, parametro: str, nombre: str) -> list[Any]:
        """Todo lo que puede ir en ese parámetro: también lo que no es de su clase, que da un 404."""
        match parametro:
            case "object_id" if (modelo := _modelo_de(nombre)) is not None:
                return list(modelo._default_manager.values_list("pk", flat=True))
            case "pk" | "object_id":
                return [*self._ids(), *Reserva.objects.values_list("pk", flat=True)]
            case "item_id" | "category_id" | "unit_id" | "key_id" | "id":
                return self._ids()
            case "reservation_id":
                return list(Reserva.objects.values_list("pk", flat=True))
            case "module" | "module_name":
                return [MODULO]
            case "token":
                return ["1-1-" + "0" * 64]
            case "clave":
                return sorted(REPORTES)
            case "formato":
                return Formato.values
            case "codigo":
                return ["no-sirve"]
            case "app_label":
                return ["movimientos", "lotes", "alertas", "productos", "reservas"]
        raise AssertionError(f"Diga con qué se llena «{parametro}», para mirar también esa dirección.")

    def _ids(self) -> list[int]:
        modelos: tuple[type[Model], ...] = (
            *(Alerta, Apartado, Asiento, Bodega, Categoria, Existencia, Exportacion),
            *(Lote, Movimiento, Producto, Unidad),
        )
        ids = (modelo._default_manager.values_list("pk", flat=True) for modelo in modelos)
        return sorted(set(itertools.chain.from_iterable(ids)))

    def consultas(self, nombre: str) -> list[str]:
        """Lo que hay que preguntarle a esa dirección para que enseñe todo lo que sabe."""
        uno, hoy = self.balanceado.pk, HOY.isoformat()
        rango = {"fecha_inicio": hoy, "fecha_fin": hoy}
        de_un_reporte = {"producto": uno, "n": 20}
        pedidas: dict[str, list[dict[str, Any]]] = {
            "panel:lotes": [{"estado": "todos"}],
            "panel:reservas": [{"estado": "todas"}],
            "panel:productos": [{}, {"existencia": "con"}, {"orden": "-existencia"}],
            "panel:buscar": [{"q": "L-"}],
            "panel:buscar_productos": [{"q": "BAL"}],
            "panel:trazabilidad": [{"q": "L-VIAJERO"}],
            "panel:trazabilidad_csv": [{"q": "L-VIAJERO"}],
            "panel:reporte": [de_un_reporte],
            "panel:reporte_archivo": [de_un_reporte],
            "panel:despacho": [{"producto": uno, "cantidad": 1}],
            "panel:despacho_vista_previa": [{"producto": uno, "cantidad": 1}],
            "panel:alertas": [{"dias": 60}],
            "api:reservas-list": [{"estado": "todas"}],
            "api:vista-previa": [{"producto_id": uno, "cantidad": 1}],
            "api:existencias-list": [{}, {"al": self.mundo.reloj().isoformat()}],
            "api:reporte-movimientos-por-rango-fecha": [rango],
            "api:reporte-mermas": [rango],
            "api:reporte-consumo-por-modulo": [rango],
            "biofloc:stock_reservations": [{"status": "all"}],
        }
        de_un_verbo = _modelo_de(nombre) if not nombre.endswith(DE_UNA_FILA) else None
        if de_un_verbo is not None:
            # La página de un verbo dice en la consulta sobre qué filas; las demás no la miran.
            return ["", *(f"?ids={pk}" for pk in de_un_verbo._default_manager.values_list("pk", flat=True))]
        return [f"?{urlencode(una)}" if una else "" for una in pedidas.get(nombre, [{}])]

    def envio(self, nombre: str) -> dict[str, Any]:
        """Lo que se envía a una dirección que lee con un POST, para que enseñe todo lo que sabe."""
        if nombre == "biofloc:items_bulk_fetch":
            ids = list(Producto.objects.values_list("pk", flat=True))
            return {"item_ids": ids, "include_batches": True, "include_reserved": True}
        raise AssertionError(f"Diga qué se envía a «{nombre}», para leer también lo que responde.")


def pide_solo_ver(patron: URLPattern) -> bool:
    """Si a lo que se le envía le basta el permiso de ver, como a quien lee."""
    vista = getattr(patron.callback, "cls", None)
    return getattr(vista, "permisos", {}).get("POST") == Permiso.VER


def _modelo_de(nombre: str) -> type[Model] | None:
    """El del libro al que pertenece esa página del admin."""
    ruta = nombre.removeprefix("admin:")
    del_libro = (Alerta, Apartado, Asiento, Existencia, Lote, Movimiento, Producto, Reserva)
    for modelo in del_libro:
        if ruta.startswith(f"{modelo._meta.app_label}_{modelo._meta.model_name}_"):
            return modelo
    return None


def direcciones(*espacios: str) -> dict[str, URLPattern]:
    """Las del mapa entero en esos espacios de nombres, por su nombre completo."""
    todas = _recorrer(get_resolver(), ())
    return {nombre: patron for nombre, patron in todas if nombre.split(":")[0] in espacios}


def _recorrer(resolver: URLResolver, espacio: tuple[str, ...]) -> Iterator[tuple[str, URLPattern]]:
    for patron in resolver.url_patterns:
        if isinstance(patron, URLResolver):
            yield from _recorrer(patron, (*espacio, patron.namespace) if patron.namespace else espacio)
        elif patron.name and not patron.pattern.regex.pattern.startswith("^.*"):
            yield ":".join([*espacio, patron.name]), patron


def rutas(terreno: Terreno, nombre: str, patron: URLPattern) -> Iterator[str]:
    """Todas las rutas que salen de esa dirección al llenar sus parámetros."""
    parametros = list(patron.pattern.regex.groupindex)
    convertidores = getattr(patron.pattern, "converters", {})
    for valores in itertools.product(*(terreno.valores(uno, nombre) for uno in parametros)):
        llenos = dict(zip(parametros, valores, strict=True))
        if all(_cabe(convertidores.get(uno), valor) for uno, valor in llenos.items()):
            yield from (reverse(nombre, kwargs=llenos) + una for una in terreno.consultas(nombre))


def _cabe(convertidor: Any, valor: Any) -> bool:
    return convertidor is None or re.fullmatch(convertidor.regex, str(valor)) is not None


def cuerpo(respuesta: Any) -> str:
    """Lo que se lee en la respuesta; de una hoja de cálculo, lo que dicen sus celdas."""
    crudo = b"".join(respuesta.streaming_content) if respuesta.streaming else respuesta.content
    if crudo.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(crudo)) as hoja:
            crudo = b"\n".join(hoja.read(nombre) for nombre in hoja.namelist())
    return bytes(crudo).decode(errors="replace")
