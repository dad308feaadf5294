"""Toda página, en los dos tamaños y en los dos temas: cabe, se entiende sin verla, no se queja y no pesa."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles.finders import get_finders
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import resolve, reverse
from playwright.sync_api import Page, Response, expect
from whitenoise.storage import CompressedManifestStaticFilesStorage

from inventario.alertas.models import Alerta
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.empresas.urls import urlpatterns as cuentas
from inventario.cuentas.invitaciones.enlaces import token_de
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Bodega, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.segundo_factor import services as segundo_factor
from inventario.movimientos import services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.panel.reportes.paginas import PAGINAS
from inventario.panel.urls import urlpatterns as panel
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.services import pedir_exportacion
from inventario.reservas.services import cancelar_reserva
from inventario.tests.navegador.conftest import CLAVE, CORREO, Abrir, Granja, en_dias
from inventario.tests.navegador.gestos import ir
from inventario.tests.navegador.pantallas import (
    TODAS,
    Pantalla,
    Vigia,
    esperar_lista,
    faltas_graves,
    lo_que_sobra,
    poner,
)

TOPE = 250 * 1024
PROPIOS = ("css/", "js/", "img/", "vendor/", "django_htmx/")
Rutas = Callable[[Granja], list[str]]
DE_AFUERA = ("/entrar/", "/entrar/codigo/", "/olvido/")
# Lo que no es una página: lo que solo se envía, los pedazos de una y los archivos.
SIN_PANTALLA = {
    "salir",
    "tema",
    "cuenta_nombre",
    "cerrar_sesion",
    # Con el código de alguien: las mira `test_cuenta.py`.
    "restablecer",
    "restablecer_enlace",
    "alertas_revisar",
    "alertas_resumen",
    "buscar_productos",
    "productos_csv",
    "producto_desactivar",
    "producto_reactivar",
    "entrada_lineas",
    "leer_codigo",
    "entrada_pista",
    "etiqueta",
    "etiquetas",
    "despacho_vista_previa",
    "despacho_multiple_lineas",
    "asiento_revertir",
    "invitacion_reenviar",
    "invitacion_revocar",
    "lote_bloquear",
    "lote_desbloquear",
    "movimientos_csv",
    "auditoria_csv",
    "reserva_confirmar",
    "reserva_cancelar",
    "reserva_extender",
    "trazabilidad_bloquear",
    "trazabilidad_csv",
    "exportacion_archivo",
    "reporte_encargar",
    "reporte_archivo",
}


def de_marco(granja: Granja) -> list[str]:
    return ["/", "/buscar/", "/buscar/?q=a", "/buscar/?q=zzzz"]


def de_cuenta(granja: Granja) -> list[str]:
    """Con otras sesiones abiertas, que es cuando se pueden cerrar."""
    for agente in ("Mozilla/5.0 (Linux; Android 14) Chrome/130.0 Mobile Safari/537.36", "x" * 300):
        Client(headers={"User-Agent": agente}).post("/entrar/", {"username": CORREO, "password": CLAVE})
    peticion = RequestFactory().post("/")
    segundo_factor.comenzar(peticion=peticion, usuario=granja.usuario, contrasena=CLAVE)
    de_segundo_factor = ["/cuenta/segundo-factor/", "/cuenta/segundo-factor/confirmar/"]
    return ["/cuenta/", "/cuenta/contrasena/", *de_segundo_factor]


def de_alertas(granja: Granja) -> list[str]:
    with granja.libros():
        alerta = Alerta.objects.get(lote=granja.vencido)
    return [
        "/alertas/",
        "/alertas/?pendientes=1",
        "/alertas/historial/",
        f"/alertas/{alerta.pk}/reconocer/",
    ]


def de_productos(granja: Granja) -> list[str]:
    with granja.libros() as mundo:
        services.bloquear_lote(actor=mundo.actor, lote=granja.tarde, motivo="Huele mal")
    granja.reserva(2)
    vitamina = granja.vitamina.pk
    return [
        "/productos/",
        "/productos/?q=zzzz",
        "/productos/nuevo/",
        f"/productos/{granja.alimento.pk}/",
        f"/productos/{vitamina}/",
        f"/productos/{granja.red.pk}/",
        f"/productos/{vitamina}/editar/",
        f"/productos/{vitamina}/eliminar/",
        f"/productos/{vitamina}/conteo/",
        f"/productos/{vitamina}/ajuste/",
    ]


def de_operaciones(granja: Granja) -> list[str]:
    with granja.libros() as mundo:
        entrada = mundo.entrada(granja.red, 3, codigo="R-1").cantidad_recibida
        assert entrada == 3
        recibido = granja.pronto.movimientos.order_by("pk")[0].asiento_id
        services.revertir_asiento(actor=mundo.actor, asiento=granja.despacho, explicacion="Era otro")
    alimento = granja.alimento.pk
    return [
        "/entradas/nueva/",
        f"/entradas/nueva/?producto={alimento}",
        f"/asientos/{recibido}/",
        f"/asientos/{recibido}/etiquetas/",
        f"/asientos/{granja.despacho.pk}/",
        "/traslados/nuevo/",
        "/despachos/nuevo/",
        f"/despachos/nuevo/?producto={alimento}&cantidad=12",
        f"/despachos/nuevo/?producto={alimento}&cantidad=1200",
        f"/despachos/multiple/?producto={alimento}",
    ]


def de_lotes(granja: Granja) -> list[str]:
    with granja.libros() as mundo:
        services.bloquear_lote(actor=mundo.actor, lote=granja.tarde, motivo="Huele mal")
    pronto, vencido = granja.pronto.pk, granja.vencido.pk
    return [
        "/lotes/",
        "/lotes/?q=zzzz",
        "/salidas/nueva/",
        "/salidas/nueva/?q=zzzz",
        f"/lotes/{pronto}/",
        f"/lotes/{granja.tarde.pk}/",
        f"/lotes/{vencido}/",
        f"/lotes/{pronto}/etiquetas/",
        f"/lotes/{pronto}/salida/",
        f"/lotes/{vencido}/salida/",
        f"/lotes/{vencido}/merma/",
        f"/lotes/{pronto}/ajuste/",
        f"/lotes/{pronto}/conteo/",
    ]


def de_movimientos(granja: Granja) -> list[str]:
    return [
        "/auditoria/",
        "/auditoria/?q=nadie",
        "/movimientos/",
        "/movimientos/?modulo=nadie",
        "/trazabilidad/",
        "/trazabilidad/?q=PRONTO",
        "/trazabilidad/?q=zzzz",
    ]


def de_reservas(granja: Granja) -> list[str]:
    pendiente, cancelada = granja.reserva(8), granja.reserva(2)
    with granja.libros() as mundo:
        cancelar_reserva(actor=mundo.actor, reserva=cancelada, motivo="Ya no hace falta")
    return [
        "/reservas/",
        "/reservas/?estado=cancelada",
        "/reservas/nueva/",
        f"/reservas/{pendiente.pk}/",
        f"/reservas/{cancelada.pk}/",
    ]


def de_reportes(granja: Granja) -> list[str]:
    with granja.libros() as mundo:
        services.registrar_merma(
            actor=mundo.actor,
            lote=granja.pronto,
            cantidad=Decimal(1),
            glosa=Glosa(motivo=Motivo.MERMA, texto="Se mojó"),
        )
        encargo = pedir_exportacion(
            actor=mundo.actor.__class__(granja.usuario, mundo.empresa, mundo.actor.permisos),
            reporte="movimientos-por-rango-fecha",
            formato=Formato.CSV,
            parametros={"desde": en_dias(-1), "hasta": en_dias(0)},
        )
    rutas = [f"/reportes/{clave}/" for clave in PAGINAS if clave != "kardex"]
    kardex = ["/reportes/kardex/", f"/reportes/kardex/?producto={granja.alimento.pk}"]
    return ["/reportes/", *rutas, *kardex, f"/reportes/exportaciones/{encargo.pk}/"]


def de_traslados(granja: Granja) -> list[str]:
    """Con dos bodegas, que es cuando se nombran."""
    with granja.libros() as mundo:
        Bodega.objects.create(empresa=mundo.empresa, codigo="estanques", nombre="Estanques")
        asiento = services.trasladar_lote(
            actor=mundo.actor,
            lote=granja.tarde,
            cantidad=Decimal(5),
            hacia=Bodega.objects.get(codigo="estanques"),
            glosa=Glosa(motivo=Motivo.TRASLADO),
        )
    return [
        "/traslados/nuevo/",
        f"/traslados/nuevo/?producto={granja.alimento.pk}&cantidad=3",
        f"/lotes/{granja.pronto.pk}/traslado/",
        f"/asientos/{asiento.pk}/",
        f"/productos/{granja.alimento.pk}/",
        "/lotes/",
        f"/despachos/nuevo/?producto={granja.alimento.pk}&cantidad=12",
        "/entradas/nueva/",
    ]


def de_empresas(granja: Granja) -> list[str]:
    """Con dos empresas, que es cuando se elige."""
    otra = crear_empresa(slug="otra-granja", nombre="Camaronera El Nombre Que No Cabe En Un Renglón")
    agregar_miembro(empresa=otra, usuario=granja.usuario, rol=Rol.ADMINISTRADOR)
    return ["/", "/cuenta/empresa/?siguiente=/lotes/"]


def de_personas(granja: Granja) -> list[str]:
    invitado_por_correo(granja)
    beto = Usuario.objects.create_user("beto@acme.ec", nombre="Beto")
    miembro = agregar_miembro(empresa=granja.mundo.empresa, usuario=beto, rol=Rol.OPERADOR)
    return ["/personas/", "/personas/invitar/", f"/personas/{miembro.pk}/"]


def invitado_por_correo(granja: Granja) -> str:
    """La página a la que llega quien fue invitado."""
    with granja.libros() as mundo:
        emitida = invitar(actor=mundo.actor, correo="eva@acme.ec", rol=Rol.OPERADOR)
    return reverse("panel:invitacion", args=[token_de(emitida.invitacion)])


GRUPOS: dict[str, Rutas] = {
    "marco": de_marco,
    "cuenta": de_cuenta,
    "alertas": de_alertas,
    "productos": de_productos,
    "operaciones": de_operaciones,
    "traslados": de_traslados,
    "empresas": de_empresas,
    "lotes": de_lotes,
    "movimientos": de_movimientos,
    "reservas": de_reservas,
    "reportes": de_reportes,
    "personas": de_personas,
}


@pytest.fixture(scope="session")
def pesos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Lo que pesa cada archivo propio, comprimido y con huella como lo deja `collectstatic` en producción.

    Es lo que se sirve sin HTTPS, cuando el navegador solo admite gzip: el peor caso.
    """
    carpeta = tmp_path_factory.mktemp("estaticos")
    almacen = CompressedManifestStaticFilesStorage(location=str(carpeta), base_url="/static/")
    hallados = {}
    for buscador in get_finders():
        for ruta, origen in buscador.list([]):
            if ruta.startswith(PROPIOS):
                with origen.open(ruta) as archivo:
                    almacen.save(ruta, archivo)
                hallados[ruta] = (almacen, ruta)
    for _nombre, _guardado, resultado in almacen.post_process(hallados):
        if isinstance(resultado, Exception):
            raise resultado
    manifiesto = json.loads((carpeta / almacen.manifest_name).read_text())["paths"]
    return {nombre: _servido(carpeta / con_huella) for nombre, con_huella in manifiesto.items()}


