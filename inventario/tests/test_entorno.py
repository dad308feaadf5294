"""El arranque con lo que haya en el ambiente: lo justo funciona y lo que falta se nombra."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config import entorno

RAIZ = Path(settings.BASE_DIR)
SECRETO = "s" * 50
PRODUCCION = {
    "DJANGO_ENTORNO": "produccion",
    "DJANGO_SECRET_KEY": SECRETO + "-abcdefghijklmnopqrstuvwxyz-0123456789",
    "DJANGO_ALLOWED_HOSTS": "inventario.ejemplo.com",
    "DATABASE_URL": "postgres://app:clave@servidor:5432/inventario",
    "REDIS_URL": "redis://cache:6379/0",
}
VARIABLES = (
    *PRODUCCION,
    "DJANGO_DEBUG",
    "GUNICORN_THREADS",
    "LOG_LEVEL",
    "CELERY_BROKER_URL",
    "JWT_SECRET",
    "EMAIL_URL",
    *(f"POSTGRES_{parte}" for parte in ("SERVER", "USER", "PASSWORD", "DB", "PORT", "ROL")),
)
VER_BASE = "from django.conf import settings; import json; d = settings.DATABASES['default'];" + (
    "print(json.dumps({k: str(d[k]) for k in ('ENGINE', 'NAME', 'USER', 'PASSWORD', 'HOST', 'PORT')}))"
)


@pytest.fixture
def casa(tmp_path: Path) -> Path:
    """Una copia de `config/` sin `.env`: el de quien corre las pruebas no debe influir."""
    shutil.copytree(RAIZ / "config", tmp_path / "config", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "static").mkdir()
    (tmp_path / "inventario").symlink_to(RAIZ / "inventario")
    return tmp_path


@pytest.fixture
def limpio(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    return monkeypatch


def _leer_secreto() -> str:
    return entorno.leer_secreto("DJANGO_SECRET_KEY", produccion=True)


def _leer_depuracion() -> bool:
    return entorno.leer_depuracion(produccion=True)


def _leer_hilos() -> int:
    return entorno.leer_entero("GUNICORN_THREADS", 4, minimo=1, maximo=256)


def _leer_nivel() -> str:
    return entorno.leer_opcion("LOG_LEVEL", "INFO", ("INFO", "ERROR"), mayusculas=True)


def _leer_url_publica() -> str:
    return entorno.leer_url_publica(["inventario.ec"], produccion=True, https=True)


def _leer_base() -> dict[str, Any]:
    return entorno.leer_base_de_datos(produccion=True, agrupar=False, hilos=4)


def _python(casa: Path, codigo: str, ambiente: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", codigo],
        cwd=casa,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings", **ambiente},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def _revisar(casa: Path, ambiente: dict[str, str], *argumentos: str) -> subprocess.CompletedProcess[str]:
    orden = ["check", *argumentos]
    return _python(
        casa,
        f"from django.core.management import execute_from_command_line as f; f(['', *{orden}])",
        ambiente,
    )


def test_arrancar_con_el_ejemplo_sin_cambios_usa_sqlite(casa: Path) -> None:
    shutil.copy(RAIZ / ".env.example", casa / ".env")
    revision = _revisar(casa, {})
    assert revision.returncode == 0, revision.stderr
    base = json.loads(_python(casa, VER_BASE, {}).stdout)
    assert base["ENGINE"] == "django.db.backends.sqlite3"
    assert base["NAME"] == str(casa / "var" / "inventario.sqlite3")


def test_arrancar_en_desarrollo_guarda_el_secreto_solo_para_el_duenio(casa: Path) -> None:
    codigo = "from django.conf import settings; print(settings.SECRET_KEY)"
    primero, segundo = (_python(casa, codigo, {"DJANGO_ENTORNO": "desarrollo"}).stdout for _ in range(2))
    assert primero == segundo
    assert len(primero.strip()) >= 50
    assert (casa / "var" / "django_secret_key.txt").stat().st_mode & 0o077 == 0


def test_arrancar_sin_decir_el_entorno_exige_como_produccion(casa: Path) -> None:
    revision = _revisar(casa, {})
    assert revision.returncode != 0
    assert "Falta DJANGO_SECRET_KEY" in revision.stderr


@pytest.mark.parametrize(
    ("falta", "aviso"),
    [
        ("DJANGO_SECRET_KEY", "Falta DJANGO_SECRET_KEY"),
        ("DATABASE_URL", "Falta la base de datos: defina DATABASE_URL o POSTGRES_SERVER"),
        ("DJANGO_ALLOWED_HOSTS", "Falta DJANGO_ALLOWED_HOSTS"),
        ("REDIS_URL", "Falta la cola de tareas: defina REDIS_URL"),
    ],
)
def test_arrancar_en_produccion_sin_una_pieza_la_nombra(casa: Path, falta: str, aviso: str) -> None:
    revision = _revisar(casa, {clave: valor for clave, valor in PRODUCCION.items() if clave != falta})
    assert revision.returncode != 0
    assert aviso in revision.stderr


def test_revisar_produccion_completa_no_da_avisos(casa: Path) -> None:
    revision = _revisar(casa, PRODUCCION, "--deploy", "--fail-level", "WARNING")
    assert revision.returncode == 0, revision.stderr


@pytest.mark.parametrize(
    ("leer", "variable", "valor", "aviso"),
    [
        (entorno.leer_entorno, "DJANGO_ENTORNO", "pruebas", "'pruebas': se admite desarrollo o produccion"),
        (_leer_secreto, "DJANGO_SECRET_KEY", "corta", "al menos 32 caracteres"),
        (_leer_depuracion, "DJANGO_DEBUG", "quizas", "DJANGO_DEBUG='quizas': se admite 1 o 0"),
        (_leer_depuracion, "DJANGO_DEBUG", "sí", "DJANGO_DEBUG no se admite en producción"),
        (_leer_hilos, "GUNICORN_THREADS", "muchos", "'muchos': debe ser un número entero"),
        (_leer_hilos, "GUNICORN_THREADS", "0", "GUNICORN_THREADS=0: debe estar entre 1 y 256"),
        (_leer_nivel, "LOG_LEVEL", "ruidoso", "LOG_LEVEL='RUIDOSO': se admite INFO, ERROR"),
        (
            _leer_url_publica,
            "URL_PUBLICA",
            "inventario.ejemplo.com",
            "se admite https://inventario.ejemplo.com",
        ),
        (_leer_url_publica, "URL_PUBLICA", "javascript://x", "se admite https://inventario.ejemplo.com"),
        (_leer_url_publica, "URL_PUBLICA", "https://a@malo.ec", "se admite https://inventario.ejemplo.com"),
        (_leer_url_publica, "URL_PUBLICA", "https://a.ec/?x=1", "se admite https://inventario.ejemplo.com"),
        (_leer_base, "DATABASE_URL", "mysql://a:b@c/d", "se admite postgres:// o sqlite:///"),
        (_leer_base, "POSTGRES_SERVER", "db", "falta: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB"),
    ],
)
def test_leer_un_valor_malo_lo_nombra(
    limpio: pytest.MonkeyPatch, leer: Callable[[], object], variable: str, valor: str, aviso: str
) -> None:
    limpio.setenv(variable, valor)
    with pytest.raises(ImproperlyConfigured, match=re.escape(aviso)):
        leer()


@pytest.mark.parametrize(
    ("dicha", "dominios", "https", "espera"),
    [
        ("https://bodega.ec/", ["otro.ec"], True, "https://bodega.ec"),
        ("http://10.0.0.5:8080/inventario", ["otro.ec"], False, "http://10.0.0.5:8080/inventario"),
        ("", ["inventario.ec", "www.inventario.ec"], True, "https://inventario.ec"),
        ("", [".inventario.ec"], True, "https://inventario.ec"),
        ("", ["*", "inventario.ec"], False, "http://inventario.ec"),
    ],
)
def test_los_enlaces_empiezan_por_la_direccion_dicha_o_por_el_primer_dominio(
    limpio: pytest.MonkeyPatch, dicha: str, dominios: list[str], https: bool, espera: str
) -> None:
    limpio.setenv("URL_PUBLICA", dicha)
    assert entorno.leer_url_publica(dominios, produccion=True, https=https) == espera


def test_con_cualquier_dominio_hay_que_decir_la_direccion_publica(limpio: pytest.MonkeyPatch) -> None:
    with pytest.raises(ImproperlyConfigured, match="Falta URL_PUBLICA"):
        entorno.leer_url_publica(["*"], produccion=True, https=True)


@pytest.mark.parametrize("clave", ["p@ss:w/o#r?d%41+[]&=", "con espacio ñ €", "$var\\'\"", "%2F"])
def test_leer_postgres_con_signos_reservados_en_la_clave_la_conserva(
    limpio: pytest.MonkeyPatch, clave: str
) -> None:
    partes = {"SERVER": "db.interno", "USER": "app@empresa", "PASSWORD": clave, "DB": "inventario"}
    for nombre, valor in partes.items():
        limpio.setenv(f"POSTGRES_{nombre}", valor)
    base = _leer_base()
    assert [base[campo] for campo in ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")] == [
        "django.db.backends.postgresql",
        "inventario",
        "app@empresa",
        clave,
        "db.interno",
        5432,
    ]


def test_leer_la_base_agrupa_para_la_web_y_no_para_el_worker(limpio: pytest.MonkeyPatch) -> None:
    limpio.setenv("DATABASE_URL", PRODUCCION["DATABASE_URL"])
    worker = _leer_base()
    web = entorno.leer_base_de_datos(produccion=True, agrupar=True, hilos=8)
    assert "pool" not in worker["OPTIONS"]
    assert web["OPTIONS"]["pool"]["max_size"] == 8
    assert (worker["CONN_MAX_AGE"], web["CONN_MAX_AGE"]) == (60, 0)
    assert worker["CONN_HEALTH_CHECKS"]
    assert web["CONN_HEALTH_CHECKS"]


def test_leer_la_cola_de_redis_espera_mas_que_la_tarea_mas_larga(limpio: pytest.MonkeyPatch) -> None:
    cola = entorno.leer_cola(produccion=True, redis="redis://cache/0", tarea_maxima_s=900)
    assert cola.url == cola.resultados == "redis://cache/0"
    assert cola.opciones["visibility_timeout"] > 900


def test_leer_sin_cola_en_desarrollo_no_pide_worker(limpio: pytest.MonkeyPatch) -> None:
    assert entorno.leer_cola(produccion=False, redis="", tarea_maxima_s=900).url == ""


def test_leer_la_cola_embebida_crea_sus_carpetas(limpio: pytest.MonkeyPatch, tmp_path: Path) -> None:
    limpio.setattr(entorno, "VAR", tmp_path)
    limpio.setenv("CELERY_BROKER_URL", "filesystem://")
    cola = entorno.leer_cola(produccion=False, redis="redis://otro/0", tarea_maxima_s=900)
    assert cola.url == "filesystem://"
    assert all(
        Path(cola.opciones[c]).is_dir() for c in ("data_folder_in", "data_folder_out", "control_folder")
    )


def test_arrancar_en_produccion_con_sqlite_nombrada_se_admite(casa: Path) -> None:
    revision = _revisar(casa, {**PRODUCCION, "DATABASE_URL": f"sqlite:///{casa / 'base.sqlite3'}"})
    assert revision.returncode == 0, revision.stderr


def test_leer_los_secretos_de_los_tokens_los_deriva_de_cada_clave_de_django(
    limpio: pytest.MonkeyPatch,
) -> None:
    derivados = entorno.leer_secretos_de_token([SECRETO, "anterior"], produccion=True)
    assert derivados == entorno.leer_secretos_de_token([SECRETO, "anterior"], produccion=True)
    assert len(set(derivados)) == 2
    assert all(len(secreto) == 64 and SECRETO not in secreto for secreto in derivados)
    limpio.setenv("JWT_SECRET", "corto")
    with pytest.raises(ImproperlyConfigured, match="JWT_SECRET"):
        entorno.leer_secretos_de_token([SECRETO], produccion=True)
    limpio.setenv("JWT_SECRET", "c" * 40)
    assert entorno.leer_secretos_de_token([SECRETO, "anterior"], produccion=True) == ["c" * 40]


def test_leer_el_correo_en_produccion_no_lo_escribe_en_el_registro(limpio: pytest.MonkeyPatch) -> None:
    assert entorno.leer_correo(produccion=False)["EMAIL_BACKEND"].endswith("console.EmailBackend")
    assert entorno.leer_correo(produccion=True)["EMAIL_BACKEND"].endswith("dummy.EmailBackend")
    limpio.setenv("EMAIL_URL", "smtp+tls://ana:cl%40ve@correo.ec:587")
    leido = entorno.leer_correo(produccion=True)
    assert (leido["EMAIL_HOST"], leido["EMAIL_PORT"], leido["EMAIL_USE_TLS"]) == ("correo.ec", 587, True)
    assert (leido["EMAIL_HOST_USER"], leido["EMAIL_HOST_PASSWORD"]) == ("ana", "cl@ve")
    for malo in ("carta://correo.ec", "correo.ec", "smtp://correo.ec:puerto"):
        limpio.setenv("EMAIL_URL", malo)
        with pytest.raises(ImproperlyConfigured, match="EMAIL_URL"):
            entorno.leer_correo(produccion=True)


def test_solo_las_ordenes_del_dueno_entran_con_el(limpio: pytest.MonkeyPatch) -> None:
    limpio.setenv("DATABASE_URL", "postgres://aplicacion.proyecto:clave%2F@pooler:6543/inventario")
    limpio.setenv("DATABASE_URL_DUENO", "postgres://dueno:otra@db:5432/inventario")

    def quien(orden: str) -> str:
        base = entorno.leer_base_de_datos(produccion=True, agrupar=False, hilos=4, orden=orden)
        return f"{base['USER']}@{base['HOST']}"

    assert [quien(orden) for orden in ("migrate", "preparar_roles")] == ["dueno@db"] * 2
    assert [quien(orden) for orden in ("", "crear_empresa")] == ["aplicacion.proyecto@pooler"] * 2
    # El rol que se crea es el de la aplicación, sin el proyecto que le agrega el pooler de Supabase.
    assert entorno.rol_de_la_aplicacion() == ("aplicacion", "clave/")


@pytest.mark.parametrize("por_pooler", ["0", "1"])
def test_detras_de_un_pooler_no_hay_cursores_ni_sentencias_que_duren(
    limpio: pytest.MonkeyPatch, por_pooler: str
) -> None:
    limpio.setenv("DATABASE_URL", PRODUCCION["DATABASE_URL"])
    limpio.setenv("POSTGRES_POOLER", por_pooler)
    base = _leer_base()
    assert base["DISABLE_SERVER_SIDE_CURSORS"] is (por_pooler == "1")
    assert ("prepare_threshold" in base["OPTIONS"]) is (por_pooler == "1")
    # Un pooler las rechaza: los plazos van en el rol.
    assert "options" not in base["OPTIONS"]
