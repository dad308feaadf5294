"""Importar: ensayo sin rastro, todo o nada, lo rechazado con su fila, y los mismos libros que uno por uno."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.eventos.models import Evento
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento, Existencia, Importacion, Movimiento
from inventario.movimientos.tests import corriente
from inventario.movimientos.tests.mundo import AHORA, Mundo, cant, comprobar_invariantes, dia
from inventario.movimientos.tests.ordenes import dicho_por
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Categoria, Producto, Unidad

pytestmark = pytest.mark.django_db
ENTRADAS = "fecha;sku;lote;cantidad;vence;costo_unitario\n"
SALIDAS = "momento,sku,cantidad\n"


@pytest.fixture
def granja(db: None) -> Iterator[Mundo]:
    mundo = Mundo.crear()
    with time_machine.travel(AHORA, tick=False), en_empresa(mundo.empresa):
        yield mundo
        comprobar_invariantes()


@pytest.fixture
def importa(granja: Mundo, tmp_path: Path) -> Callable[..., str]:
    """Importa un texto como archivo y devuelve lo que la orden dijo."""

    def importar(clase: str, contenido: str | bytes, *, nombre: str = "datos.csv", **opciones: Any) -> str:
        ruta = tmp_path / nombre
        ruta.write_bytes(contenido.encode() if isinstance(contenido, str) else contenido)
        if clase == "salidas":
            opciones = {"politica": "fefo", **opciones}
        return dicho_por("importar", clase, ruta, empresa=granja.empresa.slug, **opciones)

    return importar


def _foto(mundo: Mundo) -> dict[str, Any]:
    return {
        **mundo.foto(),
        "importaciones": Importacion.objects.count(),
        "productos": list(Producto.objects.order_by("pk").values_list("sku", "nombre", "version")),
        "unidades": list(Unidad.objects.order_by("pk").values_list("abreviatura", "divisible")),
        "categorias": Categoria.objects.count(),
        "usuarios": Usuario.objects.count(),
    }


# ── Entradas ────────────────────────────────────────────────────────────────────────────────────────


def test_importar_entradas_asienta_cada_fila_en_su_dia(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    archivo = ENTRADAS + "05/03/2026;a;L-1;10,5;31/12/2026;0,335\n;A;L-2;3;;\n2026-03-10;A;L-3;1;;1\n"

    dicho = importa("entradas", archivo, aplicar=True)

    importacion = Importacion.objects.get()
    assert dicho == f"3 filas leídas, 3 aceptadas, 0 rechazadas. Importación {importacion.pk} aplicada.\n"
    assert (importacion.estado, importacion.filas, importacion.aplicadas, importacion.rechazadas) == (
        "aplicada",
        3,
        3,
        0,
    )
    assert importacion.usuario.es_servicio
    columnas = ("codigo", "fecha_ingreso", "vence_el", "saldo", "costo_unitario", "procedencia")
    assert list(Lote.objects.order_by("pk").values_list(*columnas)) == [
        ("L-1", dia(-5), date(2026, 12, 31), cant("10.5"), cant("0.335"), "entrada"),
        ("L-2", dia(0), None, cant(3), cant(0), "entrada"),
        ("L-3", dia(0), None, cant(1), cant(1), "entrada"),
    ]
    asientos = Asiento.objects.order_by("pk")
    # La medianoche local; lo que llegó hoy, ahora. Cuándo se supo es siempre ahora.
    assert [a.fecha_efectiva for a in asientos] == [datetime(2026, 3, 5, 5, tzinfo=UTC), AHORA, AHORA]
    assert {a.registrado_en for a in asientos} == {AHORA}
    assert {a.importacion_id for a in asientos} == {importacion.pk}
    evento = Evento.objects.get()
    assert (evento.tipo, evento.datos) == (
        "importacion_aplicada",
        {"importacion": importacion.pk, "clase": "entradas", "productos": [producto.pk]},
    )


def test_importar_sin_aplicar_no_deja_rastro(granja: Mundo, importa: Callable[..., str]) -> None:
    granja.producto("A")
    antes = _foto(granja)
    dicho = importa("entradas", ENTRADAS + ";A;;5;;\n", divisible=["u"])
    assert dicho == "1 filas leídas, 1 aceptadas, 0 rechazadas. Fue un ensayo: con --aplicar se escribe.\n"
    assert _foto(granja) == antes


def test_importar_entradas_dice_todo_lo_que_esta_mal_y_no_escribe_nada(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    granja.producto("A")
    granja.producto("PZA", unidad=granja.pieza)
    granja.producto("INACTIVO", activo=False)
    antes = _foto(granja)
    archivo = ENTRADAS + (
        "2026-03-11;A;;1;;\n"
        "2026-03-09;A;;1;2026-03-08;\n"
        "2026-03-09;NADIE;;1;;\n"
        "2026-03-09;PZA;;1,5;;\n"
        "2026-03-09;A;;0;;\n"
        "2026-03-09;A;;1,00005;;\n"
        "2026-03-09;A;;100000000000;;\n"
        "2026-03-09;A;;1;;-1\n"
        f"2026-03-09;A;{'x' * 101};1;;\n"
        "2026-03-09;INACTIVO;;1;;\n"
        "2026-03-09;A;;x;;\n"
        "2026-03-09;A;bien;1;;\n"
    )
    esperado = [
        "Fila 2, columna «fecha»: No puede ser futura.",
        "Fila 3, columna «vence»: Ya venció (08/03/2026): se admite de hoy en adelante.",
        "Fila 4, columna «sku»: No hay un producto con el SKU «NADIE».",
        "Fila 5, columna «cantidad»: «u» no se divide: se admiten cantidades enteras.",
        "Fila 6, columna «cantidad»: Debe ser mayor que cero.",
        "Fila 7, columna «cantidad»: Se admiten hasta 4 decimales.",
        "Fila 8, columna «cantidad»: Debe ser menor que 100000000000.",
        "Fila 9, columna «costo_unitario»: No puede ser negativo.",
        "Fila 10, columna «lote»: Se admiten hasta 100 caracteres.",
        "Fila 11: Alimento INACTIVO (SKU INACTIVO) está inactivo: actívelo antes de registrar entradas.",
        "Fila 12, columna «cantidad»: debe ser un número como 12.5 o 12,5, sin separador de miles; dice «x».",
    ]
    for aplicar in (False, True):
        lineas = importa("entradas", archivo, aplicar=aplicar).splitlines()
        assert lineas[:-1] == esperado
        assert lineas[-1] == (
            "ERROR 12 filas leídas, 1 aceptadas, 11 rechazadas. "
            "No se escribió nada: corrija el archivo o use --omitir-rechazados."
        )
        assert _foto(granja) == antes

    dicho = importa("entradas", archivo, aplicar=True, omitir_rechazados=True)

    assert dicho.splitlines()[:-1] == esperado
    assert "12 filas leídas, 1 aceptadas, 11 rechazadas. Importación" in dicho
    assert Lote.objects.get().codigo == "bien"
    assert Importacion.objects.get().rechazadas == 11


def test_importar_entradas_que_pasarian_del_tope_rechaza_solo_esa_fila(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    producto = granja.producto("A")
    archivo = ENTRADAS + ";A;uno;60000000000;;\n;A;dos;60000000000;;\n;A;tres;1;;\n"
    dicho = importa("entradas", archivo, aplicar=True, omitir_rechazados=True)
    assert "Fila 3, columna «cantidad»: La existencia pasaría de 99999999999.9999" in dicho
    assert list(Lote.objects.order_by("pk").values_list("codigo", flat=True)) == ["uno", "tres"]
    assert granja.fisica(producto) == cant("60000000001")


def test_importar_respeta_el_cierre_de_los_libros(granja: Mundo, importa: Callable[..., str]) -> None:
    granja.producto("A")
    Empresa.objects.filter(pk=granja.empresa.pk).update(cierre_hasta=dia(-5))
    dicho = importa("entradas", ENTRADAS + "2026-03-05;A;;1;;\n2026-03-06;A;;1;;\n")
    assert dicho.startswith("Fila 2: Los libros están cerrados hasta el 05/03/2026")
    assert "2 filas leídas, 1 aceptadas, 1 rechazadas" in dicho


def test_importar_en_otra_bodega_por_su_codigo(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    importa("entradas", ENTRADAS + ";A;;5;;\n", aplicar=True, bodega="estanques")
    assert (granja.fisica(producto), granja.fisica(producto, granja.otra)) == (cant(0), cant(5))
    assert "ERROR No hay una bodega activa con el código «nada»" in importa(
        "entradas", ENTRADAS + ";A;;5;;\n", bodega="nada"
    )


def test_importar_el_mismo_archivo_dos_veces_pide_repetir(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    archivo = ENTRADAS + ";A;;5;;\n"
    importa("entradas", archivo, aplicar=True)
    pk = Importacion.objects.get().pk
    antes = _foto(granja)
    aviso = f"Este mismo archivo ya se importó el 10/03/2026 (importación {pk})."
    assert importa("entradas", archivo, aplicar=True) == (
        f"ERROR {aviso} Si de verdad quiere asentarlo otra vez, use --repetir."
    )
    # El ensayo avisa; con otro nombre sigue siendo el mismo archivo.
    assert importa("entradas", archivo, nombre="otro.csv").startswith(aviso)
    assert _foto(granja) == antes
    importa("entradas", archivo, aplicar=True, repetir=True)
    assert granja.fisica(producto) == cant(10)
    assert Importacion.objects.count() == 2


# ── Salidas ─────────────────────────────────────────────────────────────────────────────────────────


def test_importar_salidas_toma_por_la_politica_nombrada(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    viejo = granja.entrada(producto, 10, vence=dia(90), fecha_ingreso=dia(-8))
    nuevo = granja.entrada(producto, 10, vence=dia(5), fecha_ingreso=dia(-7))
    importa("salidas", SALIDAS + "2026-03-09 08:00,A,4\n", aplicar=True)
    assert (granja.saldo(viejo), granja.saldo(nuevo)) == (cant(10), cant(6))
    importa("salidas", SALIDAS + "2026-03-09 09:00,A,4\n", aplicar=True, politica="peps")
    assert (granja.saldo(viejo), granja.saldo(nuevo)) == (cant(6), cant(6))
    assert list(Importacion.objects.order_by("pk").values_list("politica", flat=True)) == ["fefo", "peps"]
    ultimo = Asiento.objects.latest("pk")
    assert ultimo.fecha_efectiva == datetime(2026, 3, 9, 14, tzinfo=UTC)
    assert ultimo.registrado_en == AHORA


def test_importar_salidas_sin_politica_se_rechaza(granja: Mundo, importa: Callable[..., str]) -> None:
    dicho = importa("salidas", SALIDAS + "2026-03-09 08:00,A,4\n", politica=None)
    assert dicho == "ERROR Diga en qué orden salen los lotes: fefo o peps."


def test_importar_salidas_no_ve_lo_que_llego_despues_ni_lo_que_vencio_antes(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    producto = granja.producto("A")
    vencido = granja.entrada(producto, 5, vence=dia(-4), fecha_ingreso=dia(-9))
    futuro = granja.entrada(producto, 5, vence=dia(1), fecha_ingreso=dia(-2))
    filas = SALIDAS + (
        # Ayer ya estaba el segundo y el primero ya había vencido; hace ocho días, al revés.
        "2026-03-09 08:00,A,5\n"
        "2026-03-02 08:00,A,2\n"
        "2026-03-06 08:00,A,1\n"
        "2026-03-07 08:00,A,1\n"
        "2026-03-02 09:00,A,4\n"
    )
    dicho = importa("salidas", filas, aplicar=True, omitir_rechazados=True)
    assert [linea.split(":")[0] for linea in dicho.splitlines()[:-1]] == ["Fila 5", "Fila 6"]
    assert (
        "Fila 5: Stock insuficiente de A en Bodega principal: se pidió 1 kg y hay 0 kg disponible." in dicho
    )
    assert (
        "Fila 6: Stock insuficiente de A en Bodega principal: se pidió 4 kg y hay 3 kg disponible." in dicho
    )
    assert (granja.saldo(vencido), granja.saldo(futuro)) == (cant(2), cant(0))
    # El libro se escribió en el orden en que ocurrió, no en el del archivo.
    lineas = Movimiento.objects.filter(tipo="salida").order_by("pk").values_list("lote_id", "cantidad")
    assert list(lineas) == [(vencido.pk, cant(-2)), (vencido.pk, cant(-1)), (futuro.pk, cant(-5))]


def test_importar_salidas_respeta_lo_apartado(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    granja.entrada(producto, 10, fecha_ingreso=dia(-9))
    granja.apartar(producto, 7)
    dicho = importa("salidas", SALIDAS + "2026-03-09 08:00,A,4\n2026-03-09 09:00,A,3\n")
    assert dicho.startswith("Fila 2: Stock insuficiente de A en Bodega principal: se pidió 4 kg y hay 3 kg")
    assert "2 filas leídas, 1 aceptadas, 1 rechazadas" in dicho


def test_importar_salidas_futuras_o_de_un_producto_sin_existencia_se_rechazan(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    granja.producto("A")
    antes = _foto(granja)
    dicho = importa("salidas", SALIDAS + "2026-03-10 10:00:01,A,4\n2026-03-10 10:00,A,4\n", aplicar=True)
    assert "Fila 2, columna «momento»: No puede ser futura." in dicho
    assert "Fila 3: Stock insuficiente de A" in dicho
    assert Existencia.objects.count() == 0
    assert _foto(granja) == antes


def test_importar_cruzando_hojas_ve_lo_que_dejo_la_anterior(
    granja: Mundo, importa: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventario.importaciones.al_libro.POR_HOJA", 3)
    producto = granja.producto("A")
    otro = granja.producto("B")
    filas = "".join(f"2026-03-0{n};{'AB'[n % 2]};L{n};2;;{n}\n" for n in range(1, 9))
    importa("entradas", ENTRADAS + filas, aplicar=True)
    assert (granja.fisica(producto), granja.fisica(otro)) == (cant(8), cant(8))
    salidas = "".join(f"2026-03-09 {n:02d}:00,{'AB'[n % 2]},1.6\n" for n in range(1, 13))
    dicho = importa("salidas", SALIDAS + salidas, aplicar=True, omitir_rechazados=True)
    assert "12 filas leídas, 10 aceptadas, 2 rechazadas" in dicho
    assert (granja.fisica(producto), granja.fisica(otro)) == (cant(0), cant(0))
    assert Evento.objects.filter(tipo="importacion_aplicada").count() == 2
    assert Evento.objects.count() == 2


def test_importar_deja_los_mismos_libros_que_reproducir_uno_por_uno(tmp_path: Path) -> None:
    esperado = corriente.escribir(tmp_path, semilla=3)
    dicho_por("reproducir_farmacia", datos=tmp_path, empresa_slug="una-por-una")
    importador = crear_empresa(slug="de-una-vez", nombre="Importador")

    def importar(clase: str, archivo: str, **opciones: Any) -> str:
        return dicho_por("importar", clase, tmp_path / archivo, empresa="de-una-vez", **opciones)

    importar("productos", "farmacia_productos.csv", divisible=["caja"], aplicar=True)
    importar("entradas", "farmacia_entradas.csv.gz", aplicar=True)
    salidas = partial(importar, "salidas", "farmacia_salidas.csv.gz", politica="fefo", omitir_rechazados=True)
    ensayado, aplicado = salidas(), salidas(aplicar=True)

    # El ensayo y la verdad rechazan lo mismo.
    assert ensayado.splitlines()[:-1] == aplicado.splitlines()[:-1]
    assert f"{esperado['salidas_rechazadas_por_falta']} rechazadas" in aplicado
    assert _libros("una-por-una") == _libros("de-una-vez")
    with en_empresa(importador):
        comprobar_invariantes()


def _libros(slug: str) -> tuple[list[Any], list[Any]]:
    """Las salidas en el orden en que se asentaron y los lotes que quedaron, sin nombrar ningún id."""
    with en_empresa(Empresa.objects.get(slug=slug)):
        salidas = Movimiento.objects.filter(tipo="salida").order_by("pk")
        lotes = Lote.objects.order_by("producto__sku", "codigo")
        return (
            list(
                salidas.values_list(
                    "fecha_efectiva",
                    "producto__sku",
                    "lote__codigo",
                    "cantidad",
                    "costo_unitario",
                    "saldo_lote_tras",
                )
            ),
            list(lotes.values_list("producto__sku", "codigo", "fecha_ingreso", "vence_el", "saldo")),
        )


# ── Productos ───────────────────────────────────────────────────────────────────────────────────────


def test_importar_productos_crea_los_nuevos_y_cambia_solo_lo_que_trae(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    granja.producto("viejo", precio=Decimal("9.99"), stock_minimo=Decimal(7))
    archivo = (
        "sku,nombre,unidad,categoria,precio,stock_minimo\n"
        'VIEJO,"Nombre, nuevo",,,,\n'
        'N-1,Red de mano,u,Materiales,"1,5",2\n'
        "N-2,Sustrato,tambor,materiales,,\n"
    )
    assert "3 filas leídas, 3 aceptadas" in importa("productos", archivo, aplicar=True)
    columnas = ("sku", "nombre", "unidad__abreviatura", "categoria__nombre", "precio", "stock_minimo")
    assert list(Producto.objects.order_by("pk").values_list(*columnas)) == [
        ("viejo", "Nombre, nuevo", "kg", None, Decimal("9.99"), Decimal(7)),
        ("N-1", "Red de mano", "u", "Materiales", Decimal("1.50"), Decimal(2)),
        ("N-2", "Sustrato", "tambor", "Materiales", None, Decimal(5)),
    ]
    assert Unidad.objects.get(abreviatura="tambor").divisible
    assert Importacion.objects.get().clase == "productos"


def test_importar_productos_dice_lo_que_esta_mal_y_no_crea_nada(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    antes = _foto(granja)
    archivo = (
        "sku,nombre,unidad,precio,stock_minimo,codigo_barras\n"
        "A,Uno,kg,1,1,\n"
        "a,Otra vez,kg,1,1,\n"
        "B,Dos,kg,-1,1,\n"
        "C,Tres,u,1,1.5,\n"
        "D,Cuatro,kg,1,1,7861234567890\n"
        f"{'x' * 101},Cinco,kg,1,1,\n"
    )
    dicho = importa("productos", archivo, aplicar=True)
    assert [linea.split(":")[0] for linea in dicho.splitlines()[:-1]] == [
        "Fila 3, columna «sku»",
        "Fila 4, columna «precio»",
        "Fila 5, columna «stock_minimo»",
        "Fila 6, columna «codigo_barras»",
        "Fila 7, columna «sku»",
    ]
    assert "Fila 3, columna «sku»: Es el mismo SKU de la fila 2." in dicho
    assert _foto(granja) == antes


def test_importar_declara_divisible_una_unidad_antes_de_tener_historia(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    producto = granja.producto("P", unidad=granja.pieza)
    assert "no se divide" in importa("entradas", ENTRADAS + ";P;;0,5;;\n")
    assert "1 aceptadas" in importa("entradas", ENTRADAS + ";P;;0,5;;\n", divisible=["unidad"], aplicar=True)
    assert granja.fisica(producto) == cant("0.5")
    assert "ERROR No es una unidad de la empresa." in importa(
        "entradas", ENTRADAS + ";P;;1;;\n", divisible=["mole"]
    )


def test_importar_no_cambia_la_divisibilidad_con_historia(granja: Mundo, importa: Callable[..., str]) -> None:
    granja.entrada(granja.producto("P", unidad=granja.pieza), 1)
    dicho = importa("entradas", ENTRADAS + ";P;;0,5;;\n", divisible=["u"])
    assert dicho.startswith("ERROR La unidad «u» ya se usó en movimientos")


# ── Quién y qué archivo ─────────────────────────────────────────────────────────────────────────────


def test_importar_en_nombre_de_alguien_usa_sus_permisos(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    for rol in (Rol.AUDITOR, Rol.OPERADOR):
        usuario = Usuario.objects.create_user(f"{rol}@acme.ec")
        agregar_miembro(empresa=granja.empresa, usuario=usuario, rol=rol)
    archivo = ENTRADAS + ";A;;5;;\n"
    antes = _foto(granja)
    dicho = importa("entradas", archivo, aplicar=True, usuario="auditor@acme.ec")
    assert dicho == "ERROR No tiene permiso para registrar entrada."
    assert "ERROR No existe el usuario «nadie@x.ec»." in importa("entradas", archivo, usuario="nadie@x.ec")
    ajeno = Usuario.objects.create_user("ajeno@x.ec")
    assert "ERROR Usted no pertenece a" in importa("entradas", archivo, usuario="ajeno@x.ec")
    ajeno.delete()
    assert _foto(granja) == antes
    importa("entradas", archivo, aplicar=True, usuario="Operador@acme.ec")
    assert granja.fisica(producto) == cant(5)
    assert Asiento.objects.get().actor.email == "operador@acme.ec"


def test_importar_en_una_empresa_que_no_existe_lo_dice(granja: Mundo, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No existe la empresa «nada»"):
        call_command("importar", "productos", tmp_path / "x.csv", empresa="nada")


def test_importar_no_ve_los_productos_de_otra_empresa(granja: Mundo, importa: Callable[..., str]) -> None:
    otra = Mundo.crear()
    with en_empresa(otra.empresa):
        otra.producto("AJENO")
    assert "No hay un producto con el SKU «AJENO»" in importa("entradas", ENTRADAS + ";AJENO;;5;;\n")


@pytest.mark.parametrize(
    ("contenido", "dice"),
    [
        (b"", "está vacío"),
        (b"sku,cantidad\n", "no tiene filas debajo"),
        (b"sku\nA\n", "Faltan columnas: cantidad"),
        ("sku,cantidad\nñ,1\n".encode("latin-1"), "no está en UTF-8"),
        (b"PK\x03\x04", "no es un XLSX"),
        (b"\x1f\x8b\x00", "cortado o dañado"),
        (b'sku,cantidad\n"A,1\n', "comillas mal puestas"),
    ],
)
def test_importar_un_archivo_que_no_se_entiende_lo_dice_y_no_escribe(
    granja: Mundo, importa: Callable[..., str], contenido: bytes, dice: str
) -> None:
    antes = _foto(granja)
    dicho = importa("entradas", contenido, aplicar=True, omitir_rechazados=True)
    assert dicho.startswith("ERROR ")
    assert dice in dicho
    assert _foto(granja) == antes


def test_importar_xlsx_y_gz_valen_como_csv(granja: Mundo, importa: Callable[..., str]) -> None:
    producto = granja.producto("A")
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    hoja.append(["Fecha", "SKU", "Cantidad", "Notas"])
    hoja.append([dia(-1), "A", 0.1 + 0.2, "x"])
    hoja.append([dia(-1), "A", "=SUMA(1)", None])
    hoja.append([dia(-1), "A", 1 / 3, None])
    memoria = io.BytesIO()
    libro.save(memoria)
    dicho = importa("entradas", memoria.getvalue(), nombre="d.xlsx", aplicar=True, omitir_rechazados=True)
    assert dicho.splitlines()[:-1] == [
        "Columnas que no se usan: Notas.",
        "Fila 3, columna «cantidad»: tiene una fórmula: pegue su valor.",
        "Fila 4, columna «cantidad»: Se admiten hasta 4 decimales.",
    ]
    importa("entradas", gzip.compress(b"sku,cantidad\nA,0.3\n"), nombre="d.csv.gz", aplicar=True)
    assert granja.fisica(producto) == cant("0.6")


def test_importar_con_miles_de_rechazos_muestra_los_primeros(
    granja: Mundo, importa: Callable[..., str]
) -> None:
    filas = "".join(f";NADA-{n};;1;;\n" for n in range(250))
    lineas = importa("entradas", ENTRADAS + filas).splitlines()
    assert len(lineas) == 202
    assert lineas[200] == "… y 50 más."


def test_importar_lee_el_reloj_de_la_zona_de_la_empresa(granja: Mundo, importa: Callable[..., str]) -> None:
    granja.entrada(granja.producto("A"), 5, fecha_ingreso=dia(-3))
    importa("salidas", SALIDAS + "2026-03-09T23:30:00-05:00,A,1\n09/03/2026 23:00,A,1\n", aplicar=True)
    momentos = Asiento.objects.filter(tipo="salida").order_by("pk").values_list("fecha_efectiva", flat=True)
    primero = datetime(2026, 3, 10, 4, tzinfo=UTC)
    assert list(momentos) == [primero, primero + timedelta(minutes=30)]
