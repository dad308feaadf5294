"""Las empresas anteriores a la API en inglés también reciben la categoría que ella busca."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps

from inventario.cuentas.models import Empresa
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Categoria

migracion = import_module("inventario.productos.migrations.0004_fish_feed")


@pytest.mark.django_db
def test_poner_la_da_a_quien_le_falta_y_respeta_la_de_quien_la_tiene(
    empresa: Empresa, otra_empresa: Empresa
) -> None:
    with en_empresa(empresa):
        Categoria.objects.filter(nombre="Fish Feed").delete()
    with en_empresa(otra_empresa):
        Categoria.objects.filter(nombre="Fish Feed").update(descripcion="La nuestra")
    migracion.poner(apps, None)
    migracion.poner(apps, None)
    for cual, descripcion in ((empresa, "Alimento balanceado"), (otra_empresa, "La nuestra")):
        with en_empresa(cual):
            assert Categoria.objects.get(nombre="Fish Feed").descripcion == descripcion
