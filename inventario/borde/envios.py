"""El formulario de una página: enviado dos veces, hace lo suyo una sola (decisión 18)."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.translation import gettext as traducir

from inventario.cuentas.acceso.sesion import actor_de
from inventario.idempotencia.services import (
    ClaveEnCurso,
    ClaveYaUsada,
    Respuesta,
    Resultado,
    huella_de,
    una_vez,
)


def enviar_una_vez(
    request: HttpRequest,
    *,
    clave: str,
    ruta: str,
    pide: Callable[[str], bool],
    ejecutar: Callable[[], Respuesta],
) -> Resultado:
    """Como `una_vez`, con la clave que viaja en el formulario. `pide` dice qué campos son parte de lo pedido.

    Quien la llama se marca con `abre_su_transaccion`. Lanza `ClaveYaUsada` o `ClaveEnCurso`, dichos a quien
    llena formularios.
    """
    enviado = {
        campo: request.POST.getlist(campo)
        for campo in request.POST
        if campo != "csrfmiddlewaretoken" and pide(campo)
    }
    huella = huella_de("POST", ruta, enviado)
    try:
        return una_vez(actor=actor_de(request), clave=clave, huella=huella, ejecutar=ejecutar)
    except ClaveYaUsada:
        texto = traducir("Ese formulario ya se guardó antes con otros datos. Ábralo de nuevo para otra cosa.")
        raise ClaveYaUsada(texto) from None
    except ClaveEnCurso:
        texto = traducir("Todavía se está guardando. Espere un momento y envíelo otra vez.")
        raise ClaveEnCurso(texto) from None
