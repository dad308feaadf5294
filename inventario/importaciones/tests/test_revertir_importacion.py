"""Deshacer una importación: por tandas, sin repetir lo hecho y diciendo lo que no se pudo."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.eventos.models import Evento
from inventario.importaciones import deshacer
from inventario.lotes.models import Lote
from inventario.movimientos import libro
from inventario.movimientos.models import Asiento, Importacion, Motivo
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, comprobar_invariantes
from inventario.movimientos.tests.ordenes import dicho_por
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db


@pytest.fixture
def granja(db: None) -> Iterator[Mundo]:
    mundo = Mundo.crear()
    with time_machine.travel(AHORA, tick=False), en_empresa(mundo.empresa):
        yield mundo
        comprobar_invariantes()


@pytest.fixture
def importada(granja: Mundo, tmp_path: Path) -> Importacion:
    """Cinco entradas de 2 unidades de un producto, cada una en su lote."""
    granja.producto("A")
    return _importar(
        granja, tmp_path, "entradas", "sku,lote,cantidad\n" + "".join(f"A,L{n},2\n" for n in range(5))
    )


@pytest.fixture
def producto(importada: Importacion) -> Producto:
    return Producto.objects.get()


def _importar(mundo: Mundo, carpeta: Path, clase: str, contenido: str, **opciones: Any) -> Importacion:
    ruta = carpeta / f"{clase}.csv"
    ruta.write_text(contenido, "utf-8")
    call_command(
        "importar",
        clase,
        ruta,
        empresa=mundo.empresa.slug,
        aplicar=True,
        stdout=io.StringIO(),
        stderr=io.StringIO(),
        **opciones,
    )
    return Importacion.objects.latest("pk")


def _revertir(mundo: Mundo, pk: int, **opciones: Any) -> str:
    return dicho_por(
        "revertir_importacion", pk, empresa=mundo.empresa.slug, **{"motivo": "Archivo equivocado", **opciones}
    )


def test_revertir_deshace_del_ultimo_al_primero(
    granja: Mundo, importada: Importacion, producto: Producto
) -> None:
    Evento.objects.all().delete()
    dicho = _revertir(granja, importada.pk)

    assert dicho == f"Importación {importada.pk} deshecha: 5 asientos revertidos.\n"
    importada.refresh_from_db()
    assert (importada.estado, importada.deshecha_en) == ("deshecha", AHORA)
    assert granja.fisica(producto) == 0
    assert {lote.saldo for lote in Lote.objects.all()} == {cant(0)}
    originales = list(Asiento.objects.filter(importacion=importada).order_by("-pk"))
    reversos = list(Asiento.objects.filter(tipo="reverso").order_by("pk"))
    assert [reverso.revierte_id for reverso in reversos] == [asiento.pk for asiento in originales]
    assert {(r.motivo, r.motivo_texto) for r in reversos} == {(Motivo.REVERSO, "Archivo equivocado")}
    evento = Evento.objects.get()
    assert (evento.tipo, evento.datos) == (
        "importacion_deshecha",
        {"importacion": importada.pk, "productos": [producto.pk]},
    )


def test_revertir_otra_vez_se_rechaza(granja: Mundo, importada: Importacion) -> None:
    _revertir(granja, importada.pk)
    antes = granja.foto()
    assert _revertir(granja, importada.pk) == f"ERROR La importación {importada.pk} ya está deshecha."
    assert granja.foto() == antes


def test_revertir_sigue_con_lo_que_puede_y_despues_termina(
    granja: Mundo, importada: Importacion, producto: Producto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deshacer, "POR_TANDA", 2)
    # PEPS toma del primer lote: ese asiento ya no se puede devolver entero.
    salida = granja.peps(producto, 1)
    dicho = _revertir(granja, importada.pk)
    numero = Asiento.objects.filter(importacion=importada).earliest("pk").numero
    assert dicho == (
        f"El asiento {numero} no se puede revertir: del lote L0 quedan 1 y hay que devolver 2.\n"
        "ERROR 4 asientos revertidos y 1 que no se pudieron: "
        "resuelva lo que los retiene y vuelva a dar la orden."
    )
    importada.refresh_from_db()
    assert (importada.estado, importada.deshecha_en) == ("deshaciendo", None)
    assert granja.fisica(producto) == 1

    granja.revertir(salida)
    assert _revertir(granja, importada.pk) == f"Importación {importada.pk} deshecha: 1 asientos revertidos.\n"
    importada.refresh_from_db()
    assert importada.estado == "deshecha"
    assert granja.fisica(producto) == 0


def test_revertir_cortado_a_la_mitad_sigue_donde_quedo(
    granja: Mundo, importada: Importacion, producto: Producto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deshacer, "POR_TANDA", 2)
    guardar = libro.Hoja.guardar
    guardadas = []

    def cortar(hoja: libro.Hoja) -> None:
        guardar(hoja)
        guardadas.append(hoja)
        if len(guardadas) == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as corte:
        corte.setattr(libro.Hoja, "guardar", cortar)
        with pytest.raises(KeyboardInterrupt):
            _revertir(granja, importada.pk)
    importada.refresh_from_db()
    # La primera tanda quedó confirmada; la que se cortó, no.
    assert importada.estado == "deshaciendo"
    assert granja.fisica(producto) == 6

    assert _revertir(granja, importada.pk) == f"Importación {importada.pk} deshecha: 3 asientos revertidos.\n"
    assert granja.fisica(producto) == 0


def test_revertir_salta_lo_que_ya_se_revirtio_a_mano(granja: Mundo, importada: Importacion) -> None:
    granja.revertir(Asiento.objects.filter(importacion=importada).earliest("pk"))
    assert _revertir(granja, importada.pk) == f"Importación {importada.pk} deshecha: 4 asientos revertidos.\n"


def test_revertir_salidas_devuelve_cada_lote(granja: Mundo, importada: Importacion, tmp_path: Path) -> None:
    salidas = _importar(
        granja,
        tmp_path,
        "salidas",
        "momento,sku,cantidad\n2026-03-10 08:00,A,3\n2026-03-10 09:00,A,4\n",
        politica="peps",
    )
    assert sum(lote.saldo for lote in Lote.objects.all()) == 3
    assert "no se pudieron" in _revertir(granja, importada.pk)
    assert "deshecha: 2 asientos revertidos" in _revertir(granja, salidas.pk)
    assert "deshecha: 4 asientos revertidos" in _revertir(granja, importada.pk)
    assert {lote.saldo for lote in Lote.objects.all()} == {cant(0)}


def test_revertir_permite_importar_de_nuevo_el_mismo_archivo(
    granja: Mundo, importada: Importacion, producto: Producto, tmp_path: Path
) -> None:
    _revertir(granja, importada.pk)
    _importar(granja, tmp_path, "entradas", (tmp_path / "entradas.csv").read_text())
    assert granja.fisica(producto) == 10


def test_revertir_sin_permiso_sin_motivo_o_de_otra_empresa_no_toca_nada(
    granja: Mundo, importada: Importacion
) -> None:
    usuario = Usuario.objects.create_user("operador@acme.ec")
    agregar_miembro(empresa=granja.empresa, usuario=usuario, rol=Rol.OPERADOR)
    antes = granja.foto()
    assert _revertir(granja, importada.pk, usuario="operador@acme.ec") == (
        "ERROR No tiene permiso para revertir."
    )
    assert _revertir(granja, importada.pk, motivo="  ") == "ERROR No puede quedar vacío."
    assert _revertir(granja, importada.pk, motivo="x" * 501) == "ERROR Se admiten hasta 500 caracteres."
    assert _revertir(granja, 10**15) == f"ERROR No existe la importación {10**15} en esta empresa."
    otra = Mundo.crear()
    assert _revertir(otra, importada.pk) == f"ERROR No existe la importación {importada.pk} en esta empresa."
    assert granja.foto() == antes
    importada.refresh_from_db()
    assert importada.estado == "aplicada"


def test_revertir_una_importacion_de_productos_se_rechaza(granja: Mundo, tmp_path: Path) -> None:
    importacion = _importar(granja, tmp_path, "productos", "sku,nombre\nA,Uno\n")
    dicho = _revertir(granja, importacion.pk)
    assert dicho.startswith("ERROR Una importación de productos no asentó nada que revertir")


@pytest.mark.parametrize("pide", [5, 10])
def test_revertir_en_tandas_exactas_termina(
    granja: Mundo, importada: Importacion, monkeypatch: pytest.MonkeyPatch, pide: int
) -> None:
    monkeypatch.setattr(deshacer, "POR_TANDA", pide)
    assert "5 asientos revertidos" in _revertir(granja, importada.pk)


def test_revertir_avisa_su_avance(
    granja: Mundo, importada: Importacion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deshacer, "POR_TANDA", 2)
    pasos: list[int] = []
    avanzar: Callable[[int], None] = pasos.append
    deshacer.revertir_importacion(
        actor=granja.actor, importacion_id=importada.pk, motivo="Equivocada", avanzar=avanzar
    )
    assert pasos == [2, 2, 1]
