"""Respaldar y restaurar PostgreSQL con `pg_dump` y `pg_restore` de verdad."""

from __future__ import annotations

import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql
from pytest_django import Settings

from inventario.eventos.models import Corrida
from inventario.vigilancia.respaldos import carpeta as archivos
from inventario.vigilancia.respaldos import postgresql, services
from inventario.vigilancia.respaldos.errores import RespaldoImposible
from inventario.vigilancia.tests.respaldado import (
    ambiente_de_orden,
    base_vacia,
    con_movimientos,
    cuantos,
    entradas_de,
    movimientos_en,
    ordenar,
    url_de_la_prueba,
)

pytestmark = [pytest.mark.postgresql, pytest.mark.pg_dump, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def carpeta(tmp_path: Path, settings: Settings) -> Path:
    settings.DATABASE_URL_RESPALDO = url_de_la_prueba()
    return tmp_path / "respaldos"


@contextmanager
def rol(*atributos: str, lee_todo: bool = True) -> Iterator[str]:
    """Un rol con esos atributos; con `lee_todo`, también lo que DEPLOY.md le da al de los respaldos."""
    nombre, clave = f"respaldo_{secrets.token_hex(4)}", secrets.token_urlsafe(12)
    quien = sql.Identifier(nombre)
    with psycopg.connect(url_de_la_prueba(), autocommit=True) as conexion:
        conexion.execute(
            sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} {}").format(
                quien,
                sql.Literal(clave),
                sql.SQL(" ").join(map(sql.SQL, atributos)),
            )
        )
        if lee_todo:
            conexion.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(quien))
        try:
            destino = urlsplit(url_de_la_prueba())
            en = f"{destino.hostname}:{destino.port}"
            yield destino._replace(netloc=f"{nombre}:{quote(clave, safe='')}@{en}").geturl()
        finally:
            conexion.execute(sql.SQL("DROP OWNED BY {}").format(quien))
            conexion.execute(sql.SQL("DROP ROLE {}").format(quien))


def bases_de_ensayo() -> list[str]:
    with psycopg.connect(url_de_la_prueba()) as conexion:
        filas = conexion.execute("SELECT datname FROM pg_database WHERE datname LIKE 'inventario_ensayo%'")
        return [nombre for (nombre,) in filas]


def test_lo_respaldado_se_restaura_igual_y_los_libros_cuadran(carpeta: Path) -> None:
    una, otra = con_movimientos(), con_movimientos(entradas=5)
    hecho = services.respaldar(carpeta=carpeta)
    assert hecho.archivo.suffix == ".dump"
    esperados = {str(mundo.empresa.pk): cuantos(mundo) for mundo in (una, otra)}
    assert hecho.ficha.movimientos == esperados
    with base_vacia() as url:
        dicho = services.restaurar(hecho.archivo, en=url).dicho
        assert sorted(dicho.splitlines()) == sorted(
            f"{mundo.empresa.slug}: los libros cuadran." for mundo in (una, otra)
        )
        assert movimientos_en(url) == esperados
        assert esquema_de(url) == esquema_de(url_de_la_prueba())
        with pytest.raises(RespaldoImposible, match="no está vacía"):
            services.restaurar(hecho.archivo, en=url)


def esquema_de(url: str) -> list[tuple[object, ...]]:
    """Políticas, disparadores, restricciones y en qué va cada secuencia: lo que protege al libro."""
    consulta = """
        SELECT 'politica', tablename, policyname, qual FROM pg_policies
        UNION ALL SELECT 'forzada', relname, relrowsecurity::text, relforcerowsecurity::text FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
        UNION ALL SELECT 'disparador', tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger
            WHERE NOT tgisinternal
        UNION ALL SELECT 'restriccion', conrelid::regclass::text, conname, contype::text
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT 'secuencia', sequencename, '', last_value::text FROM pg_sequences
        ORDER BY 1, 2, 3, 4
    """
    with psycopg.connect(url) as conexion:
        return conexion.execute(consulta).fetchall()


def test_verificar_dice_que_sirve_y_no_deja_nada(carpeta: Path) -> None:
    mundo = con_movimientos()
    hecho = services.respaldar(carpeta=carpeta)
    assert services.verificar(hecho.archivo).dicho == f"{mundo.empresa.slug}: los libros cuadran."
    assert bases_de_ensayo() == []
    assert entradas_de(carpeta) == [hecho.archivo.name, f"{hecho.archivo.name}.json"]


