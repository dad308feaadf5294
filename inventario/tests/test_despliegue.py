"""Los archivos con que se despliega: cerrados como deben, completos, y que no se contradigan."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

RAIZ = Path(settings.BASE_DIR)
COMPOSE: dict[str, Any] = yaml.safe_load((RAIZ / "docker-compose.yml").read_text())
SERVICIOS: dict[str, dict[str, Any]] = COMPOSE["services"]
RENDER: dict[str, Any] = yaml.safe_load((RAIZ / "render.yaml").read_text())
PROCFILE = dict(linea.split(": ", 1) for linea in (RAIZ / "Procfile").read_text().splitlines())
UNIDADES = sorted((RAIZ / "ops" / "systemd").glob("*.service"))
RELOJES = sorted((RAIZ / "ops" / "systemd").glob("*.timer"))
# Las demás las llama un reloj.
DE_SIEMPRE = [unidad for unidad in UNIDADES if "[Install]" in unidad.read_text()]
DE_LA_APLICACION = ("web", "worker", "beat", "migrate", "backup")
POR_HUELLA = re.compile(r"[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}")


def _ambiente(servicio: str) -> dict[str, str]:
    return {clave: str(valor) for clave, valor in SERVICIOS[servicio]["environment"].items()}


def test_compose_tiene_los_ocho_servicios() -> None:
    assert set(SERVICIOS) == {*DE_LA_APLICACION, "proxy", "db", "redis"}


@pytest.mark.parametrize("nombre", sorted(SERVICIOS))
def test_cada_servicio_va_cerrado(nombre: str) -> None:
    servicio = SERVICIOS[nombre]
    assert servicio["read_only"] is True
    assert servicio["cap_drop"] == ["ALL"]
    assert servicio["security_opt"] == ["no-new-privileges:true"]
    assert any(montaje.startswith("/tmp") for montaje in servicio["tmpfs"])
    assert re.fullmatch(r"\d+[mg]", servicio["mem_limit"])
    assert "privileged" not in servicio
    assert "healthcheck" in servicio or nombre == "web"  # la web usa la de la imagen
    if nombre not in DE_LA_APLICACION:
        assert POR_HUELLA.fullmatch(servicio["image"])


def test_solo_se_publica_el_proxy_y_la_base_no_sale_a_ninguna_parte() -> None:
    assert [nombre for nombre, servicio in SERVICIOS.items() if "ports" in servicio] == ["proxy"]
    assert COMPOSE["networks"]["adentro"] == {"internal": True}
    for nombre in ("db", "redis", "migrate", "backup"):
        assert SERVICIOS[nombre]["networks"] == ["adentro"]
    assert SERVICIOS["proxy"]["networks"] == ["frente"]
    assert [n for n in DE_LA_APLICACION if "frente" in SERVICIOS[n]["networks"]] == ["web"]


def test_la_web_y_las_tareas_no_entran_como_duenias_de_las_tablas() -> None:
    for nombre in ("web", "worker", "beat"):
        ambiente = _ambiente(nombre)
        assert ambiente["POSTGRES_USER"] == "inventario_app"
        assert "POSTGRES_APP_PASSWORD" in ambiente["POSTGRES_PASSWORD"]
        assert "${POSTGRES_PASSWORD" not in str(SERVICIOS[nombre])
    assert _ambiente("migrate")["POSTGRES_USER"] == "inventario"
    assert _ambiente("db")["POSTGRES_USER"] == "inventario"


def test_todo_volumen_nombrado_existe_y_todo_archivo_montado_tambien() -> None:
    for servicio in SERVICIOS.values():
        for montaje in servicio.get("volumes", ()):
            origen = montaje.split(":")[0]
            if origen.startswith("./"):
                assert (RAIZ / origen).exists(), origen
            elif not origen.startswith("$"):
                assert origen in COMPOSE["volumes"], origen


def test_cada_variable_que_compose_pide_esta_en_el_ejemplo() -> None:
    ejemplo = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", (RAIZ / ".env.example").read_text(), re.MULTILINE))
    texto = (RAIZ / "docker-compose.yml").read_text()
    pedidas = set(re.findall(r"(?<!\$)\$\{([A-Z0-9_]+)", texto))
    assert pedidas - ejemplo == set()
    # Lo secreto no tiene un valor de fábrica.
    for secreto in (nombre for nombre in pedidas if nombre.endswith(("PASSWORD", "SECRET_KEY"))):
        assert f"${{{secreto}:-" not in texto, secreto


def test_la_imagen_va_por_su_huella_y_sin_root() -> None:
    texto = (RAIZ / "Dockerfile").read_text()
    base = re.search(r"^ARG BASE=(\S+)$", texto, re.MULTILINE)
    assert base
    assert POR_HUELLA.fullmatch(base[1])
    assert set(re.findall(r"^FROM (\S+)", texto, re.MULTILINE)) == {"${BASE}"}
    assert texto.index("\nUSER 10001\n") > texto.rindex("COPY --from")
    assert "HEALTHCHECK" in texto


def test_render_tiene_lo_que_hace_falta() -> None:
    servicios = {servicio["name"].removeprefix("inventario-"): servicio for servicio in RENDER["services"]}
    assert {nombre: uno["type"] for nombre, uno in servicios.items()} == {
        "web": "web",
        "worker": "worker",
        "beat": "worker",
        "redis": "keyvalue",
    }
    web = servicios["web"]
    assert web["healthCheckPath"] == "/health/ready"
    assert "DATABASE_URL_MIGRACIONES" in web["preDeployCommand"]
    assert web["preDeployCommand"].endswith('python manage.py migrate --noinput"')
    assert servicios["redis"]["ipAllowList"] == []
    assert servicios["redis"]["maxmemoryPolicy"] == "noeviction"
    for nombre in ("web", "worker", "beat"):
        assert servicios[nombre]["maxShutdownDelaySeconds"] <= 300
        claves = {variable.get("key") for variable in servicios[nombre]["envVars"]}
        assert claves >= {"DATABASE_URL", "REDIS_URL", "DJANGO_ALLOWED_HOSTS"}
    # El tiempo de gracia de gunicorn cabe en el de la plataforma.
    assert web["maxShutdownDelaySeconds"] > 30
    # Ningún secreto está escrito.
    for grupo in RENDER["envVarGroups"]:
        for variable in grupo["envVars"]:
            assert ("value" in variable) != variable["key"].endswith("SECRET_KEY")


def test_procfile_compose_y_render_arrancan_lo_mismo() -> None:
    assert set(PROCFILE) == {"web", "worker", "beat", "release"}
    for orden in PROCFILE.values():
        assert "exec " in orden or orden.startswith("python manage.py migrate")
    assert "gunicorn config.wsgi" in PROCFILE["web"]
    for nombre in ("worker", "beat"):
        esencia = f"exec celery --app config {nombre}"
        de_render = next(s for s in RENDER["services"] if s["name"] == f"inventario-{nombre}")[
            "dockerCommand"
        ]
        for orden in (PROCFILE[nombre], SERVICIOS[nombre]["command"], de_render):
            assert esencia in orden
            assert "umask 077" in orden


@pytest.mark.parametrize("unidad", UNIDADES, ids=lambda unidad: unidad.name)
def test_las_unidades_van_cerradas(unidad: Path) -> None:
    lineas = set(unidad.read_text().splitlines())
    assert lineas & {"User=inventario", "User=postgres"}
    assert ("Restart=always" in lineas) == (unidad in DE_SIEMPRE)
    assert lineas >= {
        "UMask=0077",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "CapabilityBoundingSet=",
        "StateDirectoryMode=0700",
    }


def test_las_unidades_las_entiende_systemd(tmp_path: Path) -> None:
    """`systemd-analyze verify` sin los programas instalados: su sitio lo ocupa uno que toda máquina tiene."""
    programa = shutil.which("systemd-analyze")
    if programa is None:
        # Sin systemd no hay quien las entienda; que cada línea sea una sección o una asignación, sí.
        for unidad in UNIDADES:
            assert all(re.match(r"(#|\[|\w+=|$)", linea) for linea in unidad.read_text().splitlines())
        return
    copias = []
    for unidad in (*UNIDADES, *RELOJES):
        texto = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", unidad.read_text())
        (tmp_path / unidad.name).write_text(texto)
        copias.append(str(tmp_path / unidad.name))
    assert len(DE_SIEMPRE) == 3
    hecho = subprocess.run(
        [programa, "verify", "--man=no", *copias], capture_output=True, text=True, check=False
    )
    quejas = [linea for linea in hecho.stderr.splitlines() if "inventario-" in linea]
    assert quejas == []


def test_lo_que_se_escribe_es_solo_de_quien_corre(tmp_path: Path) -> None:
    assert "umask = 0o077" in (RAIZ / "gunicorn.conf.py").read_text()
    from config import entorno

    original = entorno.VAR
    try:
        entorno.VAR = tmp_path / "var"
        # La primera que se crea arrastra a var/: sea cual sea, queda cerrada.
        entorno.carpeta_privada("subidas")
        entorno.crear_carpeta(entorno.VAR / "cola" / "mensajes")
    finally:
        entorno.VAR = original
    assert (tmp_path / "var").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "subidas").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "var" / "cola" / "mensajes").stat().st_mode & 0o777 == 0o700


def test_la_guia_de_debian_nombra_lo_que_hay_y_el_guion_la_lee() -> None:
    guia = (RAIZ / "DEPLOY.md").read_text()
    guion = (RAIZ / "herramientas" / "desplegar_debian.sh").read_text()
    seccion = guia.partition("\n## One Debian server\n")[2].partition("\n## Backups\n")[0]
    bloques = "\n".join(re.findall(r"^```sh\n(.*?)^```$", seccion, re.DOTALL | re.MULTILINE))
    for ruta in re.findall(r"/opt/inventario/(ops/[\w./*-]+|requirements\.txt)", bloques):
        assert list(RAIZ.glob(ruta)), ruta
    for unidad in DE_SIEMPRE:
        assert unidad.stem in bloques
    # El guion busca la sección por estos títulos, y cambia justo estas líneas.
    assert "'/^## One Debian server/,/^## Backups/p' DEPLOY.md" in guion
    for linea in ("NOMBRE=", "ORIGEN=", "CORREO=", "inventario crear_administrador"):
        assert len(re.findall(rf"^{linea}", bloques, re.MULTILINE)) == 1
        assert f"^{linea}" in guion


def test_lo_exportado_solo_lo_lee_quien_corre(tmp_path: Path) -> None:
    almacenes: Any = settings.STORAGES
    almacen = FileSystemStorage(location=tmp_path, **almacenes["default"]["OPTIONS"])
    nombre = almacen.save("exportaciones/1/reporte.csv", ContentFile(b"id\n"))
    for ruta in (tmp_path / nombre, tmp_path / "exportaciones", tmp_path / "exportaciones" / "1"):
        assert ruta.stat().st_mode & 0o077 == 0, ruta
