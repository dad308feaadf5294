"""Lectura del entorno: lo que falta o está mal detiene el arranque y dice qué variable es."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

RAIZ = Path(__file__).resolve().parent.parent
environ.Env.read_env(RAIZ / ".env")

# Lo que la aplicación escribe en disco: la base embebida, la cola, la caché y los secretos de desarrollo.
VAR = Path(os.environ.get("INVENTARIO_VAR", "").strip() or RAIZ / "var").absolute()


def crear_carpeta(carpeta: Path) -> None:
    """Crea la carpeta, y `var/` si falta, de modo que solo entre en ellas quien corre la aplicación."""
    VAR.mkdir(mode=0o700, parents=True, exist_ok=True)
    carpeta.mkdir(mode=0o700, parents=True, exist_ok=True)


ENTORNOS = ("desarrollo", "produccion")

ESPERA_DE_LA_COLA_S = 0.5


def leer_entorno() -> str:
    """Devuelve `desarrollo` o `produccion`; sin decirlo se supone producción, que es la exigente."""
    valor = leer_texto("DJANGO_ENTORNO", "produccion")
    if valor not in ENTORNOS:
        raise ImproperlyConfigured(f"DJANGO_ENTORNO={valor!r}: se admite {' o '.join(ENTORNOS)}.")
    return valor


def leer_texto(nombre: str, defecto: str = "") -> str:
    """Devuelve la variable tal cual; vacía cuenta como ausente.

    No pasa por django-environ, que toma un valor que empieza con «$» por el nombre de otra variable.
    """
    return os.environ.get(nombre, "").strip() or defecto


def leer_bool(nombre: str, defecto: bool) -> bool:
    valor = leer_texto(nombre).lower()
    if not valor:
        return defecto
    if valor in ("1", "true", "si", "sí", "yes", "on"):
        return True
    if valor in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{nombre}={valor!r}: se admite 1 o 0.")


def leer_entero(nombre: str, defecto: int, *, minimo: int = 0, maximo: int = 2**31 - 1) -> int:
    valor = leer_texto(nombre)
    if not valor:
        return defecto
    try:
        entero = int(valor)
    except ValueError as error:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: debe ser un número entero.") from error
    if not minimo <= entero <= maximo:
        raise ImproperlyConfigured(f"{nombre}={entero}: debe estar entre {minimo} y {maximo}.")
    return entero


def leer_lista(nombre: str, defecto: tuple[str, ...] = ()) -> list[str]:
    valor = leer_texto(nombre)
    return [parte.strip() for parte in valor.split(",") if parte.strip()] if valor else list(defecto)


def leer_redes(nombre: str, defecto: tuple[str, ...]) -> list[IPv4Network | IPv6Network]:
    """Devuelve las redes, escritas `10.0.0.0/8` y separadas por comas."""
    try:
        return [ip_network(red) for red in leer_lista(nombre, defecto)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{nombre} debe ser una lista de redes, como 10.0.0.0/8: {error}"
        ) from error


def leer_dominios(*, produccion: bool) -> list[str]:
    """Devuelve los nombres por los que se atiende; en producción hay que decirlos."""
    dominios = leer_lista("DJANGO_ALLOWED_HOSTS")
    if produccion and not dominios:
        raise ImproperlyConfigured("Falta DJANGO_ALLOWED_HOSTS: los nombres públicos, separados por comas.")
    return dominios or ["localhost", "127.0.0.1", "[::1]", "testserver"]


def leer_url_publica(dominios: list[str], *, produccion: bool, https: bool) -> str:
    """Devuelve por dónde se llega desde afuera, sin barra final: `URL_PUBLICA` o el primero de los dominios.

    Lanza `ImproperlyConfigured` si no es una dirección, o si en producción no hay de dónde sacarla.
    """
    dicha = leer_texto("URL_PUBLICA").rstrip("/")
    if dicha:
        partes = urlsplit(dicha)
        limpia = f"{partes.scheme}://{partes.netloc}{partes.path}"
        if partes.scheme not in ("http", "https") or not partes.hostname or "@" in dicha or dicha != limpia:
            raise ImproperlyConfigured(f"URL_PUBLICA={dicha!r}: se admite https://inventario.ejemplo.com.")
        return dicha
    if not produccion:
        return f"http://localhost:{leer_texto('PORT', '8000')}"
    nombres = [dominio.lstrip(".") for dominio in dominios if dominio != "*"]
    if not nombres:
        raise ImproperlyConfigured(
            "Falta URL_PUBLICA: con DJANGO_ALLOWED_HOSTS=* no se sabe el nombre público."
        )
    return f"{'https' if https else 'http'}://{nombres[0]}"


def leer_depuracion(*, produccion: bool) -> bool:
    depuracion = leer_bool("DJANGO_DEBUG", defecto=False)
    if depuracion and produccion:
        raise ImproperlyConfigured("DJANGO_DEBUG no se admite en producción: muestra secretos en cada error.")
    return depuracion


def leer_opcion(nombre: str, defecto: str, opciones: tuple[str, ...], *, mayusculas: bool = False) -> str:
    valor = leer_texto(nombre) or defecto
    valor = valor.upper() if mayusculas else valor
    if valor not in opciones:
        raise ImproperlyConfigured(f"{nombre}={valor!r}: se admite {', '.join(opciones)}.")
    return valor


def leer_secreto(nombre: str, *, produccion: bool) -> str:
    """Devuelve el secreto; en desarrollo, si falta, lo genera una vez y lo guarda en `var/`."""
    valor = leer_texto(nombre)
    if valor:
        if produccion and len(valor) < 32:
            raise ImproperlyConfigured(f"{nombre} debe tener al menos 32 caracteres en producción.")
        return valor
    if produccion:
        raise ImproperlyConfigured(
            f'Falta {nombre}. Genere uno con: python -c "import secrets; print(secrets.token_urlsafe(50))"'
        )
    return _secreto_de_desarrollo(VAR / f"{nombre.lower()}.txt")


def leer_secretos_de_token(claves: list[str], *, produccion: bool) -> list[str]:
    """Devuelve con qué firmar los tokens: `JWT_SECRET`, si otro sistema debe reconocerlos.

    Sin ella se deriva uno de cada clave de Django: quien tenga un token no puede probar con él la clave.
    """
    if leer_texto("JWT_SECRET"):
        return [leer_secreto("JWT_SECRET", produccion=produccion), *leer_lista("JWT_SECRET_FALLBACKS")]
    return [hmac.new(clave.encode(), b"tokens de la API", hashlib.sha256).hexdigest() for clave in claves]


def leer_correo(*, produccion: bool) -> dict[str, Any]:
    """Devuelve los `EMAIL_*` de `EMAIL_URL` (smtp+tls://usuario:clave@servidor:587).

    Sin ella, en desarrollo los correos salen por la consola; en producción no se mandan, que en el
    registro quedarían códigos con los que se entra.
    """
    defecto = "dummymail://" if produccion else "consolemail://"
    url = leer_texto("EMAIL_URL", defecto)
    try:
        return dict(environ.Env.email_url_config(url))
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        raise ImproperlyConfigured("EMAIL_URL: se admite smtp://, smtp+tls:// o smtp+ssl://.") from error


def carpeta_privada(nombre: str) -> Path:
    """Devuelve esa carpeta de `var/`, que crea si falta y donde solo entra quien corre la aplicación."""
    carpeta = VAR / nombre
    crear_carpeta(carpeta)
    return carpeta


def _secreto_de_desarrollo(archivo: Path) -> str:
    if not archivo.exists():
        crear_carpeta(VAR)
        borrador = archivo.with_suffix(f".{os.getpid()}")
        borrador.touch(mode=0o600)
        borrador.write_text(secrets.token_urlsafe(50))
        # El enlace se crea entero o falla: si web, worker y beat arrancan a la vez, todos leen el mismo.
        with contextlib.suppress(FileExistsError):
            os.link(borrador, archivo)
        borrador.unlink()
    return archivo.read_text().strip()


@dataclass(frozen=True)
class Cola:
    """Por dónde viajan las tareas; con `url` vacía corren en el mismo proceso."""

    url: str
    opciones: dict[str, Any]
    resultados: str


def leer_cola(*, produccion: bool, redis: str, tarea_maxima_s: int) -> Cola:
    """Devuelve la cola: `CELERY_BROKER_URL` gana, si no `REDIS_URL`; `filesystem://` es la embebida."""
    url = leer_texto("CELERY_BROKER_URL") or redis
    if not url:
        if produccion:
            raise ImproperlyConfigured(
                "Falta la cola de tareas: defina REDIS_URL (o CELERY_BROKER_URL=filesystem:// "
                "si web, worker y beat comparten el disco)."
            )
        return Cola("", {}, "")
    if url.startswith("filesystem://"):
        cola, control, resultados = (
            VAR / "cola" / nombre for nombre in ("mensajes", "control", "resultados")
        )
        for carpeta in (cola, control, resultados):
            crear_carpeta(carpeta)
        return Cola(
            "filesystem://",
            {
                "data_folder_in": str(cola),
                "data_folder_out": str(cola),
                "control_folder": str(control),
                "polling_interval": 0.5,
            },
            f"file://{resultados}",
        )
    return Cola(
        url,
        {
            # Por encima de la tarea más larga: si no, Redis la entrega a otro mientras sigue corriendo.
            "visibility_timeout": tarea_maxima_s * 2,
            # Se mira cada 10 s si hay algo que recuperar: kombu lo hace cada 100.
            "unacked_restore_throttle": 1,
            # A un Redis detenido kombu lo espera para siempre, y con él quien pidió algo por la web. Lo que
            # no se pudo avisar está en la bandeja, y lo recoge la ronda.
            "socket_connect_timeout": ESPERA_DE_LA_COLA_S,
            "socket_timeout": ESPERA_DE_LA_COLA_S,
            "socket_keepalive": True,
            "max_retries": 0,
        },
        url,
    )


# Las que crean tablas y roles: entran como el dueño. Las demás, como la aplicación.
ORDENES_DEL_DUENO = ("migrate", "preparar_roles")


def leer_base_de_datos(*, produccion: bool, agrupar: bool, hilos: int, orden: str = "") -> dict[str, Any]:
    """Devuelve `DATABASES["default"]`.

    `DATABASE_URL` gana; si no, las cuatro `POSTGRES_*`; si no hay nada, SQLite en `var/`,
    que en producción solo se acepta si se nombra (decisión 32). Si `orden` es de las del dueño, entra con
    `DATABASE_URL_DUENO`, que gana a todo.
    """
    del_dueno = leer_texto("DATABASE_URL_DUENO") if orden in ORDENES_DEL_DUENO else ""
    url = del_dueno or leer_texto("DATABASE_URL") or _url_de_postgres()
    if not url:
        if produccion:
            raise ImproperlyConfigured(
                "Falta la base de datos: defina DATABASE_URL o POSTGRES_SERVER, POSTGRES_USER, "
                "POSTGRES_PASSWORD y POSTGRES_DB."
            )
        crear_carpeta(VAR)
        url = f"sqlite:///{VAR / 'inventario.sqlite3'}"
    base: dict[str, Any] = environ.Env.db_url_config(url)
    motor = str(base["ENGINE"])
    if motor.endswith("sqlite3"):
        # Abierta siempre: el último en cerrar borra los archivos del WAL, y con el disco lleno nadie podría
        # crearlos de nuevo ni para leer.
        base["CONN_MAX_AGE"] = None
        base["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": leer_entero("BD_ESPERA_BLOQUEO_MS", 20_000, maximo=600_000) / 1000,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
                "PRAGMA cache_size=-65536;PRAGMA temp_store=MEMORY;"
            ),
        }
    elif motor.endswith("postgresql"):
        opciones: dict[str, Any] = dict(base.get("OPTIONS", {}))
        # Un pooler que reparte la conexión por transacción no deja un cursor ni una sentencia preparada para
        # la siguiente.
        por_transaccion = leer_bool("POSTGRES_POOLER", defecto=False)
        if por_transaccion:
            opciones["prepare_threshold"] = None
        base["DISABLE_SERVER_SIDE_CURSORS"] = por_transaccion
        if agrupar:
            opciones["pool"] = {"min_size": 1, "max_size": max(hilos, 2), "timeout": 5}
        # Sin esto, una dirección que no contesta se espera dos minutos.
        opciones["connect_timeout"] = 5
        base.update(OPTIONS=opciones, CONN_HEALTH_CHECKS=True, CONN_MAX_AGE=0 if agrupar else 60)
    else:
        raise ImproperlyConfigured("DATABASE_URL: se admite postgres:// o sqlite:///.")
    return base


def rol_de_la_aplicacion() -> tuple[str, str]:
    """Devuelve el usuario y la clave con que entra la aplicación, que `preparar_roles` crea."""
    partes = urlsplit(leer_texto("DATABASE_URL") or _url_de_postgres())
    # El pooler de Supabase quiere «rol.proyecto»; el rol es lo de antes del punto.
    return unquote(partes.username or "").partition(".")[0], unquote(partes.password or "")


def leer_url_de_respaldo() -> str:
    """Devuelve con qué dirección se respalda PostgreSQL; vacía si la base es SQLite.

    `DATABASE_URL_RESPALDO` es un rol que ve todas las filas; sin ella se intenta con el dueño y, si tampoco
    está dicho, con la aplicación.
    """
    url = (
        leer_texto("DATABASE_URL_RESPALDO")
        or leer_texto("DATABASE_URL_DUENO")
        or leer_texto("DATABASE_URL")
        or _url_de_postgres()
    )
    return "" if url.startswith("sqlite:") else url


def _url_de_postgres() -> str:
    partes = {nombre: leer_texto(f"POSTGRES_{nombre}") for nombre in ("SERVER", "USER", "PASSWORD", "DB")}
    if not any(partes.values()):
        return ""
    faltan = [f"POSTGRES_{nombre}" for nombre, valor in partes.items() if not valor]
    if faltan:
        raise ImproperlyConfigured(f"Para usar PostgreSQL falta: {', '.join(faltan)}.")
    usuario, clave = quote(partes["USER"], safe=""), quote(partes["PASSWORD"], safe="")
    puerto = leer_entero("POSTGRES_PORT", 5432, minimo=1, maximo=65535)
    return f"postgres://{usuario}:{clave}@{partes['SERVER']}:{puerto}/{quote(partes['DB'], safe='')}"
