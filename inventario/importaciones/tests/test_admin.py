"""Importar productos desde el admin: se ensaya con todo lo que esté mal, y se aplica entero o nada."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django_scopes import scopes_disabled
from openpyxl import Workbook

from inventario.cuentas.acceso.sesion import EMPRESA_EN_SESION
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.importaciones.admin import SAL
from inventario.movimientos.models import Importacion
from inventario.nucleo.actores import Actor
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.services import crear_categoria, crear_producto, crear_proveedor, unidad_conocida

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance", "en_carpeta_propia")]

ADMIN = "/admin/productos/producto"
YA_SE_IMPORTO = "Ese archivo ya se importó, o se está importando: mire la lista antes de repetirlo."
DE_OTRO = "Ese archivo lo ensayó otra persona, o en otra empresa: súbalo otra vez."


@pytest.fixture
def en_carpeta_propia(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lo subido se guarda mientras se confirma; aquí, donde se pueda contar."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


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
    respuesta = oficina.post(f"{ADMIN}/import/", {"archivo": SimpleUploadedFile(nombre, contenido)})
    assert respuesta.status_code == 200
    return respuesta


def confirmar(oficina: Client, vista: Any) -> list[str]:
    """Aplica lo ensayado y devuelve los mensajes con que vuelve."""
    datos = {campo.html_name: campo.value() for campo in vista.context["confirm_form"]}
    respuesta = oficina.post(f"{ADMIN}/process_import/", datos, follow=True)
    assert respuesta.status_code == 200
    return [str(mensaje) for mensaje in respuesta.context["messages"]]


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
    informe = vista.context["informe"]
    assert (informe.leidas, informe.aceptadas, informe.rechazos, informe.aplicado) == (2, 2, [], False)
    assert Producto.objects.values().get() == antes
    assert not Unidad.objects.filter(nombre="Brazada").exists()
    assert not Importacion.objects.exists()

    assert confirmar(oficina, vista) == ["Productos importados: 2."]
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
    assert list(en_carpeta_propia.iterdir()) == []

    repetida = subir(oficina, contenido)
    assert "Este mismo archivo ya se importó" in repetida.context["informe"].avisos[0]
    assert confirmar(oficina, repetida) == ["Productos importados: 2."]
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
    rechazos = vista.context["informe"].rechazos
    assert [rechazo.fila for rechazo in rechazos] == [3, 4, 5, 6, 7, 8, 9, 10, 10, 11]
    assert "confirm_form" not in vista.context
    pagina = vista.content.decode()
    assert "Fila 6, columna «proveedor»: Hay más de un proveedor «Repetido»." in pagina
    assert "Fila 7, columna «activo»: debe ser sí o no; dice «quizás»." in pagina
    assert list(Producto.objects.all()) == [harina]
    assert not Categoria.objects.filter(nombre="Malo").exists()
    assert list(en_carpeta_propia.iterdir()) == []


def test_un_xlsx_con_numeros_y_casillas_de_la_hoja(oficina: Client, empresa: Empresa) -> None:
    libro = Workbook()
    hoja = libro.active
    assert hoja is not None
    hoja.append(["sku", "nombre", "unidad", "precio", "stock_minimo", "activo"])
    hoja.append([1001, "Tornillo", "u", 2.5, 10.0, False])
    bruto = io.BytesIO()
    libro.save(bruto)
    confirmar(oficina, subir(oficina, bruto.getvalue(), "productos.xlsx"))
    producto = Producto.objects.get()
    assert (producto.sku, producto.precio, producto.stock_minimo, producto.activo) == (
        "1001",
        Decimal("2.50"),
        Decimal(10),
        False,
    )


@pytest.mark.parametrize("contenido", [b"PK\x03\x04 basura", b"\xff\xfe\xfa", b"  ", b"otra,cosa\n1,2\n"])
def test_un_archivo_que_no_se_entiende_se_dice_en_su_campo(
    oficina: Client, contenido: bytes, en_carpeta_propia: Path
) -> None:
    vista = subir(oficina, contenido)
    assert list(vista.context["form"].errors) == ["archivo"]
    assert "confirm_form" not in vista.context
    assert list(en_carpeta_propia.iterdir()) == []


def test_lo_que_dejo_de_valer_entre_el_ensayo_y_la_confirmacion(
    oficina: Client, actor: Actor, empresa: Empresa
) -> None:
    vista = subir(oficina, b"sku,nombre,codigo_barras\nA,Uno,\nB,Dos,4006381333931\n")
    crear_producto(actor=actor, nombre="Se adelantó", sku="Z", codigo_barras="4006381333931")
    assert confirmar(oficina, vista) == [
        "No se importó nada: las filas 3 ya no se admiten. Suba el archivo otra vez."
    ]
    assert list(Producto.objects.values_list("sku", flat=True)) == ["Z"]


def test_confirmar_dos_veces_importa_una(oficina: Client, empresa: Empresa) -> None:
    vista = subir(oficina, b"sku,nombre\nA,Uno\n")
    assert confirmar(oficina, vista) == ["Productos importados: 1."]
    assert confirmar(oficina, vista) == [YA_SE_IMPORTO]
    assert Importacion.objects.count() == 1


@pytest.mark.parametrize("guardado", ["/etc/passwd", signing.dumps(["/etc/passwd", "x"], salt="otra"), ""])
def test_solo_se_abre_el_archivo_que_el_servidor_firmo(oficina: Client, guardado: str) -> None:
    respuesta = oficina.post(f"{ADMIN}/process_import/", {"guardado": guardado})
    assert (respuesta.status_code, respuesta["Location"]) == (302, f"{ADMIN}/import/")
    assert not Producto.objects.exists()


@pytest.mark.parametrize(
    ("contenido", "queja"),
    [(b"sku,nombre\n", "p.csv"), ("sku,nombre\nA,Uño\n".encode("latin-1"), "p.csv")],
)
def test_lo_que_esta_mal_nombra_el_archivo_como_lo_llama_quien_lo_subio(
    oficina: Client, contenido: bytes, queja: str
) -> None:
    vista = subir(oficina, contenido, nombre="p.csv")
    [dicho] = vista.context["form"].errors["archivo"]
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
    assert confirmar(otra, vista) == [DE_OTRO]
    assert not Producto.objects.exists()
    assert confirmar(oficina, vista) == ["Productos importados: 1."]


def test_lo_que_se_ensayo_en_una_empresa_no_se_aplica_en_otra(
    oficina: Client, usuario: Usuario, otra_empresa: Empresa
) -> None:
    vista = subir(oficina, b"sku,nombre\nA,Uno\n")
    agregar_miembro(empresa=otra_empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    sesion = oficina.session
    sesion[EMPRESA_EN_SESION] = otra_empresa.pk
    sesion.save()
    assert confirmar(oficina, vista) == [DE_OTRO]
    with scopes_disabled():
        assert not Producto.objects.exists()


def test_un_archivo_demasiado_grande_para_una_pagina_se_manda_a_la_consola(
    oficina: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inventario.importaciones.admin.MAXIMO_MB", 0)
    [dicho] = subir(oficina, b"sku,nombre\nA,Uno\n").context["form"].errors["archivo"]
    assert dicho == "Aquí se admiten hasta 0 MB: divídalo, o impórtelo con la orden «importar»."


def test_quien_solo_mira_no_importa(
    client: Client, actor_con: Callable[[str], Actor], en_carpeta_propia: Path
) -> None:
    auditor = actor_con(Rol.AUDITOR).usuario
    auditor.is_staff = True
    auditor.save()
    client.force_login(auditor, backend="django.contrib.auth.backends.ModelBackend")
    (en_carpeta_propia / "a.csv").write_bytes(b"sku,nombre\nA,Uno\n")
    firmado = signing.dumps([str(en_carpeta_propia / "a.csv"), "a.csv"], salt=SAL)
    assert client.get(f"{ADMIN}/import/").status_code == 403
    assert client.post(f"{ADMIN}/process_import/", {"guardado": firmado}).status_code == 403
    assert not Producto.objects.exists()


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
    assert confirmar(oficina, subir(oficina, exportado)) == ["Productos importados: 4."]
    assert list(Producto.objects.order_by("pk").values()) == antes
