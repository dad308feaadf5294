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


def _ambiente_o_nada(servicio: str) -> dict[str, str]:
    return _ambiente(servicio) if "environment" in SERVICIOS[servicio] else {}


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
    for nombre in DE_LA_APLICACION:
        direccion = _ambiente(nombre)["DATABASE_URL"]
        assert re.fullmatch(
            r"postgres://inventario_app:\$\{POSTGRES_APP_PASSWORD:.*\}@db:5432/inventario", direccion
        )
    for clave, quien in (("DUENO", "migrate"), ("RESPALDO", "backup")):
        con_ella = [nombre for nombre in SERVICIOS if f"DATABASE_URL_{clave}" in _ambiente_o_nada(nombre)]
        assert con_ella == [quien]
        assert [n for n in DE_LA_APLICACION if f"POSTGRES_{clave}_PASSWORD" in str(SERVICIOS[n])] == [quien]
    # Con el superusuario de la imagen de PostgreSQL no entra nadie.
    assert _ambiente("db")["POSTGRES_USER"] == "postgres"
    assert [n for n in DE_LA_APLICACION if "${POSTGRES_PASSWORD" in str(SERVICIOS[n])] == []


def test_en_todas_partes_los_roles_los_hace_la_misma_orden() -> None:
    """Antes de cada `migrate`, y en ningún archivo hay otra manera de hacer el rol de la aplicación."""
    juntas = re.compile(r"manage\.py preparar_roles && exec python manage\.py migrate --noinput")
    web = next(servicio for servicio in RENDER["services"] if servicio["name"] == "inventario-web")
    for orden in (SERVICIOS["migrate"]["command"], web["preDeployCommand"], PROCFILE["release"]):
        assert juntas.search(orden), orden
    guia = (RAIZ / "DEPLOY.md").read_text()
    assert re.search(r"^inventario preparar_roles\ninventario migrate --noinput$", guia, re.MULTILINE)
    for archivo in (RAIZ / "DEPLOY.md", *(RAIZ / "ops").rglob("*")):
        if archivo.is_file():
            assert not re.search(r"(CREATE ROLE|GRANT .* TO) inventario_app", archivo.read_text()), archivo


def test_en_compose_el_duenio_nace_sin_ser_superusuario() -> None:
    guion = RAIZ / "ops" / "postgres" / "roles.sh"
    # La imagen de PostgreSQL corre aparte solo lo ejecutable; lo demás lo lee en su propio intérprete.
    assert guion.stat().st_mode & 0o111 == 0o111
    texto = guion.read_text()
    assert re.search(r"^CREATE ROLE inventario LOGIN CREATEROLE PASSWORD :'del_dueno';$", texto, re.MULTILINE)
    assert "CREATE DATABASE inventario OWNER inventario " in texto
    assert "SUPERUSER" not in texto
    pedidas = set(re.findall(r"getenv \w+ (\w+)", texto))
    assert pedidas == {"POSTGRES_DUENO_PASSWORD", "POSTGRES_RESPALDO_PASSWORD"}
    assert pedidas <= set(_ambiente("db"))
    assert any(montaje.startswith("./ops/postgres/roles.sh:") for montaje in SERVICIOS["db"]["volumes"])


def test_quien_atiende_no_sabe_con_que_entra_el_duenio() -> None:
    """Donde el ambiente es de todos, la web arranca sin esa variable."""
    web = next(servicio for servicio in RENDER["services"] if servicio["name"] == "inventario-web")
    for orden in (web["dockerCommand"], PROCFILE["web"]):
        assert "exec env -u DATABASE_URL_DUENO gunicorn config.wsgi" in orden
    for servicio in RENDER["services"]:
        claves = {variable.get("key") for variable in servicio.get("envVars", ())}
        assert ("DATABASE_URL_DUENO" in claves) == (servicio["name"] == "inventario-web")
    for unidad in UNIDADES:
        assert "dueno.env" not in unidad.read_text()


def test_se_espera_a_que_la_web_termine_lo_que_tiene() -> None:
    """Lo que gunicorn puede tardar en cerrar cabe en lo que esperan compose, Render y systemd."""
    texto = (RAIZ / "gunicorn.conf.py").read_text()
    tarda = sum(
        int(re.findall(rf'{nombre}", "(\d+)"', texto)[0])
        for nombre in ("GUNICORN_GRACEFUL_TIMEOUT", "GUNICORN_PAUSA_AL_CERRAR")
    )
    web = next(servicio for servicio in RENDER["services"] if servicio["name"] == "inventario-web")
    unidad = (RAIZ / "ops" / "systemd" / "inventario-web.service").read_text()
    esperas = (
        int(SERVICIOS["web"]["stop_grace_period"].removesuffix("s")),
        web["maxShutdownDelaySeconds"],
        int(re.findall(r"^TimeoutStopSec=(\d+)$", unidad, re.MULTILINE)[0]),
    )
    assert tarda >= 30
    assert min(esperas) > tarda


def test_los_enlaces_y_el_correo_se_dicen_en_las_tres_formas() -> None:
    ejemplo = (RAIZ / ".env.example").read_text()
    guia = (RAIZ / "DEPLOY.md").read_text()
    web, worker, beat = (
        {variable.get("key") for variable in servicio["envVars"]}
        for servicio in RENDER["services"]
        if servicio["name"] != "inventario-redis"
    )
    grupo = {variable["key"]: variable.get("value") for variable in RENDER["envVarGroups"][0]["envVars"]}
    for nombre in ("URL_PUBLICA", "EMAIL_URL", "CORREO_REMITENTE"):
        assert nombre in web & worker & beat
        assert nombre in _ambiente("web")
        assert f"#{nombre}=" in ejemplo
    for nombre in ("SALUD_TOKEN", "PROXIES_DE_CONFIANZA"):
        assert nombre in grupo
        assert nombre in _ambiente("web")
    assert (grupo["PROXIES_DE_CONFIANZA"], grupo["POSTGRES_POOLER"]) == ("1", "1")
    assert "\nURL_PUBLICA=https://$NOMBRE\nPROXIES_DE_CONFIANZA=1\nSALUD_TOKEN=" in guia


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


