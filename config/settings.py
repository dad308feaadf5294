"""Un solo archivo de configuración: entre entornos cambian los valores, no el código.

Lo que no cambia nunca con el entorno está aparte: `enchufes` y `openapi`.
"""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from pathlib import Path

from corsheaders.defaults import default_headers
from csp.constants import NONE, SELF
from whitenoise.compress import Compressor

from config import entorno
from config.enchufes import (
    AL_CERRAR_BODEGA,
    AL_CREAR_EMPRESA,
    CONSUMIDORES_DE_EVENTOS,
    CONSUMIDORES_EN_EL_ACTO,
    HISTORIA_DE_PRODUCTO,
    VERIFICACIONES_DE_LIBROS,
)
from config.openapi import SPECTACULAR_SETTINGS

BASE_DIR = entorno.RAIZ
ENTORNO = entorno.leer_entorno()
PRODUCCION = ENTORNO == "produccion"
DEBUG = entorno.leer_depuracion(produccion=PRODUCCION)
SECRET_KEY = entorno.leer_secreto("DJANGO_SECRET_KEY", produccion=PRODUCCION)
# Las anteriores siguen abriendo sesiones mientras se cambia la clave sin echar a nadie.
SECRET_KEY_FALLBACKS = entorno.leer_lista("DJANGO_SECRET_KEY_FALLBACKS")
# Con qué se firman los tokens de la API: el primero firma y los demás solo se reconocen.
SECRETOS_DE_TOKEN = entorno.leer_secretos_de_token([SECRET_KEY, *SECRET_KEY_FALLBACKS], produccion=PRODUCCION)
ALLOWED_HOSTS = entorno.leer_dominios(produccion=PRODUCCION)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "django_celery_beat",
    "import_export",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "corsheaders",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "inventario.nucleo",
    "inventario.auditoria",
    "inventario.cuentas",
    "inventario.eventos",
    "inventario.idempotencia",
    "inventario.productos",
    "inventario.lotes",
    "inventario.movimientos",
    "inventario.existencias",
    "inventario.importaciones",
    "inventario.reservas",
    "inventario.alertas",
    "inventario.reportes",
    "inventario.vigilancia",
    "inventario.muestra",
    "inventario.borde",
    "inventario.api",
    "inventario.biofloc",
    "inventario.panel",
    "django_htmx",
]

MIDDLEWARE = [
    "inventario.nucleo.solicitud.IdentificadorDeSolicitud",
    "inventario.borde.privacidad.SinGuardar",
    # Antes que todo lo que pueda responder: un error sin estas cabeceras se ve como una falla de red.
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "inventario.panel.marco.middleware.SinNulos",
    "inventario.cuentas.acceso.almacen.Sesiones",
    "inventario.panel.marco.middleware.IdiomaElegido",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "inventario.panel.cuenta.pendiente.ContrasenaPendiente",
    # La última: abre la empresa justo alrededor de la vista y de su plantilla.
    "inventario.panel.marco.middleware.EmpresaEnPaginas",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "inventario.cuentas.acceso.contexto.empresa_en_curso",
                "inventario.panel.marco.contexto.marco",
            ],
        },
    },
]

HILOS = entorno.leer_entero("GUNICORN_THREADS", 4, minimo=1, maximo=256)
DATABASES = {
    "default": entorno.leer_base_de_datos(
        produccion=PRODUCCION,
        agrupar=entorno.leer_bool("BASE_DE_DATOS_AGRUPADA", defecto=False),
        hilos=HILOS,
        orden=sys.argv[1] if len(sys.argv) > 1 else "",
    )
}
# El rol y la clave con que entra la aplicación, para `preparar_roles`.
ROL_DE_LA_APLICACION, PASSWORD_DE_LA_APLICACION = entorno.rol_de_la_aplicacion()
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Archivo y no memoria: hilos y procesos ven la misma base; el número separa corridas a la vez.
    DATABASES["default"]["TEST"] = {"NAME": str(entorno.VAR / f"pruebas-{os.getpid()}.sqlite3")}
