from __future__ import annotations

from decimal import Decimal

import pytest

from inventario.cuentas.models import Empresa
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import Conflicto, DatoInvalido, NoEncontrado, SinPermiso
from inventario.productos.errores import TieneDependencias
from inventario.productos.models import Unidad
from inventario.productos.services import (
    asegurar_unidades,
    crear_producto,
    crear_unidad,
    editar_unidad,
    eliminar_producto,
    eliminar_unidad,
    unidad_conocida,
    unidad_o_nueva,
    unidad_por_defecto,
)
from inventario.productos.tests.fabricas import con_lote, sin_permisos

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alcance")]


def test_una_empresa_nueva_nace_con_las_25_en_los_dos_idiomas(empresa: Empresa) -> None:
    assert Unidad.objects.count() == 25
    indivisibles = set(Unidad.objects.filter(divisible=False).values_list("nombre_en", flat=True))
    assert indivisibles == {"Piece", "Box", "Bag", "Pack", "Dozen", "Unit", "Carton", "Sack"}
    unidad = Unidad.objects.get(nombre_en="Unit")
    assert (unidad.abreviatura, unidad.nombre, unidad.magnitud) == ("u", "Unidad", "conteo")
    assert Unidad.objects.filter(nombre="").count() == 0


def test_asegurar_unidades_repetida_no_duplica_ni_pisa_lo_cambiado(empresa: Empresa, actor: Actor) -> None:
    asegurar_unidades(empresa)
    kilo = unidad_conocida(empresa, "kg")
    editar_unidad(actor=actor, unidad=kilo, cambios={"nombre": "Kilo", "abreviatura": "kilo"})
    asegurar_unidades(empresa)
    assert Unidad.objects.count() == 25
    kilo.refresh_from_db()
    assert (kilo.nombre, kilo.abreviatura) == ("Kilo", "kilo")


@pytest.mark.parametrize(
    ("texto", "abreviatura"),
    [
        ("kg", "kg"), ("KG", "kg"), ("Kilogram", "kg"), ("kilogramo", "kg"), (" l ", "L"), ("ML", "mL"),
        ("Galon", "gal"), ("GALÓN", "gal"), ("unit", "u"), ("UNIDAD", "u"), ("M³", "m³"), ("caja", "cja"),
        ("Box", "cja"), ("m", "m"),
    ],
)  # fmt: skip
def test_unidad_conocida_la_halla_como_se_escriba(empresa: Empresa, texto: str, abreviatura: str) -> None:
    assert unidad_conocida(empresa, texto).abreviatura == abreviatura


def test_unidad_conocida_desconocida_dice_cuales_se_admiten(empresa: Empresa) -> None:
    asegurar_unidades(empresa)
    with pytest.raises(DatoInvalido) as error:
        unidad_conocida(empresa, "brazada")
    assert "kg" in error.value.mensaje
    assert "u" in error.value.mensaje
    assert error.value.detalles[0].campo == "unidad"
    assert Unidad.objects.count() == 25


def test_unidad_conocida_inactiva_no_se_ofrece(empresa: Empresa, actor: Actor) -> None:
    editar_unidad(actor=actor, unidad=unidad_conocida(empresa, "ac"), cambios={"activa": False})
    with pytest.raises(DatoInvalido):
        unidad_conocida(empresa, "ac")


def test_unidad_o_nueva_crea_divisible_y_una_sola_vez(empresa: Empresa) -> None:
    brazada = unidad_o_nueva(empresa, " Brazada ")
    assert (brazada.abreviatura, brazada.nombre_en, brazada.divisible) == ("Brazada", "Brazada", True)
    assert unidad_o_nueva(empresa, "BRAZADA").pk == brazada.pk
    assert unidad_o_nueva(empresa, "kilogram").abreviatura == "kg"
    assert Unidad.objects.count() == 26


def test_unidad_o_nueva_vacia_o_larga_se_rechaza(empresa: Empresa) -> None:
    for texto in ("  ", "x" * 51, "a\x00b"):
        with pytest.raises(DatoInvalido):
            unidad_o_nueva(empresa, texto)


