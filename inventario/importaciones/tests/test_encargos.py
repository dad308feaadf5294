"""Un encargo se corre una sola vez aunque se entregue dos, y lo que queda a medias se retoma o se barre."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as ajustes
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from inventario.borde.admin import subidas
from inventario.cuentas.models import Empresa, Membresia
from inventario.importaciones import aplicar, tasks
from inventario.importaciones.encargos import almacen, corrida, services
from inventario.importaciones.leer import planillas
from inventario.importaciones.models import EncargoDeImportacion, EstadoDeEncargo
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, SinPermiso
from inventario.productos.models import Producto

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]
CONTENIDO = b"sku,nombre\nA,Uno\nB,Dos\n"


@pytest.fixture(autouse=True)
def _almacen(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def encargo(actor: Actor) -> EncargoDeImportacion:
    return services.encargar(
        actor=actor,
        clase=Importacion.Clase.PRODUCTOS,
        archivo="p.csv",
        contenido=ContentFile(CONTENIDO, "p.csv"),
    )


def correr(encargo: EncargoDeImportacion) -> str:
    tasks.correr(encargo.empresa_id, encargo.pk)
    encargo.refresh_from_db()
    return encargo.estado


def test_entregado_dos_veces_se_ensaya_y_se_aplica_una(actor: Actor, encargo: EncargoDeImportacion) -> None:
    assert [correr(encargo), correr(encargo)] == ["ensayado", "ensayado"]
    services.aplicar(actor=actor, encargo=encargo)
    assert [correr(encargo), correr(encargo)] == ["aplicado", "aplicado"]
    assert encargo.importacion == Importacion.objects.get()
    assert Producto.objects.count() == 2
    assert not default_storage.listdir(f"importaciones/{encargo.empresa_id}")[1]


def test_lo_que_otro_esta_corriendo_no_se_toca(encargo: EncargoDeImportacion) -> None:
    EncargoDeImportacion.objects.update(
        estado=EstadoDeEncargo.ENSAYANDO, empezo_en=timezone.now(), intentos=1
    )
    assert correr(encargo) == "ensayando"
    assert corrida.por_retomar(encargo.empresa, timezone.now()) == []


def test_si_matan_a_quien_aplica_no_queda_nada_y_se_retoma(
    actor: Actor, encargo: EncargoDeImportacion, monkeypatch: pytest.MonkeyPatch
) -> None:
    correr(encargo)
    services.aplicar(actor=actor, encargo=encargo)

    def morir(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as muerte:
        muerte.setattr(corrida, "_cuentas", morir)
        with pytest.raises(SystemExit):
            correr(encargo)
    encargo.refresh_from_db()
    assert encargo.estado == "aplicando"
    assert not Producto.objects.exists()
    despues = timezone.now() + timedelta(seconds=ajustes.TAREA_MAXIMA_S + 61)
    assert corrida.por_retomar(encargo.empresa, despues) == [encargo.pk]
    corrida.correr(encargo.empresa, encargo.pk, reloj=lambda: despues)
    encargo.refresh_from_db()
    assert encargo.estado == "aplicado"
    assert Producto.objects.count() == 2


def test_el_que_perdio_el_turno_deshace_lo_suyo(
    actor: Actor, encargo: EncargoDeImportacion, monkeypatch: pytest.MonkeyPatch
) -> None:
    correr(encargo)
    services.aplicar(actor=actor, encargo=encargo)
    contar = corrida._cuentas

    def perder(informe: Any) -> dict[str, object]:
        EncargoDeImportacion.objects.update(intentos=9)
        return contar(informe)

    monkeypatch.setattr(corrida, "_cuentas", perder)
    assert correr(encargo) == "aplicando"
    assert not Producto.objects.exists()


def test_tras_varios_intentos_se_da_por_fallido(encargo: EncargoDeImportacion) -> None:
    antes = timezone.now() - timedelta(days=1)
    EncargoDeImportacion.objects.update(
        estado=EstadoDeEncargo.ENSAYANDO, intentos=corrida.INTENTOS, empezo_en=antes, creado_en=antes
    )
    tasks.retomar()
    encargo.refresh_from_db()
    assert (encargo.estado, encargo.error, encargo.guardado) == ("fallido", corrida.INTERRUMPIDO, "")


def test_lo_que_nadie_empezo_lo_encuentra_la_ronda(encargo: EncargoDeImportacion) -> None:
    EncargoDeImportacion.objects.update(creado_en=timezone.now() - timedelta(days=1))
    tasks.retomar()
    encargo.refresh_from_db()
    assert encargo.estado == "ensayado"


def test_un_error_de_la_casa_no_cuenta_por_dentro(
    encargo: EncargoDeImportacion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def romper(**_: object) -> None:
        raise RuntimeError("SELECT secreto FROM /srv")

    monkeypatch.setattr(corrida, "importar", romper)
    with pytest.raises(RuntimeError):
        correr(encargo)
    encargo.refresh_from_db()
    assert (encargo.estado, encargo.error) == ("fallido", corrida.DE_CASA)


def test_quien_ya_no_es_de_la_empresa_no_importa(encargo: EncargoDeImportacion) -> None:
    Membresia.objects.update(activa=False)
    encargo.usuario.is_superuser = False
    encargo.usuario.save()
    assert correr(encargo) == "fallido"
    assert "no pertenece" in encargo.error


def test_no_se_aplica_lo_que_no_se_ensayo_ni_lo_que_vencio(
    actor: Actor, encargo: EncargoDeImportacion
) -> None:
    with pytest.raises(Conflicto):
        services.aplicar(actor=actor, encargo=encargo)
    correr(encargo)
    with pytest.raises(Conflicto):
        services.aplicar(actor=actor, encargo=encargo, reloj=lambda: timezone.now() + timedelta(days=2))
    with pytest.raises(SinPermiso):
        services.aplicar(actor=Actor(usuario=actor.usuario, empresa=actor.empresa), encargo=encargo)


def test_lo_que_nadie_aplico_se_barre_y_lo_sin_dueno_tambien(
    encargo: EncargoDeImportacion, empresa: Empresa, tmp_path: Path
) -> None:
    correr(encargo)
    EncargoDeImportacion.objects.update(vence_en=timezone.now())
    ayer = (timezone.now() - timedelta(days=2)).timestamp()
    perdido = tmp_path / default_storage.save(f"importaciones/{empresa.pk}/perdido", ContentFile(b"x"))
    os.utime(perdido, (ayer, ayer))
    reciente = tmp_path / default_storage.save(f"importaciones/{empresa.pk}/reciente", ContentFile(b"x"))
    tasks.purgar()
    encargo.refresh_from_db()
    assert (encargo.estado, encargo.guardado) == ("vencido", "")
    assert [ruta for ruta in tmp_path.rglob("*") if ruta.is_file()] == [reciente]


def test_la_carpeta_de_subidas_es_privada_y_se_barre(settings: Any, tmp_path: Path) -> None:
    assert Path(ajustes.FILE_UPLOAD_TEMP_DIR).stat().st_mode & 0o777 == 0o700
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    for nombre, dias in (("viejo", 2), ("nuevo", 0)):
        (tmp_path / nombre).touch()
        hora = (timezone.now() - timedelta(days=dias)).timestamp()
        os.utime(tmp_path / nombre, (hora, hora))
        (tmp_path / f"{nombre}s").mkdir()
        (tmp_path / f"{nombre}s" / "archivo").touch()
        os.utime(tmp_path / f"{nombre}s", (hora, hora))
    subidas.barrer(timezone.now())
    assert sorted(ruta.name for ruta in tmp_path.iterdir()) == ["nuevo", "nuevos"]


def test_la_copia_que_se_lee_esta_en_la_carpeta_que_se_barre(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR, settings.MEDIA_ROOT = str(tmp_path / "subidas"), tmp_path
    (tmp_path / "subidas").mkdir()
    with almacen.en_disco(almacen.guardar(1, ContentFile(b"x"))) as copia:
        assert copia.is_relative_to(tmp_path / "subidas")
        assert copia.read_bytes() == b"x"
    assert list((tmp_path / "subidas").iterdir()) == []


def test_confirmar_no_abre_lo_que_esta_fuera_de_su_carpeta(settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    guardado = subidas.EnCarpetaPropia(name="../../etc/passwd")
    assert guardado.get_full_path() == str(tmp_path / "passwd")


@pytest.mark.django_db(transaction=True)
def test_el_archivo_se_lee_sin_transaccion_abierta(
    actor: Actor, encargo: EncargoDeImportacion, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Uno grande tarda: dentro de una, PostgreSQL la corta y SQLite retiene el turno de escribir."""
    abiertas = []
    leer_planilla = planillas.leer_planilla

    def mirar(*args: Any, **opciones: Any) -> Any:
        abiertas.append(connection.in_atomic_block)
        return leer_planilla(*args, **opciones)

    monkeypatch.setattr(aplicar, "leer_planilla", mirar)
    # Lo encargado se ensayó al confirmarse; así también se aplica.
    services.aplicar(actor=actor, encargo=encargo)
    (tmp_path / "p.csv").write_bytes(CONTENIDO)
    call_command("importar", "productos", str(tmp_path / "p.csv"), empresa=actor.empresa.slug, aplicar=False)
    assert abiertas == [False, False]


def test_lo_que_ocuparia_mucho_a_un_worker_va_por_la_consola(
    encargo: EncargoDeImportacion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrida, "MAXIMO_FILAS", 1)
    assert correr(encargo) == "fallido"
    assert encargo.error == "Se admiten hasta 1 filas por archivo: divídalo."
