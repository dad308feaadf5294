# syntax=docker/dockerfile:1
# En la primera etapa se instala y se compila; la imagen final solo lleva lo que corre.
# Con `--target respaldo` lleva además con qué respaldar PostgreSQL.
# La base va por su huella: otra no entra sin que este archivo lo diga. DEPLOY.md dice cómo renovarla.
ARG BASE=python:3.13.14-slim-trixie@sha256:6771159cd4fa5d9bba1258caf0b82e6b73458c694d178ad97c5e925c2d0e1a91

FROM ${BASE} AS preparacion
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
# Sin pip adentro: en la imagen final no se instala nada.
RUN python -m venv --without-pip /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY requirements.txt ops/imagen/podar.sh /tmp/
# La poda va en la misma orden que la instalación, para que no quede nada en la capa de abajo.
RUN --mount=type=cache,target=/root/.cache/pip \
    pip --python /opt/venv/bin/python install --no-compile --requirement /tmp/requirements.txt \
    && sh /tmp/podar.sh /opt/venv
WORKDIR /app
COPY . .
# Valores de relleno: recoger los archivos estáticos pide la configuración, pero no usa ningún servicio.
# Después de recogidos, los originales ya no se leen; lo de static/raiz sí, que se sirve desde allí.
RUN DJANGO_ENTORNO=produccion DJANGO_SECRET_KEY=relleno-para-construir-la-imagen-que-no-se-guarda \
    DJANGO_ALLOWED_HOSTS=localhost DATABASE_URL=sqlite:////tmp/relleno.sqlite3 REDIS_URL=redis://relleno/0 \
    python manage.py collectstatic --noinput --verbosity 0 \
    && find static -mindepth 1 -maxdepth 1 ! -name raiz -exec rm -rf {} + \
    && find staticfiles -name "*.map*" -delete \
    && find /opt/venv/lib -type d -name static -path '*/site-packages/*' -prune \
       -exec sh -c 'test -e "$1/__init__.py" || rm -rf "$1"' sh {} \; \
    && python -m compileall -q -j 0 /opt/venv/lib /app/config /app/inventario /app/ops /app/gunicorn.conf.py \
    && rm -rf var ops/imagen

FROM ${BASE} AS aplicacion
ARG VERSION=sin-version
ARG REVISION=sin-revision
LABEL org.opencontainers.image.title="Inventario" \
      org.opencontainers.image.description="Inventario por lotes: web, worker y beat en una sola imagen" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DJANGO_ENTORNO=produccion PORT=8000
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin inventario
WORKDIR /app
COPY --from=preparacion /opt/venv /opt/venv
COPY --from=preparacion /app /app
# Lo único que la aplicación escribe, y entero: la base embebida, la cola, la caché y los archivos exportados.
# El código queda de root: no se puede cambiar desde adentro.
RUN install --directory --mode 0700 --owner 10001 --group 10001 /app/var
VOLUME /app/var
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 CMD ["python", "ops/sonda.py"]
CMD ["sh", "-c", "umask 077 && exec gunicorn config.wsgi"]

FROM aplicacion AS respaldo
USER root
# pg_dump no lee un servidor más nuevo que él: el de Debian 13 es 17, como el de docker-compose.yml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* \
    && install --directory --mode 0700 --owner 10001 --group 10001 /respaldos
VOLUME /respaldos
USER 10001
HEALTHCHECK NONE
CMD ["sh", "-c", "umask 077 && exec python manage.py respaldar"]

# La última es la que se construye sin decir cuál: la chica.
FROM aplicacion