def test_lo_que_compose_no_nombra_se_puede_cambiar_y_no_se_guarda() -> None:
    for nombre in DE_LA_APLICACION:
        assert SERVICIOS[nombre]["env_file"] == [{"path": "ajustes.env", "required": False}]
    guardan = (RAIZ / ".gitignore").read_text().splitlines()
    assert {".env", "ajustes.env", "tls/"} <= set(guardan)


def test_la_imagen_va_por_su_huella_y_sin_root() -> None:
    texto = (RAIZ / "Dockerfile").read_text()
    base = re.search(r"^ARG BASE=(\S+)$", texto, re.MULTILINE)
    assert base
    assert POR_HUELLA.fullmatch(base[1])
    assert set(re.findall(r"^FROM (\S+)", texto, re.MULTILINE)) == {"${BASE}", "aplicacion"}
    # La que se construye sin decir cuál no lleva más que la aplicación.
    assert texto.endswith("\nFROM aplicacion\n")
    for etapa in texto.split("\nFROM ")[2:-1]:
        assert etapa.rindex("\nUSER 10001\n") > etapa.rindex("\nRUN "), etapa[:40]
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
    assert servicios["redis"]["ipAllowList"] == []
    assert servicios["redis"]["maxmemoryPolicy"] == "noeviction"
    for nombre in ("web", "worker", "beat"):
        assert servicios[nombre]["maxShutdownDelaySeconds"] <= 300
        claves = {variable.get("key") for variable in servicios[nombre]["envVars"]}
        assert claves >= {"DATABASE_URL", "REDIS_URL", "DJANGO_ALLOWED_HOSTS"}
    # Ningún secreto está escrito.
    for grupo in RENDER["envVarGroups"]:
        for variable in grupo["envVars"]:
            assert ("value" in variable) != variable["key"].endswith(("SECRET_KEY", "TOKEN"))


def test_procfile_compose_y_render_arrancan_lo_mismo() -> None:
    assert set(PROCFILE) == {"web", "worker", "beat", "release"}
    for orden in PROCFILE.values():
        assert "umask 077 && " in orden
        assert "exec " in orden
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
    seccion = guia.partition("\n## One Debian server\n")[2]
    bloques = "\n".join(re.findall(r"^```sh\n(.*?)^```$", seccion, re.DOTALL | re.MULTILINE))
    for ruta in re.findall(r"/opt/inventario/(ops/[\w./*@-]+|requirements\.txt)", bloques):
        assert list(RAIZ.glob(ruta)), ruta
    for unidad in DE_SIEMPRE:
        assert unidad.stem in bloques
    # El guion busca la sección por estos títulos, y cambia justo estas líneas.
    assert "'/^## One Debian server/,$p' DEPLOY.md" in guion
    for linea in ("NOMBRE=", "ORIGEN=", "CORREO=", "inventario crear_administrador"):
        assert len(re.findall(rf"^{linea}", bloques, re.MULTILINE)) == 1
        assert f"^{linea}" in guion


def test_lo_exportado_solo_lo_lee_quien_corre(tmp_path: Path) -> None:
    almacenes: Any = settings.STORAGES
    almacen = FileSystemStorage(location=tmp_path, **almacenes["default"]["OPTIONS"])
    nombre = almacen.save("exportaciones/1/reporte.csv", ContentFile(b"id\n"))
    for ruta in (tmp_path / nombre, tmp_path / "exportaciones", tmp_path / "exportaciones" / "1"):
        assert ruta.stat().st_mode & 0o077 == 0, ruta


@pytest.mark.parametrize(
    ("orden", "lleva"),
    [
        ("migrate", {"DATABASE_URL", "DATABASE_URL_DUENO"}),
        ("preparar_roles", {"DATABASE_URL", "DATABASE_URL_DUENO"}),
        ("respaldar", {"DATABASE_URL", "DATABASE_URL_RESPALDO"}),
        ("crear_empresa", {"DATABASE_URL"}),
    ],
)
def test_en_un_servidor_cada_orden_recibe_solo_con_que_entra(
    tmp_path: Path, orden: str, lleva: set[str]
) -> None:
    """El guion de verdad, con sus carpetas en otra parte y un `runuser` que dice lo que recibió."""
    ambientes = {
        "inventario": "DATABASE_URL",
        "dueno": "DATABASE_URL_DUENO",
        "respaldo": "DATABASE_URL_RESPALDO",
    }
    for nombre, variable in ambientes.items():
        (tmp_path / f"{nombre}.env").write_text(f"{variable}=postgres://{nombre}@db/inventario\n")
    guion = (RAIZ / "ops" / "manage.sh").read_text()
    copia = tmp_path / "manage.sh"
    copia.write_text(
        guion.replace("/etc/inventario", str(tmp_path))
        .replace("/opt/inventario", str(tmp_path))
        .replace("exec runuser -u inventario -- .venv/bin/python manage.py", "exec env")
    )
    assert "runuser" not in copia.read_text()
    # Con `exec env ORDEN` se correría la orden: se le da un programa con ese nombre.
    programa = tmp_path / orden
    programa.write_text("#!/bin/sh\nenv\n")
    programa.chmod(0o700)
    hecho = subprocess.run(
        ["sh", str(copia), orden],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(re.findall(r"^(DATABASE_URL\w*)=", hecho.stdout, re.MULTILINE)) == lleva
