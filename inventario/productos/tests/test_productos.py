from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django_scopes import scope

from inventario.cuentas.empresas.selectors import bodega_principal
from inventario.cuentas.models import Empresa
from inventario.movimientos import libro
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import TipoAsiento
from inventario.movimientos.querysets import Clave
from inventario.movimientos.services.salidas import registrar_salida
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado, ReglaRota, SinPermiso
from inventario.productos.errores import SkuDuplicado, TieneDependencias, VersionVieja
from inventario.productos.models import Producto, Proveedor
from inventario.productos.services import (
    crear_categoria,
    crear_producto,
    crear_proveedor,
    desactivar_producto,
    editar_producto,
    editar_proveedor,
    editar_unidad,
    eliminar_producto,
    reactivar_producto,
    unidad_conocida,
    unidad_por_defecto,
)
from inventario.productos.tests.fabricas import con_lote, sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

AHORA = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def harina(actor: Actor) -> Producto:
    return crear_producto(actor=actor, nombre="Harina", sku="HAR-1", precio=Decimal("4.50"))


def _foto(producto: Producto) -> dict[str, Any]:
    return dict(Producto.objects.filter(pk=producto.pk).values().get())


# ── Crear ───────────────────────────────────────────────────────────────────────────────────────


def test_crear_producto_con_lo_minimo(actor: Actor) -> None:
    producto = crear_producto(actor=actor, nombre="  Harina de maíz ", sku=" har-Ñ1 ")
    fila = Producto.objects.select_related("unidad").get()
    assert fila == producto
    assert (fila.nombre, fila.sku, fila.sku_normalizado) == ("Harina de maíz", "har-Ñ1", "har-ñ1")
    assert (fila.precio, fila.stock_minimo, fila.unidad.abreviatura) == (None, Decimal(5), "u")
    assert (fila.activo, fila.eliminado_en, fila.version, fila.codigo_barras) == (True, None, 1, "")


def test_crear_producto_con_todo(actor: Actor, empresa: Empresa) -> None:
    categoria = crear_categoria(actor=actor, nombre="Alimento")
    proveedor = crear_proveedor(actor=actor, nombre="Delta")
    producto = crear_producto(
        actor=actor,
        nombre="Balanceado",
        sku=None,
        precio=Decimal("9999999999.99"),
        stock_minimo=Decimal("0.2500"),
        unidad=unidad_conocida(empresa, "kg"),
        categoria=categoria,
        proveedor=proveedor,
        codigo_barras="4006381333931",
    )
    producto.refresh_from_db()
    assert (producto.sku, producto.sku_normalizado) == (None, None)
    assert (producto.precio, producto.stock_minimo) == (Decimal("9999999999.99"), Decimal("0.25"))
    assert (producto.categoria, producto.proveedor) == (categoria, proveedor)


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("nombre", ""), ("nombre", "   "), ("nombre", "x" * 256), ("nombre", "x" * 100_000),
        ("nombre", "a\x00b"), ("nombre", "a\ud800b"), ("nombre", "a\u202eb"),
        ("sku", ""), ("sku", " "), ("sku", "x" * 101), ("sku", "a\tb"),
        ("precio", Decimal("-0.01")), ("precio", Decimal("1.001")), ("precio", Decimal("NaN")),
        ("precio", Decimal("Infinity")), ("precio", Decimal("10000000000")), ("precio", Decimal("1e400")),
        ("stock_minimo", Decimal(-1)), ("stock_minimo", Decimal("1.5")), ("stock_minimo", Decimal("1e11")),
        ("stock_minimo", Decimal("NaN")), ("stock_minimo", Decimal("0.00001")),
        ("codigo_barras", "4006381333932"), ("codigo_barras", "x" * 49), ("codigo_barras", "a\nb"),
    ],
)  # fmt: skip
def test_crear_producto_con_un_mal_dato_lo_nombra_y_no_crea(actor: Actor, campo: str, valor: Any) -> None:
    datos: dict[str, Any] = {"nombre": "Harina", "sku": "H", campo: valor}
    with pytest.raises(DatoInvalido) as error:
        crear_producto(actor=actor, **datos)
    assert error.value.detalles[0].campo == campo
    assert not Producto.objects.exists()


