"""Las órdenes de consola."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from inventario.cuentas.actores import buscar_clave
from inventario.cuentas.models import ClaveApi, Empresa

pytestmark = pytest.mark.django_db


def ordenar(*partes: str) -> str:
    salida = StringIO()
    call_command(*partes, stdout=salida)
    return salida.getvalue()


def test_crear_empresa_por_consola() -> None:
    assert "«acme»" in ordenar("crear_empresa", "acme", "Acme", "--pais", "PE", "--zona", "America/Lima")
    empresa = Empresa.objects.get()
    assert (empresa.slug, empresa.pais, empresa.zona_horaria) == ("acme", "PE", "America/Lima")
    with pytest.raises(CommandError, match="Ya existe una empresa"):
        ordenar("crear_empresa", "acme", "Acme")
    with pytest.raises(CommandError, match="zona_horaria: «Marte» no es una zona"):
        ordenar("crear_empresa", "otra", "Otra", "--zona", "Marte")


def test_crear_clave_por_consola_la_deja_sola_en_la_ultima_linea(empresa: Empresa) -> None:
    salida = ordenar(
        "crear_clave_api",
        *("--empresa", "acme", "--nombre", "Biofloc", "--alcances", "inventory:read, inventory:write"),
        *("--vence-dias", "30", "--bodega", "PRINCIPAL"),
    )
    fila = buscar_clave(salida.splitlines()[-1])
    assert fila is not None
    assert (fila.nombre, fila.alcances) == ("Biofloc", ["inventory:read", "inventory:write"])
    assert fila.vence_en is not None
    assert timedelta(days=29) < fila.vence_en - timezone.now() < timedelta(days=31)
    assert getattr(fila, "limitada") is True  # noqa: B009  # lo anota la consulta: mypy no lo conoce


@pytest.mark.parametrize(
    ("partes", "dice"),
    [
        (["--empresa", "nadie", "--nombre", "x", "--alcances", "*:*"], "No existe la empresa «nadie»."),
        (
            ["--empresa", "acme", "--nombre", "x", "--alcances", "todo,inventory:read"],
            "alcances: No se conoce el alcance «todo»",
        ),
        (["--empresa", "acme", "--nombre", "x", "--alcances", ","], "alcances: Falta el alcance"),
        (["--empresa", "acme", "--nombre", " ", "--alcances", "*:*"], "nombre: No puede quedar vacío."),
        (["--empresa", "acme", "--nombre", "x", "--alcances", "*:*", "--vence-dias", "0"], "entre 1 y 3650"),
        (["--empresa", "acme", "--nombre", "x", "--alcances", "*:*", "--vence-dias", "99999999999"], "entre"),
        (["--empresa", "acme", "--nombre", "x", "--alcances", "*:*", "--bodega", "luna"], "«luna»"),
    ],
)
def test_crear_clave_por_consola_con_un_dato_malo_lo_dice(
    empresa: Empresa, partes: list[str], dice: str
) -> None:
    with pytest.raises(CommandError, match=dice.replace("*", r"\*")):
        ordenar("crear_clave_api", *partes)
    assert not ClaveApi.objects.exists()
