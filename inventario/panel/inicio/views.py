"""El inicio: qué hay que atender hoy, qué se movió, cuánto vale lo que hay y cómo se consume."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as traducir

from inventario.alertas.models import Alerta, Severidad, TipoAlerta
from inventario.alertas.textos import TEXTOS
from inventario.alertas.vista import a_la_vista
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.permisos import Permiso
from inventario.lotes.selectors import valor_total
from inventario.movimientos.models import Movimiento
from inventario.movimientos.models.tipos import POSITIVOS
from inventario.nucleo import cache
from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import CERO, en_dinero
from inventario.panel.alertas.bloques import ASPECTOS, Aspecto
from inventario.panel.marco.pagina import pagina, responder
from inventario.productos.models import Producto
from inventario.reportes.ambito import Ambito, ambito_de
from inventario.reportes.informes import DiaDeConsumo, consumo_diario

DE_CADA_TIPO = 5
MOVIMIENTOS = 8
DIAS_DE_CONSUMO = 14
# Lo pesado vale mientras no se mueva nada; con el plazo, tampoco dura más si algo se confirmó tarde.
CIFRAS_DURAN_S = 300
# Se numera: si cambia la forma de lo que se guarda, lo que dejó la versión anterior no se debe leer.
CIFRAS = "inicio:2"


@dataclass(slots=True)
class PorAtender:
    """Las alertas de un tipo: cuántas son, las que más apremian y qué se hace con ellas."""

    tipo: TipoAlerta
    aspecto: Aspecto
    total: int = 0
    alertas: list[Alerta] = field(default_factory=list)

    @property
    def titulo(self) -> str:
        return TEXTOS[self.tipo].titulo(self.total)

    @property
    def que_hacer(self) -> str:
        return TEXTOS[self.tipo].que_hacer(self.total)

    @property
    def faltan(self) -> int:
        return self.total - len(self.alertas)


@dataclass(frozen=True, slots=True)
class DeHoy:
    """Cuántas líneas entraron y salieron hoy, y las últimas."""

    entradas: int
    salidas: int
    ultimas: list[Movimiento]


@dataclass(frozen=True, slots=True)
class Dinero:
    """Lo que vale lo que hay y lo que costó lo usado cada día."""

    valor: Decimal
    consumo: list[DiaDeConsumo]


def que_atender(actor: Actor) -> list[PorAtender]:
    """Lo abierto que merece un aviso, en una consulta; lo que vence a más de 30 días todavía no."""
    lejanas = Q(tipo=TipoAlerta.POR_VENCER, severidad=Severidad.INFORMATIVA)
    abiertas = Alerta.objects.activas().al_alcance(actor.alcance).exclude(lejanas)
    en_su_tipo: dict[str, Any] = {
        "lugar": Window(
            RowNumber(),
            partition_by="tipo",
            order_by=[F("gravedad").desc(), F("fecha_referencia").asc(nulls_last=True), F("pk").asc()],
        ),
        "cuantas": Window(Count("pk"), partition_by="tipo"),
    }
    bloques = {tipo: PorAtender(tipo, ASPECTOS[tipo]) for tipo in TEXTOS}
    numeradas: Any = abiertas.annotate(**en_su_tipo)
    primeras = numeradas.filter(lugar__lte=DE_CADA_TIPO).select_related("producto__unidad", "lote")
    for alerta in primeras.order_by("tipo", "lugar"):
        bloque = bloques[TipoAlerta(alerta.tipo)]
        bloque.total = alerta.cuantas
        bloque.alertas.append(a_la_vista(alerta, actor.alcance))
    return list(bloques.values())


def de_hoy(ambito: Ambito) -> DeHoy:
    """Lo que hoy ocurrió según su fecha efectiva, en dos consultas."""
    desde, hasta = ambito.rango(ambito.hoy, ambito.hoy)
    lineas = ambito.alcance.filtrar(
        Movimiento.objects.filter(fecha_efectiva__gte=desde, fecha_efectiva__lt=hasta)
    )
    cuenta = lineas.aggregate(
        entradas=Count("pk", filter=Q(tipo__in=POSITIVOS)),
        salidas=Count("pk", filter=~Q(tipo__in=POSITIVOS)),
    )
    ultimas = lineas.select_related("producto__unidad", "lote", "asiento__actor")
    return DeHoy(
        cuenta["entradas"], cuenta["salidas"], list(ultimas.order_by("-fecha_efectiva", "-pk")[:MOVIMIENTOS])
    )


def dinero_de(actor: Actor, ambito: Ambito) -> Dinero:
    """Se recuerda mientras el libro no tenga una línea más: esas dos sumas recorren todos los lotes."""
    ultima = Movimiento.objects.order_by("-pk").values_list("pk", flat=True).first()
    bodegas = ",".join(str(pk) for pk in ambito.alcance.nombradas)
    clave = f"{CIFRAS}:{actor.empresa.pk}:{bodegas}:{ambito.hoy}:{ultima}"
    recordado = cache.leer(clave)
    if recordado is not None:
        valor, dias = recordado
        return Dinero(valor, [DiaDeConsumo(*dia) for dia in dias])
    dinero = Dinero(valor_total(ambito.alcance), consumo_diario(ambito, dias=DIAS_DE_CONSUMO))
    dias = [(uno.dia, uno.costo, uno.lineas) for uno in dinero.consumo]
    cache.guardar(clave, (dinero.valor, dias), dura_s=CIFRAS_DURAN_S)
    return dinero


@pagina(Permiso.VER)
def inicio(request: HttpRequest) -> HttpResponse:
    actor = actor_de(request)
    ambito = ambito_de(actor)
    dinero = dinero_de(actor, ambito)
    bloques = que_atender(actor)
    contexto = {
        "bloques": bloques,
        "por_atender": sum(bloque.total for bloque in bloques),
        "de_hoy": de_hoy(ambito),
        "dinero": dinero,
        "consumido": sum((dia.costo for dia in dinero.consumo), CERO),
        "grafico": {
            "tipo": "bar",
            "etiquetas": [date_format(dia.dia, "d/m") for dia in dinero.consumo],
            "series": [
                {
                    "nombre": traducir("Costo de lo consumido"),
                    "datos": [float(en_dinero(dia.costo)) for dia in dinero.consumo],
                }
            ],
        },
        "hoy": ambito.hoy,
        "ahora": ambito.ahora,
        "hay_productos": Producto.objects.vivos().exists(),
        "moneda": actor.empresa.moneda,
    }
    return responder(request, "inicio/inicio.html", "inicio/_inicio.html", contexto)
