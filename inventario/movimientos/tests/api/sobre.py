"""Lo que toda respuesta de error debe cumplir."""

from __future__ import annotations

import re
from typing import Any

_INTERNO = re.compile(
    r"SELECT |INSERT |UPDATE \"|constraint|Traceback|movimientos_|lotes_|This field|Expected|required\."
)


def exigir_sobre(respuesta: Any, estado: int, codigo: str | None = None) -> dict[str, Any]:
    """Comprueba el sobre de §1.3 (frase en español, claves exactas, nada interno) y lo devuelve."""
    assert respuesta.status_code == estado, respuesta.content.decode()[:500]
    cuerpo: dict[str, Any] = respuesta.json()
    assert set(cuerpo) == {"detail", "codigo", "errores", "request_id"}
    assert isinstance(cuerpo["detail"], str)
    assert re.search(r"\w{2,} \w{2,}", cuerpo["detail"]), cuerpo["detail"]
    assert cuerpo["request_id"] == respuesta["X-Request-ID"]
    if codigo is not None:
        assert cuerpo["codigo"] == codigo, cuerpo
    assert not _INTERNO.search(cuerpo["detail"] + str(cuerpo["errores"])), cuerpo
    for error in cuerpo["errores"]:
        assert {"campo", "ubicacion", "codigo", "mensaje"} <= set(error)
    return cuerpo