def test_unidades_se_siembran_al_usarlas_si_la_empresa_no_las_tiene(empresa: Empresa) -> None:
    # Así quedan las empresas creadas con `settings.AL_CREAR_EMPRESA` vacío o antes de que existiera.
    for hallar in (lambda: unidad_por_defecto(empresa), lambda: unidad_conocida(empresa, "kg")):
        Unidad.objects.all().delete()
        assert hallar().pk
        assert Unidad.objects.count() == 25


def test_unidad_por_defecto_es_u_aunque_se_renombre(empresa: Empresa, actor: Actor) -> None:
    unidad = unidad_por_defecto(empresa)
    assert (unidad.abreviatura, unidad.divisible) == ("u", False)
    editar_unidad(actor=actor, unidad=unidad, cambios={"abreviatura": "und"})
    assert unidad_por_defecto(empresa).pk == unidad.pk


def test_crear_unidad_con_abreviatura_usada_choca_sin_mirar_mayusculas(
    empresa: Empresa, actor: Actor
) -> None:
    asegurar_unidades(empresa)
    with pytest.raises(Conflicto, match="abreviatura «KG»"):
        crear_unidad(actor=actor, nombre="Otra", abreviatura="KG")
    with pytest.raises(Conflicto, match="nombre en inglés «LITER»"):
        crear_unidad(actor=actor, nombre="Otra", nombre_en="LITER", abreviatura="ltr")
    assert Unidad.objects.count() == 25


def test_crear_unidad_sin_permiso_no_crea(empresa: Empresa, actor: Actor) -> None:
    with pytest.raises(SinPermiso):
        crear_unidad(actor=sin_permisos(actor), nombre="Otra", abreviatura="otra")
    assert Unidad.objects.count() == 25


def test_editar_unidad_divisible_se_congela_con_el_primer_lote(empresa: Empresa, actor: Actor) -> None:
    caja = unidad_conocida(empresa, "caja")
    producto = crear_producto(actor=actor, nombre="Guantes", sku="GUA", unidad=caja)
    assert editar_unidad(actor=actor, unidad=caja, cambios={"divisible": True}).divisible
    editar_unidad(actor=actor, unidad=caja, cambios={"divisible": False})
    con_lote(actor, producto, Decimal(3))
    with pytest.raises(TieneDependencias):
        editar_unidad(actor=actor, unidad=caja, cambios={"divisible": True})
    caja.refresh_from_db()
    assert not caja.divisible
    assert (
        editar_unidad(actor=actor, unidad=caja, cambios={"divisible": False, "nombre": "Cajón"}).nombre
        == "Cajón"
    )


def test_eliminar_unidad_usada_se_niega_aunque_el_producto_ya_no_este(actor: Actor, empresa: Empresa) -> None:
    unidad = crear_unidad(actor=actor, nombre="Bidón", abreviatura="bd")
    producto = crear_producto(actor=actor, nombre="Melaza", sku="M1", unidad=unidad)
    for _ in range(2):
        with pytest.raises(TieneDependencias) as error:
            eliminar_unidad(actor=actor, unidad=unidad)
        assert error.value.datos == {"productos": 1}
        if producto.eliminado_en is None:
            producto = eliminar_producto(actor=actor, producto=producto)
    with pytest.raises(SinPermiso):
        eliminar_unidad(actor=sin_permisos(actor), unidad=unidad_conocida(empresa, "ac"))
    assert Unidad.objects.count() == 26


def test_eliminar_unidad_sin_uso_no_vuelve_sola(actor: Actor, empresa: Empresa) -> None:
    eliminar_unidad(actor=actor, unidad=unidad_conocida(empresa, "ac"))
    assert unidad_o_nueva(empresa, "Bidón").nombre_en == "Bidón"
    assert not Unidad.objects.filter(abreviatura="ac").exists()
    with pytest.raises(NoEncontrado):
        eliminar_unidad(actor=actor, unidad=Unidad(pk=999_999, empresa=empresa))
