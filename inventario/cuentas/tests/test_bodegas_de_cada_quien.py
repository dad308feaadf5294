from __future__ import annotations

from inventario.cuentas.alcance import alcance_de, varias_bodegas
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.alcance import SIN_LIMITE, Alcance
from inventario.nucleo.tests.fabricas import BodegaFabrica


def test_el_alcance_de_una_membresia_son_sus_bodegas(alcance: Empresa, bodega: Bodega) -> None:
    usuario = Usuario.objects.create_user("eva@acme.ec")
    membresia = agregar_miembro(empresa=alcance, usuario=usuario, rol=Rol.OPERADOR)
    assert alcance_de(membresia) == SIN_LIMITE
    membresia.bodegas_permitidas.set([bodega])
    assert alcance_de(membresia) == Alcance.de([bodega.pk])
    assert alcance_de(None) == SIN_LIMITE


def test_hay_varias_bodegas_si_hay_mas_de_una_abierta(alcance: Empresa, bodega: Bodega) -> None:
    assert not varias_bodegas()
    otra = BodegaFabrica.create(empresa=alcance, codigo="norte")
    assert varias_bodegas()
    otra.activa = False
    otra.save()
    assert not varias_bodegas()


def test_quien_llega_a_una_sola_no_tiene_varias(alcance: Empresa, bodega: Bodega) -> None:
    norte = BodegaFabrica.create(empresa=alcance, codigo="norte")
    assert not varias_bodegas(Alcance.de([norte.pk]))
    assert varias_bodegas(Alcance.de([bodega.pk, norte.pk]))