def test_crear_producto_sin_permiso_no_crea(actor: Actor) -> None:
    with pytest.raises(SinPermiso):
        crear_producto(actor=sin_permisos(actor), nombre="Harina", sku="H")
    assert not Producto.objects.exists()


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        ("har-1", "HAR-1"),
        ("PIÑA", "piña"),
        ("straße", "STRASSE"),
        (" A ", "a"),
        ("CAFE\u0301", "café"),
        ("ΣΑΣ", "σας"),
    ],
)
def test_crear_producto_con_sku_repetido_sin_mirar_mayusculas_choca(
    actor: Actor, uno: str, otro: str
) -> None:
    crear_producto(actor=actor, nombre="Uno", sku=uno)
    with pytest.raises(SkuDuplicado) as error:
        crear_producto(actor=actor, nombre="Otro", sku=otro)
    assert "SKU" in error.value.mensaje
    assert "ya existe" in error.value.mensaje
    assert list(Producto.objects.values_list("nombre", flat=True)) == ["Uno"]


def test_crear_producto_con_sku_parecido_no_choca(actor: Actor) -> None:
    for sku in ("ano", "año", "a-no", "a no", None, None):
        crear_producto(actor=actor, nombre="X", sku=sku)
    assert Producto.objects.count() == 6


def test_crear_producto_con_sku_de_otra_empresa_no_choca(actor: Actor, otra_empresa: Empresa) -> None:
    crear_producto(actor=actor, nombre="Nuestro", sku="H")
    with scope(empresa=otra_empresa):
        unidad = unidad_por_defecto(otra_empresa)
        Producto.objects.create(empresa=otra_empresa, nombre="Suyo", sku="H", unidad=unidad)
    assert Producto.objects.count() == 1


def test_crear_producto_con_codigo_de_barras_repetido_choca(actor: Actor) -> None:
    crear_producto(actor=actor, nombre="Uno", sku="1", codigo_barras="4006381333931")
    with pytest.raises(Conflicto, match="código de barras «4006381333931»"):
        crear_producto(actor=actor, nombre="Otro", sku="2", codigo_barras="4006381333931")
    crear_producto(actor=actor, nombre="Sin código", sku="3")
    crear_producto(actor=actor, nombre="Sin código", sku="4")
    assert Producto.objects.count() == 3


def test_crear_producto_con_lo_de_otra_empresa_no_lo_ve(actor: Actor, otra_empresa: Empresa) -> None:
    with scope(empresa=otra_empresa):
        unidad = unidad_por_defecto(otra_empresa)
        proveedor = Proveedor.objects.create(empresa=otra_empresa, nombre="Ajeno")
    casos: dict[str, dict[str, Any]] = {
        "unidad": {"unidad": unidad},
        "proveedor_id": {"proveedor": proveedor},
    }
    for campo, datos in casos.items():
        with pytest.raises(DatoInvalido) as error:
            crear_producto(actor=actor, nombre="X", sku="X", **datos)
        assert (error.value.detalles[0].campo, error.value.detalles[0].codigo) == (campo, "does_not_exist")
    assert not Producto.objects.exists()


def test_crear_producto_con_unidad_o_proveedor_inactivos_se_niega(actor: Actor, empresa: Empresa) -> None:
    proveedor = crear_proveedor(actor=actor, nombre="Delta")
    inactivo = editar_proveedor(actor=actor, proveedor=proveedor, cambios={"activo": False})
    acre = editar_unidad(actor=actor, unidad=unidad_conocida(empresa, "ac"), cambios={"activa": False})
    with pytest.raises(DatoInvalido, match="proveedor está inactivo"):
        crear_producto(actor=actor, nombre="X", sku="X", proveedor=inactivo)
    with pytest.raises(DatoInvalido, match="unidad está inactiva"):
        crear_producto(actor=actor, nombre="X", sku="X", unidad=acre)
    assert not Producto.objects.exists()


