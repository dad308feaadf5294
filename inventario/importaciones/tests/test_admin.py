"""Importar productos desde el admin: se ensaya con todo lo que esté mal, y se aplica entero o nada."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import escape
from django_scopes import scopes_disabled
from openpyxl import Workbook

from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.importaciones import tasks
from inventario.importaciones.encargos import corrida
from inventario.importaciones.models import EN_MARCHA, EncargoDeImportacion
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.services import crear_categoria, crear_producto, crear_proveedor, unidad_conocida

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance", "en_carpeta_propia")]

ADMIN = "/admin/productos/producto"
YA_SE_APLICO = "Ese archivo ya se aplicó, o se está aplicando, o esperó demasiado."


@pytest.fixture
def en_carpeta_propia(tmp_path: Path, settings: Any) -> Path:
    """Lo subido espera en el almacén; aquí, donde se pueda contar."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def esperan(carpeta: Path) -> list[Path]:
    return [ruta for ruta in carpeta.rglob("*") if ruta.is_file()]


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


def subir(oficina: Client, contenido: bytes, nombre: str = "productos.csv") -> Any:
    """Sube el archivo, deja que se ensaye y devuelve la página que lo cuenta."""
    respuesta = oficina.post(f"{ADMIN}/import/", {"archivo": SimpleUploadedFile(nombre, contenido)})
    if respuesta.status_code == 200:
        return respuesta
    correr_lo_encargado()
    vista = oficina.get(respuesta["Location"])
    assert vista.status_code == 200
    return vista


def aplicar(oficina: Client, vista: Any) -> Any:
    """Pide que se aplique lo ensayado y devuelve la página con lo que pasó."""
    encargo = vista.context["encargo"]
    respuesta = oficina.post(f"{ADMIN}/import/{encargo.pk}/aplicar/")
    if respuesta.status_code == 404:
        return respuesta
    correr_lo_encargado()
    return oficina.get(respuesta["Location"])


def correr_lo_encargado() -> None:
    """Lo que haría el worker con lo que la página dejó pedido."""
    for encargo in EncargoDeImportacion.objects.filter(estado__in=EN_MARCHA):
        tasks.correr(encargo.empresa_id, encargo.pk)


def test_la_lista_lleva_a_importar_y_la_pagina_se_ve(oficina: Client) -> None:
    assert f'href="{ADMIN}/import/"' in oficina.get(f"{ADMIN}/").content.decode().replace("'", '"')
    assert oficina.get(f"{ADMIN}/import/").status_code == 200


def test_ensaya_antes_y_aplica_despues(
    oficina: Client, harina: Producto, actor: Actor, en_carpeta_propia: Path
) -> None:
    crear_categoria(actor=actor, nombre="Alimento")
    contenido = (
        "sku,nombre,unidad,precio,stock_minimo,minimo_sobre_disponible,punto_reorden,categoria,proveedor,activo\n"
        "har-1,Harina fina,kg,5.25,7.5,sí,3.25,Alimento,Molinos,sí\n"
        'NUE-1,Nuevo,Brazada,"1,50",,no,,,,no\n'
    ).encode("utf-8-sig")
    antes = Producto.objects.values().get()
    vista = subir(oficina, contenido)
    encargo = vista.context["encargo"]
    assert (encargo.estado, encargo.leidas, encargo.aceptadas, encargo.rechazos) == ("ensayado", 2, 2, [])
    assert encargo.avisos == ["Proveedores que no había: Molinos.", "Unidades que no había: Brazada."]
    assert Producto.objects.values().get() == antes
    assert not Unidad.objects.filter(nombre="Brazada").exists()
    assert not Importacion.objects.exists()

    assert aplicar(oficina, vista).context["encargo"].estado == "aplicado"
    harina.refresh_from_db()
    assert (harina.sku, harina.nombre, harina.precio, harina.stock_minimo, harina.version) == (
        "HAR-1",
        "Harina fina",
        Decimal("5.25"),
        Decimal("7.5"),
        2,
    )
    assert (str(harina.categoria), harina.proveedor) == ("Alimento", Proveedor.objects.get(nombre="Molinos"))
    assert (harina.minimo_sobre_disponible, harina.punto_reorden) == (True, Decimal("3.25"))
    nuevo = Producto.objects.get(sku="NUE-1")
    assert (nuevo.precio, nuevo.stock_minimo, nuevo.activo, nuevo.unidad.abreviatura) == (
        Decimal("1.50"),
        Decimal(5),
        False,
        "Brazada",
    )
    importacion = Importacion.objects.get()
    assert (importacion.archivo, importacion.estado, importacion.aplicadas) == (
        "productos.csv",
        "aplicada",
        2,
    )
    assert esperan(en_carpeta_propia) == []

    repetida = subir(oficina, contenido)
    assert "Este mismo archivo ya se importó" in repetida.context["encargo"].avisos[0]
    assert aplicar(oficina, repetida).context["encargo"].estado == "aplicado"
    harina.refresh_from_db()
    assert harina.version == 2


