# syntax=docker/dockerfile:1
# Dos etapas: en la primera se instala y se compila; la imagen final solo lleva lo que corre.
FROM python:3.13-slim-bookworm AS preparacion
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt /tmp/requirements.txt
RUN --mount=type=cache,target=/root/.cache/pip pip install --requirement /tmp/requirements.txt && python -m compileall -q /opt/venv
WORKDIR /app
COPY . .
# Valores de relleno: recoger los archivos estáticos pide la configuración, pero no usa ningún servicio.
RUN DJANGO_ENTORNO=produccion DJANGO_SECRET_KEY=relleno-para-construir-la-imagen-que-no-se-guarda DJANGO_ALLOWED_HOSTS=localhost DATABASE_URL=sqlite:////tmp/relleno.sqlite3 REDIS_URL=redis://relleno/0 python manage.py collectstatic --noinput --verbosity 0 && rm -rf var && mkdir -p var/archivos

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_ENTORNO=produccion PORT=8000
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin inventario
WORKDIR /app
COPY --from=preparacion /opt/venv /opt/venv
COPY --from=preparacion /app /app
# Lo único que la aplicación escribe; el código queda de root y no se puede cambiar desde adentro.
COPY --from=preparacion --chown=10001:10001 /app/var /app/var
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "ops/sonda.py"]
CMD ["sh", "-c", "exec gunicorn config.wsgi"]
