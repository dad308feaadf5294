"""Quien llega a una sola bodega no sabe nada de la otra, por ninguna de las direcciones que hay."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django_scopes import scope

from inventario.cuentas.models import Bodega, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.services import agregar_miembro, crear_clave_api
from inventario.movimientos.tests.mundo import AHORA, HOY
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con
from inventario.panel.tests.conftest import Navegador
from inventario.reportes.catalogo import REPORTES
from inventario.reportes.exportar.armado import armar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.services import pedir_exportacion
from inventario.tests.dos_bodegas import VEDADO, Terreno, cuerpo, direcciones, rutas

# Lo que no es de una empresa, o no enseña nada de ella: entrar, el mapa de la API, lo que aún no hay.
AJENAS = ("admin:django_celery_beat_", "admin:axes_", "admin:eventos_corrida_")
SIN_EMPRESA = (
    *("admin:logout", "admin:login", "admin:jsi18n", "admin:view_on_site", "admin:autocomplete"),
    *("panel:salir", "api:esquema", "api:documentacion", "biofloc:desconocida", "biofloc:todavia_no"),
)
# La palabra como rótulo de algo: en una frase suelta no dice que haya varias.
NOMBRADA = re.compile(r">\s*Bodega\s*<|data-titulo=\"Bodega\"|name=\"bodega\"|vedad\w*", re.IGNORECASE)
ESPACIOS = ("panel", "admin", "api", "biofloc")
# Donde quien no tiene límite lee algo de la vedada: si la caminata no las pisara, no probaría nada.
SE_ASOMAN = {
    "panel": {
        *("inicio", "alertas", "alerta_reconocer", "buscar", "buscar_productos", "producto", "productos"),
        *("productos_csv", "lotes", "lote", "movimientos", "movimientos_csv", "reservas", "reserva"),
        *("asiento", "trazabilidad", "trazabilidad_csv", "reporte", "reporte_archivo", "exportacion"),
        *("exportacion_archivo", "salida", "lote_salida", "lote_etiquetas", "producto_conteo"),
    },
    "admin": {
        *("movimientos_asiento_change", "movimientos_movimiento_changelist", "lotes_lote_changelist"),
        *("lotes_lote_change", "movimientos_existencia_changelist", "movimientos_apartado_changelist"),
        *("reservas_reserva_changelist", "alertas_alerta_changelist", "alertas_alerta_change"),
        *("alertas_alerta_reconocer", "lotes_lote_contar", "movimientos_asiento_revertir"),
    },
    "api": {
        *("productos-list", "productos-detail", "lotes-list", "lotes-detail", "movimientos-list"),
        *("asientos-list", "asientos-detail", "kardex-de-producto", "existencias-list", "reservas-list"),
        *("alertas-list", "alertas-stock-minimo", "alertas-por-vencer", "archivo-de-exportacion"),
        *("reporte-top-productos-disponibles", "reporte-inventario-basico", "reporte-valorizacion"),
        *("reporte-lotes-por-vencer", "reporte-movimientos-por-rango-fecha", "reporte-rotacion"),
        *("reporte-mermas", "reporte-consumo-por-modulo", "reporte-vencera-sin-usarse"),
    },
    "biofloc": {"poca_existencia"},
}


@pytest.fixture
def terreno(db: None, settings: Any, tmp_path: Any) -> Iterator[Terreno]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AHORA, tick=False):
        terreno = Terreno.crear()
        with scope(empresa=terreno.mundo.empresa):
            yield terreno


def encargar_todo(terreno: Terreno, quien: Usuario, *bodegas: Bodega) -> None:
    """Encarga a nombre de esa persona todos los reportes, en todos los formatos, y los arma."""
    actor = replace(terreno.mundo.actor, usuario=quien, alcance=Alcance.de(bodega.pk for bodega in bodegas))
    todos = {"desde": HOY, "hasta": HOY, "producto_id": terreno.balanceado.pk}
    for reporte, formato in itertools.product(REPORTES.values(), Formato):
        encargo = pedir_exportacion(
            actor=actor,
            reporte=reporte.clave,
            formato=formato,
            parametros={nombre: todos[nombre] for nombre in reporte.obligatorios},
            reloj=terreno.mundo.reloj,
        )
        assert armar(terreno.mundo.empresa, encargo.pk, reloj=terreno.mundo.reloj)


def quien_mira(terreno: Terreno, espacio: str, *bodegas: Bodega) -> Client | ClienteApi:
    """Una persona en las páginas, una clave en las API; con sus encargos ya armados."""
    empresa = terreno.mundo.empresa
    if espacio in ("panel", "admin"):
        usuario = Usuario.objects.create_user("eva@granja.ec", nombre="Eva", is_staff=True)
        agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.SUPERVISOR, bodegas_permitidas=bodegas)
        encargar_todo(terreno, usuario, *bodegas)
        navegador = Navegador()
        navegador.force_login(usuario)
        return navegador
    fila, clave = crear_clave_api(
        empresa=empresa, nombre="De prueba", alcances=ALCANCES, bodegas_permitidas=bodegas
    )
    encargar_todo(terreno, fila.usuario, *bodegas)
    return cliente_con(clave)


@dataclass
class Caminata:
    """Por cada dirección, si alguna de sus rutas se abrió y lo vedado que se leyó en ellas."""

    abiertas: set[str] = field(default_factory=set)
    hallado: dict[str, list[str]] = field(default_factory=dict)

    @property
    def nombres(self) -> set[str]:
        return {nombre.split(" ")[0] for nombre in self.hallado}


def caminar(
    terreno: Terreno,
    espacio: str,
    *bodegas: Bodega,
    busca: re.Pattern[str] = VEDADO,
    solo_paginas: bool = False,
) -> Caminata:
    cliente = quien_mira(terreno, espacio, *bodegas)
    caminata = Caminata()
    for nombre, patron in sorted(direcciones(espacio).items()):
        if nombre in SIN_EMPRESA or nombre.startswith(AJENAS):
            continue
        corto = nombre.removeprefix(f"{espacio}:")
        for ruta in rutas(terreno, nombre, patron):
            respuesta = cliente.get(ruta)
            assert respuesta.status_code < 500, ruta
            if respuesta.status_code == 200:
                caminata.abiertas.add(corto)
            if solo_paginas and not respuesta.get("Content-Type", "").startswith("text/html"):
                continue
            if hallado := sorted(set(busca.findall(cuerpo(respuesta)))):
                caminata.hallado[f"{corto} {ruta}"] = hallado
    return caminata


@pytest.mark.parametrize("espacio", ESPACIOS)
def test_quien_llega_a_una_bodega_no_lee_nada_de_la_otra(terreno: Terreno, espacio: str) -> None:
    caminata = caminar(terreno, espacio, terreno.propia)
    assert caminata.hallado == {}
    assert caminata.abiertas


@pytest.mark.parametrize("espacio", ESPACIOS)
def test_quien_no_tiene_limite_si_lo_lee(terreno: Terreno, espacio: str) -> None:
    """El control: la caminata pisa donde se ve lo vedado y sabe reconocerlo."""
    assert caminar(terreno, espacio).nombres >= SE_ASOMAN[espacio]


# ── Una segunda bodega que ya cerró ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("espacio", ["panel", "admin"])
def test_con_la_otra_bodega_cerrada_ninguna_pagina_la_nombra(
    db: None, settings: Any, tmp_path: Any, espacio: str
) -> None:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AHORA, tick=False):
        terreno = Terreno.con_la_otra_cerrada()
        with scope(empresa=terreno.mundo.empresa):
            caminata = caminar(terreno, espacio, busca=NOMBRADA, solo_paginas=True)
            # Salvo donde se las administra: ahí se vuelve a abrir.
            assert [ruta for ruta in caminata.hallado if not ruta.startswith("cuentas_bodega_")] == []


def test_con_la_otra_bodega_abierta_si_la_nombran(terreno: Terreno) -> None:
    """El control: así se nombra una bodega en las páginas."""
    assert caminar(terreno, "panel", busca=NOMBRADA).nombres >= {
        *("lotes", "lote", "movimientos", "reservas", "reserva", "alertas", "asiento", "salida"),
        *("trazabilidad", "producto", "despacho", "reporte", "lote_salida"),
    }
