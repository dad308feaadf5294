"""Asentar: líneas con signo sobre lotes, con sus saldos movidos al anotarlas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from inventario.eventos import bandeja as eventos
from inventario.eventos.catalogo import Hecho
from inventario.lotes.models import Lote
from inventario.movimientos.libro import hechos
from inventario.movimientos.libro.apartados import ConPromesas
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Movimiento, TipoAsiento
from inventario.movimientos.models.tipos import tipo_de_linea
from inventario.movimientos.querysets import clave_de
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, TOPE
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio, Incoherencia


@dataclass(frozen=True, slots=True)
class Linea:
    """Un renglón por asentar: `cantidad` lleva signo y el costo es el de esa unidad."""

    lote: Lote
    cantidad: Decimal
    costo_unitario: Decimal
    nota: str = ""


class Hoja(ConPromesas):
    """Lo que se escribe en el libro en una transacción. Todo cambio queda en memoria hasta `guardar`."""

    eventos_por_asiento = True
    # Una importación cuenta hoy lo que ocurrió antes: mueve el reloj y deja aquí la hora de verdad.
    registrado_en: datetime | None = None

    def abrir_lote(self, **campos: Any) -> Lote:
        """Prepara un lote nuevo, todavía sin saldo: se lo da la línea que lo recibe."""
        lote = Lote(empresa=self.empresa, saldo=CERO, **campos)
        self.borrador.lotes.append(lote)
        if self._lotes is not None:
            self._lotes.setdefault(clave_de(lote), []).append(lote)
        return lote

    @contextmanager
    def intentando(self) -> Iterator[None]:
        """Lo que adentro se rechace no queda en la hoja, y lo demás sigue: para filas independientes.

        El error sale igual. Vale para lo que se rechaza antes de anotar su primera línea; con líneas ya
        anotadas, la hoja entera dejó de servir.
        """
        asientos, lotes = len(self.borrador.asientos), len(self.borrador.lotes)
        try:
            yield
        except ErrorDeDominio as error:
            if any(asiento.lineas for asiento in self.borrador.asientos[asientos:]):
                raise Incoherencia("Se rechazó con líneas ya anotadas: la hoja quedó a medias.") from error
            for lote in self.borrador.lotes[lotes:]:
                if self._lotes is not None:
                    self._lotes[clave_de(lote)].remove(lote)
            del self.borrador.asientos[asientos:], self.borrador.lotes[lotes:]
            raise

    def asentar(
        self,
        tipo: TipoAsiento,
        lineas: Sequence[Linea],
        *,
        actor: Actor,
        glosa: Glosa,
        fecha_efectiva: datetime | None = None,
        revierte: Asiento | None = None,
    ) -> Asiento:
        """Anota un asiento entero. Devuelve el asiento con sus `lineas` en orden.

        Lanza `DatoInvalido` si un saldo pasaría del tope. Su número y sus id llegan al guardar.
        """
        asiento = self.empezar(
            tipo, actor=actor, glosa=glosa, fecha_efectiva=fecha_efectiva, revierte=revierte
        )
        for linea in lineas:
            self.anotar(asiento, linea)
        return asiento

    def empezar(
        self,
        tipo: TipoAsiento,
        *,
        actor: Actor,
        glosa: Glosa,
        fecha_efectiva: datetime | None = None,
        revierte: Asiento | None = None,
    ) -> Asiento:
        """Empieza un asiento cuyas líneas se anotan una a una: cada una ve lo que dejó la anterior."""
        asiento = Asiento(
            empresa=self.empresa,
            tipo=tipo,
            fecha_efectiva=fecha_efectiva or self.ahora,
            registrado_en=self.registrado_en or self.ahora,
            actor=actor.usuario,
            externo_id=actor.externo_id,
            externo_nombre=actor.externo_nombre,
            motivo=glosa.motivo,
            motivo_texto=glosa.texto,
            referencia=glosa.referencia,
            modulo=glosa.modulo,
            tanque=glosa.tanque,
            lote_modulo=glosa.lote_modulo,
            sesion=glosa.sesion,
            notas=glosa.notas,
            documento_tipo=glosa.documento_tipo,
            documento_id=glosa.documento_id,
            solicitud_id=actor.solicitud_id,
            importacion=glosa.importacion,
            revierte=revierte,
        )
        self.borrador.asientos.append(asiento)
        return asiento

    def anotar(self, asiento: Asiento, linea: Linea) -> Movimiento:
        """Agrega una línea al asiento y mueve los saldos. Lanza `DatoInvalido` si pasarían del tope."""
        lote = linea.lote
        existencia = self._existencias[clave_de(lote)]
        saldo, fisica = lote.saldo + linea.cantidad, existencia.fisica + linea.cantidad
        if min(saldo, fisica) < 0:
            raise Incoherencia(
                f"Se sacó sin comprobar que alcanzara: quedarían {saldo} del lote y {fisica} físicas."
            )
        if fisica >= TOPE or saldo >= TOPE:
            raise DatoInvalido(
                "La existencia pasaría de 99999999999.9999, el máximo que se puede llevar.",
                campo="cantidad",
                codigo="max_value",
            )
        lote.saldo, existencia.fisica = saldo, fisica
        self.borrador.marcar(existencia)
        self.borrador.marcar(lote)
        movimiento = Movimiento(
            empresa_id=self.empresa.pk,
            asiento=asiento,
            producto_id=lote.producto_id,
            bodega_id=lote.bodega_id,
            lote=lote,
            tipo=tipo_de_linea(TipoAsiento(asiento.tipo), linea.cantidad),
            fecha_efectiva=asiento.fecha_efectiva,
            cantidad=linea.cantidad,
            costo_unitario=linea.costo_unitario,
            saldo_lote_tras=lote.saldo,
            fisica_tras=existencia.fisica,
            nota=linea.nota,
        )
        asiento.lineas.append(movimiento)
        return movimiento

    def bloquear(self, lote: Lote, motivo: str) -> None:
        """Bloquea el lote, o lo desbloquea si el motivo es vacío."""
        # Quien bloquea trae su propia copia del lote; la de la hoja es la que dice cuánto queda utilizable.
        de_la_hoja = [uno for uno in self._cargados().get(clave_de(lote), []) if uno.pk == lote.pk]
        for uno in (lote, *de_la_hoja):
            uno.bloqueado, uno.motivo_bloqueo = bool(motivo), motivo
            self.borrador.marcar(uno)
        self.borrador.bloqueados.append(lote)

    def guardar(self) -> None:
        """Escribe todo lo anotado, una sentencia por tabla, y los hechos que deja para quien los espere."""
        self.borrador.escribir(self.empresa)
        ocurrido = self._hechos()
        eventos.registrar(self.empresa, *ocurrido)
        if not ocurrido:
            # Apartar o extender no deja un hecho, y también cambia lo que se recuerda de un producto.
            cache.olvidar(self.empresa.pk, cache.Familia.PRODUCTO)

    def _hechos(self) -> list[Hecho]:
        # Sin haber leído los lotes no se tocó ninguno: lo prometido tiene el respaldo que ya tenía.
        perdieron = self._sin_respaldo() - self._ya_sin_respaldo if self._lotes is not None else set()
        return [
            *(hechos.de_asientos(self.borrador.asientos) if self.eventos_por_asiento else ()),
            *hechos.de_bloqueos(self.borrador.bloqueados),
            *hechos.de_promesas(vencidas=self.borrador.vencidos, sin_respaldo=perdieron),
        ]
