"""El catálogo en el admin: lo que se guarda pasa por los servicios y lo que niegan se ve en el formulario."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_scopes import scope
from openpyxl import load_workbook

from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.actores import Actor
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.services import (
    asegurar_unidades,
    crear_categoria,
    crear_producto,
    crear_proveedor,
    unidad_conocida,
)
from inventario.productos.tests.fabricas import con_lote

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]

ADMIN = "/admin/productos"
CSV, XLSX = "0", "1"


@pytest.fixture
def oficina(usuario: Usuario, client: Client) -> Client:
    client.force_login(usuario, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def harina(actor: Actor, empresa: Empresa) -> Producto:
    return crear_producto(
        actor=actor,
        nombre="Harina",
        sku="HAR-1",
        precio=Decimal("4.50"),
        unidad=unidad_conocida(empresa, "kg"),
    )


def formulario(producto: Producto | None = None, **cambios: Any) -> dict[str, Any]:
    """Lo que manda el navegador al guardar la ficha."""
    if producto is None:
        datos: dict[str, Any] = {"sku": "N-1", "nombre": "Nuevo", "precio": "1.00", "stock_minimo": "5"}
        datos["punto_reorden"] = "0"
    else:
        datos = {
            "sku": producto.sku or "",
            "nombre": producto.nombre,
            "unidad": producto.unidad_id,
            "precio": producto.precio or "",
            "stock_minimo": producto.stock_minimo,
            "punto_reorden": producto.punto_reorden,
            "activo": "on",
            "version_leida": producto.version,
        }
    return {"codigo_barras": "", "categoria": "", "proveedor": "", **datos, **cambios}


def errores(respuesta: Any) -> dict[str, list[str]]:
    """Los errores del formulario que se volvió a mostrar."""
    assert respuesta.status_code == 200
    return dict(respuesta.context["adminform"].form.errors)


# ── Fichas ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("modelo", ["producto", "categoria", "unidad", "proveedor"])
def test_listas_y_fichas_en_blanco_se_ven(oficina: Client, harina: Producto, modelo: str) -> None:
    for ruta in (f"{ADMIN}/{modelo}/", f"{ADMIN}/{modelo}/add/", f"{ADMIN}/{modelo}/?q=a"):
        assert oficina.get(ruta).status_code == 200


def test_crear_producto_pasa_por_el_servicio(oficina: Client, empresa: Empresa) -> None:
    asegurar_unidades(empresa)
    kilo = unidad_conocida(empresa, "kg")
    respuesta = oficina.post(
        f"{ADMIN}/producto/add/", formulario(unidad=kilo.pk, nombre=" Harina ", sku="har-ñ")
    )
    assert respuesta.status_code == 302, respuesta.context["adminform"].form.errors
    producto = Producto.objects.get()
    assert (producto.nombre, producto.sku_normalizado, producto.unidad, producto.version) == (
        "Harina",
        "har-ñ",
        kilo,
        1,
    )


def test_crear_producto_negado_por_el_servicio_conserva_lo_escrito(oficina: Client, harina: Producto) -> None:
    datos = formulario(unidad=harina.unidad_id, sku="har-1", nombre="Otra harina")
    respuesta = oficina.post(f"{ADMIN}/producto/add/", datos)
    assert errores(respuesta) == {"__all__": ["Ya hay un producto con ese SKU: «har-1» ya existe."]}
    assert "Otra harina" in respuesta.content.decode()
    respuesta = oficina.post(
        f"{ADMIN}/producto/add/", {**datos, "sku": "X", "codigo_barras": "4006381333932"}
    )
    assert list(errores(respuesta)) == ["codigo_barras"]
    assert Producto.objects.count() == 1


@pytest.mark.parametrize(
    ("campo", "valor"),
    [
        ("sku", ""), ("sku", "x" * 101), ("nombre", ""), ("nombre", "a\x00b"), ("precio", "0"),
        ("precio", "-1"), ("precio", ""), ("precio", "1.999"), ("precio", "NaN"), ("stock_minimo", "-1"),
        ("stock_minimo", "1e30"), ("stock_minimo", "0.00001"), ("punto_reorden", "-1"),
        ("unidad", "999999"), ("unidad", "x"), ("categoria", "999999"),
    ],
)  # fmt: skip
def test_crear_producto_con_mal_dato_se_ve_en_su_campo(
    oficina: Client, harina: Producto, campo: str, valor: str
) -> None:
    datos = {**formulario(unidad=harina.unidad_id), campo: valor}
    assert list(errores(oficina.post(f"{ADMIN}/producto/add/", datos))) == [campo]
    assert Producto.objects.count() == 1


def test_editar_producto_cambia_lo_cambiado_y_sube_la_version(oficina: Client, harina: Producto) -> None:
    ruta = f"{ADMIN}/producto/{harina.pk}/change/"
    assert oficina.get(ruta).status_code == 200
    assert oficina.post(ruta, formulario(harina, nombre="Harina fina")).status_code == 302
    harina.refresh_from_db()
    assert (harina.nombre, harina.version) == ("Harina fina", 2)
    assert oficina.post(ruta, formulario(harina)).status_code == 302
    harina.refresh_from_db()
    assert harina.version == 2


def test_editar_producto_dice_con_que_se_compara_el_minimo(oficina: Client, harina: Producto) -> None:
    ruta = f"{ADMIN}/producto/{harina.pk}/change/"
    assert 'name="minimo_sobre_disponible"' in oficina.get(ruta).content.decode()
    assert oficina.post(ruta, formulario(harina, minimo_sobre_disponible="on")).status_code == 302
    harina.refresh_from_db()
    assert (harina.minimo_sobre_disponible, harina.version) == (True, 2)


def test_editar_producto_que_otro_cambio_no_lo_pisa(oficina: Client, harina: Producto) -> None:
    ruta = f"{ADMIN}/producto/{harina.pk}/change/"
    vieja = formulario(harina, nombre="De quien llegó tarde")
    assert oficina.post(ruta, formulario(harina, nombre="De quien llegó primero")).status_code == 302
    assert "versión 2" in errores(oficina.post(ruta, vieja))["__all__"][0]
    harina.refresh_from_db()
    assert harina.nombre == "De quien llegó primero"


def test_editar_producto_con_lotes_no_ofrece_la_unidad(
    oficina: Client, harina: Producto, actor: Actor
) -> None:
    con_lote(actor, harina, Decimal(2))
    ruta = f"{ADMIN}/producto/{harina.pk}/change/"
    assert "unidad" not in oficina.get(ruta).context["adminform"].form.fields
    libra = unidad_conocida(actor.empresa, "lb")
    assert oficina.post(ruta, formulario(harina, unidad=libra.pk)).status_code == 302
    harina.refresh_from_db()
    assert harina.unidad.abreviatura == "kg"


def test_editar_las_demas_fichas_pasa_por_su_servicio(
    oficina: Client, actor: Actor, empresa: Empresa
) -> None:
    padre, hija = (crear_categoria(actor=actor, nombre=nombre) for nombre in ("A", "B"))
    categoria = f"{ADMIN}/categoria/{{}}/change/"
    assert oficina.post(categoria.format(hija.pk), {"nombre": "B", "padre": padre.pk}).status_code == 302
    assert list(errores(oficina.post(categoria.format(padre.pk), {"nombre": "A", "padre": hija.pk}))) == [
        "padre"
    ]
    assert list(errores(oficina.post(f"{ADMIN}/categoria/add/", {"nombre": "A"}))) == ["__all__"]
    assert oficina.post(f"{ADMIN}/categoria/add/", {"nombre": "C"}).status_code == 302
    asegurar_unidades(empresa)
    unidad = {"abreviatura": "bz", "nombre": "Brazada", "nombre_en": "Fathom", "magnitud": "longitud"}
    assert oficina.post(f"{ADMIN}/unidad/add/", unidad).status_code == 302
    assert (
        "KG"
        in errores(oficina.post(f"{ADMIN}/unidad/add/", {**unidad, "nombre_en": "X", "abreviatura": "KG"}))[
            "__all__"
        ][0]
    )
    assert oficina.post(f"{ADMIN}/proveedor/add/", {"nombre": "Delta"}).status_code == 302
    proveedor = Proveedor.objects.get()
    assert (
        oficina.post(f"{ADMIN}/proveedor/{proveedor.pk}/change/", {"nombre": "Delta SA"}).status_code == 302
    )
    proveedor.refresh_from_db()
    assert (proveedor.nombre, proveedor.activo) == ("Delta SA", False)
    nombres = Categoria.objects.order_by("nombre").values_list("nombre", flat=True)
    assert list(nombres) == ["A", "B", "C", "Fish Feed"]


def test_acciones_desactivan_reactivan_y_eliminan_lo_que_se_puede(
    oficina: Client, harina: Producto, actor: Actor
) -> None:
    vacio = crear_producto(actor=actor, nombre="Vacío", sku="V")
    con_lote(actor, harina, Decimal(1))

    def accion(nombre: str) -> list[str]:
        datos = {"action": nombre, "_selected_action": [harina.pk, vacio.pk]}
        respuesta = oficina.post(f"{ADMIN}/producto/", datos, follow=True)
        return [str(mensaje) for mensaje in respuesta.context["messages"]]

    assert accion("desactivar") == ["Desactivados: 2."]
    assert Producto.objects.activos().count() == 0
    assert accion("reactivar") == ["Reactivados: 2."]
    mensajes = accion("eliminar")
    assert len(mensajes) == 2
    assert "tiene 1 lotes con existencia" in mensajes[0]
    assert mensajes[1] == "Eliminados: 1."
    assert list(Producto.objects.vivos()) == [harina]
    assert oficina.get(f"{ADMIN}/producto/{vacio.pk}/change/").status_code == 302


def test_nada_se_borra(oficina: Client, harina: Producto, actor: Actor) -> None:
    categoria = crear_categoria(actor=actor, nombre="A")
    proveedor = crear_proveedor(actor=actor, nombre="P")
    for modelo, pk in (
        ("producto", harina.pk),
        ("categoria", categoria.pk),
        ("unidad", harina.unidad_id),
        ("proveedor", proveedor.pk),
    ):
        assert oficina.post(f"{ADMIN}/{modelo}/{pk}/delete/", {"post": "yes"}).status_code == 403
        datos = {"action": "delete_selected", "_selected_action": [pk], "post": "yes"}
        oficina.post(f"{ADMIN}/{modelo}/", datos)
    assert (Producto.objects.count(), Categoria.objects.count(), Proveedor.objects.count()) == (1, 2, 1)
    assert Unidad.objects.filter(pk=harina.unidad_id).exists()


def test_otra_empresa_no_se_ve_ni_se_toca(
    oficina: Client, otra_empresa: Empresa, harina: Producto, empresa: Empresa
) -> None:
    with scope(empresa=otra_empresa):
        ajeno = ProductoFabrica.create(empresa=otra_empresa, nombre="Secreto ajeno")
        unidad_ajena = ajeno.unidad_id
    assert "Secreto ajeno" not in oficina.get(f"{ADMIN}/producto/").content.decode()
    assert oficina.get(f"{ADMIN}/producto/{ajeno.pk}/change/").status_code == 302
    oficina.post(f"{ADMIN}/producto/{ajeno.pk}/change/", formulario(harina, nombre="Robado"))
    datos = {"action": "eliminar", "_selected_action": [ajeno.pk]}
    oficina.post(f"{ADMIN}/producto/", datos)
    assert list(errores(oficina.post(f"{ADMIN}/producto/add/", formulario(unidad=unidad_ajena)))) == [
        "unidad"
    ]
    with scope(empresa=otra_empresa):
        assert Producto.objects.get().nombre == "Secreto ajeno"
        assert Producto.objects.get().eliminado_en is None


def test_quien_solo_mira_no_cambia(
    client: Client, actor_con: Callable[[str], Actor], harina: Producto
) -> None:
    auditor = actor_con(Rol.AUDITOR).usuario
    auditor.is_staff = True
    auditor.save()
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"{ADMIN}/producto/").status_code == 200
    assert client.get(f"{ADMIN}/producto/{harina.pk}/change/").status_code == 200
    assert (
        client.post(f"{ADMIN}/producto/{harina.pk}/change/", formulario(harina, nombre="X")).status_code
        == 403
    )
    assert client.get(f"{ADMIN}/producto/add/").status_code == 403
    assert client.get(f"{ADMIN}/producto/import/").status_code == 403
    client.post(f"{ADMIN}/producto/", {"action": "eliminar", "_selected_action": [harina.pk]})
    harina.refresh_from_db()
    assert (harina.nombre, harina.eliminado_en) == ("Harina", None)


def test_lista_con_consultas_fijas(oficina: Client, empresa: Empresa) -> None:
    cuentas = []
    for cuantos in (3, 40):
        for _ in range(cuantos):
            categoria = Categoria.objects.create(empresa=empresa, nombre=f"C{Categoria.objects.count()}")
            ProductoFabrica.create(empresa=empresa, categoria=categoria)
        with CaptureQueriesContext(connection) as consultas:
            assert oficina.get(f"{ADMIN}/producto/").status_code == 200
        cuentas.append(len(consultas))
    assert cuentas[0] == cuentas[1]


# ── Importar ────────────────────────────────────────────────────────────────────────────────────


def subir(oficina: Client, modelo: str, contenido: bytes, formato: str = CSV) -> Any:
    """Sube el archivo y devuelve la vista previa."""
    archivo = SimpleUploadedFile(f"a.{'csv' if formato == CSV else 'xlsx'}", contenido)
    respuesta = oficina.post(f"{ADMIN}/{modelo}/import/", {"format": formato, "import_file": archivo})
    assert respuesta.status_code == 200
    return respuesta


def confirmar(oficina: Client, modelo: str, vista: Any) -> Any:
    datos = {campo.html_name: campo.value() for campo in vista.context["confirm_form"]}
    return oficina.post(f"{ADMIN}/{modelo}/process_import/", datos, follow=True)


def test_importar_los_demas_catalogos(oficina: Client, empresa: Empresa) -> None:
    archivos = {
        "categoria": b"nombre,padre\nA,\nB,A\n",
        "unidad": b"abreviatura,nombre,divisible\nbz,Brazada,no\n",
        "proveedor": b"nombre,telefono,activo\nDelta,123,no\n",
    }
    for modelo, contenido in archivos.items():
        vista = subir(oficina, modelo, contenido)
        assert not vista.context["result"].has_validation_errors(), vista.context["result"].invalid_rows
        confirmar(oficina, modelo, vista)
    hija = Categoria.objects.select_related("padre").get(nombre="B")
    assert hija.padre is not None
    assert hija.padre.nombre == "A"
    assert not Unidad.objects.get(abreviatura="bz").divisible
    assert (Proveedor.objects.get().telefono, Proveedor.objects.get().activo) == ("123", False)


def _con_zip_al_final(contenido: bytes) -> bytes:
    vacio = io.BytesIO()
    zipfile.ZipFile(vacio, "w").close()
    return contenido + vacio.getvalue()


@pytest.mark.parametrize(
    ("contenido", "porque"),
    [
        (b"nombre\r" + b"x\r" * 201, "Se admiten hasta 200 filas"),
        (b"nombre\n" + b"x\n" * 201, "Se admiten hasta 200 filas"),
        (_con_zip_al_final(b"nombre\n" + b"x\n" * 201), "Se admiten hasta 200 filas"),
        (b"nombre" + b",y" * 200, "más de 200 columnas"),
        (b"nombre\n" + b"x" * 32_768, "una celda de más de"),
        (b"nombre\n" + b"x" * 140_000, "no es un CSV que se pueda leer"),
    ],
)
def test_un_catalogo_desmedido_no_se_lee(oficina: Client, contenido: bytes, porque: str) -> None:
    assert porque in subir(oficina, "categoria", contenido).content.decode()


def test_importar_un_catalogo_gasta_del_cupo_de_la_empresa(oficina: Client, settings: Any) -> None:
    settings.LIMITE_DE_IMPORTACIONES_POR_HORA = 1
    cache.clear()
    subir(oficina, "categoria", b"nombre\nA\n")
    archivo = SimpleUploadedFile("a.csv", b"nombre\nB\n")
    respuesta = oficina.post(f"{ADMIN}/proveedor/import/", {"format": CSV, "import_file": archivo})
    assert respuesta.status_code == 429
    assert int(respuesta["Retry-After"]) > 0


# ── Exportar ────────────────────────────────────────────────────────────────────────────────────

PELIGROSOS = ['=HYPERLINK("http://malo")', "+1", "-1", "@SUM(A1)"]


def exportar(oficina: Client, modelo: str, formato: str) -> bytes:
    pantalla = oficina.get(f"{ADMIN}/{modelo}/export/")
    campos = {
        c.html_name: True for c in pantalla.context["form"] if c.field.__class__.__name__ == "BooleanField"
    }
    respuesta = oficina.post(f"{ADMIN}/{modelo}/export/", {**campos, "format": formato})
    assert respuesta.status_code == 200
    return respuesta.content


def test_exportar_no_deja_formulas(oficina: Client, actor: Actor) -> None:
    for numero, texto in enumerate(PELIGROSOS):
        crear_producto(actor=actor, nombre=texto, sku=f"{texto}{numero}", precio=Decimal("1.50"))
    exportado = exportar(oficina, "producto", CSV)
    for fila in exportado.decode("utf-8-sig").splitlines()[1:]:
        assert fila.lstrip('"').startswith("'"), fila
    libro = load_workbook(io.BytesIO(exportar(oficina, "producto", XLSX)))
    hoja = libro.active
    assert hoja is not None
    celdas = [celda for fila in hoja.iter_rows(min_row=2) for celda in fila]
    assert all(celda.data_type != "f" for celda in celdas)
    assert [celda.value for celda in celdas if celda.column == 2] == [f"'{texto}" for texto in PELIGROSOS]


@pytest.mark.parametrize("modelo", ["categoria", "unidad", "proveedor"])
@pytest.mark.parametrize("formato", [CSV, XLSX])
def test_exportar_los_demas_catalogos(
    oficina: Client, actor: Actor, empresa: Empresa, modelo: str, formato: str
) -> None:
    asegurar_unidades(empresa)
    crear_categoria(actor=actor, nombre="=A")
    crear_proveedor(actor=actor, nombre="@P")
    contenido = exportar(oficina, modelo, formato)
    assert contenido
    if formato == CSV:
        assert "\n=" not in contenido.decode("utf-8-sig")
        assert "\n@" not in contenido.decode("utf-8-sig")