# Dónde quedan los respaldos y con qué rol se hacen, que debe ver todas las filas.
RESPALDOS_EN = Path(entorno.leer_texto("RESPALDOS_EN") or entorno.VAR / "respaldos").absolute()
DATABASE_URL_RESPALDO = entorno.leer_url_de_respaldo()
# Cuánto se espera en PostgreSQL una fila ajena, una sentencia y a quien dejó una transacción abierta.
BD_ESPERA_BLOQUEO_MS = entorno.leer_entero("BD_ESPERA_BLOQUEO_MS", 10_000, maximo=600_000)
BD_ESPERA_SENTENCIA_MS = entorno.leer_entero("BD_ESPERA_SENTENCIA_MS", 30_000, maximo=86_400_000)
BD_ESPERA_OCIOSA_MS = entorno.leer_entero("BD_ESPERA_OCIOSA_MS", 60_000, maximo=86_400_000)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "cuentas.Usuario"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "inventario.cuentas.acceso.puerta.ConCupo",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "inventario.cuentas.acceso.huellas.Argon2Acotado",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{nombre}"}
    for nombre in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "es"
LANGUAGES = [("es", "Español"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "inventario" / "locale"]
FORMAT_MODULE_PATH = ["config.formatos"]
LOGIN_URL = "panel:entrar"
LOGIN_REDIRECT_URL = "panel:inicio"
TIME_ZONE = entorno.leer_texto("ZONA_HORARIA", "America/Guayaquil")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Lo que se arma para bajar (exportaciones). No se sirve: cada archivo sale por su vista, con permiso.
MEDIA_ROOT = entorno.VAR / "archivos"
# Lo que se sube espera aquí mientras se recibe y se lee: una carpeta propia, que se barre.
FILE_UPLOAD_TEMP_DIR = entorno.carpeta_privada("subidas")
EXPORTACIONES_SE_GUARDAN = timedelta(days=7)
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        # Django pone 0644 por su cuenta, diga lo que diga el umask del proceso.
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {
        # Comprimir lleva medio minuto y en la máquina de quien desarrolla no ahorra nada.
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCCION
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
# Lo que los navegadores y los robots piden por su nombre en la raíz.
WHITENOISE_ROOT = BASE_DIR / "static" / "raiz"
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- Servicios vecinos -------------------------------------------------------------------------
REDIS_URL = entorno.leer_texto("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "inventario.nucleo.cache_redis.CacheRedis",
        "LOCATION": REDIS_URL,
        # El 2: lo que se guardó con el 1 iba en pickle, y no se lee.
        "KEY_PREFIX": "inventario2",
    }
    if REDIS_URL
    # En archivos y no en memoria: web, worker y beat deben contar los mismos intentos.
    else {
        "BACKEND": "inventario.nucleo.cache_en_archivos.CacheEnArchivos",
        "LOCATION": str(entorno.VAR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 5_000},
    }
}

TAREA_MAXIMA_S = entorno.leer_entero("TAREA_MAXIMA_S", 900, minimo=5, maximo=86_400)
_cola = entorno.leer_cola(produccion=PRODUCCION, redis=REDIS_URL, tarea_maxima_s=TAREA_MAXIMA_S)
CELERY_BROKER_URL = _cola.url
CELERY_BROKER_TRANSPORT_OPTIONS = _cola.opciones
CELERY_RESULT_BACKEND = _cola.resultados
# Sin cola, la tarea corre donde se la llama: el mismo código sirve con o sin worker.
CELERY_TASK_ALWAYS_EAGER = not CELERY_BROKER_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# El worker vuelve a llamar mientras haga falta; quien deja un mensaje, no: la ronda recoge lo que faltó.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
# Nadie guarda resultados; con un plazo, beat repondría en cada arranque el horario de su limpieza.
CELERY_RESULT_EXPIRES = None
# Lo que un worker muerto tenía a medias se entrega otra vez: toda tarea debe poder repetirse.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = TAREA_MAXIMA_S
CELERY_TASK_SOFT_TIME_LIMIT = TAREA_MAXIMA_S - min(15, TAREA_MAXIMA_S // 4)
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_DB_REUSE_MAX = 500
CELERY_TIMEZONE = TIME_ZONE
# Cada envío se anota al momento: es lo que sabe beat al volver, y de ahí sale lo próximo en /health.
CELERY_BEAT_SYNC_EVERY = 1
CELERY_BEAT_SCHEDULER = "config.planificador:Planificador"

# --- Seguridad del borde -----------------------------------------------------------------------
# Cuántos intermediarios propios ponen X-Forwarded-For; con 0 esa cabecera no se cree.
PROXIES_DE_CONFIANZA = entorno.leer_entero("PROXIES_DE_CONFIANZA", 0, maximo=5)
if PROXIES_DE_CONFIANZA:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
HTTPS = entorno.leer_bool("DJANGO_HTTPS", defecto=PRODUCCION)
SECURE_SSL_REDIRECT = HTTPS
# Con qué empieza todo enlace que sale por correo; nunca con lo que diga la solicitud, que es de cualquiera.
URL_PUBLICA = entorno.leer_url_publica(ALLOWED_HOSTS, produccion=PRODUCCION, https=HTTPS)
# La sonda del contenedor llega por HTTP desde adentro.
SECURE_REDIRECT_EXEMPT = [r"^(health(/(live|ready|deep))?|ping)/?$"]
SECURE_HSTS_SECONDS = entorno.leer_entero("DJANGO_HSTS_SEGUNDOS", 31_536_000) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = entorno.leer_bool("DJANGO_HSTS_SUBDOMINIOS", defecto=True)
SECURE_HSTS_PRELOAD = entorno.leer_bool("DJANGO_HSTS_PRECARGA", defecto=False)
# Entrar a la lista de precarga no tiene vuelta: es decisión del dueño del dominio.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
# Las de Django, y además de quién son: cada persona ve las suyas y cierra las que quiera.
SESSION_ENGINE = "inventario.cuentas.acceso.almacen"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_FAILURE_VIEW = "inventario.borde.errores.sin_csrf"
CSRF_TRUSTED_ORIGINS = entorno.leer_lista("CSRF_TRUSTED_ORIGINS")

# Quién ve `/health/deep`: quien trae el secreto, o quien se conecta desde estas redes sin pasar por nadie.
SALUD_TOKEN = entorno.leer_texto("SALUD_TOKEN")
SALUD_REDES = entorno.leer_redes("SALUD_REDES", ("127.0.0.0/8", "::1/128"))
DISCO_LIBRE_MINIMO_MB = entorno.leer_entero("DISCO_LIBRE_MINIMO_MB", 256)

# Las páginas de otro origen que pueden llamar a la API desde el navegador; ninguna si no se dice.
CORS_ALLOWED_ORIGINS = entorno.leer_lista("CORS_ORIGENES")
CORS_URLS_REGEX = r"^/(api/|health$|ping$)"
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = (
    *default_headers,
    "idempotency-key",
    "if-match",
    "x-api-key",
    "x-acting-user-id",
    "x-acting-user-name",
    "x-request-id",
)
CORS_EXPOSE_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Retry-After",
    "X-Process-Time",
    "X-Request-ID",
    "X-Total-Count",
    "X-Total-Entradas",
    "X-Total-Salidas",
    "X-Total-Valor",
    "X-Total-Valor-Entradas",
    "X-Total-Valor-Salidas",
)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "upgrade-insecure-requests": HTTPS,
    }
}
# La cámara lee códigos de barras; lo demás no hace falta.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    **{key: [] for key in ("accelerometer", "display-capture", "geolocation", "gyroscope", "magnetometer")},
    **{key: [] for key in ("microphone", "payment", "usb")},
}

