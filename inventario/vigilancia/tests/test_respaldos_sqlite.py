"""Respaldar y restaurar SQLite, y lo que vale para todo respaldo: huella, ficha, turno y permisos."""

from __future__ import annotations

import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from inventario.eventos.models import Corrida
from inventario.vigilancia.respaldos import al_dia, services
from inventario.vigilancia.respaldos import carpeta as archivos
from inventario.vigilancia.respaldos.errores import RespaldoImposible
from inventario.vigilancia.tests.respaldado import ambiente_de_orden, con_movimientos, cuantos, entradas_de

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db(transaction=True)]
AHORA = datetime(2026, 3, 10, 3, tzinfo=UTC)


@pytest.fixture
def carpeta(tmp_path: Path) -> Path:
    return tmp_path / "respaldos"


def respaldar(carpeta: Path, cuando: datetime = AHORA) -> services.Hecho:
    return services.respaldar(carpeta=carpeta, reloj=lambda: cuando)


def reescribir_ficha(archivo: Path, **cambios: object) -> None:
    ruta = archivos.ruta_de_ficha(archivo)
    ruta.write_text(json.dumps(json.loads(ruta.read_text()) | cambios))


def test_lo_respaldado_se_restaura_igual_y_los_libros_cuadran(carpeta: Path, tmp_path: Path) -> None:
    mundo = con_movimientos()
    hecho = respaldar(carpeta)
    assert hecho.archivo.name == "inventario-20260310T030000Z.sqlite3"
    assert hecho.ficha.movimientos[str(mundo.empresa.pk)] == cuantos(mundo) > 0

    destino = tmp_path / "otra" / "base.sqlite3"
    restaurado = services.restaurar(hecho.archivo, en=f"sqlite:///{destino}")
    assert restaurado.dicho == f"{mundo.empresa.slug}: los libros cuadran."
    viva = sqlite3.connect(connection.settings_dict["NAME"])
    with closing(viva), closing(sqlite3.connect(destino)) as restaurada:
        assert list(restaurada.iterdump()) == list(viva.iterdump())


def test_verificar_dice_que_sirve_y_no_deja_nada(carpeta: Path) -> None:
    mundo = con_movimientos()
    hecho = respaldar(carpeta)
    antes = entradas_de(carpeta)
    assert services.verificar(hecho.archivo).dicho == f"{mundo.empresa.slug}: los libros cuadran."
    assert entradas_de(carpeta) == antes == [hecho.archivo.name, f"{hecho.archivo.name}.json"]


def test_un_respaldo_con_los_libros_deshechos_no_pasa(carpeta: Path) -> None:
    con_movimientos()
    archivo = respaldar(carpeta).archivo
    with closing(sqlite3.connect(archivo)) as base, base:
        base.execute("UPDATE movimientos_existencia SET fisica = fisica + 1")
    reescribir_ficha(archivo, sha256=archivos.huella_de(archivo), bytes=archivo.stat().st_size)
    with pytest.raises(RespaldoImposible, match="Los libros restaurados no cuadran"):
        services.verificar(archivo)


def test_un_respaldo_con_menos_de_lo_que_dice_su_ficha_no_pasa(carpeta: Path) -> None:
    mundo = con_movimientos()
    archivo = respaldar(carpeta).archivo
    reescribir_ficha(archivo, movimientos={str(mundo.empresa.pk): cuantos(mundo) + 1})
    with pytest.raises(RespaldoImposible, match="faltan migraciones o movimientos"):
        services.verificar(archivo)


@pytest.mark.parametrize("donde", [0, -1])
def test_un_byte_cambiado_se_nota(carpeta: Path, donde: int) -> None:
    archivo = respaldar(carpeta).archivo
    contenido = bytearray(archivo.read_bytes())
    contenido[donde] ^= 1
    archivo.write_bytes(contenido)
    with pytest.raises(RespaldoImposible, match="cambió su huella"):
        services.verificar(archivo)
    with pytest.raises(RespaldoImposible, match="cambió su huella"):
        services.restaurar(archivo, en=f"sqlite:///{carpeta / 'nueva.sqlite3'}")
    assert not (carpeta / "nueva.sqlite3").exists()


def test_un_archivo_cortado_se_nota(carpeta: Path) -> None:
    archivo = respaldar(carpeta).archivo
    archivo.write_bytes(archivo.read_bytes()[:-4096])
    with pytest.raises(RespaldoImposible, match="cambió su huella"):
        services.verificar(archivo)