def _servido(archivo: Path) -> int:
    comprimido = archivo.with_name(f"{archivo.name}.gz")
    return (comprimido if comprimido.exists() else archivo).stat().st_size


def pesar(pagina: Page, respuesta: Response, pesos: dict[str, int]) -> int:
    """Los bytes de la primera carga; lo que arma Django se cuenta sin comprimir."""
    pedidos = pagina.evaluate("() => performance.getEntriesByType('resource').map((uno) => uno.name)")
    estaticos = {urlsplit(uno).path for uno in pedidos if urlsplit(uno).path.startswith("/static/")}
    return len(respuesta.body()) + sum(pesos[uno.removeprefix("/static/")] for uno in estaticos)


def revisar(pagina: Page, ruta: str, pantallas: Sequence[Pantalla], pesos: dict[str, int]) -> list[str]:
    """Lo que está mal en esa página, que llega en la primera de esas pantallas y se mira en todas."""
    respuesta = pagina.goto(ruta)
    assert respuesta is not None
    esperar_lista(pagina)
    mal = [] if respuesta.status == 200 else [f"contestó {respuesta.status}"]
    if (peso := pesar(pagina, respuesta, pesos)) > TOPE:
        mal.append(f"pesa {peso / 1024:.0f} KB")
    return [f"{ruta} {uno}" for uno in mal + a_la_vista(pagina, pantallas)]