def test_dice_todos_los_errores_con_su_fila_y_no_deja_aplicar(
    oficina: Client, harina: Producto, actor: Actor, en_carpeta_propia: Path
) -> None:
    for _ in range(2):
        crear_proveedor(actor=actor, nombre="Repetido")
    contenido = (
        "sku,nombre,precio,stock_minimo,activo,codigo_barras,proveedor\n"
        "A,Bueno,1,1,sí,,\n"
        "B,,1,1,sí,,\n"
        "C,Malo,abc,1,sí,,\n"
        "D,Malo,-1,1,sí,,\n"
        "E,Malo,1,1,sí,,Repetido\n"
        "F,Malo,1,1,quizás,,\n"
        "G,Malo,1,1,sí,4006381333932,\n"
        ",Malo,1,1,sí,,\n"
        "H,Malo,NaN,1e30,sí,,\n"
        "a,Repetido,1,1,sí,,\n"
    ).encode()
    vista = subir(oficina, contenido)
    encargo = vista.context["encargo"]
    filas = [int(fila) for fila in re.findall(r"^Fila (\d+)", "\n".join(encargo.rechazos), re.M)]
    assert filas == [3, 4, 5, 6, 7, 8, 9, 10, 10, 11]
    assert (encargo.estado, encargo.rechazadas) == ("con_errores", 9)
    assert "/aplicar/" not in (pagina := vista.content.decode())
    assert "Fila 6, columna «proveedor»: Hay más de un proveedor «Repetido»." in pagina
    assert "Fila 7, columna «activo»: debe ser sí o no; dice «quizás»." in pagina
    assert list(Producto.objects.all()) == [harina]
    assert not Categoria.objects.filter(nombre="Malo").exists()
    assert esperan(en_carpeta_propia) == []


def test_un_xlsx_con_numeros_y_casillas_de_la_hoja(oficina: Client, empresa: Empresa) -> None:
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    hoja.append(["sku", "nombre", "unidad", "precio", "stock_minimo", "activo"])
    hoja.append([1001, "Tornillo", "u", 2.5, 10.0, False])
    bruto = io.BytesIO()
    libro.save(bruto)
    aplicar(oficina, subir(oficina, bruto.getvalue(), "productos.xlsx"))
    producto = Producto.objects.get()
    assert (producto.sku, producto.precio, producto.stock_minimo, producto.activo) == (
        "1001",
        Decimal("2.50"),
        Decimal(10),
        False,
    )


@pytest.mark.parametrize("contenido", [b"PK\x03\x04 basura", b"\xff\xfe\xfa", b"  ", b"otra,cosa\n1,2\n"])
def test_un_archivo_que_no_se_entiende_lo_dice(
    oficina: Client, contenido: bytes, en_carpeta_propia: Path
) -> None:
    vista = subir(oficina, contenido)
    encargo = vista.context["encargo"]
    assert encargo.estado == "fallido"
    assert encargo.error
    assert escape(encargo.error) in vista.content.decode()
    assert esperan(en_carpeta_propia) == []


def test_lo_que_dejo_de_valer_entre_el_ensayo_y_la_confirmacion(
    oficina: Client, actor: Actor, empresa: Empresa
) -> None:
    vista = subir(oficina, b"sku,nombre,codigo_barras\nA,Uno,\nB,Dos,4006381333931\n")
    crear_producto(actor=actor, nombre="Se adelantó", sku="Z", codigo_barras="4006381333931")
    despues = aplicar(oficina, vista)
    assert despues.context["encargo"].estado == "con_errores"
    assert "No se importó nada" in despues.content.decode()
    assert "Fila 3" in despues.context["encargo"].rechazos[0]
    assert list(Producto.objects.values_list("sku", flat=True)) == ["Z"]


