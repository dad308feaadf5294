"""Todas las páginas, sacadas del mapa de direcciones: una nueva no escapa de las pruebas de frontera.

Quien agrega una página con un envío dice aquí cómo es uno bueno; quien agrega una con una clase nueva de
identificador, a qué apunta.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import UUIDConverter

from inventario.alertas.models import Alerta
from inventario.alertas.proyeccion import recalcular
from inventario.cuentas.invitaciones.services import invitar
from inventario.cuentas.models import Bodega, Invitacion, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.cuentas.tests.telefono import CONTRASENA
from inventario.lotes.models import Lote
from inventario.movimientos.models import Asiento
from inventario.movimientos.tests.mundo import AHORA, HOY, Mundo, cant
from inventario.nucleo.empresa import en_empresa
from inventario.panel.marco.pagina import CAMPO_DE_CLAVE, VISTOS, nueva_clave
from inventario.productos.models import Producto, Proveedor
from inventario.reportes.exportar.armado import armar
from inventario.reportes.exportar.tabla import Formato
from inventario.reportes.models import Exportacion
from inventario.reportes.services import pedir_exportacion
from inventario.reservas.models import Reserva
from inventario.reservas.services import reservar

# No aparece en ningún otro texto: donde se lea, se filtró un dato.
SECRETO = "ZORZAL77"
CLAVE_DE_REPORTE = "movimientos-por-rango-fecha"
# Las que no piden haber entrado.
ABIERTAS = frozenset(
    {"entrar", "codigo", "invitacion", "olvido", "salir", "restablecer", "restablecer_enlace"}
)
DE_PRUEBA = {"clave": CLAVE_DE_REPORTE, "formato": "csv", "codigo": "no-sirve"}


def _del_panel(patrones: list[Any]) -> Iterator[URLPattern]:
    for patron in patrones:
        if isinstance(patron, URLPattern):
            yield patron
        elif isinstance(patron, URLResolver):
            yield from _del_panel(patron.url_patterns)


def _rutas() -> dict[str, URLPattern]:
    panel = next(uno for uno in get_resolver().url_patterns if getattr(uno, "namespace", None) == "panel")
    return {str(patron.name): patron for patron in _del_panel([panel])}


RUTAS = _rutas()
CERRADAS = sorted(RUTAS.keys() - ABIERTAS)
CON_ID = sorted(nombre for nombre in CERRADAS if "pk" in RUTAS[nombre].pattern.converters)


@dataclass
class Finca:
    """Una empresa con una cosa de cada clase a la que una dirección o un formulario puede apuntar."""

    mundo: Mundo
    producto: Producto
    proveedor: Proveedor
    lote: Lote
    alerta: Alerta
    reserva: Reserva
    exportacion: Exportacion
    invitacion: Invitacion
    miembro: Membresia

    @classmethod
    def crear(cls, mundo: Mundo, *, nombre: str = SECRETO) -> Finca:
        proveedor = Proveedor.objects.create(empresa=mundo.empresa, nombre=f"Proveedor {nombre}")
        producto = mundo.producto(f"SKU-{nombre}", nombre=f"Harina {nombre}", stock_minimo=1_000)
        lote = mundo.entrada(
            producto, 500, costo=3, vence=HOY + timedelta(days=9), codigo=f"L-{nombre}", proveedor=proveedor
        )
        recalcular(mundo.empresa, [producto.pk], AHORA)
        auditora = Usuario.objects.create_user(f"auditora@{mundo.empresa.slug}.test", nombre=nombre)
        finca = cls(
            mundo=mundo,
            producto=producto,
            proveedor=proveedor,
            lote=lote,
            alerta=Alerta.objects.filter(producto=producto, tipo="por_vencer").get(),
            reserva=None,  # type: ignore[arg-type]  # se hace con ella misma, en la línea que sigue
            exportacion=Exportacion(),
            invitacion=invitar(
                actor=mundo.actor, correo="invitada@x.test", nombre=nombre, rol=Rol.OPERADOR
            ).invitacion,
            miembro=agregar_miembro(empresa=mundo.empresa, usuario=auditora, rol=Rol.AUDITOR),
        )
        finca.reserva = finca.reservada()
        return finca

    def exportar(self, usuario: Any) -> Exportacion:
        """Un archivo listo para bajar, encargado por esa persona."""
        with en_empresa(self.mundo.empresa):
            self.exportacion = pedir_exportacion(
                actor=replace(self.mundo.actor, usuario=usuario),
                reporte=CLAVE_DE_REPORTE,
                formato=Formato.CSV,
                parametros={"desde": HOY, "hasta": HOY},
                reloj=self.mundo.reloj,
            )
        assert armar(self.mundo.empresa, self.exportacion.pk, reloj=self.mundo.reloj)
        self.exportacion.refresh_from_db()
        return self.exportacion

    # ── Cosas nuevas, para lo que solo se puede hacer una vez ───────────────────────────────────

    def reservada(self) -> Reserva:
        return reservar(
            actor=self.mundo.actor,
            producto=self.producto,
            bodega=self.mundo.bodega,
            cantidad=cant(2),
            modulo=SECRETO,
            reloj=self.mundo.reloj,
        )

    def recibido(self) -> Lote:
        return self.mundo.entrada(self.producto, 5, codigo=f"L-{SECRETO}")

    def asentado(self) -> Asiento:
        return self.mundo.salida(self.lote, 1)

    def otro_producto(self, **campos: Any) -> Producto:
        self._serie = getattr(self, "_serie", 0) + 1
        return self.mundo.producto(f"N-{self._serie}", nombre=f"Nuevo {self._serie}", **campos)

    # ── Direcciones ─────────────────────────────────────────────────────────────────────────────

    def ruta(self, nombre: str) -> str:
        """La dirección de esa página, con lo de esta empresa."""
        argumentos: dict[str, Any] = {}
        for parametro, convertidor in RUTAS[nombre].pattern.converters.items():
            if parametro == "pk":
                de_uuid = isinstance(convertidor, UUIDConverter)
                argumentos["pk"] = self.reserva.pk if de_uuid else self._id_de(nombre)
            else:
                argumentos[parametro] = DE_PRUEBA[parametro]
        ruta = reverse(f"panel:{nombre}", kwargs=argumentos)
        # La traza no va en el camino: se pide con lo que se busca.
        return f"{ruta}?{urlencode({'lote': self.lote.pk})}" if nombre.startswith("trazabilidad") else ruta

    def _id_de(self, nombre: str) -> int:
        tramo = str(RUTAS[nombre].pattern)
        if tramo.startswith("reportes/exportaciones/"):
            return self.exportacion.pk
        if tramo.startswith("personas/invitaciones/"):
            return self.invitacion.pk
        por_tramo: dict[str, Callable[[], int]] = {
            "productos": lambda: self.producto.pk,
            "lotes": lambda: self.lote.pk,
            "asientos": lambda: Asiento.objects.order_by("pk").values_list("pk", flat=True)[0],
            "alertas": lambda: self.alerta.pk,
            "personas": lambda: self.miembro.pk,
        }
        return por_tramo[tramo.split("/")[0]]()


Envio = tuple[str, dict[str, Any]]


def _en(nombre: str, pk: Any) -> str:
    return reverse(f"panel:{nombre}", args=[pk])


def _lineas(*lineas: dict[str, Any]) -> dict[str, Any]:
    datos: dict[str, Any] = {"lineas-TOTAL_FORMS": len(lineas), "lineas-INITIAL_FORMS": 0}
    for i, linea in enumerate(lineas):
        datos |= {f"lineas-{i}-{campo}": valor for campo, valor in linea.items()}
    return datos


def _despacho(finca: Finca) -> dict[str, Any]:
    return {
        "producto": finca.producto.pk,
        "cantidad": "1",
        "bodega": finca.mundo.bodega.pk,
        "motivo": "consumo",
        "modulo": "engorde",
        "tanque": "T-1",
        "lote_modulo": "S-1",
        "referencia": "R-1",
        "notas": "una nota",
    }


def _despacho_confirmado(finca: Finca) -> dict[str, Any]:
    """Con lo que enseña la vista previa: sin haberlo visto no se despacha."""
    datos = _despacho(finca)
    consulta = f"{finca.producto.pk}/{finca.mundo.bodega.pk}/1/{datos['modulo']}"
    return {**datos, VISTOS: f"{finca.lote.pk}:1|{consulta}"}


def _varias_salidas(finca: Finca) -> dict[str, Any]:
    linea = {
        "producto": finca.producto.sku,
        "cantidad": "1",
        "nota": "nada",
        VISTOS: f"{finca.lote.pk}:1|",
    }
    return {"bodega": finca.mundo.bodega.pk, "motivo": "consumo", "referencia": "R-1", **_lineas(linea)}


def _entrada(finca: Finca) -> dict[str, Any]:
    linea = {
        "producto": finca.producto.sku,
        "cantidad": "2",
        "fecha_vencimiento": (HOY + timedelta(days=200)).isoformat(),
        "codigo": "LOTE-1",
        "costo_unitario": "1,5",
        "vistos": "",
    }
    return {
        "bodega": finca.mundo.bodega.pk,
        "proveedor": finca.proveedor.pk,
        "fecha_ingreso": HOY.isoformat(),
        "referencia": "F-1",
        "motivo": "compra",
        "notas": "",
        **_lineas(linea),
    }


def _producto(finca: Finca) -> dict[str, Any]:
    return {
        "nombre": f"Otro {finca.otro_producto().pk}",
        "sku": f"OTRO-{finca.otro_producto().pk}",
        "unidad": finca.mundo.kilo.pk,
        "categoria": "",
        "proveedor_id": finca.proveedor.pk,
        "codigo_barras": "",
        "stock_minimo": "1",
        "punto_reorden": "2",
        "precio": "3",
        "version": "",
        "siguiente": "",
    }


def _reserva(finca: Finca) -> dict[str, Any]:
    return {
        "producto": finca.producto.pk,
        "cantidad": "1",
        "bodega": finca.mundo.bodega.pk,
        "horas": "5",
        "modulo": "engorde",
        "referencia": "T-1",
        "notas": "",
    }


def _correccion(finca: Finca, campo: str, valor: str, motivo: str) -> dict[str, Any]:
    return {campo: valor, "motivo": motivo, "texto": "Se miró", "referencia": "", "notas": ""}


def _de_salida(finca: Finca) -> dict[str, Any]:
    datos = _despacho(finca)
    return {campo: datos[campo] for campo in datos if campo not in ("producto", "bodega")}


def _otra_contrasena() -> dict[str, str]:
    return {"actual": "clave-de-prueba", "nueva": "otra-Frase-9812", "repetida": "otra-Frase-9812"}


def _bloqueado(finca: Finca) -> Lote:
    lote = finca.recibido()
    finca.mundo.bloquear(lote)
    return lote


# Un envío bueno de cada página que recibe envíos. Los que solo valen una vez, con algo recién hecho.
ENVIOS: dict[str, Callable[[Finca], Envio]] = {
    "alertas_resumen": lambda f: (reverse("panel:alertas_resumen"), {"recibir": "1"}),
    "alertas_revisar": lambda f: (reverse("panel:alertas_revisar"), {}),
    "alerta_reconocer": lambda f: (_en("alerta_reconocer", f.alerta.pk), {"nota": "Ya se pidió"}),
    "despacho": lambda f: (reverse("panel:despacho"), _despacho_confirmado(f)),
    "despacho_vista_previa": lambda f: (reverse("panel:despacho_vista_previa"), _despacho(f)),
    "despacho_multiple": lambda f: (reverse("panel:despacho_multiple"), _varias_salidas(f)),
    "despacho_multiple_lineas": lambda f: (reverse("panel:despacho_multiple_lineas"), _varias_salidas(f)),
    "entrada": lambda f: (reverse("panel:entrada"), _entrada(f)),
    "entrada_lineas": lambda f: (reverse("panel:entrada_lineas"), _entrada(f)),
    "leer_codigo": lambda f: (reverse("panel:leer_codigo"), {**_entrada(f), "escaneo": f.producto.sku}),
    "persona_invitar": lambda f: (
        reverse("panel:persona_invitar"),
        {"correo": "otra@x.test", "nombre": "Otra", "rol": "operador"},
    ),
    "persona": lambda f: (_en("persona", f.miembro.pk), {"rol": "auditor", "activa": "on"}),
    "invitacion_reenviar": lambda f: (_en("invitacion_reenviar", f.invitacion.pk), {}),
    "invitacion_revocar": lambda f: (_en("invitacion_revocar", f.invitacion.pk), {}),
    "reporte_encargar": lambda f: (
        reverse("panel:reporte_encargar", args=[CLAVE_DE_REPORTE]),
        {"formato": "csv"},
    ),
    "lote_bloquear": lambda f: (_en("lote_bloquear", f.recibido().pk), {"motivo": "Cuarentena"}),
    "lote_desbloquear": lambda f: (_en("lote_desbloquear", _bloqueado(f).pk), {"motivo": "Está bien"}),
    "producto_nuevo": lambda f: (reverse("panel:producto_nuevo"), _producto(f)),
    "producto_editar": lambda f: (_en("producto_editar", f.otro_producto().pk), _producto(f)),
    "producto_desactivar": lambda f: (_en("producto_desactivar", f.otro_producto().pk), {"siguiente": ""}),
    "producto_reactivar": lambda f: (
        _en("producto_reactivar", f.otro_producto(activo=False).pk),
        {"siguiente": ""},
    ),
    "producto_eliminar": lambda f: (_en("producto_eliminar", f.otro_producto().pk), {}),
    "asiento_revertir": lambda f: (_en("asiento_revertir", f.asentado().pk), {"motivo": "Me equivoqué"}),
    "reserva_nueva": lambda f: (reverse("panel:reserva_nueva"), _reserva(f)),
    "reserva_confirmar": lambda f: (
        _en("reserva_confirmar", f.reservada().pk),
        {"cantidad": "1", "resto": "queda"},
    ),
    "reserva_cancelar": lambda f: (_en("reserva_cancelar", f.reservada().pk), {"motivo": "Ya no"}),
    "reserva_extender": lambda f: (_en("reserva_extender", f.reserva.pk), {"horas": "30"}),
    "lote_salida": lambda f: (_en("lote_salida", f.lote.pk), _de_salida(f)),
    "lote_merma": lambda f: (
        _en("lote_merma", f.lote.pk),
        _correccion(f, "cantidad", "1", "merma"),
    ),
    "lote_ajuste": lambda f: (
        _en("lote_ajuste", f.lote.pk),
        _correccion(f, "diferencia", "1", "correccion"),
    ),
    "lote_conteo": lambda f: (
        _en("lote_conteo", f.recibido().pk),
        _correccion(f, "cantidad_contada", "4", "conteo"),
    ),
    "producto_ajuste": lambda f: (
        _en("producto_ajuste", f.producto.pk),
        {**_correccion(f, "diferencia", "1", "correccion"), "bodega": f.mundo.bodega.pk},
    ),
    "producto_conteo": lambda f: (
        _en("producto_conteo", f.producto.pk),
        {**_correccion(f, "cantidad_contada", "400", "conteo"), "bodega": f.mundo.bodega.pk},
    ),
    # Quien los manda no tiene todavía un teléfono que confirmar: lo lleva a empezar.
    "segundo_factor": lambda f: (
        reverse("panel:segundo_factor"),
        {"contrasena": CONTRASENA, "accion": "activar"},
    ),
    "segundo_factor_confirmar": lambda f: (reverse("panel:segundo_factor_confirmar"), {"codigo": "123456"}),
    "cuenta_nombre": lambda f: (reverse("panel:cuenta_nombre"), {"nombre": "Ana"}),
    "contrasena": lambda f: (reverse("panel:contrasena"), _otra_contrasena()),
    "cerrar_sesion": lambda f: (reverse("panel:cerrar_sesion"), {}),
    "tema": lambda f: (reverse("panel:tema"), {"tema": "oscuro", "siguiente": "/"}),
    "traslado": lambda f: (
        reverse("panel:traslado"),
        {
            "producto": f.producto.pk,
            "cantidad": "1",
            "bodega": f.mundo.bodega.pk,
            "hacia": f.mundo.otra.pk,
            "referencia": "",
            "notas": "",
        },
    ),
    "lote_traslado": lambda f: (
        _en("lote_traslado", f.lote.pk),
        {"cantidad": "1", "hacia": f.mundo.otra.pk, "referencia": "", "notas": ""},
    ),
    "trazabilidad_bloquear": lambda f: (
        f"{reverse('panel:trazabilidad_bloquear')}?{urlencode({'lote': f.recibido().pk})}",
        {"motivo": "Retiro", "confirmo": "on"},
    ),
}
# Reciben un envío y no guardan nada: dibujan otra vez lo escrito.
DIBUJAN = frozenset({"despacho_vista_previa", "despacho_multiple_lineas", "entrada_lineas", "leer_codigo"})
# Las puede enviar quien solo mira: son cosas suyas y no del inventario.
DE_QUIEN_MIRA = frozenset(
    {"alertas_resumen", "reporte_encargar", "tema", "cuenta_nombre", "contrasena", "cerrar_sesion"}
    | {"segundo_factor", "segundo_factor_confirmar"}
)


def enviar(navegador: Client, envio: Envio, **otros: Any) -> Any:
    """Envía un formulario con una clave nueva."""
    ruta, datos = envio
    return navegador.post(ruta, {CAMPO_DE_CLAVE: nueva_clave(), **datos}, **otros)


def bodega_ajena(finca: Finca) -> Bodega:
    bodega: Bodega = Bodega.objects.create(
        empresa=finca.mundo.empresa, codigo=SECRETO.lower(), nombre=f"Bodega {SECRETO}"
    )
    return bodega
