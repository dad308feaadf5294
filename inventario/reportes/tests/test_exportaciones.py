"""Las exportaciones: pedir, armar una sola vez aunque se repita, recoger, retomar y borrar."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.core.files.storage import default_storage
from django.utils import timezone
from openpyxl import load_workbook

from inventario.cuentas.models import ClaveApi, Usuario
from inventario.cuentas.permisos import Permiso, Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.api.conftest import cliente_de
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo
from inventario.nucleo.errores import DatoInvalido, NoEncontrado, SinPermiso
from inventario.nucleo.tests.mundo import ClienteApi
from inventario.reportes import tasks
from inventario.reportes.ambito import Ambito
from inventario.reportes.errores import DemasiadasExportaciones, ExportacionSinArchivo
from inventario.reportes.exportar import armado
from inventario.reportes.exportar.armado import INTENTOS, SIN_LATIDO, armar, por_retomar
from inventario.reportes.exportar.limpieza import SE_RECUERDA, SIN_DUENO, purgar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.indice import REPORTES
from inventario.reportes.informes import kardex, movimientos
from inventario.reportes.models import EstadoDeExportacion, Exportacion
from inventario.reportes.reporte import Reporte, Tanda
from inventario.reportes.services import abrir_archivo, pedir_exportacion

pytestmark = pytest.mark.django_db
R = "/api/v1/reportes/exportaciones"
RANGO = {"desde": HOY, "hasta": HOY}
EN_TEXTO = {"fecha_inicio": str(HOY), "fecha_fin": str(HOY)}


@pytest.fixture(autouse=True)
def almacen(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def pedir(mundo: Mundo, **campos: Any) -> Exportacion:
    pedido: dict[str, Any] = {
        "actor": mundo.actor,
        "reporte": "movimientos-por-rango-fecha",
        "formato": Formato.CSV,
        "parametros": RANGO,
        "reloj": mundo.reloj,
        **campos,
    }
    return pedir_exportacion(**pedido)


def releida(exportacion: Exportacion) -> Exportacion:
    return Exportacion.objects.get(pk=exportacion.pk)


def leer(mundo: Mundo, exportacion: Exportacion) -> bytes:
    with abrir_archivo(actor=mundo.actor, exportacion=releida(exportacion), reloj=mundo.reloj) as archivo:
        contenido: bytes = archivo.read()
        return contenido


def archivos(almacen: Path) -> list[Path]:
    return sorted(uno for uno in almacen.rglob("*") if uno.is_file())


# ── Armar ───────────────────────────────────────────────────────────────────────────────────────


def test_armar_escribe_el_archivo_y_dice_que_esta_lista(
    mundo: Mundo, almacen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(movimientos, "TANDA", 2)
    producto = mundo.producto()
    for _ in range(5):
        mundo.entrada(producto, 1)
    exportacion = pedir(mundo)
    assert (exportacion.estado, exportacion.avance, exportacion.archivo) == ("pendiente", 0, "")
    assert exportacion.parametros == {"desde": "2026-03-10", "hasta": "2026-03-10"}
    assert exportacion.vence_en == AHORA + timedelta(days=7)
    mundo.reloj.avanzar(minutes=1)
    assert armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    hecha = releida(exportacion)
    assert (hecha.estado, hecha.avance, hecha.filas, hecha.intentos, hecha.error) == ("lista", 100, 5, 1, "")
    assert hecha.terminada_en == AHORA + timedelta(minutes=1)
    lineas = leer(mundo, hecha).decode("utf-8-sig").splitlines()
    assert len(lineas) == 6
    assert len(set(lineas)) == 6
    assert hecha.nombre == "movimientos-por-rango-fecha-2026-03-10.csv"
    [archivo] = archivos(almacen)
    assert archivo.relative_to(almacen).as_posix() == hecha.archivo
    assert len(archivo.stem) >= 43, "Treinta y dos bytes al azar: no se adivina."


def test_el_avance_sube_con_cada_tanda_y_el_cien_llega_con_el_archivo(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    exportacion = pedir(mundo)
    vistos: list[tuple[int, int]] = []

    def tandas(*_: Any) -> Iterator[Tanda]:
        producto = mundo.producto()
        mundo.entrada(producto, 1)
        [fila] = movimientos.movimientos_en_rango(Ambito("UTC", AHORA), desde=HOY, hasta=HOY).consulta
        for _n in range(4):
            yield Tanda([fila, fila], total=8)
            una = releida(exportacion)
            vistos.append((una.avance, una.filas))

    original = REPORTES[exportacion.reporte]
    monkeypatch.setitem(
        REPORTES, exportacion.reporte, Reporte("x", "X", original.columnas, tandas, original.tipos)
    )
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert vistos == [(25, 2), (50, 4), (75, 6), (99, 8)]
    assert releida(exportacion).avance == 100


def test_repetir_la_tarea_no_vuelve_a_armarla(mundo: Mundo, almacen: Path) -> None:
    exportacion = pedir(mundo)
    assert armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    antes = Exportacion.objects.values().get()
    assert not armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert Exportacion.objects.values().get() == antes
    assert len(archivos(almacen)) == 1


def test_mientras_otro_la_arma_se_deja_y_si_callo_se_retoma(mundo: Mundo) -> None:
    exportacion = pedir(mundo)
    Exportacion.objects.filter(pk=exportacion.pk).update(
        estado=EstadoDeExportacion.EN_CURSO, latido_en=AHORA, intentos=1, avance=40
    )
    mundo.reloj.avanzar(minutes=4, seconds=59)
    assert not armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert por_retomar(mundo.empresa, mundo.reloj()) == []
    mundo.reloj.avanzar(seconds=1)
    assert por_retomar(mundo.empresa, mundo.reloj()) == [exportacion.pk]
    assert armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert (releida(exportacion).estado, releida(exportacion).intentos) == ("lista", 2)


def test_quien_perdio_el_turno_no_anota_ni_deja_archivo(
    mundo: Mundo, almacen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exportacion = pedir(mundo)
    guardar = default_storage.save

    def y_llega_otro(*args: Any, **opciones: Any) -> str:
        Exportacion.objects.filter(pk=exportacion.pk).update(intentos=2)
        return guardar(*args, **opciones)

    monkeypatch.setattr(default_storage, "save", y_llega_otro)
    assert not armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert (releida(exportacion).estado, releida(exportacion).archivo) == ("en_curso", "")
    assert archivos(almacen) == []


def test_lo_que_falla_queda_fallido_sin_contar_nada_interno(
    mundo: Mundo, almacen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exportacion = pedir(mundo)

    def sin_disco(*_: Any, **__: Any) -> str:
        raise OSError("/secreto: no queda espacio")

    monkeypatch.setattr(default_storage, "save", sin_disco)
    with pytest.raises(OSError, match="no queda espacio"):
        armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    fallida = releida(exportacion)
    assert (fallida.estado, fallida.error, fallida.terminada_en) == ("fallida", armado.DE_CASA, AHORA)
    assert archivos(almacen) == []
    with pytest.raises(ExportacionSinArchivo, match="fallida"):
        leer(mundo, fallida)


@pytest.mark.parametrize(
    ("error", "queda"),
    [
        (SoftTimeLimitExceeded(), ("fallida", armado.TARDO)),
        (DatoInvalido("No se puede.", campo="x"), ("fallida", "No se puede.")),
        # Al proceso lo apagan: no falló, y otro la retomará.
        (SystemExit(), ("en_curso", "")),
    ],
)
def test_como_queda_segun_por_que_se_detuvo(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch, error: BaseException, queda: tuple[str, str]
) -> None:
    exportacion = pedir(mundo)

    def detenerse(*_: Any, **__: Any) -> str:
        raise error

    monkeypatch.setattr(default_storage, "save", detenerse)
    with pytest.raises(type(error)):
        armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    assert (releida(exportacion).estado, releida(exportacion).error) == queda


def test_la_abandonada_muchas_veces_se_da_por_fallida(mundo: Mundo) -> None:
    exportacion, nunca_empezada = pedir(mundo), pedir(mundo)
    Exportacion.objects.filter(pk=exportacion.pk).update(
        estado=EstadoDeExportacion.EN_CURSO, latido_en=AHORA, intentos=INTENTOS
    )
    assert por_retomar(mundo.empresa, AHORA + SIN_LATIDO) == [nunca_empezada.pk]
    assert (releida(exportacion).estado, releida(exportacion).error) == ("fallida", armado.INTERRUMPIDA)


@pytest.mark.parametrize("clave", REPORTES)
@pytest.mark.parametrize("formato", Formato)
def test_todo_reporte_se_exporta_en_los_dos_formatos(mundo: Mundo, clave: str, formato: Formato) -> None:
    producto = mundo.producto()
    lote = mundo.entrada(producto, 9, costo=1, vence=HOY)
    mundo.merma(lote, 1)
    mundo.peps(producto, 2)
    parametros: dict[str, Any] = {clave: RANGO[clave] for clave in REPORTES[clave].obligatorios & set(RANGO)}
    if clave == "kardex":
        parametros["producto_id"] = producto.pk
    if clave == "valorizacion":
        parametros["instante"] = AHORA
    exportacion = pedir(mundo, reporte=clave, formato=formato, parametros=parametros)
    assert armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    contenido = leer(mundo, exportacion)
    filas = releida(exportacion).filas
    assert filas == {"movimientos-por-rango-fecha": 3, "kardex": 3}.get(clave, 1)
    columnas = REPORTES[clave].columnas
    if formato is Formato.CSV:
        lineas = contenido.decode("utf-8-sig").splitlines()
        assert lineas[0] == ";".join(columna.clave for columna in columnas)
        assert len(lineas) == filas + 1
    else:
        hoja = load_workbook(io.BytesIO(contenido)).active
        assert hoja is not None
        assert [celda.value for celda in hoja[1]] == [columna.titulo for columna in columnas]
        assert hoja.max_row == filas + 1


def test_el_kardex_exportado_lleva_el_saldo_de_una_tanda_a_otra(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kardex, "TANDA", 2)
    producto = mundo.producto()
    for cantidad in (5, 4, 3, 2, 1):
        mundo.entrada(producto, cantidad)
    exportacion = pedir(mundo, reporte="kardex", parametros={**RANGO, "producto_id": producto.pk})
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    encabezado, *lineas = leer(mundo, exportacion).decode("utf-8-sig").splitlines()
    saldo = encabezado.split(";").index("saldo")
    assert [linea.split(";")[saldo] for linea in lineas] == ["5", "9", "12", "14", "15"]


# ── Pedir y recoger ─────────────────────────────────────────────────────────────────────────────


def test_pedir_lo_que_no_hay_se_rechaza(mundo: Mundo) -> None:
    malas: list[dict[str, Any]] = [
        {"reporte": "no-hay"},
        {"parametros": {}},
        {"parametros": {**RANGO, "otro": 1}},
    ]
    for mala in malas:
        with pytest.raises(DatoInvalido):
            pedir(mundo, **mala)
    with pytest.raises(NoEncontrado):
        pedir(mundo, parametros={**RANGO, "producto_id": 10**9})
    with pytest.raises(SinPermiso):
        pedir(mundo, actor=mundo.actor_con())
    with pytest.raises(SinPermiso):
        pedir(
            mundo,
            actor=mundo.actor_con(Permiso.VER, bodegas_permitidas=frozenset({mundo.otra.pk})),
            bodega=mundo.bodega.pk,
        )
    assert Exportacion.objects.count() == 0


def test_no_se_piden_mas_de_cinco_a_la_vez(mundo: Mundo) -> None:
    primera, *_ = [pedir(mundo) for _ in range(5)]
    with pytest.raises(DemasiadasExportaciones):
        pedir(mundo)
    armar(mundo.empresa, primera.pk, reloj=mundo.reloj)
    assert pedir(mundo).estado == "pendiente"


def test_quien_no_alcanza_todas_las_bodegas_no_la_baja(mundo: Mundo) -> None:
    exportacion = pedir(mundo)
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    limitado = mundo.actor_con(Permiso.VER, bodegas_permitidas=frozenset({mundo.otra.pk}))
    with pytest.raises(SinPermiso, match="bodegas"):
        abrir_archivo(actor=limitado, exportacion=releida(exportacion), reloj=mundo.reloj)
    suya = pedir(mundo, actor=limitado)
    assert suya.bodegas == [mundo.otra.pk]
    armar(mundo.empresa, suya.pk, reloj=mundo.reloj)
    abrir_archivo(actor=limitado, exportacion=releida(suya), reloj=mundo.reloj).close()
    with pytest.raises(SinPermiso):
        abrir_archivo(actor=mundo.actor_con(), exportacion=releida(suya), reloj=mundo.reloj)


def test_pedirla_limitado_a_una_bodega_solo_trae_lo_de_ella(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 1, codigo="AQUI")
    mundo.entrada(producto, 1, codigo="ALLA", bodega=mundo.otra)
    exportacion = pedir(mundo, bodega=mundo.otra.pk)
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    contenido = leer(mundo, exportacion)
    assert (b"ALLA" in contenido, b"AQUI" in contenido) == (True, False)


# ── Borrar ──────────────────────────────────────────────────────────────────────────────────────


def test_purgar_borra_el_archivo_a_su_plazo_y_despues_olvida_la_fila(mundo: Mundo, almacen: Path) -> None:
    exportacion = pedir(mundo)
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    justo_antes = exportacion.vence_en - timedelta(microseconds=1)
    assert purgar(mundo.empresa, justo_antes) == 0
    assert len(archivos(almacen)) == 1
    assert purgar(mundo.empresa, exportacion.vence_en) == 1
    assert purgar(mundo.empresa, exportacion.vence_en) == 0
    assert archivos(almacen) == []
    assert (releida(exportacion).estado, releida(exportacion).archivo) == ("vencida", "")
    with pytest.raises(ExportacionSinArchivo, match="vencida"):
        leer(mundo, exportacion)
    purgar(mundo.empresa, exportacion.vence_en + SE_RECUERDA)
    assert Exportacion.objects.count() == 0


def test_purgar_borra_al_dia_lo_que_dejo_quien_murio_al_guardar(
    mundo: Mundo, almacen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exportacion = pedir(mundo)
    guardar = default_storage.save

    def y_muere(*args: Any, **opciones: Any) -> str:
        guardar(*args, **opciones)
        raise SystemExit

    with monkeypatch.context() as al_guardar:
        al_guardar.setattr(default_storage, "save", y_muere)
        with pytest.raises(SystemExit):
            armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    [huerfano] = archivos(almacen)
    mundo.reloj.avanzar(minutes=5)
    assert armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    de_otra = almacen / "exportaciones" / str(mundo.empresa.pk + 1) / "suyo.csv"
    de_otra.parent.mkdir()
    ajeno = almacen / "ajeno.csv"
    for archivo in (de_otra, ajeno):
        archivo.write_text("x")
    todos = archivos(almacen)
    for archivo in todos:
        os.utime(archivo, (AHORA.timestamp(), AHORA.timestamp()))
    # Recién guardado puede ser de quien todavía no llegó a anotarlo.
    assert purgar(mundo.empresa, AHORA + SIN_DUENO - timedelta(microseconds=1)) == 0
    assert archivos(almacen) == todos
    assert purgar(mundo.empresa, AHORA + SIN_DUENO) == 1
    assert archivos(almacen) == [archivo for archivo in todos if archivo != huerfano]
    assert leer(mundo, exportacion)
    assert purgar(mundo.empresa, AHORA + SIN_DUENO) == 0


def test_pasado_su_plazo_no_se_baja_aunque_nadie_la_haya_purgado(mundo: Mundo) -> None:
    exportacion = pedir(mundo)
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    mundo.reloj.ahora = exportacion.vence_en
    with pytest.raises(ExportacionSinArchivo):
        leer(mundo, exportacion)


def test_si_el_archivo_se_perdio_se_dice(mundo: Mundo) -> None:
    exportacion = pedir(mundo)
    armar(mundo.empresa, exportacion.pk, reloj=mundo.reloj)
    default_storage.delete(releida(exportacion).archivo)
    with pytest.raises(ExportacionSinArchivo, match="ya se borró"):
        leer(mundo, exportacion)


# ── Por la API y por la cola ────────────────────────────────────────────────────────────────────


@pytest.fixture
def al_confirmar(django_capture_on_commit_callbacks: Any) -> Callable[..., Any]:
    def hacer(que: Callable[[], Any]) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return que()

    return hacer


def test_pedir_mirar_y_bajar_por_la_api(
    granja: Mundo, cliente: ClienteApi, al_confirmar: Callable[..., Any]
) -> None:
    granja.entrada(granja.producto(), 1, codigo="L-1")
    cuerpo = {"reporte": "movimientos-por-rango-fecha", "formato": "csv", "parametros": EN_TEXTO}
    respuesta = al_confirmar(lambda: cliente.post(R, cuerpo))
    assert respuesta.status_code == 201
    pedida = respuesta.json()
    assert (pedida["estado"], pedida["avance"], pedida["parametros"]) == (
        "pendiente",
        0,
        {"desde": str(HOY), "hasta": str(HOY)},
    )
    vista = cliente.get(f"{R}/{pedida['id']}").json()
    assert (vista["estado"], vista["avance"], vista["filas"]) == ("lista", 100, 1)
    assert set(vista) == set(pedida)
    assert cliente.get(R).json() == [vista]
    bajada = cliente.get(f"{R}/{pedida['id']}/archivo", headers={"Accept": "text/csv"})
    assert bajada["Content-Disposition"] == f'attachment; filename="{vista["nombre"]}"'
    assert b"L-1" in bajada.getvalue()


def test_solo_quien_la_encargo_la_mira_y_la_baja(
    granja: Mundo, cliente: ClienteApi, ajeno: ClienteApi, al_confirmar: Callable[..., Any]
) -> None:
    cuerpo = {"reporte": "inventario-basico", "formato": "csv"}
    en_espera = Exportacion.objects.get(pk=cliente.post(R, cuerpo).json()["id"])
    sin_archivo = cliente.get(f"{R}/{en_espera.pk}/archivo")
    assert (sin_archivo.status_code, sin_archivo.json()["codigo"]) == (409, "exportacion_sin_archivo")
    suya = al_confirmar(lambda: cliente.post(R, cuerpo)).json()["id"]
    # Otra clave de todos los alcances, quien administra la empresa y otra empresa: para ellos no existe.
    persona = Usuario.objects.create_user("manda@granja.test")
    agregar_miembro(empresa=granja.empresa, usuario=persona, rol=Rol.ADMINISTRADOR)
    administra = ClienteApi()
    administra.force_login(persona)
    for ruta in (f"{R}/{suya}", f"{R}/{suya}/archivo"):
        for otro in (cliente_de(granja), administra, ajeno):
            assert otro.get(ruta).status_code == 404
            assert otro.get(R).json() == []
        assert cliente_de(granja, "inventory:write").get(ruta).status_code == 403
        assert cliente.con().get(ruta).status_code == 401
        assert cliente.get(ruta).status_code == 200
    for ruta in (f"{R}/999999", f"{R}/999999/archivo"):
        assert cliente.get(ruta).status_code == 404
    assert cliente.get(f"{R}/x").status_code == 422


@pytest.mark.parametrize(
    "cuerpo",
    [
        {},
        {"reporte": "no-hay", "formato": "csv"},
        {"reporte": "inventario-basico", "formato": "json"},
        {"reporte": "movimientos-por-rango-fecha", "formato": "csv"},
        {"reporte": "mermas", "formato": "csv", "parametros": {"fecha_inicio": "ayer", "fecha_fin": "hoy"}},
        {"reporte": "mermas", "formato": "csv", "parametros": []},
        {"reporte": "rotacion", "formato": "xlsx", "parametros": {"dias": True}},
        {"reporte": "rotacion", "formato": "xlsx", "parametros": {"bodega": "no-hay"}},
        {"reporte": "valorizacion", "formato": "xlsx", "parametros": {"fecha": "2026-03-11"}},
        {"reporte": "kardex", "formato": "csv", "parametros": {**EN_TEXTO, "producto_id": "x"}},
    ],
)
def test_lo_mal_pedido_es_422_y_no_encarga_nada(
    granja: Mundo, cliente: ClienteApi, cuerpo: dict[str, Any]
) -> None:
    respuesta = cliente.post(R, cuerpo)
    assert (respuesta.status_code, respuesta.json()["codigo"]) == (422, "validacion")
    assert Exportacion.objects.count() == 0


def test_pedir_dos_veces_con_la_misma_clave_encarga_una(granja: Mundo) -> None:
    cliente = cliente_de(granja)
    cuerpo = {"reporte": "inventario-basico", "formato": "csv"}
    veces = [cliente.post(R, cuerpo, headers={"Idempotency-Key": "una"}) for _ in range(2)]
    assert [vez.status_code for vez in veces] == [201, 201]
    assert veces[0].json() == veces[1].json()
    assert Exportacion.objects.count() == 1


def test_las_tareas_retoman_y_purgan_en_todas_las_empresas(granja: Mundo, almacen: Path) -> None:
    hace_mucho = timezone.now() - timedelta(days=6)
    exportacion = pedir(granja, reloj=lambda: hace_mucho)
    tasks.retomar()
    assert releida(exportacion).estado == "lista"
    assert len(archivos(almacen)) == 1
    Exportacion.objects.update(vence_en=timezone.now())
    tasks.purgar()
    vieja = releida(exportacion)
    assert (vieja.estado, vieja.resumen, archivos(almacen)) == ("vencida", {}, [])


def test_una_clave_limitada_a_una_bodega_exporta_solo_esa(
    granja: Mundo, al_confirmar: Callable[..., Any]
) -> None:
    producto = granja.producto()
    granja.entrada(producto, 1, codigo="AQUI")
    granja.entrada(producto, 1, codigo="ALLA", bodega=granja.otra)
    limitado = cliente_de(granja, "inventory:read")
    ClaveApi.objects.get(empresa=granja.empresa).bodegas_permitidas.add(granja.otra)
    cuerpo = {"reporte": "movimientos-por-rango-fecha", "formato": "csv", "parametros": EN_TEXTO}
    pk = al_confirmar(lambda: limitado.post(R, cuerpo)).json()["id"]
    contenido = limitado.get(f"{R}/{pk}/archivo").getvalue()
    assert (b"ALLA" in contenido, b"AQUI" in contenido) == (True, False)
    # Si después le quitan esa bodega, lo que la abarcaba ya no lo baja.
    ClaveApi.objects.get(empresa=granja.empresa).bodegas_permitidas.set([granja.bodega])
    assert limitado.get(f"{R}/{pk}/archivo").status_code == 403