def test_un_volcado_que_no_lo_es_se_dice_y_no_deja_nada(carpeta: Path) -> None:
    con_movimientos()
    hecho = services.respaldar(carpeta=carpeta)
    hecho.archivo.write_bytes(hecho.archivo.read_bytes()[:-2000])
    with pytest.raises(RespaldoImposible, match="cambió su huella"):
        services.verificar(hecho.archivo)
    with base_vacia() as url:
        with pytest.raises(RespaldoImposible, match="pg_restore terminó mal"):
            postgresql.restaurar(hecho.archivo, url)
        with psycopg.connect(url) as conexion:
            tablas = conexion.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert tablas == (0,)


def test_el_rol_de_los_respaldos_ve_todo_aunque_las_filas_esten_forzadas(
    carpeta: Path, settings: Settings
) -> None:
    mundo = con_movimientos()
    with rol("BYPASSRLS", "CREATEDB") as url:
        settings.DATABASE_URL_RESPALDO = url
        hecho = services.respaldar(carpeta=carpeta)
        assert hecho.ficha.movimientos == {str(mundo.empresa.pk): cuantos(mundo)}
        assert services.verificar(hecho.archivo).dicho == f"{mundo.empresa.slug}: los libros cuadran."


def test_con_un_rol_que_no_ve_todo_no_hay_respaldo(carpeta: Path, settings: Settings) -> None:
    con_movimientos()
    with rol() as url:
        settings.DATABASE_URL_RESPALDO = url
        with pytest.raises(RespaldoImposible, match=r"no ve todas las filas .*BYPASSRLS"):
            services.respaldar(carpeta=carpeta)
    assert entradas_de(carpeta) == []


def test_aunque_nadie_lo_mire_antes_pg_dump_no_vuelca_solo_lo_visible(carpeta: Path, tmp_path: Path) -> None:
    con_movimientos()
    orden = ("pg_dump", "--format=custom", f"--file={tmp_path / 'volcado'}")
    with rol() as url, pytest.raises(RespaldoImposible, match="pg_dump terminó mal"):
        postgresql._correr(*orden, url=url, al_menos=1)


def test_se_restaura_con_el_dueno_al_que_las_filas_tambien_le_alcanzan(carpeta: Path) -> None:
    una, otra = con_movimientos(), con_movimientos(entradas=5)
    archivo = services.respaldar(carpeta=carpeta).archivo
    with rol(lee_todo=False) as del_dueno, base_vacia(dueno=del_dueno) as url:
        dicho = services.restaurar(archivo, en=url).dicho
        assert sorted(dicho.splitlines()) == sorted(
            f"{mundo.empresa.slug}: los libros cuadran." for mundo in (una, otra)
        )
        with psycopg.connect(url) as conexion:
            duenos = conexion.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
            assert duenos.fetchall() == [(urlsplit(del_dueno).username,)]
            # Sin nombrar una empresa, nada.
            assert conexion.execute("SELECT count(*) FROM movimientos_movimiento").fetchone() == (0,)


def test_con_preparar_roles_la_aplicacion_vuelve_a_entrar_a_lo_restaurado(carpeta: Path) -> None:
    """Como dice DEPLOY.md: un volcado no lleva permisos, y `preparar_roles` los da otra vez."""
    mundo = con_movimientos()
    archivo = services.respaldar(carpeta=carpeta).archivo
    with (
        rol("CREATEROLE", lee_todo=False) as del_dueno,
        rol(lee_todo=False) as de_la_aplicacion,
        base_vacia(dueno=del_dueno) as url,
    ):
        services.restaurar(archivo, en=url)
        como_aplicacion = urlsplit(de_la_aplicacion)._replace(path=urlsplit(url).path).geturl()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            movimientos_en(como_aplicacion)
        ambiente = {"DATABASE_URL": como_aplicacion, "DATABASE_URL_DUENO": url}
        assert ordenar("preparar_roles", ambiente=ambiente).returncode == 0
        assert movimientos_en(como_aplicacion) == {str(mundo.empresa.pk): cuantos(mundo)}
        with psycopg.connect(como_aplicacion) as conexion:
            puede = [
                conexion.execute("SELECT has_table_privilege('movimientos_movimiento', %s)", [que]).fetchone()
                for que in ("INSERT", "TRUNCATE")
            ]
        assert puede == [(True,), (False,)]


def test_sin_createdb_se_dice_que_darle(carpeta: Path, settings: Settings) -> None:
    con_movimientos()
    archivo = services.respaldar(carpeta=carpeta).archivo
    with rol("BYPASSRLS") as url:
        settings.DATABASE_URL_RESPALDO = url
        with pytest.raises(RespaldoImposible, match="dele CREATEDB"):
            services.verificar(archivo)