def test_aplicar_dos_veces_importa_una(oficina: Client, empresa: Empresa) -> None:
    vista = subir(oficina, b"sku,nombre\nA,Uno\n")
    assert aplicar(oficina, vista).context["encargo"].estado == "aplicado"
    otra = aplicar(oficina, vista)
    assert YA_SE_APLICO in [str(mensaje) for mensaje in otra.context["messages"]]
    assert Importacion.objects.count() == 1


@pytest.mark.parametrize(
    ("contenido", "queja"),
    [(b"sku,nombre\n", "p.csv"), ("sku,nombre\nA,Uño\n".encode("latin-1"), "p.csv")],
)
def test_lo_que_esta_mal_nombra_el_archivo_como_lo_llama_quien_lo_subio(
    oficina: Client, contenido: bytes, queja: str
) -> None:
    vista = subir(oficina, contenido, nombre="p.csv")
    dicho = vista.context["encargo"].error
    assert queja in dicho
    assert "tmp" not in dicho


def test_lo_que_ensayo_una_persona_no_lo_aplica_otra(
    oficina: Client, empresa: Empresa, actor_con: Callable[[str], Actor]
) -> None:
    vista = subir(oficina, b"sku,nombre\nA,Uno\n")
    colega = actor_con(Rol.ADMINISTRADOR).usuario
    colega.is_staff = True
    colega.save()
    otra = Client()
    otra.force_login(colega, backend="django.contrib.auth.backends.ModelBackend")
    assert aplicar(otra, vista).status_code == 404
    assert otra.get(f"{ADMIN}/import/{vista.context['encargo'].pk}/").status_code == 404
    assert not Producto.objects.exists()
    assert aplicar(oficina, vista).context["encargo"].estado == "aplicado"


def test_lo_que_se_ensayo_en_una_empresa_no_se_aplica_en_otra(
    oficina: Client, usuario: Usuario, otra_empresa: Empresa
) -> None:
    vista = subir(oficina, b"sku,nombre\nA,Uno\n")
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    sesion = oficina.session
    sesion[EMPRESA_EN_SESION] = otra_empresa.pk
    sesion.save()
    assert aplicar(oficina, vista).status_code == 404
    with scopes_disabled():
        assert not Producto.objects.exists()