def a_la_vista(pagina: Page, pantallas: Sequence[Pantalla]) -> list[str]:
    """Lo que no cabe o no se entiende sin verla, en cada una."""
    mal: list[str] = []
    anchos: set[int] = set()
    for pantalla in pantallas:
        poner(pagina, pantalla)
        faltas = faltas_graves(pagina, solo_color=pantalla.ancho in anchos)
        sobra = lo_que_sobra(pagina)
        mal += [f"a {pantalla.ancho}, {pantalla.tema}: {falta}" for falta in [*faltas, sobra] if falta]
        anchos.add(pantalla.ancho)
    return mal


def recorrer(pagina: Page, rutas: Sequence[str], pesos: dict[str, int]) -> None:
    """Exige que toda página se vea bien; cada una llega en la pantalla en que se dejó la anterior."""
    pantallas = deque(TODAS)
    mal = []
    for ruta in rutas:
        mal += revisar(pagina, ruta, pantallas, pesos)
        pantallas.rotate(1)
    assert mal == [], "\n".join(mal)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("grupo", GRUPOS)
def test_se_ve_bien(granja: Granja, abrir: Abrir, pesos: dict[str, int], grupo: str) -> None:
    rutas = GRUPOS[grupo](granja)
    recorrer(abrir(), rutas, pesos)


