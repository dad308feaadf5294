"""Un solo archivo de configuración: entre entornos cambian los valores, no el código."""

from __future__ import annotations

from config import entorno

BASE_DIR = entorno.RAIZ
ENTORNO = entorno.leer_entorno()
PRODUCCION = ENTORNO == "produccion"
DEBUG = entorno.leer_bool("DJANGO_DEBUG", defecto=False)
SECRET_KEY = entorno.leer_secreto("DJANGO_SECRET_KEY", produccion=PRODUCCION)
SECRET_KEY_FALLBACKS = entorno.leer_lista("DJANGO_SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = entorno.leer_lista(
    "DJANGO_ALLOWED_HOSTS", () if PRODUCCION else ("localhost", "127.0.0.1", "[::1]", "testserver")
)

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
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "inventario.nucleo",
    "inventario.cuentas",
    "inventario.eventos",
    "inventario.idempotencia",
    "inventario.productos",
    "inventario.lotes",
    "inventario.movimientos",
    "inventario.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
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
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "cuentas.Usuario"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
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
TIME_ZONE = entorno.leer_texto("ZONA_HORARIA", "America/Guayaquil")
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

# Quién recibe cada evento de la bandeja de salida: {"asiento_registrado": ["ruta.de.la.funcion"]}.
CONSUMIDORES_DE_EVENTOS: dict[str, list[str]] = {}
