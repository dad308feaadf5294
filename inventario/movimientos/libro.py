"""El libro: la única puerta por la que cambia la existencia.

Escribir exige una `Hoja`, y una `Hoja` solo existe con sus existencias bloqueadas. Lo que se asienta
en ella se guarda entero al cerrarla, en un número de sentencias que no depende de cuántas líneas tenga.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from inventario.cuentas.alcance import varias_bodegas
from inventario.cuentas.models import Bodega, Empresa
from inventario.eventos import bandeja as eventos
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote
from inventario.movimientos import hechos
from inventario.movimientos.errores import ApartadoResuelto, PeriodoCerrado
from inventario.movimientos.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Existencia, Movimiento, TipoAsiento
from inventario.movimientos.models.tipos import tipo_de_linea
from inventario.movimientos.querysets import Clave, clave_de, lotes_de
from inventario.movimientos.reparto import libre, permitido
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, TOPE
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import DatoInvalido, ErrorDeDominio
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.nucleo.sql import actualizar, insertar
from inventario.productos.models import Producto

_abierta: ContextVar[bool] = ContextVar("hoja_abierta", default=False)


@dataclass(frozen=True, slots=True)
class Linea:
    """Un renglón por asentar: `cantidad` lleva signo y el costo es el de esa unidad."""

    lote: Lote
    cantidad: Decimal
    costo_unitario: Decimal
    nota: str = ""


@dataclass(frozen=True, slots=True)
class Saldo:
    """Lo que hay de un producto en una bodega, visto con las filas bloqueadas."""

    fisica: Decimal
    utilizable: Decimal
    vencida: Decimal
    apartada: Decimal

    @property
    def libre(self) -> Decimal:
        """Utilizable que nadie tiene apartado; nunca negativo (decisión 13)."""
        return libre(self.utilizable, self.apartada)


@contextmanager
def abrir(
    empresa: Empresa,
    claves: Iterable[Clave] = (),
    *,
    entran: Iterable[Clave] = (),
    lotes: Iterable[int] = (),
    ingresados_hasta: date | None = None,
    reloj: Reloj = timezone.now,
) -> Iterator[Hoja]:
    """Abre una hoja: transacción, existencias bloqueadas en orden y apartados vencidos ya liberados.

    `claves` son de donde sale; `entran`, a donde llega (sus existencias se crean si faltan);
    `lotes`, los que se nombran y podrían no tener saldo. Con `ingresados_hasta` la hoja mira al pasado:
    un lote que llegó después de esa fecha, o del día que diga `poner_reloj`, todavía no estaba.
    Al salir sin error se guarda todo.
    """
    assert not _abierta.get(), "Ya hay una hoja abierta: una operación, una hoja."
    entradas = sorted(set(entran))
    todas = sorted({*claves, *entradas})
    marca = _abierta.set(True)
    try:
        with en_empresa(empresa):
            if entradas:
                # Antes de bloquear ninguna: insertar con otras bloqueadas podría trabar a dos operaciones.
                Existencia.objects.crear_faltantes(entradas, empresa.pk)
            existencias = Existencia.objects.bloquear(todas)
            # La hora se lee con las filas ya bloqueadas: quien esperó no decide con un reloj viejo.
            hoja = Hoja(
                empresa,
                existencias,
                todas,
                sorted(set(lotes)),
                ingresados_hasta=ingresados_hasta,
                ahora=reloj(),
            )
            yield hoja
            hoja.guardar()
    finally:
        _abierta.reset(marca)


def bloquear(empresa: Empresa, claves: Iterable[Clave], *, creando: bool) -> None:
    """Toma todas las existencias de un trabajo de varias hojas, antes de la primera y en su transacción.

    Con la primera hoja guardada ya se retiene la numeración de la empresa: pedir después otra existencia
    trabaría a quien la tenga y espere un número.
    """
    todas = sorted(set(claves))
    if creando:
        Existencia.objects.crear_faltantes(todas, empresa.pk)
    Existencia.objects.bloquear(todas)


class Hoja:
    """Lo que se escribe en el libro en una transacción. Todo cambio queda en memoria hasta `guardar`."""

    def __init__(
        self,
        empresa: Empresa,
        existencias: Iterable[Existencia],
        claves: Sequence[Clave],
        lotes: Sequence[int],
        *,
        ingresados_hasta: date | None,
        ahora: datetime,
    ) -> None:
        self.empresa = empresa
        self.claves = claves
        self.eventos_por_asiento = True
        # Una importación cuenta hoy lo que ocurrió antes: mueve el reloj y deja aquí la hora de verdad.
        self.registrado_en: datetime | None = None
        self._nombrados = lotes
        self._ingresados_hasta = ingresados_hasta
        self._existencias = {Clave(fila.producto_id, fila.bodega_id): fila for fila in existencias}
        self._lotes: dict[Clave, list[Lote]] | None = None
        self._por_pk: dict[int, Lote] = {}
        self._apartados: dict[Clave, list[Apartado]] = {}
        self._asientos: list[Asiento] = []
        self._lotes_nuevos: list[Lote] = []
        self._apartados_nuevos: list[Apartado] = []
        self._cambiados: dict[tuple[type, int], Any] = {}
        self._vencidos: list[Apartado] = []
        self._bloqueos: list[Lote] = []
        self._ya_sin_respaldo: set[Clave] = set()
        self.poner_reloj(ahora)
        if any(fila.apartada for fila in self._existencias.values()):
            for apartado in Apartado.objects.en(claves).vigentes().order_by("vence_en", "pk"):
                self._apartados.setdefault(clave_de(apartado), []).append(apartado)
        self.liberar_vencidos()

    def poner_reloj(self, ahora: datetime) -> None:
        """Mueve la hora de la hoja: una importación asienta cada fila en su momento."""
        self.ahora = ahora
        self.hoy: date = hoy_en(self.empresa.zona_horaria, ahora)

    # ── Lo que hay ──────────────────────────────────────────────────────────────────────────────

    def lotes(self, clave: Clave) -> list[Lote]:
        """Los lotes con saldo de la clave, vencidos y bloqueados incluidos, sin orden."""
        lotes = self._cargados().get(clave, [])
        if self._ingresados_hasta is not None:
            return [lote for lote in lotes if lote.saldo > 0 and lote.fecha_ingreso <= self.hoy]
        return [lote for lote in lotes if lote.saldo > 0]

    def utilizables(self, clave: Clave) -> list[Lote]:
        return [lote for lote in self.lotes(clave) if lote.utilizable(self.hoy)]

    def lote(self, pk: int) -> Lote:
        """El lote nombrado al abrir, leído después del bloqueo."""
        if not self._por_pk:
            self._por_pk = {uno.pk: uno for lotes in self._cargados().values() for uno in lotes if uno.pk}
        assert pk in self._por_pk, f"El lote {pk} no se nombró al abrir la hoja."
        return self._por_pk[pk]

    def apartados(self, clave: Clave) -> list[Apartado]:
        """Los apartados vivos de la clave, el que vence antes primero."""
        return [
            apartado
            for apartado in self._apartados.get(clave, [])
            if apartado.estado == Apartado.Estado.VIGENTE and apartado.vence_en > self.ahora
        ]

    def apartado(self, pk: int, clave: Clave) -> Apartado:
        """El apartado vivo; si ya se resolvió o venció, `ApartadoResuelto`."""
        for apartado in self.apartados(clave):
            if apartado.pk == pk:
                return apartado
        raise ApartadoResuelto("La reserva ya no está vigente: se confirmó, se canceló o venció.")

    def saldo(self, clave: Clave) -> Saldo:
        lotes = self.lotes(clave)
        existencia = self._existencias.get(clave)
        return Saldo(
            fisica=existencia.fisica if existencia else CERO,
            utilizable=sum((lote.saldo for lote in lotes if lote.utilizable(self.hoy)), CERO),
            vencida=sum((lote.saldo for lote in lotes if lote.vencido(self.hoy)), CERO),
            apartada=sum((apartado.restante for apartado in self.apartados(clave)), CERO),
        )

    def permitido(self, clave: Clave, propios: Iterable[Apartado]) -> Decimal:
        """Cuánto puede sacar quien es dueño de `propios` (decisión 14)."""
        saldo = self.saldo(clave)
        return permitido(saldo.utilizable, saldo.apartada, sum((a.restante for a in propios), CERO))

    @cached_property
    def varias_bodegas(self) -> bool:
        """Si un rechazo debe decir de cuál habla; se pregunta una vez aunque se rechacen muchas líneas."""
        return varias_bodegas()

    # ── Asentar ─────────────────────────────────────────────────────────────────────────────────

    def abrir_lote(self, **campos: Any) -> Lote:
        """Prepara un lote nuevo, todavía sin saldo: se lo da la línea que lo recibe."""
        lote = Lote(empresa=self.empresa, saldo=CERO, **campos)
        self._lotes_nuevos.append(lote)
        if self._lotes is not None:
            self._lotes.setdefault(clave_de(lote), []).append(lote)
        return lote

    @contextmanager
    def intentando(self) -> Iterator[None]:
        """Lo que adentro se rechace no queda en la hoja, y lo demás sigue: para filas independientes.

        El error sale igual. Vale para lo que se rechaza antes de anotar su primera línea; con líneas ya
        anotadas, la hoja entera dejó de servir.
        """
        asientos, lotes = len(self._asientos), len(self._lotes_nuevos)
        try:
            yield
        except ErrorDeDominio:
            assert not any(asiento.lineas for asiento in self._asientos[asientos:]), "Quedó a medio anotar."
            for lote in self._lotes_nuevos[lotes:]:
                if self._lotes is not None:
                    self._lotes[clave_de(lote)].remove(lote)
            del self._asientos[asientos:], self._lotes_nuevos[lotes:]
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
        self._asientos.append(asiento)
        return asiento

    def anotar(self, asiento: Asiento, linea: Linea) -> Movimiento:
        """Agrega una línea al asiento y mueve los saldos. Lanza `DatoInvalido` si pasarían del tope."""
        lote = linea.lote
        existencia = self._existencias[clave_de(lote)]
        saldo, fisica = lote.saldo + linea.cantidad, existencia.fisica + linea.cantidad
        assert min(saldo, fisica) >= 0, "Se sacó sin comprobar que alcanzara."
        if fisica >= TOPE or saldo >= TOPE:
            raise DatoInvalido(
                "La existencia pasaría de 99999999999.9999, el máximo que se puede llevar.",
                campo="cantidad",
                codigo="max_value",
            )
        lote.saldo, existencia.fisica = saldo, fisica
        self._marcar(existencia)
        self._marcar(lote)
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
            self._marcar(uno)
        self._bloqueos.append(lote)

    # ── Apartar (sección 3 de las decisiones) ───────────────────────────────────────────────────

    def apartar(
        self,
        producto: Producto,
        bodega: Bodega,
        cantidad: Decimal,
        *,
        vence_en: datetime,
        modulo: str = "",
        referencia: str = "",
    ) -> Apartado:
        """Promete `cantidad` hasta `vence_en`. Quien llama ya comprobó que hay libre."""
        clave = Clave(producto.pk, bodega.pk)
        apartado = Apartado(
            empresa=self.empresa,
            producto=producto,
            bodega=bodega,
            cantidad=cantidad,
            restante=cantidad,
            modulo=modulo,
            referencia=referencia,
            vence_en=vence_en,
            creado_en=self.ahora,
        )
        self._apartados_nuevos.append(apartado)
        self._apartados.setdefault(clave, []).append(apartado)
        self._sumar_apartada(apartado, cantidad)
        return apartado

    def consumir(self, apartado: Apartado, cantidad: Decimal) -> None:
        """Gasta parte de la promesa; gastada entera, queda consumida."""
        assert 0 < cantidad <= apartado.restante, "Se consumió más de lo apartado."
        _exigir_vigente(apartado)
        apartado.restante -= cantidad
        self._sumar_apartada(apartado, -cantidad)
        if apartado.restante == 0:
            apartado.estado, apartado.resuelto_en = Apartado.Estado.CONSUMIDO, self.ahora
        self._marcar(apartado)

    def liberar(self, apartado: Apartado, *, como: Apartado.Estado = Apartado.Estado.LIBERADO) -> None:
        """Suelta lo que reste de la promesa y la da por resuelta."""
        _exigir_vigente(apartado)
        self._sumar_apartada(apartado, -apartado.restante)
        apartado.liberada += apartado.restante
        apartado.restante = CERO
        apartado.estado, apartado.resuelto_en = como, self.ahora
        self._marcar(apartado)

    def extender(self, apartado: Apartado, vence_en: datetime) -> None:
        _exigir_vigente(apartado)
        apartado.vence_en = vence_en
        self._marcar(apartado)

    def liberar_vencidos(self) -> None:
        """Suelta lo que ya pasó su hora: la expiración no espera a ninguna tarea."""
        for apartados in self._apartados.values():
            for apartado in apartados:
                if apartado.estado == Apartado.Estado.VIGENTE and apartado.vence_en <= self.ahora:
                    self.liberar(apartado, como=Apartado.Estado.VENCIDO)
                    self._vencidos.append(apartado)

    @property
    def vencidos(self) -> int:
        """Cuántos apartados se soltaron en esta hoja por haber pasado su hora."""
        return len(self._vencidos)

    def _sin_respaldo(self) -> set[Clave]:
        """Las claves que prometieron más de lo que ahora se puede entregar (decisión 14)."""
        saldos = {clave: self.saldo(clave) for clave in self._apartados if self.apartados(clave)}
        return {clave for clave, saldo in saldos.items() if saldo.apartada > saldo.utilizable}

    def _sumar_apartada(self, apartado: Apartado, cantidad: Decimal) -> None:
        existencia = self._existencias[clave_de(apartado)]
        existencia.apartada += cantidad
        self._marcar(existencia)

    # ── Guardar ─────────────────────────────────────────────────────────────────────────────────

    def guardar(self) -> None:
        """Escribe todo lo anotado: una sentencia por tabla."""
        insertar(Lote, self._lotes_nuevos)
        if self._asientos:
            self._numerar()
            assert all(asiento.lineas for asiento in self._asientos), "Un asiento sin líneas no dice nada."
            insertar(Asiento, self._asientos)
            insertar(Movimiento, [linea for asiento in self._asientos for linea in asiento.lineas])
        insertar(Apartado, self._apartados_nuevos)
        self._actualizar(Lote, "saldo", "bloqueado", "motivo_bloqueo")
        self._actualizar(Existencia, "fisica", "apartada")
        self._actualizar(Apartado, "restante", "liberada", "estado", "vence_en", "resuelto_en")
        ocurrido = self._hechos()
        insertar(Evento, ocurrido)
        eventos.avisar(self.empresa.pk, ocurrido)

    def _numerar(self) -> None:
        """Numera al final: la fila de la empresa, que todos comparten, se retiene lo menos posible."""
        ultimo, cierre = Empresa.objects.tomar_numeros(self.empresa.pk, len(self._asientos))
        for numero, asiento in enumerate(self._asientos, start=ultimo - len(self._asientos) + 1):
            asiento.numero = numero
            if cierre and hoy_en(self.empresa.zona_horaria, asiento.fecha_efectiva) <= cierre:
                raise PeriodoCerrado(cierre)

    def _actualizar(self, modelo: type[Lote] | type[Existencia] | type[Apartado], *campos: str) -> None:
        filas = [fila for (clase, _), fila in self._cambiados.items() if clase is modelo]
        actualizar(modelo, filas, campos)

    def _hechos(self) -> list[Evento]:
        # Sin haber leído los lotes no se tocó ninguno: lo prometido tiene el respaldo que ya tenía.
        perdieron = self._sin_respaldo() - self._ya_sin_respaldo if self._lotes is not None else set()
        return [
            *(hechos.de_asientos(self.empresa, self._asientos) if self.eventos_por_asiento else ()),
            *hechos.de_bloqueos(self.empresa, self._bloqueos),
            *hechos.de_promesas(self.empresa, vencidas=self._vencidos, sin_respaldo=perdieron),
        ]

    def _cargados(self) -> dict[Clave, list[Lote]]:
        if self._lotes is None:
            self._lotes = {}
            guardados = lotes_de(self.empresa.pk, self.claves, self._nombrados, self._ingresados_hasta)
            for lote in [*guardados, *self._lotes_nuevos]:
                self._lotes.setdefault(clave_de(lote), []).append(lote)
            self._ya_sin_respaldo = self._sin_respaldo()
        return self._lotes

    def _marcar(self, fila: Lote | Existencia | Apartado) -> None:
        if fila.pk is not None:
            self._cambiados[type(fila), fila.pk] = fila


def _exigir_vigente(apartado: Apartado) -> None:
    assert apartado.estado == Apartado.Estado.VIGENTE, "Un apartado se resuelve una sola vez."
