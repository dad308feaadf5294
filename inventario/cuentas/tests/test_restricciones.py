"""Lo imposible no se guarda: cada restricción de empresas y gente rechaza su caso, sin los servicios."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from inventario.cuentas.models import Bodega, Empresa, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.nucleo.integridad import restriccion_violada

CASOS: dict[str, Callable[[Empresa, Empresa, Usuario], object]] = {
    "bodega_codigo_unico": lambda empresa, *_: Bodega.objects.create(
        empresa=empresa, codigo="PRINCIPAL", nombre="Otra"
    ),
    "bodega_principal_unica": lambda empresa, *_: Bodega.objects.create(
        empresa=empresa, codigo="otra", nombre="Otra", principal=True
    ),
    "bodega_principal_activa": lambda *_: Bodega.objects.filter(principal=True).update(activa=False),
    "usuario_correo_unico": lambda *_: Usuario.objects.create(email="ANA@granja.test"),
    "usuario_tema_conocido": lambda *_: Usuario.objects.update(tema="dark"),
    "membresia_unica": lambda empresa, _, ana: Membresia.objects.create(empresa=empresa, usuario=ana),
    "membresia_predeterminada_unica": lambda _, otra, ana: Membresia.objects.create(
        empresa=otra, usuario=ana, predeterminada=True
    ),
    "membresia_rol_conocido": lambda _, otra, ana: Membresia.objects.create(
        empresa=otra, usuario=ana, rol="jefe"
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("nombre", CASOS)
def test_cada_restriccion_rechaza_su_caso(alcance: Empresa, otra_empresa: Empresa, nombre: str) -> None:
    ana = Usuario.objects.create(email="ana@granja.test")
    Membresia.objects.create(empresa=alcance, usuario=ana, rol=Rol.OPERADOR, predeterminada=True)
    with pytest.raises(IntegrityError) as visto, transaction.atomic():
        CASOS[nombre](alcance, otra_empresa, ana)
    assert restriccion_violada(visto.value) == nombre
    assert (Membresia.objects.filter(usuario=ana).count(), Bodega.objects.count()) == (1, 1)
