"""Cliente de la API en español: catálogo, lotes, el libro y sus lecturas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from inventario_cliente.formas import decimal_de, decodificar
from inventario_cliente.tipos import Ajuste, Asiento, Existencias, Lote, Movimiento, Producto, Reserva, Toma
from inventario_cliente.transporte import ConTransporte, Persona

T = TypeVar("T")
Cantidad = Decimal | int | float | str
PAGINA = 200


@dataclass(frozen=True, slots=True)
class Pagina(Generic[T]):
    """Un tramo de una lista y cuántos hay en total con ese filtro."""

    filas: list[T]
    total: int

    def __iter__(self) -> Iterator[T]:
        return iter(self.filas)

    def __len__(self) -> int:
        return len(self.filas)


class Inventario(ConTransporte):
    """`Inventario("https://inventario.ejemplo.com", clave)`; ciérrelo, o úselo con `with`.

    Toda escritura admite `clave_idempotencia` (sin ella se inventa una para sus reintentos) y `persona`.
    """

    # ── Productos ────────────────────────────────────────────────────────────────────────────────

    def productos(self, *, skip: int = 0, limit: int = 100, **filtro: Any) -> Pagina[Producto]:
        """Una página de productos; `filtro`: buscar, activo, categoria, con_stock, bajo_minimo, orden…"""
        return self._pagina(Producto, "/productos", {"skip": skip, "limit": limit, **filtro})

    def producto(self, id: int) -> Producto:
        return self._leer(Producto, f"/productos/{id}")

    def producto_de_sku(self, sku: str) -> Producto | None:
        """El producto con ese SKU, sin mirar mayúsculas; None si no hay."""
        igual = sku.strip().casefold()
        skip = 0
        while True:
            pagina = self.productos(buscar=sku, skip=skip, limit=PAGINA)
            for producto in pagina:
                if producto.sku is not None and producto.sku.strip().casefold() == igual:
                    return self.producto(producto.id)
            skip += len(pagina)
            if not len(pagina) or skip >= pagina.total:
                return None

    def crear_producto(
        self,
        *,
        nombre: str,
        sku: str,
        precio: Cantidad,
        clave_idempotencia: str | None = None,
        **otros: Any,
    ) -> Producto:
        """Crea un producto.

        `otros`: stock_minimo, minimo_sobre_disponible, unidad, categoria, categoria_id, proveedor_id,
        codigo_barras.
        """
        cuerpo = {"nombre": nombre, "sku": sku, "precio": decimal_de(precio), **otros}
        return self._crear(Producto, "/productos", cuerpo, clave_idempotencia)

    def editar_producto(self, id: int, cambios: Mapping[str, Any], *, version: int | None = None) -> Producto:
        """Cambia lo que se nombre; con `version`, solo si nadie lo cambió desde que se leyó."""
        cabeceras = {"If-Match": f'"{version}"'} if version is not None else None
        respuesta = self.transporte.pedir(
            "PUT", f"/productos/{id}", cuerpo=dict(cambios), cabeceras=cabeceras
        )
        return decodificar(Producto, respuesta.dato)

    def eliminar_producto(self, id: int) -> Producto:
        return decodificar(Producto, self.transporte.pedir("DELETE", f"/productos/{id}").dato)

    # ── Lotes ────────────────────────────────────────────────────────────────────────────────────

    def lotes(self, *, skip: int = 0, limit: int = 100, **filtro: Any) -> Pagina[Lote]:
        """`filtro`: producto_id, sku, con_stock, estado, vence_desde, vence_hasta…"""
        return self._pagina(Lote, "/inventario/lotes", {"skip": skip, "limit": limit, **filtro})

    def lote(self, id: int) -> Lote:
        return self._leer(Lote, f"/inventario/lotes/{id}")

    def bloquear_lote(self, id: int, *, motivo: str, clave_idempotencia: str | None = None) -> Lote:
        ruta = f"/inventario/lotes/{id}/bloquear"
        return self._crear(Lote, ruta, {"motivo": motivo}, clave_idempotencia)

    def desbloquear_lote(self, id: int, *, motivo: str, clave_idempotencia: str | None = None) -> Lote:
        ruta = f"/inventario/lotes/{id}/desbloquear"
        return self._crear(Lote, ruta, {"motivo": motivo}, clave_idempotencia)

    # ── El libro ─────────────────────────────────────────────────────────────────────────────────

    def registrar_entrada(
        self,
        *,
        producto_id: int,
        cantidad: Cantidad,
        vence_el: date | None = None,
        costo_unitario: Cantidad | None = None,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> Lote:
        """Abre un lote con lo recibido. `otros`: bodega, codigo_lote, fecha_ingreso, proveedor_id, notas…"""
        cuerpo = {
            "producto_id": producto_id,
            "cantidad_recibida": decimal_de(cantidad),
            "fecha_vencimiento": vence_el,
            "costo_unitario": None if costo_unitario is None else decimal_de(costo_unitario),
            **otros,
        }
        return self._crear(Lote, "/inventario/entradas", cuerpo, clave_idempotencia, persona)

    def registrar_salida(
        self,
        *,
        lote_id: int,
        cantidad: Cantidad,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> Movimiento:
        """Saca del lote nombrado. `otros`: motivo, referencia, justificacion, modulo, tanque, notas…"""
        cuerpo = {"lote_id": lote_id, "cantidad": decimal_de(cantidad), **otros}
        return self._crear(Movimiento, "/inventario/salidas", cuerpo, clave_idempotencia, persona)

    def despachar(
        self,
        *,
        producto_id: int,
        cantidad: Cantidad,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> list[Movimiento]:
        """Saca primero lo que vence primero, todo o nada; un movimiento por lote, en orden de consumo."""
        cuerpo = {"producto_id": producto_id, "cantidad": decimal_de(cantidad), **otros}
        return self._crear(list[Movimiento], "/inventario/despachar", cuerpo, clave_idempotencia, persona)

    def vista_previa(self, *, producto_id: int, cantidad: Cantidad, **otros: Any) -> list[Toma]:
        """De qué lotes saldría un despacho, sin mover nada."""
        consulta = {"producto_id": producto_id, "cantidad": f"{decimal_de(cantidad):f}", **otros}
        return self._leer(list[Toma], "/inventario/despachar/vista-previa", consulta)

    def ajustar(
        self,
        *,
        motivo: str,
        justificacion: str,
        lote_id: int | None = None,
        producto_id: int | None = None,
        cantidad_contada: Cantidad | None = None,
        diferencia: Cantidad | None = None,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> Ajuste:
        """Un lote o un producto; lo contado o la diferencia: de cada par, exactamente uno."""
        opcionales: dict[str, Any] = {
            "lote_id": lote_id,
            "producto_id": producto_id,
            "cantidad_contada": None if cantidad_contada is None else decimal_de(cantidad_contada),
            "diferencia": None if diferencia is None else decimal_de(diferencia),
        }
        cuerpo = {
            "motivo": motivo,
            "justificacion": justificacion,
            **{nombre: valor for nombre, valor in opcionales.items() if valor is not None},
            **otros,
        }
        return self._crear(Ajuste, "/inventario/ajustes", cuerpo, clave_idempotencia, persona)

    def trasladar(
        self,
        *,
        cantidad: Cantidad,
        hacia: str,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> Asiento:
        """`otros`: lote_id, o producto_id con `politica` ("fefo" o "peps") y, si hace falta, `desde`."""
        cuerpo = {"cantidad": decimal_de(cantidad), "hacia": hacia, **otros}
        return self._crear(Asiento, "/inventario/traslados", cuerpo, clave_idempotencia, persona)

    def revertir(
        self,
        asiento_id: int,
        *,
        motivo: str,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
    ) -> Asiento:
        ruta = f"/inventario/asientos/{asiento_id}/revertir"
        return self._crear(Asiento, ruta, {"motivo": motivo}, clave_idempotencia, persona)

    # ── Reservas ─────────────────────────────────────────────────────────────────────────────────

    def reservas(self, *, skip: int = 0, limit: int = 100, **filtro: Any) -> Pagina[Reserva]:
        """Sin `estado`, las pendientes; con `todas`, cualquiera. También: producto_id, sku, modulo…"""
        return self._pagina(Reserva, "/reservas", {"skip": skip, "limit": limit, **filtro})

    def reserva(self, id: UUID | str) -> Reserva:
        return self._leer(Reserva, f"/reservas/{id}")

    def reservar(
        self,
        *,
        producto_id: int,
        cantidad: Cantidad,
        horas: int = 24,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
        **otros: Any,
    ) -> Reserva:
        """`otros`: bodega, modulo, referencia, notas."""
        cuerpo = {"producto_id": producto_id, "cantidad": decimal_de(cantidad), "horas": horas, **otros}
        return self._crear(Reserva, "/reservas", cuerpo, clave_idempotencia, persona)

    def confirmar_reserva(
        self,
        id: UUID | str,
        *,
        cantidad: Cantidad | None = None,
        resto: str = "queda",
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
    ) -> Reserva:
        """Saca lo reservado; con `cantidad`, solo eso, y `resto` dice si lo demás "queda" o "se_libera"."""
        cuerpo = {"cantidad": None if cantidad is None else decimal_de(cantidad), "resto": resto}
        return self._crear(Reserva, f"/reservas/{id}/confirmar", cuerpo, clave_idempotencia, persona)

    def cancelar_reserva(
        self,
        id: UUID | str,
        *,
        motivo: str,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
    ) -> Reserva:
        return self._crear(
            Reserva, f"/reservas/{id}/cancelar", {"motivo": motivo}, clave_idempotencia, persona
        )

    def extender_reserva(
        self,
        id: UUID | str,
        *,
        horas: int,
        clave_idempotencia: str | None = None,
        persona: Persona | None = None,
    ) -> Reserva:
        """La hace durar tantas horas desde ahora."""
        return self._crear(Reserva, f"/reservas/{id}/extender", {"horas": horas}, clave_idempotencia, persona)

    # ── Lecturas ─────────────────────────────────────────────────────────────────────────────────

    def asiento(self, id: int) -> Asiento:
        return self._leer(Asiento, f"/inventario/asientos/{id}")

    def movimientos(self, **filtro: Any) -> Iterator[Movimiento]:
        """Recorre todos los movimientos del filtro, de página en página, sin repetir ni saltar ninguno.

        `filtro`: tipo, producto_id, sku, lote_id, asiento_id, desde, hasta, modulo, tanque, orden…
        """
        cursor: str | None = ""
        while cursor is not None:
            respuesta = self.transporte.pedir(
                "GET",
                "/inventario/movimientos",
                consulta={**filtro, "cursor": cursor, "limit": PAGINA},
            )
            yield from decodificar(list[Movimiento], respuesta.dato)
            cursor = _cursor_siguiente(respuesta.cabeceras.get("Link", ""))

    def existencias(
        self, *, al: datetime | None = None, skip: int = 0, limit: int = 100, **filtro: Any
    ) -> Pagina[Existencias]:
        """Lo que hay, ahora o en un instante pasado (con zona). `filtro`: producto_id, sku, bodega."""
        consulta = {"al": al.isoformat() if al else None, "skip": skip, "limit": limit, **filtro}
        return self._pagina(Existencias, "/inventario/existencias", consulta)

    # ── Lo común ─────────────────────────────────────────────────────────────────────────────────

    def _leer(self, tipo: type[T], ruta: str, consulta: Mapping[str, Any] | None = None) -> T:
        return decodificar(tipo, self.transporte.pedir("GET", ruta, consulta=consulta).dato)

    def _pagina(self, tipo: type[T], ruta: str, consulta: Mapping[str, Any]) -> Pagina[T]:
        respuesta = self.transporte.pedir("GET", ruta, consulta=consulta)
        filas = decodificar(list[tipo], respuesta.dato)  # type: ignore[valid-type]  # el tipo se sabe al correr
        return Pagina(filas, int(respuesta.cabeceras.get("X-Total-Count") or len(filas)))

    def _crear(
        self,
        tipo: type[T],
        ruta: str,
        cuerpo: Mapping[str, Any],
        clave: str | None,
        persona: Persona | None = None,
    ) -> T:
        respuesta = self.transporte.pedir(
            "POST", ruta, cuerpo=cuerpo, clave_idempotencia=clave, persona=persona
        )
        return decodificar(tipo, respuesta.dato)


def _cursor_siguiente(enlaces: str) -> str | None:
    """Devuelve el `cursor` del enlace `next` de una cabecera `Link`; None si es la última página."""
    for parte in enlaces.split(", <"):
        direccion, _, atributos = parte.strip("<").partition(">")
        if 'rel="next"' in atributos:
            return parse_qs(urlsplit(direccion).query).get("cursor", [None])[0]
    return None
