"""Lo que la API recuerda: acierta sin consultar, lo olvida toda escritura y su falla no se nota (§4.1)."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventario.alertas.models import Alerta
from inventario.alertas.services import reconocer_alerta, revisar
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.empresas.services import cambiar_bodega
from inventario.cuentas.models import Bodega
from inventario.eventos.bandeja import registrar
from inventario.eventos.catalogo import AlertaAbierta
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote
from inventario.movimientos.models import Importacion
from inventario.movimientos.tests.mundo import AHORA, HOY, MERMA, Mundo, cant
from inventario.movimientos.tests.ordenes import dicho_por
from inventario.nucleo.cache import Familia, version_de
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con
from inventario.productos.models import Producto
from inventario.productos.services import (
    CambiosDeProducto,
    crear_categoria,
    crear_producto,
    editar_categoria,
    editar_producto,
    editar_unidad,
    eliminar_producto,
)
from inventario.reservas.services import cancelar_reserva, reservar

pytestmark = pytest.mark.django_db(transaction=True)

ALERTAS = "/api/v1/alertas/resumen"
# De quién es la clave y qué bodegas alcanza: nada de lo que se muestra.
DE_IDENTIFICARSE = {"cuentas_claveapi", "cuentas_claveapi_bodegas_permitidas", "cuentas_bodega"}
CABECERAS = ("Content-Type", "ETag", "Link", "Vary", "Allow", "X-Total-Count")
DE_TRANSACCION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT", "SELECT set_config")
TABLA = re.compile(r'(?:FROM|UPDATE|INTO) "?(\w+)')
# Nadie escucha ahí: cada orden a esta caché falla de verdad.
CAIDA = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}


@pytest.fixture(autouse=True)
def recordando(settings: Any, sin_limites: None, tmp_path: Path) -> Iterator[None]:
    """Con la caché en archivos, que es la que comparten los procesos si no hay Redis."""
    if not settings.REDIS_URL:
        en_archivos = "django.core.cache.backends.filebased.FileBasedCache"
        settings.CACHES = {"default": {"BACKEND": en_archivos, "LOCATION": str(tmp_path / "cache")}}
    settings.LECTURAS_DURAN_S = 300
    cache.clear()
    yield
    if settings.CACHES["default"] != CAIDA:
        cache.clear()


@pytest.fixture
def producto(granja: Mundo) -> Producto:
    producto = granja.producto("MEMORIA", stock_minimo=cant(50))
    granja.entrada(producto, 10, vence=HOY)
    granja.entrada(producto, 20, vence=HOY + timedelta(days=90), bodega=granja.otra)
    granja.producto("SOBRA")
    return producto


def rutas(producto: Producto) -> list[str]:
    return [
        "/api/v1/productos",
        "/api/v1/productos?con_stock=true&limit=1",
        f"/api/v1/productos/{producto.pk}",
        "/api/v1/reportes/top-productos-disponibles",
        "/api/v1/reportes/inventario-basico",
        "/api/v1/reportes/inventario-basico?skip=0&limit=1",
        ALERTAS,
    ]


def respuestas(cliente: ClienteApi, producto: Producto) -> list[tuple[int, Any, dict[str, Any]]]:
    todas = [cliente.get(ruta) for ruta in rutas(producto)]
    return [(una.status_code, una.json(), {clave: una.get(clave) for clave in CABECERAS}) for una in todas]


def sin_recordar(settings: Any, cliente: ClienteApi, producto: Producto) -> list[Any]:
    settings.LECTURAS_DURAN_S = 0
    verdad = respuestas(cliente, producto)
    settings.LECTURAS_DURAN_S = 300
    return verdad


def test_la_segunda_lectura_no_consulta_nada_de_lo_que_muestra(
    settings: Any, cliente: ClienteApi, producto: Producto
) -> None:
    verdad = sin_recordar(settings, cliente, producto)
    assert respuestas(cliente, producto) == verdad
    for ruta in rutas(producto):
        with CaptureQueriesContext(connection) as hechas:
            assert cliente.get(ruta).status_code == 200
        consultas = [una["sql"] for una in hechas if not una["sql"].startswith(DE_TRANSACCION)]
        assert {TABLA.findall(sql)[0] for sql in consultas} <= DE_IDENTIFICARSE, ruta
        assert len(consultas) <= len(DE_IDENTIFICARSE), "\n".join(consultas)
    assert respuestas(cliente, producto) == verdad


Escribir = Callable[[Mundo, Producto, Path], Any]
ESCRITURAS: dict[str, Escribir] = {}


def escritura(hacer: Escribir) -> Escribir:
    ESCRITURAS[hacer.__name__] = hacer
    return hacer


@escritura
def crear(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    crear_producto(actor=granja.actor, nombre="Otro", sku="OTRO", unidad=granja.kilo, precio=Decimal(2))


@escritura
def editar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    editar_producto(actor=granja.actor, producto=producto, cambios={"nombre": "Cambiado"})


@escritura
def eliminar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    eliminar_producto(actor=granja.actor, producto=Producto.objects.get(sku="SOBRA"))


@escritura
def entrar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    granja.entrada(producto, 7)


@escritura
def despachar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    granja.fefo(producto, 3)


@escritura
def revertir(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    granja.revertir(Lote.objects.get(bodega=granja.bodega).movimientos.get().asiento)


@escritura
def dar_de_baja(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    granja.merma(Lote.objects.get(bodega=granja.bodega), 1, glosa=MERMA)


@escritura
def bloquear(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    granja.bloquear(Lote.objects.get(bodega=granja.bodega))


def _reservar(granja: Mundo, producto: Producto, *, horas: int = 24) -> Any:
    return reservar(
        actor=granja.actor,
        producto=producto,
        bodega=granja.bodega,
        cantidad=cant(4),
        modulo="engorde",
        horas=horas,
        reloj=granja.reloj,
    )


@escritura
def apartar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    _reservar(granja, producto)


@escritura
def renombrar_la_unidad(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    editar_unidad(actor=granja.actor, unidad=granja.kilo, cambios={"abreviatura": "kilo"})


@escritura
def renombrar_la_bodega(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    cambiar_bodega(actor=granja.actor, bodega=granja.otra, nombre="La de arriba")


@escritura
def importar(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    _importar(granja, carpeta)


def _importar(granja: Mundo, carpeta: Path) -> Importacion:
    archivo = carpeta / "entradas.csv"
    archivo.write_text("sku,lote,cantidad\nMEMORIA,L1,2\n", "utf-8")
    calla = {"stdout": io.StringIO(), "stderr": io.StringIO()}
    call_command("importar", "entradas", archivo, empresa=granja.empresa.slug, aplicar=True, **calla)
    return Importacion.objects.latest("pk")


@escritura
def abrir_una_alerta(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    crear_producto(actor=granja.actor, nombre="Falta", sku="FALTA", unidad=granja.kilo, stock_minimo=cant(9))


@escritura
def reconocer(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    alerta = Alerta.objects.filter(activa=True).first()
    assert alerta is not None
    reconocer_alerta(actor=granja.actor, alerta=alerta, nota="Ya va")


@escritura
def revisar_las_alertas(granja: Mundo, producto: Producto, carpeta: Path) -> None:
    revisar(granja.empresa, reloj=granja.reloj)


@pytest.mark.parametrize("cual", ESCRITURAS)
def test_despues_de_escribir_se_lee_lo_nuevo(
    settings: Any, granja: Mundo, cliente: ClienteApi, producto: Producto, tmp_path: Path, cual: str
) -> None:
    antes = respuestas(cliente, producto)
    ESCRITURAS[cual](granja, producto, tmp_path)
    despues = respuestas(cliente, producto)
    assert despues != antes
    assert despues == sin_recordar(settings, cliente, producto)


def test_lo_que_deshace_tambien_se_ve(
    settings: Any, granja: Mundo, cliente: ClienteApi, producto: Producto, tmp_path: Path
) -> None:
    reserva = _reservar(granja, producto)
    importacion = _importar(granja, tmp_path)
    con_todo = respuestas(cliente, producto)
    cancelar_reserva(actor=granja.actor, reserva=reserva, motivo="ya no", reloj=granja.reloj)
    sin_reserva = respuestas(cliente, producto)
    dicho_por("revertir_importacion", importacion.pk, empresa=granja.empresa.slug, motivo="No era")
    sin_nada = respuestas(cliente, producto)
    assert con_todo != sin_reserva != sin_nada
    assert sin_nada == sin_recordar(settings, cliente, producto)


def test_renombrar_la_categoria_se_ve(
    settings: Any, granja: Mundo, cliente: ClienteApi, producto: Producto
) -> None:
    categoria = crear_categoria(actor=granja.actor, nombre="Alimento")
    editar_producto(actor=granja.actor, producto=producto, cambios={"categoria": categoria})
    antes = respuestas(cliente, producto)
    editar_categoria(actor=granja.actor, categoria=categoria, cambios={"nombre": "Balanceado"})
    despues = respuestas(cliente, producto)
    assert despues == sin_recordar(settings, cliente, producto)
    assert despues != antes


def test_lo_que_se_deshizo_no_olvida_nada(granja: Mundo, producto: Producto) -> None:
    antes = version_de(granja.empresa.pk, Familia.PRODUCTO)

    def intentar() -> None:
        with en_empresa(granja.empresa):
            editar_producto(actor=granja.actor, producto=producto, cambios={"nombre": "No quedó"})
            raise LookupError

    with pytest.raises(LookupError):
        intentar()
    assert version_de(granja.empresa.pk, Familia.PRODUCTO) == antes
    editar_producto(actor=granja.actor, producto=producto, cambios={"nombre": "Sí quedó"})
    assert version_de(granja.empresa.pk, Familia.PRODUCTO) != antes


def test_apartar_no_deja_un_hecho_y_tambien_olvida(granja: Mundo, producto: Producto) -> None:
    with en_empresa(granja.empresa):
        hechos = Evento.objects.count()
    antes = version_de(granja.empresa.pk, Familia.PRODUCTO)
    granja.apartar(producto, 4)
    with en_empresa(granja.empresa):
        assert Evento.objects.count() == hechos
    assert version_de(granja.empresa.pk, Familia.PRODUCTO) != antes


def test_una_alerta_nueva_olvida_las_alertas_y_no_los_productos(granja: Mundo, producto: Producto) -> None:
    def versiones() -> list[int | None]:
        return [version_de(granja.empresa.pk, familia) for familia in (Familia.PRODUCTO, Familia.ALERTA)]

    productos, alertas = versiones()
    abierta = AlertaAbierta(
        producto=producto.pk, alerta=1, tipo="vencido", severidad="alta", lote=None, bodega=None
    )
    with en_empresa(granja.empresa):
        registrar(granja.empresa, abierta)
    ahora_productos, ahora_alertas = versiones()
    assert ahora_productos == productos
    assert ahora_alertas != alertas


def test_un_apartado_que_vence_no_espera_al_plazo(
    settings: Any, granja: Mundo, cliente: ClienteApi, producto: Producto
) -> None:
    granja.apartar(producto, 4, horas=1 / 60)
    ruta = f"/api/v1/productos/{producto.pk}"
    assert cliente.get(ruta).json()["cantidad_disponible"] == 26
    with time_machine.travel(AHORA + timedelta(seconds=59), tick=False):
        assert cliente.get(ruta).json()["cantidad_disponible"] == 26
    with time_machine.travel(AHORA + timedelta(seconds=60), tick=False):
        assert cliente.get(ruta).json()["cantidad_disponible"] == 30


def test_el_minimo_sobre_lo_disponible_sigue_a_la_reserva_y_a_su_hora(
    granja: Mundo, cliente: ClienteApi, producto: Producto
) -> None:
    cambios: CambiosDeProducto = {"stock_minimo": cant(28), "minimo_sobre_disponible": True}
    editado = editar_producto(actor=granja.actor, producto=producto, cambios=cambios)

    def falta() -> bool:
        faltan = cliente.get("/api/v1/productos?bajo_minimo=true").json()
        return producto.pk in {fila["id"] for fila in faltan}

    def avisadas() -> int:
        cuantas: int = cliente.get(ALERTAS).json()["por_tipo"]["stock_minimo"]
        return cuantas

    antes = avisadas()
    assert not falta()
    _reservar(granja, editado, horas=1)
    assert falta()
    assert avisadas() == antes + 1
    with time_machine.travel(AHORA + timedelta(hours=1), tick=False):
        assert not falta()


def test_lo_que_vence_hoy_deja_de_servir_a_medianoche(cliente: ClienteApi, producto: Producto) -> None:
    medianoche = AHORA.replace(hour=5) + timedelta(days=1)
    for ruta in (f"/api/v1/productos/{producto.pk}", "/api/v1/productos"):

        def disponible(ruta: str = ruta) -> Any:
            cuerpo = cliente.get(ruta).json()
            return (cuerpo[0] if isinstance(cuerpo, list) else cuerpo)["cantidad_disponible"]

        with time_machine.travel(medianoche - timedelta(seconds=1), tick=False):
            assert disponible() == 30
        with time_machine.travel(medianoche, tick=False):
            assert disponible() == 20


def test_nadie_recibe_lo_recordado_de_otro(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi, producto: Producto
) -> None:
    _, limitada = crear_clave_api(
        empresa=granja.empresa,
        nombre="Solo una",
        alcances=ALCANCES,
        bodegas_permitidas=[Bodega.objects.get(pk=granja.otra.pk)],
    )
    de_todas = cliente.get(ALERTAS).json()
    assert de_todas["total"] > cliente_con(limitada).get(ALERTAS).json()["total"]
    assert cliente.get("/api/v1/productos").json()
    assert ajeno.get("/api/v1/productos").json() == []
    assert ajeno.get(f"/api/v1/productos/{producto.pk}").status_code == 404
    assert cliente.get(ALERTAS).json() == de_todas


def test_con_la_cache_caida_se_responde_igual_y_se_avisa(
    settings: Any,
    granja: Mundo,
    cliente: ClienteApi,
    producto: Producto,
    caplog: pytest.LogCaptureFixture,
) -> None:
    verdad = sin_recordar(settings, cliente, producto)
    settings.CACHES = {"default": CAIDA}
    with caplog.at_level(logging.WARNING, "inventario.nucleo.cache"):
        assert respuestas(cliente, producto) == verdad
        leyendo = len(caplog.records)
        granja.entrada(producto, 1)
    assert leyendo >= len(verdad)
    assert len(caplog.records) > leyendo
    assert {uno.levelno for uno in caplog.records if uno.name == "inventario.nucleo.cache"} == {
        logging.WARNING
    }
    assert cliente.get(f"/api/v1/productos/{producto.pk}").json()["cantidad_actual"] == 31