def test_las_de_afuera_se_ven_bien(granja: Granja, abrir: Abrir, pesos: dict[str, int]) -> None:
    recorrer(abrir(quien=None), [*DE_AFUERA, invitado_por_correo(granja)], pesos)


def test_ninguna_pagina_queda_sin_mirar(granja: Granja) -> None:
    miradas = {"panel:invitacion", *(resolve(ruta).view_name for ruta in DE_AFUERA)}
    for rutas in GRUPOS.values():
        with transaction.atomic():
            miradas |= {resolve(urlsplit(ruta).path).view_name for ruta in rutas(granja)}
            transaction.set_rollback(True)
    de_la_casa = {f"panel:{uno.name}" for uno in panel} | {f"cuentas:{uno.name}" for uno in cuentas}
    assert de_la_casa - miradas == {f"panel:{nombre}" for nombre in SIN_PANTALLA}


def test_las_de_error_se_ven_bien(granja: Granja, abrir: Abrir, vigia: Vigia) -> None:
    vigia.esperados |= {403, 404}
    de_ana, de_rita = abrir(), abrir(quien=granja.auditor)
    for pagina, ruta, dice in (
        (de_ana, "/lotes/999999/", "Lote no encontrado."),
        (de_ana, "/no-existe/", "404"),
        (de_rita, "/entradas/nueva/", "403"),
    ):
        ir(pagina, ruta)
        pagina.get_by_text(dice, exact=True).first.wait_for()
        assert a_la_vista(pagina, TODAS) == []
    de_rita.get_by_role("link", name="Volver al inicio").click()
    expect(de_rita).to_have_url(re.compile(r"//[^/]+/$"))
    # Llega a lo suyo, sin lo que no puede hacer.
    expect(de_rita.get_by_role("heading", level=1)).to_contain_text("Hoy")
    expect(de_rita.locator("#inicio")).to_contain_text("por atender")
    assert de_rita.get_by_role("link", name="Entrada", exact=True).count() == 0
