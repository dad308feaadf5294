"""Prometer existencia y cumplir, cambiar o soltar la promesa. El que manda es el apartado del libro.

Nunca se bloquea primero la reserva: se lee, se bloquea su existencia y se vuelve a mirar (decisión 16).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.services import anotar
from inventario.cuentas.models import Bodega, Empresa
from inventario.cuentas.permisos import Permiso
from inventario.eventos import bandeja as eventos
from inventario.eventos.catalogo import (
    DeReserva,
    DisponibleReducido,
    ReservaCancelada,
    ReservaConfirmada,
    ReservaCreada,
    ReservaExtendida,
    ReservaSinRespaldo,
)
from inventario.eventos.models import Evento
from inventario.existencias.disponibilidad import existencias_de
from inventario.movimientos import libro
from inventario.movimientos.errores import ApartadoResuelto
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Motivo, TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.reparto import Politica
from inventario.movimientos.services.comprobaciones import (
    exigir_alcance,
    exigir_divisible,
    exigir_propio,
    insuficiente,
)
from inventario.movimientos.services.salidas import LineaSalida, sacar
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import exigir_cantidad, legible
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, NoEncontrado
from inventario.nucleo.reloj import Reloj, hoy_en, inicio_del_dia
from inventario.nucleo.textos import exigir_texto
from inventario.productos.errores import ProductoInactivo
from inventario.productos.models import Producto
from inventario.reservas.errores import ReservaYaResuelta
from inventario.reservas.models import Reserva

HORAS_MINIMAS, HORAS_MAXIMAS, HORAS_HABITUALES = 1, 720, 24
CLAVES_POR_HOJA = 100
DOCUMENTO = "reserva"
LARGO_DE_MOTIVO = 255


class Resto(models.TextChoices):
    """Qué pasa con lo que no se confirma."""

    QUEDA = "queda", _("Queda reservado")
    SE_LIBERA = "se_libera", _("Se libera")


def reservar(
    *,
    actor: Actor,
    producto: Producto,
    bodega: Bodega,
    cantidad: Decimal,
    horas: int = HORAS_HABITUALES,
    modulo: str = "",
    referencia: str = "",
    notas: str = "",
    reloj: Reloj = timezone.now,
) -> Reserva:
    """Aparta `cantidad` del producto, en su unidad, de 1 a 720 horas (contrato biofloc §2.10).

    Lanza `ExistenciaInsuficiente` si no hay tanto libre, `ProductoInactivo`, `NoEncontrado`,
    `DatoInvalido` y `SinPermiso`.
    """
    actor.exigir(Permiso.RESERVAR)
    exigir_alcance(actor, producto, bodega, Glosa(modulo=modulo))
    exigir_cantidad(cantidad)
    exigir_divisible(producto, cantidad)
    exigir_horas(horas)
    if producto.eliminado_en is not None:
        raise NoEncontrado("Producto no encontrado: se eliminó del catálogo.")
    if not producto.activo:
        raise ProductoInactivo(f"{producto.nombre} está inactivo: no se reserva.", producto=producto.pk)
    clave = Clave(producto.pk, bodega.pk)
    with en_empresa(actor.empresa):
        with libro.abrir(actor.empresa, [clave], reloj=reloj) as hoja:
            libre = hoja.saldo(clave).libre
            if cantidad > libre:
                raise insuficiente(hoja, producto, bodega, solicitado=cantidad, disponible=libre)
            apartado = hoja.apartar(
                producto,
                bodega,
                cantidad,
                vence_en=hoja.ahora + timedelta(hours=horas),
                modulo=modulo,
                referencia=referencia,
            )
        reserva: Reserva = Reserva.objects.create(
            empresa=actor.empresa,
            apartado=apartado,
            notas=notas,
            creada_por=actor.usuario,
            externo_id=actor.externo_id,
            externo_nombre=actor.externo_nombre,
            creada_en=hoja.ahora,
        )
        _avisar(actor, ReservaCreada, reserva)
        if _cuenta_lo_disponible(producto):
            # A los demás reservar no los deja bajo su mínimo: no se hace a nadie mirarlos.
            eventos.registrar(
                actor.empresa, DisponibleReducido(producto=clave.producto_id, bodega=clave.bodega_id)
            )
    return reserva


def confirmar_reserva(
    *,
    actor: Actor,
    reserva: Reserva,
    politica: Politica,
    cantidad: Decimal | None = None,
    resto: Resto = Resto.QUEDA,
    reloj: Reloj = timezone.now,
) -> Asiento:
    """Saca lo reservado, entero si no se dice `cantidad`, y devuelve el asiento de salida.

    Al confirmar una parte, lo demás queda reservado o se libera según `resto`. Lanza `ReservaYaResuelta`,
    `ExistenciaInsuficiente` si ya no hay con qué cumplir (la reserva sigue pendiente), `DatoInvalido` y
    `SinPermiso`.
    """
    actor.exigir(Permiso.DESPACHAR)
    _exigir_alcance(actor, reserva)
    producto, bodega = reserva.apartado.producto, reserva.apartado.bodega
    if cantidad is not None:
        exigir_cantidad(cantidad)
        exigir_divisible(producto, cantidad)
    with en_empresa(actor.empresa):
        with _resolviendo(actor, reserva, reloj) as (hoja, apartado):
            pedido = apartado.restante if cantidad is None else cantidad
            if pedido > apartado.restante:
                raise DatoInvalido(
                    f"De la reserva quedan {legible(apartado.restante)}: no se puede confirmar más.",
                    campo="cantidad",
                    codigo="max_value",
                )
            glosa = Glosa(
                motivo=Motivo.CONSUMO,
                modulo=apartado.modulo,
                referencia=apartado.referencia,
                notas=reserva.notas,
                documento_tipo=DOCUMENTO,
                documento_id=str(reserva.pk),
            )
            asiento = hoja.empezar(TipoAsiento.SALIDA, actor=actor, glosa=glosa)
            sacar(hoja, asiento, LineaSalida(producto, bodega, pedido), politica, contra=apartado)
            if apartado.restante and resto == Resto.SE_LIBERA:
                hoja.liberar(apartado, como=Apartado.Estado.CONSUMIDO)
        if not reserva.apartado.restante:
            _anotar_resolucion(reserva, actor, hoja)
        _avisar(actor, ReservaConfirmada, reserva)
    return asiento


def cancelar_reserva(*, actor: Actor, reserva: Reserva, motivo: str, reloj: Reloj = timezone.now) -> Reserva:
    """Suelta lo que reste; lo que ya se usó queda dicho.

    Lanza `ReservaYaResuelta`, `SinPermiso` y, sin motivo, `DatoInvalido` (R-09).
    """
    actor.exigir(Permiso.RESERVAR)
    _exigir_alcance(actor, reserva)
    motivo = exigir_texto(motivo, campo="motivo", maximo=LARGO_DE_MOTIVO)
    with en_empresa(actor.empresa):
        with _resolviendo(actor, reserva, reloj) as (hoja, apartado):
            restante = apartado.restante
            hoja.liberar(apartado)
        reserva.motivo = motivo
        _anotar_resolucion(reserva, actor, hoja)
        anotar(
            actor=actor,
            hecho=Hecho.RESERVA_CANCELADA,
            sobre=reserva,
            antes={"restante": restante, "vence_en": apartado.vence_en},
            motivo=motivo,
        )
        _avisar(actor, ReservaCancelada, reserva)
    return reserva


def extender_reserva(*, actor: Actor, reserva: Reserva, horas: int, reloj: Reloj = timezone.now) -> Reserva:
    """Hace que venza de aquí a `horas` (1 a 720), contadas desde ahora y no desde que vencía.

    Lanza `ReservaYaResuelta` si venció antes de tomar el bloqueo, `DatoInvalido` y `SinPermiso`.
    """
    actor.exigir(Permiso.RESERVAR)
    _exigir_alcance(actor, reserva)
    exigir_horas(horas)
    with en_empresa(actor.empresa):
        with _resolviendo(actor, reserva, reloj) as (hoja, apartado):
            vence_en = hoja.ahora + timedelta(hours=horas)
            if vence_en <= apartado.vence_en:
                raise DatoInvalido(
                    "La reserva ya dura más que eso: extenderla es alejar su vencimiento.",
                    campo="horas",
                    codigo="min_value",
                )
            hoja.extender(apartado, vence_en)
        _avisar(actor, ReservaExtendida, reserva)
    return reserva


def vencer_reservas(empresa: Empresa, *, reloj: Reloj = timezone.now) -> int:
    """Anota como vencidas las que pasaron su hora y devuelve cuántas. Repetirla no hace nada más.

    Nadie depende de ella: toda lectura mira el reloj y toda hoja suelta lo vencido al abrirse.
    """
    vencidas = 0
    with en_empresa(empresa):
        pasadas = Apartado.objects.vigentes().filter(vence_en__lte=reloj())
        claves = sorted({Clave(*fila) for fila in pasadas.values_list("producto_id", "bodega_id")})
    for desde in range(0, len(claves), CLAVES_POR_HOJA):
        with libro.abrir(empresa, claves[desde : desde + CLAVES_POR_HOJA], reloj=reloj) as hoja:
            vencidas += hoja.vencidos
    return vencidas


def avisar_sin_respaldo(empresa: Empresa, *, reloj: Reloj = timezone.now) -> int:
    """Avisa de lo prometido que ya no se puede cumplir y devuelve de cuántos productos y bodegas avisó.

    El libro ya avisa cuando lo causa un asiento o un bloqueo; aquí se halla el lote que venció de un día
    para otro sin que nadie lo tocara. De cada uno se avisa una vez por día: repetirla no hace nada más.
    """
    with en_empresa(empresa):
        claves = sorted(_sin_respaldo(empresa, reloj()) - _avisadas_hoy(empresa, reloj()))
    avisadas = 0
    for desde in range(0, len(claves), CLAVES_POR_HOJA):
        with libro.abrir(empresa, claves[desde : desde + CLAVES_POR_HOJA], reloj=reloj) as hoja:
            # Bloqueadas se miran otra vez: entre tanto pudo llegar mercadería, o avisar otro proceso.
            ya = _avisadas_hoy(empresa, hoja.ahora)
            for clave in hoja.claves:
                saldo = hoja.saldo(clave)
                if saldo.apartada > saldo.utilizable and clave not in ya:
                    eventos.registrar(
                        empresa, ReservaSinRespaldo(producto=clave.producto_id, bodega=clave.bodega_id)
                    )
                    avisadas += 1
    return avisadas


def _sin_respaldo(empresa: Empresa, ahora: datetime) -> set[Clave]:
    prometidos = Apartado.objects.vivos(ahora).values_list("producto_id", flat=True)
    productos = sorted(set(prometidos))
    hoy = hoy_en(empresa.zona_horaria, ahora)
    return {
        Clave(producto_id, bodega_id)
        for desde in range(0, len(productos), CLAVES_POR_HOJA)
        for producto_id, hay in existencias_de(
            productos[desde : desde + CLAVES_POR_HOJA], ahora=ahora, hoy=hoy
        ).items()
        for bodega_id, cifras in hay.por_bodega.items()
        if cifras.apartada > cifras.utilizable
    }


def _avisadas_hoy(empresa: Empresa, ahora: datetime) -> set[Clave]:
    zona = empresa.zona_horaria
    desde = inicio_del_dia(hoy_en(zona, ahora), zona)
    avisos = Evento.objects.filter(tipo=ReservaSinRespaldo.codigo, creado_en__gte=desde)
    return {Clave(datos["producto"], datos["bodega"]) for datos in avisos.values_list("datos", flat=True)}


def exigir_horas(horas: int) -> None:
    if not HORAS_MINIMAS <= horas <= HORAS_MAXIMAS:
        raise DatoInvalido(
            f"Una reserva dura de {HORAS_MINIMAS} a {HORAS_MAXIMAS} horas.",
            campo="horas",
            codigo="fuera_de_rango",
        )


def _exigir_alcance(actor: Actor, reserva: Reserva) -> None:
    exigir_propio(actor, reserva)
    actor.alcance.exigir(reserva.apartado.bodega_id)
    actor.exigir_modulo(reserva.apartado.modulo)


@contextmanager
def _resolviendo(actor: Actor, reserva: Reserva, reloj: Reloj) -> Iterator[tuple[libro.Hoja, Apartado]]:
    """Da la hoja y el apartado leído con su existencia bloqueada; al salir, la reserva ya lo muestra."""
    clave = Clave(reserva.apartado.producto_id, reserva.apartado.bodega_id)
    with libro.abrir(actor.empresa, [clave], reloj=reloj) as hoja:
        try:
            apartado = hoja.apartado(reserva.apartado_id, clave)
        except ApartadoResuelto as error:
            fresca = Reserva.objects.select_related("apartado").get(pk=reserva.pk)
            raise ReservaYaResuelta(fresca.estado(hoja.ahora)) from error
        yield hoja, apartado
        reserva.apartado = _con_relaciones(apartado, reserva.apartado)


def _con_relaciones(fresco: Apartado, viejo: Apartado) -> Apartado:
    # Producto y bodega no cambian: volver a leerlos costaría dos consultas.
    fresco.producto, fresco.bodega = viejo.producto, viejo.bodega
    return fresco


def _anotar_resolucion(reserva: Reserva, actor: Actor, hoja: libro.Hoja) -> None:
    reserva.resuelta_por, reserva.resuelta_en = actor.usuario, hoja.ahora
    reserva.resuelta_externo_id = actor.externo_id
    reserva.resuelta_externo_nombre = actor.externo_nombre
    reserva.save(
        update_fields=[
            "resuelta_por",
            "resuelta_en",
            "resuelta_externo_id",
            "resuelta_externo_nombre",
            "motivo",
        ]
    )


def _cuenta_lo_disponible(producto: Producto) -> bool:
    """Si su mínimo mira lo disponible, leído con la fila bloqueada.

    Quien cambia esa opción recalcula las alertas al confirmar, y no vería una reserva sin confirmar: así uno
    de los dos ve lo que hizo el otro.
    """
    fila = Producto.objects.retenidos().filter(pk=producto.pk)
    return bool(fila.values_list("minimo_sobre_disponible", flat=True).first())


def _avisar(actor: Actor, hecho: type[DeReserva], reserva: Reserva) -> None:
    apartado = reserva.apartado
    eventos.registrar(
        actor.empresa,
        hecho(
            reserva=str(reserva.pk),
            producto=apartado.producto_id,
            bodega=apartado.bodega_id,
            modulo=apartado.modulo,
            restante=str(apartado.restante),
        ),
    )
