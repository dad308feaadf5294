from __future__ import annotations

import pytest

from inventario.productos.gtin import digito_de_control, es_gtin


@pytest.mark.parametrize(
    "codigo",
    ["96385074", "036000291452", "4006381333931", "7501031311309", "10614141000415", "00012345600012"],
)
def test_digito_de_control_de_codigos_reales(codigo: str) -> None:
    assert digito_de_control(codigo[:-1]) == int(codigo[-1])


@pytest.mark.parametrize("codigo", ["4006381333931", "96385074"])
def test_digito_de_control_delata_cualquier_cifra_cambiada(codigo: str) -> None:
    for lugar, cifra in enumerate(codigo):
        cambiado = codigo[:lugar] + str((int(cifra) + 1) % 10) + codigo[lugar + 1 :]
        assert digito_de_control(cambiado[:-1]) != int(cambiado[-1])


@pytest.mark.parametrize(
    "codigo", ["", "1234567", "123456789", "ABC-1234", "4006381333931 ", "４００６３８１３３３９３１"]
)
def test_es_gtin_deja_pasar_como_texto_libre(codigo: str) -> None:
    assert not es_gtin(codigo)