# De lo que trae el formulario de entrar, lo que no debe quedar anotado en claro.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "password", "next", "contrasena", "codigo", "token"]
AXES_FAILURE_LIMIT = entorno.leer_entero("INTENTOS_DE_ACCESO", 5, minimo=1, maximo=100)
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Juntas: nadie cierra el paso a otro desde su casa, ni una oficina entera cae por una persona.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "inventario.panel.marco.esperas.paso_cerrado"
# El formulario llama así al campo aunque lo que se escribe sea el correo.
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
# Cada fallo queda en la base: de ahí sale la cuenta lenta de cada cuenta, que nadie borra entrando bien.
AXES_ENABLE_ACCESS_FAILURE_LOG = True
# Quién entró y quién no pudo, y desde dónde.
INTENTOS_SE_GUARDAN = timedelta(days=90)
AXES_CLIENT_IP_CALLABLE = "inventario.nucleo.direccion.origen_de"

# Así el cierre dura lo que dice, por mucho que se insista mientras tanto.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# La página y la API cuentan los mismos intentos, se escriba el correo como se escriba.
AXES_USERNAME_CALLABLE = "inventario.cuentas.acceso.intentos.cuenta_que_intenta"

# Cómo se llama la casa en la aplicación de códigos del teléfono.
OTP_TOTP_ISSUER = "Inventario"
# Lo que se espera el código de quien ya dio bien su contraseña.
ESPERA_DEL_CODIGO = timedelta(minutes=5)

