"""Lo recordado vuelve igual, y nada más que datos entra o sale de la caché."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.safestring import SafeString
from hypothesis import given
from hypothesis import strategies as st

from inventario.nucleo import recordable

sueltos = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.dates()
    # Sin `fold`: en UTC ninguna hora se repite.
    | st.datetimes(timezones=st.just(UTC)).map(lambda instante: instante.replace(fold=0))
)
recordables = st.recursive(sueltos, lambda uno: st.lists(uno) | st.dictionaries(st.text(), uno))


@given(recordables)
def test_vuelve_lo_mismo_con_su_tipo(valor: Any) -> None:
    vuelto = recordable.leer(recordable.escribir(valor))
    assert (vuelto, repr(vuelto)) == (valor, repr(valor))


def test_una_tupla_vuelve_como_lista_y_un_mapa_que_parece_marca_como_mapa() -> None:
    valor: Any = (
        datetime(2026, 3, 10, 15, tzinfo=UTC),
        b"\x00\xff",
        {"decimal": "1.50", "fecha": date(2026, 1, 2)},
    )
    assert recordable.leer(recordable.escribir(valor)) == list(valor)


@pytest.mark.parametrize("valor", [1.5, object(), {1: "uno"}, SafeString("<b>"), {"a": {Decimal(1)}}])
def test_lo_que_volveria_siendo_otra_cosa_no_entra(valor: Any) -> None:
    with pytest.raises(TypeError, match="No se puede recordar"):
        recordable.escribir(valor)


@pytest.mark.parametrize(
    "dato", [pickle.dumps([1]), b"", b"{}", b'{"a": 1, "b": 2}', b'{"clase": "os.system"}']
)
def test_lo_que_no_guardo_esto_no_se_lee(dato: bytes) -> None:
    with pytest.raises((ValueError, LookupError)):
        recordable.leer(dato)