def test_lo_que_dejo_un_ensayo_que_mataron_se_borra(carpeta: Path) -> None:
    con_movimientos()
    archivo = services.respaldar(carpeta=carpeta).archivo
    with psycopg.connect(url_de_la_prueba(), autocommit=True) as conexion:
        conexion.execute("CREATE DATABASE inventario_ensayo_abandonada")
    services.verificar(archivo)
    assert bases_de_ensayo() == []


def test_el_servidor_que_no_responde_se_dice_sin_la_clave(carpeta: Path, settings: Settings) -> None:
    settings.DATABASE_URL_RESPALDO = "postgres://alguien:secretisima@127.0.0.1:1/inventario"
    with pytest.raises(RespaldoImposible, match="PostgreSQL no dejó") as dicho:
        services.respaldar(carpeta=carpeta)
    assert "secretisima" not in str(dicho.value)
    assert entradas_de(carpeta) == []


def test_las_ordenes_y_lo_que_se_ve_en_la_lista_de_procesos(carpeta: Path, tmp_path: Path) -> None:
    mundo = con_movimientos()
    with rol("BYPASSRLS", "CREATEDB") as url, mirando_procesos(tmp_path) as vistos:
        ambiente = {"DATABASE_URL_RESPALDO": url, "RESPALDOS_EN": str(carpeta)}
        hecho = ordenar("respaldar", ambiente=ambiente)
        assert hecho.returncode == 0, hecho.stderr
        assert f": {cuantos(mundo)} movimientos de 1 empresas" in hecho.stdout
        hecho = ordenar("verificar_respaldo", ambiente=ambiente)
        assert hecho.returncode == 0, hecho.stderr
        assert "sirve: se restauró y se comprobó" in hecho.stdout
    clave = urlsplit(url).password
    ordenes = vistos()
    assert any("pg_dump" in orden for orden in ordenes)
    assert any("pg_restore" in orden for orden in ordenes)
    assert clave is not None
    assert not any(clave in orden for orden in ordenes)
    assert set(Corrida.objects.filter(bien=True).values_list("trabajo", flat=True)) == {
        "respaldar",
        "verificar_respaldo",
    }
    ambiente |= {"DATABASE_URL_RESPALDO": "postgres://x:y@127.0.0.1:1/z"}
    roto = ordenar("respaldar", ambiente=ambiente)
    assert roto.returncode == 1
    assert "PostgreSQL no dejó" in roto.stderr
    assert Corrida.objects.get(trabajo="respaldar").bien is False


@contextmanager
def mirando_procesos(tmp_path: Path) -> Iterator[Callable[[], list[str]]]:
    """Mira sin parar qué procesos hay; entrega con qué preguntar lo visto."""
    codigo = (
        "import glob, time\n"
        "vistos = set()\n"
        "while True:\n"
        "    for ruta in glob.glob('/proc/[0-9]*/cmdline'):\n"
        "        try: orden = open(ruta).read().replace('\\0', ' ')\n"
        "        except OSError: continue\n"
        "        if orden not in vistos:\n"
        "            vistos.add(orden); print(repr(orden), flush=True)\n"
        "    time.sleep(0.002)\n"
    )
    registro = tmp_path / "procesos.txt"
    with registro.open("w") as salida:
        proceso = subprocess.Popen([sys.executable, "-c", codigo], stdout=salida)
        try:
            yield lambda: registro.read_text().splitlines()
        finally:
            proceso.kill()
            proceso.wait()


def test_si_lo_matan_no_queda_un_respaldo_a_medias_y_el_siguiente_sale(carpeta: Path) -> None:
    con_movimientos()
    with psycopg.connect(url_de_la_prueba()) as conexion:
        # Con la tabla tomada, el volcado queda esperando a la mitad.
        conexion.execute("LOCK TABLE lotes_lote IN ACCESS EXCLUSIVE MODE")
        proceso = subprocess.Popen(
            [sys.executable, "manage.py", "respaldar"],
            cwd=settings.BASE_DIR,
            env=ambiente_de_orden(RESPALDOS_EN=str(carpeta)),
        )
        try:
            esperar_un_volcado()
        finally:
            proceso.send_signal(signal.SIGKILL)
            proceso.wait()
        assert archivos.listar(carpeta) == []
        assert entradas_de(carpeta) == [".en-marcha"]
    archivo = services.respaldar(carpeta=carpeta).archivo
    assert archivos.listar(carpeta) == [archivo]
    assert entradas_de(carpeta) == [archivo.name, f"{archivo.name}.json"]


def esperar_un_volcado() -> None:
    limite = time.monotonic() + 60
    consulta = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'"
    )
    with psycopg.connect(url_de_la_prueba(), autocommit=True) as conexion:
        while conexion.execute(consulta).fetchone() is None:
            assert time.monotonic() < limite, "pg_dump no llegó a esperar la tabla"
            time.sleep(0.05)