TOKEN_DE_ACCESO_DURA = timedelta(minutes=30)
TOKEN_DE_RENOVACION_DURA = timedelta(days=7)
# Cada renovación cambia también el token de renovación. Para un cliente que guarda siempre el primero, porque
# el contrato en inglés no le daba otro, se deja fijo: si no, quedaría afuera en la segunda.
RENOVACION_FIJA = entorno.leer_bool("RENOVACION_FIJA", defecto=False)
# Cuánto vale todavía el que se acaba de cambiar: dos pestañas renuevan a la vez.
GRACIA_DE_RENOVACION = timedelta(seconds=10)
# Cuántas sesiones de la API puede tener abiertas a la vez quien administra, y los demás.
SESIONES_DE_ADMINISTRADOR = entorno.leer_entero("SESIONES_DE_ADMINISTRADOR", 5, minimo=1, maximo=1000)
SESIONES_POR_PERSONA = entorno.leer_entero("SESIONES_POR_PERSONA", 1, minimo=1, maximo=1000)
# Lo que vale un código de recuperación de contraseña.
PASSWORD_RESET_TIMEOUT = 60 * 60
# A una misma cuenta, a lo sumo un correo en ese rato, y tantos en un día.
RECUPERACION_CADA_S = 60
RECUPERACIONES_POR_DIA = 5
# La página que lo recibe; `{token}` se reemplaza. Sin decirla, la nuestra.
URL_DE_RECUPERACION = entorno.leer_texto("URL_DE_RECUPERACION", f"{URL_PUBLICA}/restablecer/{{token}}/")
# Cada cuánto se guardan los usos de las claves, juntos: que anotarlos no demore ninguna respuesta.
USOS_DE_CLAVE_CADA_S = 2.0
USOS_DE_CLAVE_SE_GUARDAN = timedelta(days=90)

_correo = entorno.leer_correo(produccion=PRODUCCION)
EMAIL_BACKEND = _correo["EMAIL_BACKEND"]
EMAIL_HOST = _correo["EMAIL_HOST"] or "localhost"
EMAIL_PORT = _correo["EMAIL_PORT"] or 25
EMAIL_HOST_USER = _correo["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = _correo["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = _correo.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _correo.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = entorno.leer_texto("CORREO_REMITENTE", "inventario@localhost")

# Aquí deja `make run` con qué entrar; las pruebas lo apuntan a otra parte.
ARCHIVO_DE_ACCESO_DEMO = entorno.VAR / "acceso_demo.txt"

# --- Registro ----------------------------------------------------------------------------------
LOG_LEVEL = entorno.leer_opcion(
    "LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"), mayusculas=True
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"solicitud": {"()": "inventario.nucleo.solicitud.ConSolicitud"}},
    "formatters": {
        "consola": {
            "()": "inventario.vigilancia.bitacora.FormatoLegible",
            "format": "{asctime} {levelname:<7} {name} [{solicitud_id}] {message}",
            "style": "{",
        },
        "json": {"()": "inventario.vigilancia.bitacora.FormatoJson"},
    },
    "handlers": {
        "salida": {
            "class": "logging.StreamHandler",
            "filters": ["solicitud"],
            "formatter": "json" if PRODUCCION else "consola",
        }
    },
    "root": {"handlers": ["salida"], "level": LOG_LEVEL},
    # Sin manejadores propios: Django y Celery no repiten cada línea en otro formato.
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        "axes": {"level": "WARNING"},
        # Robots que preguntan por la dirección IP: responder 400 basta, la traza solo hace ruido.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# --- API ---------------------------------------------------------------------------------------