# ── Editar ──────────────────────────────────────────────────────────────────────────────────────


def test_editar_producto_cambia_solo_lo_nombrado_y_sube_la_version(actor: Actor, harina: Producto) -> None:
    editado = editar_producto(actor=actor, producto=harina, cambios={"nombre": "Harina fina"})
    assert (editado.nombre, editado.sku, editado.precio, editado.version) == (
        "Harina fina",
        "HAR-1",
        Decimal("4.50"),
        2,
    )
    assert Producto.objects.get().nombre_plegado == "harina fina"


def test_editar_producto_sin_cambios_no_sube_la_version(actor: Actor, harina: Producto) -> None:
    antes = _foto(harina)
    editar_producto(actor=actor, producto=harina, cambios={})
    editar_producto(
        actor=actor, producto=harina, cambios={"nombre": " Harina ", "sku": "HAR-1", "precio": Decimal("4.5")}
    )
    assert _foto(harina) == antes


def test_editar_producto_puede_cambiar_las_mayusculas_de_su_sku(actor: Actor, harina: Producto) -> None:
    assert editar_producto(actor=actor, producto=harina, cambios={"sku": "har-1"}).sku == "har-1"


def test_editar_producto_con_el_sku_de_otro_choca_y_no_cambia(actor: Actor, harina: Producto) -> None:
    otro = crear_producto(actor=actor, nombre="Otro", sku="OTRO")
    antes = _foto(otro)
    with pytest.raises(SkuDuplicado):
        editar_producto(actor=actor, producto=otro, cambios={"sku": "har-1", "nombre": "Nuevo"})
    assert _foto(otro) == antes


def test_el_minimo_se_compara_con_lo_disponible_solo_si_se_pide(actor: Actor, harina: Producto) -> None:
    assert harina.minimo_sobre_disponible is False
    editado = editar_producto(actor=actor, producto=harina, cambios={"minimo_sobre_disponible": True})
    harina.refresh_from_db()
    assert (harina.minimo_sobre_disponible, harina.version, editado.version) == (True, 2, 2)
    nuevo = crear_producto(actor=actor, nombre="Sal", sku="SAL", minimo_sobre_disponible=True)
    assert Producto.objects.get(pk=nuevo.pk).minimo_sobre_disponible is True


@pytest.mark.parametrize(
    "campo", ["nombre", "stock_minimo", "minimo_sobre_disponible", "unidad", "codigo_barras", "activo"]
)
def test_editar_producto_con_nulo_se_niega(actor: Actor, harina: Producto, campo: str) -> None:
    antes = _foto(harina)
    cambios: Any = {campo: None}
    with pytest.raises(DatoInvalido) as error:
        editar_producto(actor=actor, producto=harina, cambios=cambios)
    assert (error.value.detalles[0].campo, error.value.detalles[0].codigo) == (campo, "null")
    assert _foto(harina) == antes


def test_editar_producto_admite_quitar_sku_precio_categoria_y_proveedor(
    actor: Actor, harina: Producto
) -> None:
    editado = editar_producto(
        actor=actor,
        producto=harina,
        cambios={
            "sku": None,
            "precio": None,
            "categoria": None,
            "proveedor": None,
            "stock_minimo": Decimal(0),
        },
    )
    assert (editado.sku, editado.sku_normalizado, editado.precio) == (None, None, None)
    assert editado.stock_minimo == 0