def test_un_archivo_demasiado_grande_para_una_pagina_se_manda_a_la_consola(
    oficina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventario.importaciones.encargos.services.MAXIMO_MB", 0)
    [dicho] = subir(oficina, b"sku,nombre\nA,Uno\n").context["form"].errors["archivo"]
    assert dicho == "Aquí se admiten hasta 0 MB: divídalo, o impórtelo con la orden «importar»."


def test_quien_solo_mira_no_importa(
    client: Client, actor_con: Callable[[str], Actor], en_carpeta_propia: Path
) -> None:
    auditor = actor_con(Rol.AUDITOR).usuario
    auditor.is_staff = True
    auditor.save()
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    for ruta in ("import/", "import/1/"):
        assert client.get(f"{ADMIN}/{ruta}").status_code == 403
    archivo = SimpleUploadedFile("a.csv", b"sku,nombre\nA,Uno\n")
    assert client.post(f"{ADMIN}/import/", {"archivo": archivo}).status_code == 403
    assert client.post(f"{ADMIN}/import/1/aplicar/").status_code == 403
    assert esperan(en_carpeta_propia) == []


def test_lo_exportado_se_vuelve_a_importar_igual(oficina: Client, actor: Actor) -> None:
    proveedor = crear_proveedor(actor=actor, nombre="=Molinos")
    for numero, texto in enumerate(['=HYPERLINK("http://malo")', "+1", "-1", "@SUM(A1)"]):
        crear_producto(
            actor=actor, nombre=texto, sku=f"{texto}{numero}", precio=Decimal("1.50"), proveedor=proveedor
        )
    antes = list(Producto.objects.order_by("pk").values())
    pantalla = oficina.get(f"{ADMIN}/export/").content.decode()
    campos = dict.fromkeys(re.findall(r'name="(\w+)"[^>]*checked', pantalla), "on")
    exportado = oficina.post(f"{ADMIN}/export/", {**campos, "format": "0"}).content
    assert exportado.count(b"HYPERLINK") == 2
    assert aplicar(oficina, subir(oficina, exportado)).context["encargo"].aceptadas == 4
    assert list(Producto.objects.order_by("pk").values()) == antes


def test_mientras_corre_la_pagina_se_pide_sola_otra_vez(
    oficina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrida, "AVISAR_CADA_S", 0.0)
    archivo = SimpleUploadedFile("p.csv", b"sku,nombre\nA,Uno\n")
    direccion = oficina.post(f"{ADMIN}/import/", {"archivo": archivo})["Location"]
    vista = oficina.get(direccion)
    assert vista["Refresh"] == "2"
    assert "sigue solo" in vista.content.decode()
    assert "p.csv" in oficina.get(f"{ADMIN}/import/").content.decode()
    correr_lo_encargado()
    assert "Refresh" not in oficina.get(direccion).headers
    encargo = EncargoDeImportacion.objects.get()
    assert corrida.avance_de(encargo) == 1


def test_no_se_encolan_importaciones_sin_fin(oficina: Client) -> None:
    for _ in range(2):
        oficina.post(f"{ADMIN}/import/", {"archivo": SimpleUploadedFile("p.csv", b"sku,nombre\nA,Uno\n")})
    [dicho] = subir(oficina, b"sku,nombre\nA,Uno\n").context["form"].errors["archivo"]
    assert dicho == "Ya tiene 2 importaciones en marcha: espere a que terminen."


def test_un_ensayo_grande_va_por_tandas_y_dice_lo_mismo(
    oficina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    filas = [f"S{n},Uno,Cat{n % 7},Prov{n % 3}" for n in range(25)] + ["s0,Repetido,,", "T,,,"]
    contenido = "\n".join(["sku,nombre,categoria,proveedor", *filas]).encode()
    de_una = subir(oficina, contenido).context["encargo"]
    monkeypatch.setattr("inventario.importaciones.productos.TANDA", 4)
    por_tandas = subir(oficina, contenido).context["encargo"]
    assert [r[:7] for r in por_tandas.rechazos] == ["Fila 27", "Fila 28"]
    for campo in ("leidas", "aceptadas", "rechazadas", "rechazos", "avisos"):
        assert getattr(por_tandas, campo) == getattr(de_una, campo)
    assert not Categoria.objects.filter(nombre__startswith="Cat").exists()
    assert not Importacion.objects.exists()


@pytest.mark.parametrize(
    ("nombre", "contenido", "dicho"),
    [
        ("c.csv", b"nombre\n" + b"a\n" * 201, "hasta 200 filas"),
        ("c.csv", b"nombre\n" + b"a" * 2**20, "Se admite hasta 1 MB"),
        ("c.xlsx", b"PK\x03\x04basura", ""),
    ],
)
def test_un_catalogo_auxiliar_tambien_se_mide_antes_de_leerlo(
    oficina: Client, nombre: str, contenido: bytes, dicho: str
) -> None:
    datos = {"import_file": SimpleUploadedFile(nombre, contenido), "format": "0"}
    respuesta = oficina.post("/admin/productos/categoria/import/", datos)
    assert respuesta.status_code == 200
    assert dicho in respuesta.content.decode()
    assert not Categoria.objects.filter(nombre="a").exists()


def test_una_hoja_que_estalla_no_llega_a_leerse_en_ningun_catalogo(oficina: Client, tmp_path: Path) -> None:
    libro, bruto = Workbook(), io.BytesIO()
    libro.worksheets[0].append(["nombre"])
    libro.worksheets[0].append(["QUE"])
    libro.save(bruto)
    bomba = io.BytesIO()
    with zipfile.ZipFile(bruto) as original, zipfile.ZipFile(bomba, "w", zipfile.ZIP_DEFLATED) as paquete:
        for parte in original.namelist():
            paquete.writestr(parte, original.read(parte).replace(b"QUE", b"X" * 50_000_000))
    for catalogo in ("categoria", "proveedor", "unidad"):
        datos = {"import_file": SimpleUploadedFile("c.xlsx", bomba.getvalue()), "format": "1"}
        pagina = oficina.post(f"/admin/productos/{catalogo}/import/", datos).content.decode()
        assert "tiene una celda de más de 32767 caracteres" in pagina
