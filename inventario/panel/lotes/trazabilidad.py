"""De dónde vino un lote y adónde fue: hacia atrás hasta la recepción, hacia adelante hasta quién lo usó."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as traducir
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.models import Bodega
from inventario.cuentas.permisos import Permiso
from inventario.existencias.recepciones import Hallazgo, parecidos, raices_de, recepciones_por_producto
from inventario.existencias.trazabilidad import Traza, lineas_de_lotes, salidas_de, traza_de
from inventario.movimientos import services
from inventario.movimientos.models import Movimiento
from inventario.movimientos.services.bloqueos import LARGO_DEL_MOTIVO
from inventario.nucleo.actores import Actor
from inventario.nucleo.errores import ErrorDeDominio, NoEncontrado
from inventario.panel.buscar.resultados import LARGO, limpiar, lote_de_etiqueta
from inventario.panel.marco.archivos import bajar_csv
from inventario.panel.marco.cursores import RECIENTES, tramo
from inventario.panel.marco.formularios import Formulario
from inventario.panel.marco.pagina import anotar_error, ir_a, mueve, pagina, responder
from inventario.reportes.exportar.tabla import Clase, Columna
from inventario.reportes.informes.movimientos import COLUMNAS as DE_MOVIMIENTO
from inventario.reportes.informes.movimientos import MovimientosEnRango

SALIDAS = 25
# Lo que se ve como una tabla; el CSV lo trae todo.
DESTINOS = 100
_NUMERO = re.compile(r"(?:n\.?\s*º|#)?\s*(\d{1,18})", re.IGNORECASE)
_ID = re.compile(r"\d{1,18}")
COLUMNAS = (
    *DE_MOVIMIENTO,
    Columna("lote_de_siembra", "Lote de siembra", Clase.TEXTO, lambda fila: fila.asiento.lote_modulo),
    Columna("sesion", "Sesión", Clase.ENTERO, lambda fila: fila.asiento.sesion),
    Columna("persona_externa", "Persona externa", Clase.TEXTO, lambda fila: fila.asiento.externo_nombre),
    Columna(
        "lote_del_proveedor", "Lote del proveedor", Clase.TEXTO, lambda fila: fila.lote.referencia_proveedor
    ),
    Columna("deshecho", "Deshecho", Clase.SI_O_NO, lambda fila: fila.revertida),
)


@dataclass(frozen=True, slots=True)
class Buscado:
    """Lo que la dirección pide seguir: un lote por su id, o lo que alguien escribió; y un solo producto."""

    texto: str
    lote: int | None
    producto: int | None

    @classmethod
    def en(cls, datos: QueryDict) -> Buscado:
        return cls(limpiar(datos.get("q", "")), _entero(datos.get("lote")), _entero(datos.get("producto")))

    @property
    def algo(self) -> bool:
        return bool(self.texto) or self.lote is not None

    @property
    def consulta(self) -> str:
        partes = {"q": self.texto, "lote": self.lote, "producto": self.producto}
        return urlencode({clave: valor for clave, valor in partes.items() if valor not in (None, "")})

    @property
    def direccion(self) -> str:
        return f"{reverse('panel:trazabilidad')}?{self.consulta}"


class RetiroFormulario(Formulario):
    motivo = forms.CharField(
        label=_("Motivo"), max_length=LARGO_DEL_MOTIVO, help_text=_("Queda en la historia de cada lote.")
    )
    confirmo = forms.BooleanField(label=_("Sí, bloquear todos estos lotes"))


def _entero(texto: str | None) -> int | None:
    return int(texto) if texto and _ID.fullmatch(texto) else None


def _buscar(buscado: Buscado, actor: Actor) -> Hallazgo:
    """Primero como código; si nadie lo lleva, como el número del lote, solo o en la dirección de su QR."""
    bodegas = actor.bodegas_permitidas
    if buscado.lote is not None:
        return raices_de(lote=buscado.lote, producto=buscado.producto, bodegas=bodegas)
    if not buscado.texto:
        return Hallazgo()
    hallazgo = raices_de(codigo=buscado.texto, producto=buscado.producto, bodegas=bodegas)
    numero = _numero(buscado.texto)
    if hallazgo.raices or hallazgo.demasiadas or numero is None:
        return hallazgo
    return raices_de(lote=numero, producto=buscado.producto, bodegas=bodegas)


def _numero(texto: str) -> int | None:
    escrito = _NUMERO.fullmatch(texto)
    return int(escrito[1]) if escrito else lote_de_etiqueta(texto)


def _exigir_traza(buscado: Buscado, actor: Actor) -> Traza:
    """La traza de lo buscado. Lanza `NoEncontrado` si no hay ningún lote que seguir."""
    hallazgo = _buscar(buscado, actor)
    traza = traza_de(hallazgo.raices, producto=buscado.producto, bodegas=actor.bodegas_permitidas)
    if not traza.eslabones:
        raise NoEncontrado(traducir("No hay ningún lote con ese código."))
    return traza


def _contexto(request: HttpRequest, buscado: Buscado, formulario: RetiroFormulario) -> dict[str, Any]:
    actor = actor_de(request)
    contexto: dict[str, Any] = {"buscado": buscado, "largo": LARGO, "formulario": formulario}
    if not buscado.algo:
        return contexto
    hallazgo = _buscar(buscado, actor)
    bodegas = actor.bodegas_permitidas
    traza = traza_de(hallazgo.raices, producto=buscado.producto, bodegas=bodegas)
    if not traza.eslabones:
        if hallazgo.demasiadas:
            recibidos = recepciones_por_producto(buscado.texto, producto=buscado.producto, bodegas=bodegas)
            return contexto | {"demasiadas": True, "recibidos": recibidos}
        cercanos = parecidos(buscado.texto, bodegas=bodegas) if buscado.texto else []
        return contexto | {"parecidos": cercanos}
    hoy = timezone.localdate()
    cursor = request.GET.get("cursor", "")
    salidas = salidas_de([lote.pk for lote in traza.lotes])
    return contexto | {
        "traza": traza,
        "filas": [(eslabon, eslabon.lote.estado(hoy)) for eslabon in traza.eslabones],
        "destinos": traza.destinos[:DESTINOS],
        "hay_mas_destinos": len(traza.destinos) > DESTINOS,
        "tramo": tramo(salidas, RECIENTES, cursor=cursor, limite=SALIDAS),
        "varios_productos": len(traza.cuadres) > 1,
        "limitado": bool(actor.bodegas_permitidas),
        "varias": Bodega.objects.count() > 1,
    }


@pagina(Permiso.VER)
@require_GET
def trazabilidad(request: HttpRequest) -> HttpResponse:
    contexto = _contexto(request, Buscado.en(request.GET), RetiroFormulario())
    return responder(request, "lotes/trazabilidad.html", "lotes/_traza.html", contexto)


@mueve
@pagina(Permiso.BLOQUEAR)
@require_http_methods(["GET", "POST"])
def bloquear(request: HttpRequest) -> HttpResponse:
    """Bloquea todos los lotes de la traza buscada; los busca otra vez, que entre tanto pudo crecer."""
    actor, buscado = actor_de(request), Buscado.en(request.GET)
    if request.method != "POST":
        return ir_a(request, buscado.direccion)
    traza, formulario = _exigir_traza(buscado, actor), RetiroFormulario(request.POST)
    if formulario.is_valid():
        try:
            cambiados = services.bloquear_lotes(
                actor=actor, lotes=traza.cabezas, motivo=formulario.cleaned_data["motivo"]
            )
        except ErrorDeDominio as error:
            anotar_error(formulario, error)
        else:
            messages.success(request, _se_bloquearon(len(cambiados)))
            return ir_a(request, buscado.direccion)
    contexto = _contexto(request, buscado, formulario)
    return responder(request, "lotes/trazabilidad.html", "lotes/_retiro.html", contexto, estado=422)


def _se_bloquearon(cuantos: int) -> str:
    if not cuantos:
        return traducir("Ya estaban todos bloqueados: no cambió nada.")
    texto = ngettext("Se bloqueó %(n)s lote.", "Se bloquearon %(n)s lotes.", cuantos)
    return texto % {"n": cuantos}


@pagina(Permiso.VER)
@require_GET
def trazabilidad_csv(request: HttpRequest) -> HttpResponse:
    """Todos los movimientos de la familia, del más antiguo al más nuevo."""
    actor, buscado = actor_de(request), Buscado.en(request.GET)
    lotes = [lote.pk for lote in _exigir_traza(buscado, actor).lotes]
    lineas = MovimientosEnRango(lineas_de_lotes(lotes).order_by("fecha_efectiva", "pk"))
    ultimo = Movimiento.objects.aggregate(ultimo=Max("pk"))["ultimo"] or 0
    return bajar_csv(actor, "trazabilidad", COLUMNAS, lineas.por_tandas(hasta_id=ultimo))