def test_sin_su_ficha_o_con_una_rota_no_se_usa(carpeta: Path) -> None:
    archivo = respaldar(carpeta).archivo
    ficha = archivos.ruta_de_ficha(archivo)
    ficha.write_text("{}")
    with pytest.raises(RespaldoImposible, match="no se entiende"):
        services.verificar(archivo)
    ficha.unlink()
    with pytest.raises(RespaldoImposible, match="no tiene su ficha"):
        services.verificar(archivo)
    with pytest.raises(RespaldoImposible, match="No existe el respaldo"):
        services.verificar(carpeta / "inventario-20200101T000000Z.sqlite3")


def test_dos_a_la_vez_no(carpeta: Path) -> None:
    archivo = respaldar(carpeta).archivo
    with archivos.turno(carpeta):
        for hacer in (lambda: respaldar(carpeta), lambda: services.verificar(archivo)):
            with pytest.raises(RespaldoImposible, match="Ya hay un respaldo en marcha"):
                hacer()
    assert respaldar(carpeta).archivo.exists()


def test_la_retencion_borra_lo_que_sobra_y_solo_eso(carpeta: Path) -> None:
    dias = [AHORA - timedelta(days=n) for n in (0, 1, 2, 3, 4, 5, 6, 40, 41, 42)]
    hechos = [respaldar(carpeta, dia) for dia in sorted(dias)]
    ajeno = carpeta / "notas.txt"
    ajeno.write_text("no es un respaldo")
    quedan = {archivo.name for archivo in archivos.listar(carpeta)}
    # De hace más de un mes queda el último de su semana y de su mes.
    assert quedan == {archivos.nombre_de(dia, "sqlite3") for dia in (*dias[:7], dias[7])}
    assert [borrado.name for hecho in hechos for borrado in hecho.borrados] == [
        archivos.nombre_de(dias[9], "sqlite3"),
        archivos.nombre_de(dias[8], "sqlite3"),
    ]
    assert len(entradas_de(carpeta)) == 2 * len(quedan) + 1


def test_nada_se_pisa_al_restaurar(carpeta: Path, tmp_path: Path) -> None:
    archivo = respaldar(carpeta).archivo
    ocupado = tmp_path / "ocupado.sqlite3"
    ocupado.write_bytes(b"lo de otro")
    with pytest.raises(RespaldoImposible, match="Ya existe"):
        services.restaurar(archivo, en=f"sqlite:///{ocupado}")
    assert ocupado.read_bytes() == b"lo de otro"
    with pytest.raises(RespaldoImposible, match="debe ser del mismo motor"):
        services.restaurar(archivo, en="postgres://u:c@127.0.0.1/base")
    with pytest.raises(RespaldoImposible, match="se admite postgres"):
        services.restaurar(archivo, en="/tmp/base.sqlite3")


def test_solo_entra_quien_respalda(carpeta: Path, tmp_path: Path) -> None:
    archivo = respaldar(carpeta).archivo
    services.restaurar(archivo, en=f"sqlite:///{tmp_path / 'nueva.sqlite3'}")
    assert carpeta.stat().st_mode & 0o777 == 0o700
    for cual in (archivo, archivos.ruta_de_ficha(archivo), tmp_path / "nueva.sqlite3"):
        assert cual.stat().st_mode & 0o777 == 0o600


