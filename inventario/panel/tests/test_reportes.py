"""Los reportes como páginas, sus archivos y los que se encargan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inventario.cuentas.models import Membresia
from inventario.cuentas.permisos import Rol
from inventario.lotes.models import Lote
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Motivo
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo
from inventario.panel.reportes import peso
from inventario.panel.reportes.paginas import PAGINAS, kardex
from inventario.panel.tests.conftest import Navegador, contar_consultas
from inventario.reportes.exportar import armado
from inventario.reportes.indice import REPORTES
from inventario.reportes.models import EstadoDeExportacion, Exportacion

pytestmark = pytest.mark.django_db
# Lo que mira se hace después de confirmar: necesita confirmar de verdad.
al_confirmar = pytest.mark.django_db(transaction=True)

MOVIMIENTOS = "/reportes/movimientos-por-rango-fecha/"


@pytest.fixture(autouse=True)
def archivos(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def lote(granja: Mundo) -> Lote:
    """100 a 2 de costo hace 20 días; salieron 10 para el módulo engorde, y hoy se perdieron 5."""
    producto = granja.producto("ALIM-35")
    granja.reloj.avanzar(days=-20)
    lote = granja.entrada(producto, 100, costo=2, vence=HOY + timedelta(days=20), codigo="L-1")
    granja.reloj.avanzar(days=15)
    granja.salida(lote, 10, glosa=Glosa(motivo=Motivo.CONSUMO, modulo="engorde", tanque="T1"))
    granja.reloj.avanzar(days=5)
    granja.merma(lote, 5)
    return lote


def celdas(respuesta: Any) -> list[list[str]]:
    return [[celda.texto for celda in fila] for fila in respuesta.context["filas"]]


def cifras(respuesta: Any) -> dict[str, str]:
    return {str(cifra.titulo): cifra.texto for cifra in respuesta.context["visto"].cifras}


def ruta_de(clave: str, lote: Lote) -> str:
    return f"/reportes/{clave}/" + (f"?producto={lote.producto_id}" if clave == "kardex" else "")


def test_el_indice_ofrece_todos_los_reportes_del_catalogo(granja: Mundo, auditor: Navegador) -> None:
    assert set(PAGINAS) == set(REPORTES)
    html = auditor.get("/reportes/").content.decode()
    assert all(f'href="/reportes/{clave}/"' in html for clave in PAGINAS)


@pytest.mark.parametrize("clave", sorted(PAGINAS))
def test_cada_uno_se_ve_entero_en_fragmento_y_en_los_dos_archivos(
    granja: Mundo, navegador: Navegador, lote: Lote, clave: str
) -> None:
    ruta = ruta_de(clave, lote)
    antes = granja.foto()
    entera = navegador.get(ruta)
    assert entera.status_code == 200
    assert len(entera.context["filas"]) >= 1
    assert "<!doctype html>" in entera.content.decode()
    assert navegador.fragmento(ruta).content.decode().lstrip().startswith('<div id="reporte"')
    base, _, consulta = ruta.partition("?")
    for formato, empieza in (("csv", "\ufeff".encode()), ("xlsx", b"PK")):
        archivo: Any = navegador.get(f"{base}archivo.{formato}?{consulta}")
        assert archivo["Content-Disposition"] == f'attachment; filename="{clave}-{HOY}.{formato}"'
        assert b"".join(archivo.streaming_content).startswith(empieza)
    assert granja.foto() == antes


def test_valorizacion_ahora_y_al_cierre_de_un_dia(granja: Mundo, navegador: Navegador, lote: Lote) -> None:
    ahora = navegador.get("/reportes/valorizacion/")
    assert celdas(ahora) == [["Alimento ALIM-35", "ALIM-35", "85", "kg", "2", "170,00"]]
    antes = navegador.get("/reportes/valorizacion/", {"fecha": str(HOY - timedelta(days=10))})
    assert cifras(antes)["Valor del inventario"] == "200,00"
    assert antes.context["visto"].grafico["series"][0]["datos"] == [200.0]


def test_mermas_y_consumo_dicen_el_motivo_el_modulo_y_el_costo(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    mermas = navegador.get("/reportes/mermas/")
    assert celdas(mermas) == [["Merma", "Alimento ALIM-35", "5", "kg", "10,00", "1"]]
    assert mermas.context["visto"].grafico["etiquetas"] == ["Merma"]
    [uso] = celdas(navegador.get("/reportes/consumo-por-modulo/"))
    assert uso[:7] == ["engorde", "T1", "Alimento ALIM-35", "10", "kg", "20,00", "1"]
    assert celdas(navegador.get("/reportes/consumo-por-modulo/", {"modulo": "otro"})) == []


def test_kardex_da_el_saldo_y_sigue_donde_quedo(
    granja: Mundo, navegador: Navegador, lote: Lote, monkeypatch: pytest.MonkeyPatch
) -> None:
    vacio = navegador.get("/reportes/kardex/")
    assert (vacio.status_code, vacio.context["falta"]) == (200, True)
    assert "Elija un producto" in vacio.content.decode()
    monkeypatch.setattr(kardex, "POR_PAGINA", 2)
    primera = navegador.get(ruta_de("kardex", lote))
    assert [fila[3:6] for fila in celdas(primera)] == [["100", "—", "100"], ["—", "10", "90"]]
    assert primera.context["visto"].total == 3
    segunda = navegador.get(f"/reportes/kardex/{primera.context['visto'].siguiente}")
    assert [fila[3:6] for fila in celdas(segunda)] == [["—", "5", "85"]]
    assert (cifras(segunda)["Saldo al empezar"], segunda.context["visto"].siguiente) == ("90", "")
    for mal in ("x", "2026-99-99T00:00_1", "2026-03-10T10:00:00_1", "2020-01-01T00:00:00+00:00_1"):
        otra = navegador.get("/reportes/kardex/", {"producto": lote.producto_id, "tras": mal})
        assert len(celdas(otra)) == 2


def test_lo_que_sobrara_se_dice_en_cantidad_y_en_dinero(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    respuesta = navegador.get("/reportes/vencera-sin-usarse/", {"dias_de_consumo": "10", "horizonte": "30"})
    # Un kilo por día, hoy y el día en que vence incluidos: de 85 se usan 21.
    [fila] = celdas(respuesta)
    assert (fila[1], fila[4], fila[5], fila[7]) == ("L-1", "1", "64", "128,00")
    assert cifras(respuesta)["Valor que se perderá"] == "128,00"


def test_movimientos_por_omision_son_los_ultimos_treinta_dias(
    granja: Mundo, navegador: Navegador, lote: Lote
) -> None:
    granja.reloj.avanzar(days=-30)
    granja.entrada(lote.producto, 1)
    granja.reloj.avanzar(days=30)
    respuesta = navegador.get(MOVIMIENTOS)
    formulario = respuesta.context["formulario"]
    assert (formulario["desde"].value(), formulario["hasta"].value()) == ("2026-02-09", "2026-03-10")
    assert [fila[1] for fila in celdas(respuesta)] == ["Entrada", "Salida", "Ajuste negativo"]
    assert cifras(respuesta) == {"Valor de lo que entró": "200,00", "Valor de lo que salió": "30,00"}
    solo = navegador.get(MOVIMIENTOS, {"tipo": "salida", "producto": str(lote.producto_id)})
    assert [fila[5] for fila in celdas(solo)] == ["10"]


@pytest.mark.parametrize(
    ("clave", "datos", "campo"),
    [
        ("mermas", {"desde": "2026-03-10", "hasta": "2026-03-09"}, "hasta"),
        ("mermas", {"desde": "ayer"}, "desde"),
        ("mermas", {"desde": ""}, "desde"),
        ("mermas", {"hasta": "9999-12-31"}, "hasta"),
        ("mermas", {"bodega": "999999"}, "bodega"),
        ("valorizacion", {"fecha": "2026-03-11"}, "fecha"),
        ("valorizacion", {"fecha": "0001-01-01"}, "fecha"),
        ("top-productos-disponibles", {"n": "0"}, "n"),
        ("top-productos-disponibles", {"n": "101"}, "n"),
        ("top-productos-disponibles", {"n": ""}, "n"),
        ("rotacion", {"dias": "367"}, "dias"),
        ("vencera-sin-usarse", {"horizonte": "3651"}, "horizonte"),
        ("lotes-por-vencer", {"dias": "0"}, "dias"),
        ("movimientos-por-rango-fecha", {"tipo": "robo"}, "tipo"),
        ("movimientos-por-rango-fecha", {"producto": "999999"}, "producto"),
        ("kardex", {"producto": "999999"}, "producto"),
    ],
)
def test_lo_mal_pedido_se_dice_en_su_campo_y_no_da_archivo(
    granja: Mundo, navegador: Navegador, clave: str, datos: dict[str, str], campo: str
) -> None:
    for ruta in (f"/reportes/{clave}/", f"/reportes/{clave}/archivo.csv"):
        respuesta = navegador.get(ruta, datos)
        assert respuesta.status_code == 422
        assert list(respuesta.context["formulario"].errors) == [campo]
        assert "visto" not in respuesta.context


def test_sin_nada_que_mostrar_lo_dice(granja: Mundo, navegador: Navegador) -> None:
    for clave, una in PAGINAS.items():
        if clave != "kardex":
            assert str(una.vacio) in navegador.get(f"/reportes/{clave}/").content.decode()


@al_confirmar
def test_un_reporte_largo_se_encarga_una_vez_y_se_baja(
    granja: Mundo, navegador: Navegador, vecino: Navegador, lote: Lote, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(peso, "FILAS_AL_MOMENTO", 2)
    larga = f"{MOVIMIENTOS}?desde=2026-01-01&hasta={HOY}"
    assert "Preparar CSV" in navegador.get(larga).content.decode()
    directo = navegador.get(f"{MOVIMIENTOS}archivo.csv?desde=2026-01-01&hasta={HOY}")
    assert "Preparar CSV" in directo.content.decode()
    encargar = f"{MOVIMIENTOS}encargar/?desde=2026-01-01&hasta={HOY}"
    primera, segunda = (navegador.mover(encargar, {"formato": "csv"}, clave="la-misma") for _ in range(2))
    encargo = Exportacion.objects.get()
    assert primera["Location"] == segunda["Location"] == f"/reportes/exportaciones/{encargo.pk}/"
    assert encargo.parametros == {"desde": "2026-01-01", "hasta": str(HOY), "tipo": ""}
    listo = navegador.get(primera["Location"])
    assert (encargo.estado, encargo.filas, listo.context["lista"]) == (EstadoDeExportacion.LISTA, 3, True)
    archivo: Any = navegador.get(f"{primera['Location']}archivo/")
    assert b"".join(archivo.streaming_content).count(b"\r\n") == 4
    assert encargo.nombre in navegador.get("/reportes/").content.decode()
    for ajeno in (primera["Location"], f"{primera['Location']}archivo/"):
        assert vecino.get(ajeno).status_code == 404


@al_confirmar
@pytest.mark.parametrize("formato", ["csv", "xlsx"])
def test_lo_encargado_se_ve_ademas_de_bajarse(
    granja: Mundo, navegador: Navegador, lote: Lote, monkeypatch: pytest.MonkeyPatch, formato: str
) -> None:
    monkeypatch.setattr(armado, "PRIMERAS", 1)
    otro = granja.entrada(granja.producto("MELAZA"), 10, costo=3)
    granja.merma(otro, 1)
    ruta = navegador.mover("/reportes/mermas/encargar/", {"formato": formato})["Location"]
    listo = navegador.get(ruta)
    # Cinco a 2 y uno a 3; lo más caro es lo primero del archivo.
    assert [(str(titulo), texto) for titulo, texto in listo.context["cifras"]] == [("Costo", "13,00")]
    [fila] = listo.context["primeras"]
    assert {titulo: texto for titulo, texto, _numero in fila}["Costo"] == "10,00"
    assert "La primera fila" in listo.content.decode()
    # A quien le quitaron una bodega ya no se le enseña lo que la abarcaba.
    Membresia.objects.get(usuario=Exportacion.objects.get().usuario).bodegas_permitidas.set([granja.otra])
    assert "primeras" not in navegador.get(ruta).context


@al_confirmar
def test_un_encargo_en_marcha_se_mira_cada_dos_segundos(
    granja: Mundo, navegador: Navegador, operador: Navegador, lote: Lote
) -> None:
    ruta = navegador.mover(f"{MOVIMIENTOS}encargar/", {"formato": "xlsx"})["Location"]
    assert operador.get(ruta).status_code == 404
    encargos = Exportacion.objects.all()
    encargos.update(estado=EstadoDeExportacion.EN_CURSO, avance=40, filas=12)
    fragmento = navegador.fragmento(ruta).content.decode()
    assert 'hx-trigger="every 2s"' in fragmento
    assert 'value="40"' in fragmento
    assert navegador.get(f"{ruta}archivo/").status_code == 409
    encargos.update(estado=EstadoDeExportacion.FALLIDA, error="Tardó demasiado")
    fallida = navegador.fragmento(ruta).content.decode()
    assert "Tardó demasiado" in fallida
    assert "every 2s" not in fallida
    encargos.update(estado=EstadoDeExportacion.LISTA, avance=100)
    encargos.update(vence_en=AHORA - timedelta(seconds=1))
    assert "El archivo ya se borró" in navegador.get(ruta).content.decode()


def test_un_encargo_mal_pedido_no_se_guarda(granja: Mundo, navegador: Navegador) -> None:
    mal = navegador.mover(f"{MOVIMIENTOS}encargar/?desde=2026-03-10&hasta=2026-03-01", {"formato": "csv"})
    assert (mal.status_code, list(mal.context["formulario"].errors)) == (422, ["hasta"])
    assert navegador.mover(f"{MOVIMIENTOS}encargar/", {"formato": "pdf"}).status_code == 422
    assert navegador.mover("/reportes/nada/encargar/", {"formato": "csv"}).status_code == 404
    assert Exportacion.objects.count() == 0


def test_lo_que_no_existe_es_404_y_sin_entrar_se_pide_la_clave(granja: Mundo, navegador: Navegador) -> None:
    for ruta in ("/reportes/nada/", "/reportes/mermas/archivo.pdf", "/reportes/exportaciones/999/"):
        assert navegador.get(ruta).status_code == 404
    assert Navegador().get("/reportes/mermas/").status_code == 302


def test_cada_quien_ve_las_bodegas_y_la_empresa_que_alcanza(
    granja: Mundo, navegador: Navegador, vecino: Navegador, entrar: Callable[..., Navegador], lote: Lote
) -> None:
    granja.entrada(lote.producto, 3, costo=5, bodega=granja.otra)
    ruta = "/reportes/valorizacion/"
    valor = "Valor del inventario"
    assert cifras(navegador.get(ruta))[valor] == "185,00"
    assert cifras(navegador.get(ruta, {"bodega": granja.otra.pk}))[valor] == "15,00"
    limitado = entrar(Rol.OPERADOR, granja.otra)
    assert cifras(limitado.get(ruta))[valor] == "15,00"
    assert cifras(vecino.get(ruta))[valor] == "0,00"
    assert vecino.get(ruta_de("kardex", lote)).status_code == 422


@pytest.mark.parametrize("clave", sorted(PAGINAS))
def test_las_consultas_son_las_mismas_con_poco_que_con_mucho(
    granja: Mundo,
    navegador: Navegador,
    lote: Lote,
    clave: str,
) -> None:
    ruta = ruta_de(clave, lote)
    pocas = contar_consultas(lambda: navegador.get(ruta))
    for numero in range(12):
        producto = granja.producto(f"P-{numero:02}")
        otro = granja.entrada(producto, 5, costo=numero, vence=HOY + timedelta(days=numero))
        granja.salida(otro, 1)
        granja.merma(otro, 1)
        granja.entrada(lote.producto, 1)
    assert contar_consultas(lambda: navegador.get(ruta)) == pocas