def test_editar_producto_con_version_vieja_se_niega(actor: Actor, harina: Producto) -> None:
    editar_producto(actor=actor, producto=harina, cambios={"nombre": "B"}, version=1)
    antes = _foto(harina)
    with pytest.raises(VersionVieja) as error:
        editar_producto(actor=actor, producto=harina, cambios={"nombre": "C"}, version=1)
    assert error.value.datos == {"version": 2}
    with pytest.raises(VersionVieja):
        eliminar_producto(actor=actor, producto=harina, version=1)
    assert _foto(harina) == antes


def test_editar_producto_con_lotes_congela_la_unidad(
    actor: Actor, empresa: Empresa, harina: Producto
) -> None:
    kilo = unidad_conocida(empresa, "kg")
    harina = editar_producto(actor=actor, producto=harina, cambios={"unidad": kilo})
    assert harina.unidad == kilo
    lote = con_lote(actor, harina, Decimal("2.5"))
    registrar_salida(actor=actor, lote=lote, cantidad=Decimal("2.5"))
    antes = _foto(harina)
    with pytest.raises(TieneDependencias, match="ya tiene lotes en kg"):
        editar_producto(actor=actor, producto=harina, cambios={"unidad": unidad_conocida(empresa, "u")})
    assert _foto(harina) == antes
    assert (
        editar_producto(actor=actor, producto=harina, cambios={"unidad": kilo, "nombre": "H2"}).nombre == "H2"
    )


def test_editar_producto_a_unidad_entera_exige_minimo_entero(actor: Actor, empresa: Empresa) -> None:
    producto = crear_producto(
        actor=actor, nombre="X", sku="X", unidad=unidad_conocida(empresa, "kg"), stock_minimo=Decimal("1.5")
    )
    caja = unidad_conocida(empresa, "caja")
    with pytest.raises(DatoInvalido, match="no se divide"):
        editar_producto(actor=actor, producto=producto, cambios={"unidad": caja})
    editado = editar_producto(
        actor=actor, producto=producto, cambios={"unidad": caja, "stock_minimo": Decimal(2)}
    )
    assert (editado.unidad, editado.stock_minimo) == (caja, Decimal(2))


def test_editar_producto_ajeno_no_existe(actor: Actor, otra_empresa: Empresa) -> None:
    with scope(empresa=otra_empresa):
        unidad = unidad_por_defecto(otra_empresa)
        ajeno = Producto.objects.create(empresa=otra_empresa, nombre="Suyo", sku="H", unidad=unidad)
    with pytest.raises(NoEncontrado):
        editar_producto(actor=actor, producto=ajeno, cambios={"nombre": "Mío"})
    with pytest.raises(NoEncontrado):
        eliminar_producto(actor=actor, producto=ajeno)
    with scope(empresa=otra_empresa):
        assert (Producto.objects.get().nombre, Producto.objects.get().eliminado_en) == ("Suyo", None)


def test_desactivar_y_reactivar_conservan_el_producto(actor: Actor, harina: Producto) -> None:
    assert not desactivar_producto(actor=actor, producto=harina).activo
    assert Producto.objects.vivos().count() == 1
    assert Producto.objects.activos().count() == 0
    with pytest.raises(ReglaRota):
        con_lote(actor, harina, Decimal(1))
    reactivado = reactivar_producto(actor=actor, producto=harina)
    assert (reactivado.activo, reactivado.version) == (True, 3)
    assert con_lote(actor, harina, Decimal(1)).saldo == 1


# ── Eliminar ────────────────────────────────────────────────────────────────────────────────────


def test_eliminar_producto_libera_su_sku_y_su_codigo(actor: Actor) -> None:
    datos: dict[str, Any] = {"nombre": "X", "sku": "PIÑA", "codigo_barras": "4006381333931"}
    primero = crear_producto(actor=actor, **datos)
    eliminado = eliminar_producto(actor=actor, producto=primero, reloj=lambda: AHORA)
    assert (eliminado.eliminado_en, eliminado.activo, eliminado.version) == (AHORA, False, 2)
    segundo = crear_producto(actor=actor, **{**datos, "sku": "piña"})
    assert list(Producto.objects.vivos()) == [segundo]
    assert Producto.objects.count() == 2
    for servicio in (eliminar_producto, reactivar_producto, desactivar_producto):
        with pytest.raises(NoEncontrado):
            servicio(actor=actor, producto=primero)
    eliminar_producto(actor=actor, producto=segundo)
    crear_producto(actor=actor, **datos)


