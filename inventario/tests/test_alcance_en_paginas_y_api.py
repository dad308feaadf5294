"""Quien llega a una sola bodega no sabe nada de la otra, por ninguna de las direcciones que hay."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_scopes import scope

from inventario.alertas.models import Alerta, SuscripcionAlResumen
from inventario.alertas.proyeccion import recalcular
from inventario.alertas.tasks import enviar_resumen
from inventario.cuentas.claves.services import crear_clave_api
from inventario.cuentas.models import Bodega, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import Lote
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Movimiento
from inventario.movimientos.services import trasladar_lote
from inventario.movimientos.tests.mundo import AHORA, HOY, cant
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.tests.mundo import ALCANCES, ClienteApi, cliente_con
from inventario.panel.tests.conftest import Navegador
from inventario.productos.errores import ConHistoria, ProductoAtado
from inventario.productos.services import eliminar_producto, eliminar_sin_historia, retirar_producto
from inventario.reportes.ambito import ambito_de
from inventario.reportes.exportar.armado import armar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.informes import inventario_basico
from inventario.reportes.services import pedir_exportacion
from inventario.reservas.models import Reserva
from inventario.tests.dos_bodegas import MODULO, VEDADO, Terreno, cuerpo, direcciones, pide_solo_ver, rutas

# Lo que no es de una empresa, o no enseña nada de ella: entrar, el mapa de la API, lo que aún no hay.
AJENAS = ("admin:django_celery_beat_", "admin:axes_", "admin:eventos_corrida_")
SIN_EMPRESA = (
    *("admin:logout", "admin:login", "admin:jsi18n", "admin:view_on_site", "admin:autocomplete"),
    *("panel:salir", "api:esquema", "api:documentacion", "biofloc:desconocida", "biofloc:todavia_no"),
)
# A estas se les envía algo con solo ver, y no leen: cierran la sesión, cambian la clave, encargan un archivo.
ESCRIBEN_CON_SOLO_VER = ("biofloc:salir", "biofloc:cambiar_contrasena", "api:exportaciones")
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
    "biofloc": {"poca_existencia", "items_bulk_fetch"},
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
        if pide_solo_ver(patron) and nombre not in ESCRIBEN_CON_SOLO_VER:
            respuesta = cliente.post(reverse(nombre), terreno.envio(nombre), format="json")
            assert respuesta.status_code == 200, nombre
            if hallado := sorted(set(busca.findall(cuerpo(respuesta)))):
                caminata.hallado[f"{corto} POST"] = hallado
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


def test_lo_que_queda_en_la_cerrada_si_dice_donde_esta(db: None, settings: Any, tmp_path: Any) -> None:
    """Si no, nadie lo hallaría ni lo sacaría: la nombran su lote, su producto y con qué se saca."""
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AHORA, tick=False):
        terreno = Terreno.crear()
        with scope(empresa=terreno.mundo.empresa):
            terreno.vedada.activa = False
            terreno.vedada.save()
            nombres = caminar(terreno, "panel", busca=re.compile("Bodega Vedada"), solo_paginas=True).nombres
    assert nombres >= {"lote", "lote_salida", "producto", "producto_conteo", "despacho"}
    assert nombres.isdisjoint({"lotes", "movimientos", "reservas", "alertas", "asiento", "reporte"})


@pytest.mark.parametrize("abierta", [True, False])
def test_un_rechazo_nombra_la_bodega_solo_si_hay_varias_abiertas(terreno: Terreno, abierta: bool) -> None:
    terreno.vedada.activa = abierta
    terreno.vedada.save()
    cliente = quien_mira(terreno, "api")
    pedido: dict[str, Any] = {"producto_id": terreno.balanceado.pk, "cantidad": 90_000, "bodega": "principal"}
    for respuesta in (
        cliente.post(reverse("api:despachar"), pedido, format="json"),
        cliente.get(reverse("api:vista-previa"), pedido),
        cliente.post(reverse("api:reservas-list"), pedido, format="json"),
    ):
        assert respuesta.status_code == 400
        assert ("Bodega principal" in respuesta.json()["detail"]) == abierta


@pytest.mark.parametrize("abierta", [True, False])
def test_una_alerta_nombra_la_bodega_solo_si_hay_varias_abiertas(terreno: Terreno, abierta: bool) -> None:
    terreno.vedada.activa = abierta
    terreno.vedada.save()
    recalcular(terreno.mundo.empresa, [terreno.harina.pk], AHORA)
    alerta = Alerta.objects.get(tipo="reserva_sin_respaldo", activa=True)
    assert ("Bodega Vedada" in alerta.mensaje) == abierta


# ── Qué ve, con sus cifras ──────────────────────────────────────────────────────────────────────


def test_la_existencia_de_un_producto_es_la_de_sus_bodegas(terreno: Terreno) -> None:
    cliente = quien_mira(terreno, "api", terreno.propia)
    visto = cliente.get(reverse("api:productos-detail", args=[terreno.balanceado.pk])).json()
    cifras = ("cantidad_actual", "cantidad_reservada", "cantidad_disponible")
    assert [visto[cifra] for cifra in cifras] == [49, 1.2, 47.8]
    assert [una["bodega"] for una in visto["existencias"]] == ["principal"]
    [ajeno] = cliente.get(reverse("api:productos-list"), {"con_stock": "false"}).json()
    assert (ajeno["sku"], ajeno["cantidad_actual"]) == ("HAR-01", 0)


@pytest.mark.parametrize("reporte", ["top-productos-disponibles", "inventario-basico"])
def test_los_reportes_de_existencia_cuentan_las_suyas(terreno: Terreno, reporte: str) -> None:
    filas = quien_mira(terreno, "api", terreno.propia).get(reverse(f"api:reporte-{reporte}")).json()
    assert [(fila["sku"], fila["cantidad_actual"]) for fila in filas] == [("BAL-35", 49), ("HAR-01", 0)]


def test_estar_bajo_el_minimo_es_de_toda_la_empresa(terreno: Terreno) -> None:
    """Lo que ve no llega al mínimo, pero entre todas sobra: no falta."""
    terreno.balanceado.stock_minimo = cant(1_000)
    terreno.balanceado.save()
    cliente = quien_mira(terreno, "api", terreno.propia)
    faltan = cliente.get(reverse("api:productos-list"), {"bajo_minimo": "true"}).json()
    assert [uno["sku"] for uno in faltan] == ["HAR-01"]
    actor = replace(terreno.mundo.actor, alcance=Alcance.de([terreno.propia.pk]))
    visto = {fila.producto.sku: fila.bajo_minimo for fila in inventario_basico(ambito_de(actor)).filas}
    assert visto == {"BAL-35": False, "HAR-01": True}


def test_un_asiento_compartido_muestra_solo_sus_lineas(terreno: Terreno) -> None:
    compartido = Movimiento.objects.get(lote__codigo="L-MEZCLA").asiento_id
    cliente = quien_mira(terreno, "api", terreno.propia)
    lineas = cliente.get(reverse("api:asientos-detail", args=[compartido])).json()["movimientos"]
    assert [(linea["lote_codigo"], linea["cantidad"]) for linea in lineas] == [("L-MEZCLA", 3)]
    ajeno = Movimiento.objects.filter(lote__codigo="L-VEDADO").values_list("asiento_id", flat=True)[0]
    assert cliente.get(reverse("api:asientos-detail", args=[ajeno])).status_code == 404


def test_la_alerta_del_minimo_dice_que_falta_y_no_cuanto_hay(terreno: Terreno) -> None:
    cliente = quien_mira(terreno, "api", terreno.propia)
    alertas = cliente.get(reverse("api:alertas-stock-minimo")).json()
    assert [alerta["mensaje"] for alerta in alertas] == [
        "Hay menos que el mínimo de 5.000: Alimento BAL-35 (SKU BAL-35).",
        "Hay menos que el mínimo de 5.000: Alimento HAR-01 (SKU HAR-01).",
    ]
    assert alertas[0]["metadata_json"] == {
        "nombre": "Alimento BAL-35",
        "sku": "BAL-35",
        "stock_minimo": 5_000,
    }
    # Reconocerla no cambia lo guardado: quien ve todo sigue leyendo la cifra.
    reconocer = reverse("api:alertas-reconocer", args=[alertas[0]["id"]])
    assert "Quedan" not in cliente.post(reconocer, {"nota": "Pedido"}, format="json").json()["mensaje"]
    assert Alerta.objects.get(pk=alertas[0]["id"]).mensaje.startswith("Quedan 1.821,6 ")


def test_lo_que_hay_que_reponer_se_dice_con_sus_cifras(terreno: Terreno) -> None:
    faltantes = quien_mira(terreno, "biofloc", terreno.propia).get(reverse("biofloc:poca_existencia")).json()
    [uno] = faltantes["items"]
    assert (uno["sku"], uno["current_qty"], uno["deficit"]) == ("BAL-35", "49.00", "3951.00")


def test_el_ultimo_precio_es_el_de_lo_comprado_en_las_suyas(terreno: Terreno) -> None:
    """Lo último se compró en la otra; lo que llegó de allá conserva en su lote lo que costó."""
    terreno.mundo.entrada(terreno.balanceado, 2, costo="3.5", codigo="L-PROPIO-2")
    trasladar_lote(
        actor=terreno.mundo.actor,
        lote=terreno.mundo.entrada(terreno.balanceado, 7, costo=8, codigo="L-MUDADO", bodega=terreno.vedada),
        cantidad=cant(7),
        hacia=terreno.propia,
        reloj=terreno.mundo.reloj,
    )
    pedido = {"skus": ["BAL-35", "HAR-01"], "include_batches": True}
    ruta = reverse("biofloc:items_bulk_fetch")
    precios = {}
    for bodegas in ((), (terreno.propia,)):
        _fila, clave = crear_clave_api(
            empresa=terreno.mundo.empresa, nombre="x", alcances=ALCANCES, bodegas_permitidas=bodegas
        )
        fichas = cliente_con(clave).post(ruta, pedido, format="json").json()["items"]
        precios[bool(bodegas)] = [ficha["last_purchase_price"] for ficha in fichas]
    assert precios == {False: [8, 17.3], True: [3.5, None]}
    assert {uno["batch_number"]: uno["unit_cost"] for uno in fichas[0]["batches"]}["L-MUDADO"] == 8


def test_el_resumen_del_dia_no_lleva_cifras_ajenas(terreno: Terreno) -> None:
    usuario = Usuario.objects.create_user("eva@granja.ec", nombre="Eva")
    membresia = agregar_miembro(
        empresa=terreno.mundo.empresa,
        usuario=usuario,
        rol=Rol.OPERADOR,
        bodegas_permitidas=[terreno.propia],
    )
    suscripcion = SuscripcionAlResumen.objects.create(empresa=terreno.mundo.empresa, membresia=membresia)
    enviar_resumen(terreno.mundo.empresa.pk, suscripcion.pk)
    [correo] = mail.outbox
    assert "Hay menos que el mínimo de 5.000: Alimento BAL-35" in correo.body
    assert VEDADO.findall(f"{correo.subject} {correo.body}") == []


def test_lo_recordado_de_uno_no_se_le_da_a_otro(terreno: Terreno, settings: Any) -> None:
    settings.LECTURAS_DURAN_S = 60
    ruta = reverse("api:productos-detail", args=[terreno.balanceado.pk])
    empresa = terreno.mundo.empresa
    _todo, entera = crear_clave_api(empresa=empresa, nombre="Toda", alcances=ALCANCES)
    _suya, corta = crear_clave_api(
        empresa=empresa, nombre="Corta", alcances=ALCANCES, bodegas_permitidas=[terreno.propia]
    )
    assert cliente_con(entera).get(ruta).json()["cantidad_actual"] == 1821.6
    assert cliente_con(corta).get(ruta).json()["cantidad_actual"] == 49
    assert cliente_con(entera).get(ruta).json()["cantidad_actual"] == 1821.6


def test_el_filtro_de_modulo_ofrece_los_que_se_usaron_en_las_suyas(terreno: Terreno) -> None:
    for modulo, codigo in (("cria", "L-PROPIO"), ("alevines", "L-VEDADO")):
        terreno.mundo.salida(Lote.objects.get(codigo=codigo), 1, glosa=Glosa(modulo=modulo))
    respuesta = quien_mira(terreno, "admin", terreno.propia).get(
        reverse("admin:movimientos_asiento_changelist")
    )
    assert respuesta.status_code == 200
    ofrecidos = set(re.findall(r"\?modulo=(\w+)", cuerpo(respuesta)))
    assert ofrecidos & {"cria", "alevines", MODULO} == {"cria"}


def test_buscar_lo_ajeno_no_encuentra_nada(terreno: Terreno) -> None:
    navegador = quien_mira(terreno, "panel", terreno.propia)
    for ruta in ("panel:buscar", "panel:lotes", "panel:salida", "panel:trazabilidad"):
        respuesta = navegador.get(reverse(ruta), {"q": "L-VEDADO", "estado": "todos"})
        assert respuesta.status_code == 200
        texto = cuerpo(respuesta)
        assert re.search(r"/lotes/\d+/", texto) is None, ruta
        assert {hallado.upper() for hallado in VEDADO.findall(texto)} <= {"VEDADO"}, ruta


def test_no_se_retira_lo_que_queda_en_otra_y_no_se_dice_cuanto(terreno: Terreno) -> None:
    cliente = quien_mira(terreno, "biofloc", terreno.propia)
    for producto in (terreno.harina, terreno.balanceado):
        respuesta = cliente.delete(reverse("biofloc:item", args=[producto.pk]))
        assert respuesta.status_code == 400
        assert VEDADO.search(respuesta.content.decode()) is None


# ── Lo que se hace sobre algo, por su id ────────────────────────────────────────────────────────


def _ajenos(terreno: Terreno) -> tuple[Lote, Asiento, Asiento, Reserva]:
    """Lo de la vedada: un lote, el asiento que lo trajo, el que deshizo otro y una reserva."""
    lote = Lote.objects.get(codigo="L-VEDADO")
    entrada = Asiento.objects.filter(movimientos__lote=lote).earliest("pk")
    deshecho = terreno.mundo.merma(lote, 1)
    return (
        lote,
        entrada,
        terreno.mundo.revertir(deshecho),
        Reserva.objects.get(apartado__referencia="RES-VEDADA"),
    )


def test_lo_que_se_pide_a_la_api_sobre_lo_ajeno_es_sobre_lo_que_no_existe(terreno: Terreno) -> None:
    """Otra respuesta que la de un id que no hay diría cuáles hay."""
    lote, entrada, reverso, reserva = _ajenos(terreno)
    alerta = Alerta.objects.filter(bodega=terreno.vedada)[0]
    cliente = quien_mira(terreno, "api", terreno.propia)
    del_lote = {"lote_id": lote.pk, "cantidad": 1}
    for nombre, pk, pedido in (
        ("revertir", entrada.pk, {"motivo": "x"}),
        ("revertir", reverso.pk, {"motivo": "x"}),
        ("bloquear", lote.pk, {"motivo": "x"}),
        ("desbloquear", lote.pk, {"motivo": "x"}),
        ("salidas", None, {**del_lote, "motivo": "consumo"}),
        (
            "ajustes",
            None,
            {"lote_id": lote.pk, "diferencia": -1, "motivo": "correccion", "justificacion": "Mal contado"},
        ),
        ("traslados", None, {**del_lote, "hacia": "principal"}),
        ("alertas-reconocer", alerta.pk, {"nota": "x"}),
        ("reservas-confirmar", reserva.pk, {}),
        ("reservas-cancelar", reserva.pk, {"motivo": "x"}),
        ("reservas-extender", reserva.pk, {"horas": 700}),
    ):
        ruta = reverse(f"api:{nombre}", args=[] if pk is None else [pk])
        respuesta = cliente.post(ruta, pedido, format="json")
        assert (respuesta.status_code, respuesta.json()["codigo"]) == (404, "no_encontrado"), nombre
        assert VEDADO.search(cuerpo(respuesta)) is None


def test_en_el_contrato_la_reserva_ajena_tampoco_existe(terreno: Terreno) -> None:
    *_otros, reserva = _ajenos(terreno)
    cliente = quien_mira(terreno, "biofloc", terreno.propia)
    assert cliente.post(reverse("biofloc:stock_reservation_confirm", args=[reserva.pk])).status_code == 404
    assert cliente.delete(reverse("biofloc:stock_reserve_cancel", args=[reserva.pk])).status_code == 404


def test_en_las_paginas_tampoco_existe_lo_ajeno(terreno: Terreno) -> None:
    lote, entrada, reverso, reserva = _ajenos(terreno)
    de_un_lote = (
        *("lote", "lote_salida", "lote_merma", "lote_ajuste", "lote_conteo", "lote_traslado"),
        *("lote_bloquear", "lote_desbloquear", "lote_etiquetas", "etiqueta"),
    )
    de_un_asiento = ("asiento", "asiento_revertir", "asiento_etiquetas", "etiquetas")
    de_una_reserva = ("reserva", "reserva_confirmar", "reserva_cancelar", "reserva_extender")
    navegador = quien_mira(terreno, "panel", terreno.propia)
    assert isinstance(navegador, Navegador)
    for nombre, pk in (
        *((nombre, lote.pk) for nombre in de_un_lote),
        *((nombre, uno.pk) for nombre in de_un_asiento for uno in (entrada, reverso)),
        *((nombre, reserva.pk) for nombre in de_una_reserva),
    ):
        ruta = reverse(f"panel:{nombre}", args=[pk])
        visto, pedido = navegador.get(ruta), navegador.mover(ruta, {"motivo": "x", "horas": 700})
        # La que solo se mira no admite el envío; la que solo se envía, mirada, lleva a la ficha.
        assert (pedido if pedido.status_code != 405 else visto).status_code == 404, nombre


def test_lo_que_impide_eliminar_se_cuenta_solo_en_las_suyas(terreno: Terreno) -> None:
    """Decide lo de todas las bodegas; a quien está limitado se le dice cuánto de las suyas, o nada."""
    mundo = terreno.mundo
    limitado = replace(mundo.actor, alcance=Alcance.de([terreno.propia.pk]))
    for actor, producto, lotes, reservas, dice in (
        (mundo.actor, terreno.balanceado, 6, 2, "tiene 6 lotes con existencia y 2 reservas"),
        (mundo.actor, terreno.harina, 1, 1, "tiene 1 lotes con existencia y 1 reservas"),
        (limitado, terreno.balanceado, 3, 1, "tiene 3 lotes con existencia y 1 reservas"),
        (limitado, terreno.harina, 0, 0, "tiene existencia o reservas en otra bodega."),
    ):
        with pytest.raises(ProductoAtado) as error:
            eliminar_producto(actor=actor, producto=producto, reloj=mundo.reloj)
        assert error.value.datos == {"lotes": lotes, "reservas": reservas}
        assert dice in error.value.mensaje


def test_la_historia_que_impide_eliminar_se_cuenta_solo_en_las_suyas(terreno: Terreno) -> None:
    mundo = terreno.mundo
    de_ambas, de_la_otra = mundo.producto("SIN-1"), mundo.producto("SIN-2")
    for producto, bodegas in (
        (de_ambas, (terreno.propia, terreno.vedada, terreno.vedada)),
        (de_la_otra, (terreno.vedada,)),
    ):
        for bodega in bodegas:
            mundo.salida(mundo.entrada(producto, 2, bodega=bodega), 2)
        retirar_producto(actor=mundo.actor, producto=producto)
    limitado = replace(mundo.actor, alcance=Alcance.de([terreno.propia.pk]))
    cliente = quien_mira(terreno, "biofloc", terreno.propia)
    for actor, producto, cuantos in (
        (mundo.actor, de_ambas, 6),
        (mundo.actor, de_la_otra, 2),
        (limitado, de_ambas, 2),
        (limitado, de_la_otra, 0),
    ):
        with pytest.raises(ConHistoria) as error:
            eliminar_sin_historia(actor=actor, producto=producto, reloj=mundo.reloj)
        assert error.value.datos["movimientos"] == cuantos
    assert re.search(r"\d", error.value.mensaje.replace("SIN-2", "")) is None
    frases = [
        cliente.delete(reverse("biofloc:item_permanente", args=[producto.pk])).json()["detail"]
        for producto in (de_ambas, de_la_otra)
    ]
    assert "2 transactions and 0 purchase" in frases[0]
    assert frases[1].endswith("transactions in another store refer to it")


@pytest.mark.parametrize(
    "nombre", ["productos-list", "lotes-list", "movimientos-list", "asientos-list", "existencias-list"]
)
def test_a_quien_esta_limitado_una_lista_le_cuesta_lo_mismo_con_mas_filas(
    terreno: Terreno, nombre: str
) -> None:
    cliente = quien_mira(terreno, "api", terreno.propia)

    def pedir() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as hechas:
            filas = cliente.get(reverse(f"api:{nombre}")).json()
        return len(hechas), len(filas)

    # La primera vez se anota, además, que la clave se usó.
    pedir()
    consultas, pocas = pedir()
    for n in range(6):
        terreno.mundo.entrada(terreno.mundo.producto(f"N-{n}"), 5)
    assert pedir() == (consultas, pocas + 6)
