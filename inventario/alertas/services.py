"""Lo que se hace con las alertas: revisarlas todas, reconocerlas y recibir su resumen."""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import timezone

from inventario.alertas.models import Alerta, Reconocimiento, Revision, SuscripcionAlResumen
from inventario.alertas.proyeccion import DE_A, Cambios, recalcular
from inventario.cuentas.models import Empresa, Membresia
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.services.comprobaciones import exigir_propio
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import consultando, en_empresa
from inventario.nucleo.errores import Conflicto, NoEncontrado
from inventario.nucleo.reloj import Reloj, hoy_en
from inventario.nucleo.textos import limpiar_parrafo
from inventario.productos.models import Producto

registro = logging.getLogger(__name__)

LARGO_DE_NOTA = 1000


class AlertaCerrada(Conflicto):
    """Lo que la causó ya no ocurre: no hay qué reconocer."""

    codigo = "alerta_cerrada"


def revisar(empresa: Empresa, *, reloj: Reloj = timezone.now) -> Cambios:
    """Recalcula las alertas de todos los productos de la empresa y anota la revisión.

    Va por tandas, cada una en su transacción: quien trabaja mientras tanto apenas espera. Se llama fuera
    de toda transacción larga.
    """
    # De un solo instante: si empezara otro día a mitad de la ronda, lo ya mirado sería de ayer.
    ahora = reloj()
    total, ultimo = Cambios(), 0
    while True:
        with en_empresa(empresa):
            ids = list(
                Producto.objects.filter(pk__gt=ultimo).order_by("pk").values_list("pk", flat=True)[:DE_A]
            )
            if not ids:
                break
            ultimo = ids[-1]
            total = total.mas(recalcular(empresa, ids, ahora))
    with en_empresa(empresa):
        Revision.objects.update_or_create(
            empresa=empresa,
            defaults={
                "dia": hoy_en(empresa.zona_horaria, ahora),
                "hecha_en": ahora,
                **total._asdict(),
            },
        )
        cache.olvidar(empresa.pk, cache.Familia.ALERTA)
    registro.info("Alertas de %s revisadas: %s", empresa.slug, total)
    return total


def revisar_si_cambio_el_dia(empresa: Empresa, *, reloj: Reloj = timezone.now) -> Cambios | None:
    """Revisa si desde la última revisión empezó otro día en la empresa; `None` si ya estaba hecho."""
    with consultando(empresa):
        ultima: Revision | None = Revision.objects.first()
    if ultima is not None and ultima.dia >= hoy_en(empresa.zona_horaria, reloj()):
        return None
    return revisar(empresa, reloj=reloj)


def revisar_ahora(*, actor: Actor, reloj: Reloj = timezone.now) -> Cambios:
    """Revisa las alertas de la empresa porque alguien lo pide. Lanza `SinPermiso`."""
    actor.exigir(Permiso.RECONOCER_ALERTAS)
    return revisar(actor.empresa, reloj=reloj)


def reconocer_alerta(*, actor: Actor, alerta: Alerta, nota: str = "", reloj: Reloj = timezone.now) -> Alerta:
    """Anota que alguien ya la vio y qué piensa hacer. Cada vez es una anotación más, y vale la última.

    No la cierra: eso solo lo hace que su causa desaparezca. Lanza `AlertaCerrada`, `NoEncontrado` si es
    de una bodega que no alcanza, `DatoInvalido` y `SinPermiso`.
    """
    actor.exigir(Permiso.RECONOCER_ALERTAS)
    exigir_propio(actor, alerta)
    nota = limpiar_parrafo(nota, campo="nota", maximo=LARGO_DE_NOTA)
    with en_empresa(actor.empresa):
        fila: Alerta | None = (
            Alerta.objects.al_alcance(actor.alcance)
            .filter(pk=alerta.pk)
            # Solo ella: con las tablas juntas, PostgreSQL no bloquea el lado que puede faltar.
            .select_for_update(of=("self",), no_key=True)
            .first()
        )
        if fila is None:
            raise NoEncontrado("No existe esa alerta.")
        if not fila.activa:
            raise AlertaCerrada("La alerta ya se cerró: lo que la causó ya no ocurre.", alerta=fila.pk)
        ultimo = Reconocimiento.objects.create(
            empresa=actor.empresa,
            alerta=fila,
            quien=actor.usuario,
            cuando=reloj(),
            nota=nota,
            severidad=fila.severidad,
        )
        fila.reconocida_por, fila.reconocida_en, fila.nota = ultimo.quien, ultimo.cuando, ultimo.nota
        fila.save(update_fields=["reconocida_por", "reconocida_en", "nota"])
        cache.olvidar(actor.empresa.pk, cache.Familia.ALERTA)
    return fila


def suscribir(*, actor: Actor, membresia: Membresia) -> SuscripcionAlResumen:
    """Apunta a un miembro al resumen diario. A otro solo lo apunta quien administra."""
    return _poner_suscripcion(actor, membresia, activa=True)


def desuscribir(*, actor: Actor, membresia: Membresia) -> SuscripcionAlResumen:
    """Deja de mandarle el resumen diario."""
    return _poner_suscripcion(actor, membresia, activa=False)


def _poner_suscripcion(actor: Actor, membresia: Membresia, *, activa: bool) -> SuscripcionAlResumen:
    if membresia.empresa_id != actor.empresa.pk:
        raise NoEncontrado("No existe ese miembro en esta empresa.")
    actor.exigir(Permiso.VER if membresia.usuario_id == actor.usuario.pk else Permiso.ADMINISTRAR)
    with en_empresa(actor.empresa):
        suscripcion, _ = SuscripcionAlResumen.objects.update_or_create(
            membresia=membresia, defaults={"empresa": actor.empresa, "activa": activa}
        )
    resultado: SuscripcionAlResumen = suscripcion
    return resultado


def tomar_turno(suscripcion: SuscripcionAlResumen, ahora: datetime) -> bool:
    """Reserva el envío de hoy para quien llama; falso si ya se mandó o si otro proceso lo está haciendo."""
    hoy = hoy_en(suscripcion.empresa.zona_horaria, ahora)
    with en_empresa(suscripcion.empresa):
        propias = SuscripcionAlResumen.objects.filter(pk=suscripcion.pk, activa=True)
        return bool(propias.exclude(ultimo_dia__gte=hoy).update(ultimo_dia=hoy))


def devolver_turno(suscripcion: SuscripcionAlResumen) -> None:
    """Deja el envío como estaba antes de tomarlo: el correo no salió y habrá que intentarlo otra vez."""
    with en_empresa(suscripcion.empresa):
        SuscripcionAlResumen.objects.filter(pk=suscripcion.pk).update(ultimo_dia=suscripcion.ultimo_dia)