def test_eliminar_producto_con_existencia_se_niega_y_agotado_se_va(actor: Actor, harina: Producto) -> None:
    lote = con_lote(actor, harina, Decimal(3))
    antes = _foto(harina)
    with pytest.raises(TieneDependencias) as error:
        eliminar_producto(actor=actor, producto=harina)
    assert error.value.datos == {"lotes": 1, "reservas": 0}
    assert _foto(harina) == antes
    registrar_salida(actor=actor, lote=lote, cantidad=Decimal(3))
    eliminar_producto(actor=actor, producto=harina)
    assert Producto.objects.vivos().count() == 0
    assert harina.lotes.count() == 1
    assert harina.movimientos.count() == 2


def test_eliminar_producto_con_apartado_vivo_se_niega_y_vencido_se_va(
    actor: Actor, empresa: Empresa, harina: Producto
) -> None:
    bodega = bodega_principal(empresa)
    clave = Clave(harina.pk, bodega.pk)
    lote = con_lote(actor, harina, Decimal(3))
    with libro.abrir(empresa, [clave], reloj=lambda: AHORA) as hoja:
        hoja.apartar(harina, bodega, Decimal(1), vence_en=AHORA + timedelta(hours=1))
        # Una pérdida puede dejar la promesa sin respaldo (decisión 14): aquí, el lote entero.
        hoja.asentar(
            TipoAsiento.MERMA,
            [
                libro.Linea(
                    next(fila for fila in hoja.lotes(clave) if fila.pk == lote.pk), Decimal(-3), Decimal(0)
                )
            ],
            actor=actor,
            glosa=Glosa(),
        )
    with pytest.raises(TieneDependencias) as error:
        eliminar_producto(actor=actor, producto=harina, reloj=lambda: AHORA)
    assert error.value.datos == {"lotes": 0, "reservas": 1}
    eliminar_producto(actor=actor, producto=harina, reloj=lambda: AHORA + timedelta(hours=1))
    assert Producto.objects.vivos().count() == 0


def test_eliminar_producto_sin_permiso_no_lo_toca(actor: Actor, harina: Producto) -> None:
    antes = _foto(harina)
    with pytest.raises(SinPermiso):
        eliminar_producto(actor=sin_permisos(actor), producto=harina)
    with pytest.raises(SinPermiso):
        editar_producto(actor=sin_permisos(actor), producto=harina, cambios={"nombre": "B"})
    assert _foto(harina) == antes


def test_eliminado_no_recibe_entradas(actor: Actor, harina: Producto) -> None:
    eliminar_producto(actor=actor, producto=harina)
    with pytest.raises(NoEncontrado):
        con_lote(actor, harina, Decimal(1))
    assert not harina.lotes.exists()


# ── Buscar ──────────────────────────────────────────────────────────────────────────────────────


def test_que_dicen_busca_sin_tildes_ni_mayusculas(actor: Actor) -> None:
    maiz = crear_producto(actor=actor, nombre="HARINA DE MAÍZ", sku="ñ-01", codigo_barras="4006381333931")
    otro = crear_producto(actor=actor, nombre="Arroz 100%", sku="A_1")
    casos = {"maiz": [maiz], "Maíz": [maiz], "Ñ-0": [maiz], "400638": [maiz], "0638": [], "": [maiz, otro],
             "%": [otro], "_": [otro], "\\": [], "z": [maiz, otro]}  # fmt: skip
    for texto, esperados in casos.items():
        assert list(Producto.objects.que_dicen(texto).order_by("pk")) == esperados, texto
