"""El paso de los días en la zona de cada empresa, y el resumen de la mañana."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPException
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from inventario.alertas import tasks
from inventario.alertas.models import Alerta, Revision, SuscripcionAlResumen
from inventario.alertas.services import desuscribir, revisar, revisar_si_cambio_el_dia, suscribir
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.mundo import Mundo, dia
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.errores import NoEncontrado, SinPermiso
from inventario.productos.models import Producto

# Las seis y media de la mañana del 10 de marzo en Guayaquil.
TEMPRANO = datetime(2026, 3, 10, 11, 30, tzinfo=UTC)


def _por_vencer(mundo: Mundo, sku: str = "V", *, dias: int = 3) -> Producto:
    producto = mundo.producto(sku, stock_minimo=0)
    mundo.entrada(producto, 5, vence=dia(dias))
    return producto


def _miembro(mundo: Mundo, correo: str = "ana@granja.test", rol: str = Rol.OPERADOR) -> Membresia:
    usuario = Usuario.objects.create_user(correo, nombre=correo.split("@")[0].capitalize())
    return agregar_miembro(empresa=mundo.empresa, usuario=usuario, rol=rol)


def _suscrito(mundo: Mundo, correo: str = "ana@granja.test") -> SuscripcionAlResumen:
    return suscribir(actor=mundo.actor, membresia=_miembro(mundo, correo))


# ── La revisión ─────────────────────────────────────────────────────────────────────────────────


def test_revisar_recorre_todos_los_productos_por_tandas(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventario.alertas.services.DE_A", 2)
    for n in range(5):
        mundo.producto(f"P-{n}")
    assert revisar(mundo.empresa, reloj=mundo.reloj) == (5, 0, 0)
    revision = Revision.objects.get()
    assert (revision.dia, revision.hecha_en, revision.abiertas) == (dia(0), mundo.reloj(), 5)
    assert revisar(mundo.empresa, reloj=mundo.reloj) == (0, 0, 0)
    assert Revision.objects.get().abiertas == 0


def test_revisar_solo_si_empezo_otro_dia_en_la_empresa(mundo: Mundo) -> None:
    _por_vencer(mundo, dias=0)
    assert revisar_si_cambio_el_dia(mundo.empresa, reloj=mundo.reloj) == (1, 0, 0)
    # Las 23:59 en Guayaquil ya son otro día en UTC, y aquí todavía no.
    mundo.reloj.ahora = datetime(2026, 3, 11, 4, 59, tzinfo=UTC)
    assert revisar_si_cambio_el_dia(mundo.empresa, reloj=mundo.reloj) is None
    assert Alerta.objects.activas().get().tipo == "por_vencer"
    mundo.reloj.ahora = datetime(2026, 3, 11, 5, 0, tzinfo=UTC)
    assert revisar_si_cambio_el_dia(mundo.empresa, reloj=mundo.reloj) == (1, 0, 1)
    assert Alerta.objects.activas().get().tipo == "vencido"


def test_la_tarea_atiende_a_cada_empresa_en_su_zona(mundo: Mundo, time_machine: Any) -> None:
    lejos = crear_empresa(slug="lejos", nombre="Lejos", zona_horaria="Asia/Tokyo")
    apagada = crear_empresa(slug="apagada", nombre="Apagada")
    Empresa.objects.filter(pk=apagada.pk).update(activa=False)
    time_machine.move_to(datetime(2026, 3, 10, 16, 0, tzinfo=UTC), tick=False)
    tasks.revisar()

    def dias() -> dict[str, date]:
        hallados = {}
        for empresa in (mundo.empresa, lejos, apagada):
            with en_empresa(empresa):
                revision = Revision.objects.first()
            if revision is not None:
                hallados[empresa.slug] = revision.dia
        return hallados

    assert dias() == {mundo.empresa.slug: date(2026, 3, 10), "lejos": date(2026, 3, 11)}
    time_machine.move_to(datetime(2026, 3, 11, 14, 0, tzinfo=UTC), tick=False)
    tasks.revisar()
    assert dias() == {mundo.empresa.slug: date(2026, 3, 11), "lejos": date(2026, 3, 11)}


@pytest.mark.parametrize(
    ("zona", "medianoche"),
    [
        ("Asia/Kolkata", datetime(2026, 3, 10, 18, 30, tzinfo=UTC)),
        ("Asia/Kathmandu", datetime(2026, 3, 10, 18, 15, tzinfo=UTC)),
        ("America/St_Johns", datetime(2026, 3, 11, 2, 30, tzinfo=UTC)),
        ("America/Guayaquil", datetime(2026, 3, 11, 5, 0, tzinfo=UTC)),
    ],
)
def test_el_dia_empieza_a_los_cinco_minutos_en_cualquier_zona_y_una_vez(
    db: None, time_machine: Any, zona: str, medianoche: datetime
) -> None:
    empresa = crear_empresa(slug="lejos", nombre="Lejos", zona_horaria=zona)

    def ronda(minutos: int) -> tuple[date, datetime]:
        time_machine.move_to(medianoche + timedelta(minutes=minutos), tick=False)
        tasks.revisar()
        with en_empresa(empresa):
            revision = Revision.objects.get()
        return revision.dia, revision.hecha_en

    ayer, hoy = date(2026, 3, 10), date(2026, 3, 11)
    antes = ronda(-25)
    assert antes[0] == ayer
    assert ronda(-10) == antes
    a_tiempo = ronda(5)
    assert a_tiempo == (hoy, medianoche + timedelta(minutes=5))
    assert ronda(20) == ronda(35) == a_tiempo
    # Con la máquina apagada a medianoche, la primera ronda después.
    assert ronda(24 * 60 + 215) == (date(2026, 3, 12), medianoche + timedelta(days=1, minutes=215))


def test_la_orden_revisa_la_empresa_que_se_nombra(mundo: Mundo, capsys: pytest.CaptureFixture[str]) -> None:
    mundo.producto()
    call_command("revisar_alertas", empresa=mundo.empresa.slug)
    assert capsys.readouterr().out == f"{mundo.empresa.slug}: 1 abiertas, 0 actualizadas, 0 cerradas.\n"
    with pytest.raises(CommandError, match="nadie"):
        call_command("revisar_alertas", empresa="nadie")


# ── El resumen ──────────────────────────────────────────────────────────────────────────────────


def test_resumen_dice_que_hay_y_que_hacer_una_vez_por_dia(mundo: Mundo, time_machine: Any) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    mundo.reloj.ahora = TEMPRANO
    suscripcion = _suscrito(mundo)
    for dias in (-1, 3, 90):
        _por_vencer(mundo, f"V{dias}", dias=dias)
    mundo.producto("BAJO", nombre="Bajo")
    tasks.resumir()
    (correo,) = mail.outbox
    assert correo.to == ["ana@granja.test"]
    assert correo.subject == "Granja de prueba: 3 cosas por atender en el inventario"
    cuerpo = str(correo.body)
    assert "Hola, Ana:" in cuerpo
    assert "10/03/2026" in cuerpo
    titulos = [
        "LOTE VENCIDO (1)",
        "PRODUCTO BAJO EL MÍNIMO (1)",
        "LOTE POR VENCER (1)",
    ]
    assert [cuerpo.index(titulo) for titulo in titulos] == sorted(cuerpo.index(t) for t in titulos)
    assert "déle de baja como merma" in cuerpo
    assert "  - Quedan 0 de un mínimo de 5: Bajo (SKU BAJO)." in cuerpo
    assert "V90" not in cuerpo
    assert cuerpo.rstrip().endswith(
        "Para dejar de recibirlo, entre a Alertas y elija «Dejar de recibirlo», al final de la página."
    )
    assert SuscripcionAlResumen.objects.get(pk=suscripcion.pk).ultimo_dia == dia(0)
    tasks.resumir()
    tasks.enviar_resumen(mundo.empresa.pk, suscripcion.pk)
    assert len(mail.outbox) == 1
    time_machine.move_to(datetime(2026, 3, 11, 11, 30, tzinfo=UTC), tick=False)
    tasks.resumir()
    assert len(mail.outbox) == 2


def test_resumen_recorta_lo_que_no_cabe(mundo: Mundo, time_machine: Any) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    _suscrito(mundo)
    for n in range(17):
        mundo.producto(f"P-{n:02d}")
    tasks.resumir()
    cuerpo = str(mail.outbox[0].body)
    assert cuerpo.count("  - ") == 15
    assert "… y 2 más" in cuerpo


def test_sin_nada_que_decir_o_antes_de_hora_no_se_manda(mundo: Mundo, time_machine: Any) -> None:
    suscripcion = _suscrito(mundo)
    time_machine.move_to(datetime(2026, 3, 10, 10, 59, tzinfo=UTC), tick=False)
    _por_vencer(mundo)
    tasks.resumir()
    assert mail.outbox == []
    assert SuscripcionAlResumen.objects.get(pk=suscripcion.pk).ultimo_dia is None
    Alerta.objects.all().delete()
    Producto.objects.update(eliminado_en=TEMPRANO, activo=False)
    time_machine.move_to(TEMPRANO, tick=False)
    tasks.resumir()
    assert mail.outbox == []
    assert SuscripcionAlResumen.objects.get(pk=suscripcion.pk).ultimo_dia == dia(0)


@pytest.mark.parametrize("baja", ["desuscribir", "membresia", "usuario"])
def test_quien_ya_no_esta_o_no_quiere_no_lo_recibe(mundo: Mundo, time_machine: Any, baja: str) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    suscripcion = _suscrito(mundo)
    mundo.producto()
    if baja == "desuscribir":
        desuscribir(actor=mundo.actor, membresia=suscripcion.membresia)
    elif baja == "membresia":
        Membresia.objects.filter(pk=suscripcion.membresia_id).update(activa=False)
    else:
        Usuario.objects.filter(pk=suscripcion.membresia.usuario_id).update(is_active=False)
    tasks.resumir()
    assert mail.outbox == []


def test_quien_ve_una_bodega_no_lee_de_las_demas(mundo: Mundo, time_machine: Any) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    mundo.reloj.ahora = TEMPRANO
    suscripcion = _suscrito(mundo)
    suscripcion.membresia.bodegas_permitidas.add(mundo.otra)
    _por_vencer(mundo, "AQUI")
    alla = mundo.producto("ALLA", stock_minimo=0)
    mundo.entrada(alla, 5, vence=dia(3), bodega=mundo.otra)
    tasks.resumir()
    cuerpo = str(mail.outbox[0].body)
    assert ("ALLA" in cuerpo, "AQUI" in cuerpo) == (True, False)


def test_si_el_correo_no_sale_se_intenta_otra_vez(mundo: Mundo, time_machine: Any, settings: Any) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    suscripcion = _suscrito(mundo)
    mundo.producto()
    revisar(mundo.empresa)
    settings.EMAIL_BACKEND = "inventario.alertas.tests.test_tasks.Caido"
    with pytest.raises(SMTPException):
        tasks.enviar_resumen.run(mundo.empresa.pk, suscripcion.pk)
    assert SuscripcionAlResumen.objects.get(pk=suscripcion.pk).ultimo_dia is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    tasks.enviar_resumen(mundo.empresa.pk, suscripcion.pk)
    assert len(mail.outbox) == 1


class Caido:
    """Un servidor de correo que no atiende."""

    def __init__(self, **_: Any) -> None: ...

    def send_messages(self, _: Any) -> int:
        raise SMTPException("No atiende.")


def test_sin_correo_saliente_queda_en_el_registro(
    mundo: Mundo, time_machine: Any, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    time_machine.move_to(TEMPRANO, tick=False)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    suscripcion = _suscrito(mundo)
    mundo.producto()
    tasks.resumir()
    assert "No hay correo saliente" in caplog.text
    assert SuscripcionAlResumen.objects.get(pk=suscripcion.pk).ultimo_dia is None


def test_cada_quien_se_suscribe_y_a_otro_lo_suscribe_quien_administra(mundo: Mundo) -> None:
    propia = _miembro(mundo, "ana@granja.test")
    ajena = _miembro(mundo, "luis@granja.test")
    ana = mundo.actor_con(Permiso.VER, usuario=propia.usuario)
    assert suscribir(actor=ana, membresia=propia).activa
    assert not desuscribir(actor=ana, membresia=propia).activa
    with pytest.raises(SinPermiso):
        suscribir(actor=ana, membresia=ajena)
    otra = crear_empresa(slug="otra", nombre="Otra")
    de_otra = agregar_miembro(empresa=otra, usuario=propia.usuario, rol=Rol.ADMINISTRADOR)
    with pytest.raises(NoEncontrado):
        suscribir(actor=mundo.actor, membresia=de_otra)
    assert SuscripcionAlResumen.objects.count() == 1