def test_mientras_otro_proceso_escribe_sale_entero_y_a_nadie_detiene(carpeta: Path) -> None:
    mundo = con_movimientos(entradas=20)
    codigo = (
        "import sqlite3, sys, time\n"
        "base = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)\n"
        "base.execute('CREATE TABLE escrituras (n INTEGER, lleno TEXT)')\n"
        "print('listo', flush=True)\n"
        "for n in range(100000):\n"
        "    base.execute('BEGIN IMMEDIATE')\n"
        "    base.execute('INSERT INTO escrituras VALUES (?, ?)', (n, 'x' * 500))\n"
        "    base.execute('INSERT INTO escrituras VALUES (?, ?)', (n, 'x' * 500))\n"
        "    base.execute('COMMIT')\n"
        "    time.sleep(0.001)\n"
    )
    escritor = subprocess.Popen(
        [sys.executable, "-c", codigo, str(connection.settings_dict["NAME"])],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert escritor.stdout is not None
        assert escritor.stdout.readline() == "listo\n"
        time.sleep(0.3)
        archivo = respaldar(carpeta).archivo
        assert escritor.poll() is None
        with connection.cursor() as viva, closing(sqlite3.connect(archivo)) as copia:
            [[total, pares]] = copia.execute("SELECT count(*), count(DISTINCT n) FROM escrituras").fetchall()
            # Ninguna transacción quedó por la mitad, y se siguió escribiendo.
            assert total == 2 * pares > 0
            time.sleep(0.3)
            viva.execute("SELECT count(*) FROM escrituras")
            assert viva.fetchone()[0] > total
        assert services.verificar(archivo).dicho == f"{mundo.empresa.slug}: los libros cuadran."
    finally:
        escritor.kill()
        escritor.wait()
        with connection.cursor() as viva:
            viva.execute("DROP TABLE IF EXISTS escrituras")


def test_si_lo_matan_no_queda_un_respaldo_a_medias_y_el_siguiente_sale(carpeta: Path) -> None:
    con_movimientos()
    codigo = (
        "import django, os, sys, time; django.setup()\n"
        "from pathlib import Path\n"
        "from inventario.vigilancia.respaldos import carpeta, services\n"
        "def esperar(archivo):\n"
        "    print('a medias', flush=True)\n"
        "    time.sleep(60)\n"
        "carpeta.huella_de = esperar\n"
        "services.respaldar(carpeta=Path(sys.argv[1]))\n"
    )
    proceso = subprocess.Popen(
        [sys.executable, "-c", codigo, str(carpeta)],
        cwd=settings.BASE_DIR,
        env=ambiente_de_orden(DJANGO_SETTINGS_MODULE="config.settings"),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert proceso.stdout is not None
    assert proceso.stdout.readline() == "a medias\n"
    proceso.send_signal(signal.SIGKILL)
    proceso.wait()
    assert archivos.listar(carpeta) == []
    assert entradas_de(carpeta) == [".en-marcha"]
    archivo = respaldar(carpeta).archivo
    assert archivos.listar(carpeta) == [archivo]
    assert entradas_de(carpeta) == [archivo.name, f"{archivo.name}.json"]


def test_sin_disco_se_dice_y_no_se_borra_nada_viejo(carpeta: Path, tmp_path: Path) -> None:
    archivo = tmp_path / "un-archivo"
    archivo.touch()
    with pytest.raises(RespaldoImposible, match=r"No se pudo escribir en .*un-archivo"):
        respaldar(archivo / "respaldos")


def test_las_ordenes_dicen_lo_hecho_y_lo_anotan(carpeta: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mundo = con_movimientos()
    call_command("respaldar", carpeta=carpeta)
    assert f": {cuantos(mundo)} movimientos de 1 empresas" in capsys.readouterr().out
    call_command("verificar_respaldo", carpeta=carpeta)
    assert "sirve: se restauró y se comprobó" in capsys.readouterr().out
    assert {c.trabajo: c.bien for c in Corrida.objects.all()} == {
        al_dia.RESPALDAR: True,
        al_dia.VERIFICAR: True,
    }


def test_las_ordenes_dicen_por_que_no_y_lo_anotan(carpeta: Path) -> None:
    with pytest.raises(CommandError, match=r"No hay ningún respaldo en .*: corra «respaldar»"):
        call_command("verificar_respaldo", carpeta=carpeta)
    assert Corrida.objects.get().detalle.startswith("No hay ningún respaldo")
    assert not Corrida.objects.get().bien
    with pytest.raises(CommandError, match="No existe el respaldo"):
        call_command("restaurar", carpeta / "no.sqlite3", en="sqlite:///no")


def test_restaurar_pregunta_la_direccion(
    carpeta: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mundo = con_movimientos()
    destino = carpeta / "nueva.sqlite3"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"sqlite:///{destino}\n"))
    call_command("restaurar", respaldar(carpeta).archivo)
    assert destino.exists()
    assert f"{mundo.empresa.slug}: los libros cuadran." in capsys.readouterr().out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="El destino no se entiende"):
        call_command("restaurar", archivos.ultimo(carpeta))


def test_que_falle_anotarlo_no_hace_fallar_el_respaldo(carpeta: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE eventos_corrida RENAME TO eventos_corrida_guardada")
    try:
        call_command("respaldar", carpeta=carpeta)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE eventos_corrida_guardada RENAME TO eventos_corrida")
    assert len(archivos.listar(carpeta)) == 1