# Solicitudes por minuto; 0 es sin límite.
LIMITE_ANONIMO = entorno.leer_entero("LIMITE_ANONIMO", 30, maximo=1_000_000)
LIMITE_POR_CLAVE = entorno.leer_entero("LIMITE_POR_CLAVE", 600, maximo=1_000_000)
# Intentos de entrar por minuto: a una cuenta desde una dirección, y desde una dirección a todas.
LIMITE_DE_ACCESO = entorno.leer_entero("LIMITE_DE_ACCESO", 5, maximo=1_000_000)
LIMITE_DE_ACCESO_POR_IP = entorno.leer_entero("LIMITE_DE_ACCESO_POR_IP", 30, maximo=1_000_000)
# Fallos de entrar a una cuenta en un día, desde donde sea: pasados, solo entra por donde ya había entrado.
LIMITE_DE_FALLOS_POR_DIA = entorno.leer_entero("LIMITE_DE_FALLOS_POR_DIA", 100, maximo=1_000)
LIMITE_DE_CODIGOS_POR_DIA = entorno.leer_entero("LIMITE_DE_CODIGOS_POR_DIA", 50, maximo=1_000_000)
LIMITE_DE_INVITACIONES_POR_DIA = entorno.leer_entero("LIMITE_DE_INVITACIONES_POR_DIA", 100, maximo=1_000_000)
LIMITE_DE_IMPORTACIONES_POR_HORA = entorno.leer_entero(
    "LIMITE_DE_IMPORTACIONES_POR_HORA", 60, maximo=1_000_000
)
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "inventario.borde.autenticacion.PorClave",
        "inventario.borde.autenticacion.PorToken",
        "inventario.borde.autenticacion.PorSesion",
    ],
    # Corren en toda vista; las que se apartan son las que dice `inventario/tests/test_puertas_de_la_api.py`.
    "DEFAULT_PERMISSION_CLASSES": ["inventario.borde.permisos.PermisoDeLaAccion"],
    "DEFAULT_THROTTLE_CLASSES": ["inventario.borde.limites.CupoPorMinuto"],
    "DEFAULT_PARSER_CLASSES": ["inventario.borde.analizador.AnalizadorJson"],
    "DEFAULT_RENDERER_CLASSES": ["inventario.borde.salida.SalidaJson"],
    "DEFAULT_PAGINATION_CLASS": "inventario.borde.paginacion.PorSalto",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "inventario.borde.errores.manejar",
    "COERCE_DECIMAL_TO_STRING": False,
    # `?format=` es un parámetro más, no una manera de pedir otra salida.
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# Con cuántos días de anticipación se abre la alerta de un lote por vencer.
ALERTAS_HORIZONTE_DIAS = entorno.leer_entero("ALERTAS_HORIZONTE_DIAS", 365, minimo=30, maximo=3650)

# Cuántos minutos tiene quien registró una operación para deshacerla; después la revierte quien supervisa.
DESHACER_MINUTOS = entorno.leer_entero("DESHACER_MINUTOS", 30, maximo=1440)

# Cuántos segundos se recuerda, a lo sumo, una lectura frecuente de la API; con 0 se lee siempre la base.
LECTURAS_DURAN_S = 300
