"""El mapa entero de las páginas del operador, en el orden en que están las habitaciones."""

from __future__ import annotations

from django.urls import path

from inventario.panel.alertas import views as alertas
from inventario.panel.auditoria import views as auditoria
from inventario.panel.buscar import elegir_lote
from inventario.panel.buscar import views as buscar
from inventario.panel.catalogo import edicion, ficha, productos
from inventario.panel.cuenta import restablecer, segundo_factor
from inventario.panel.cuenta import views as cuenta
from inventario.panel.inicio import views as inicio
from inventario.panel.lotes import etiquetas, trazabilidad
from inventario.panel.lotes import views as lotes
from inventario.panel.marco import acceso, codigo, tema
from inventario.panel.mover import (
    despachos,
    despachos_multiples,
    entradas,
    movimientos,
    recibos,
    salidas,
    traslados,
)
from inventario.panel.personas import invitacion
from inventario.panel.personas import views as personas
from inventario.panel.reportes import exportaciones
from inventario.panel.reportes import views as reportes
from inventario.panel.reservas import views as reservas

app_name = "panel"

urlpatterns = [
    # marco: entrar, salir y cómo se ve la casa
    path("entrar/", acceso.entrar, name="entrar"),
    path("entrar/codigo/", codigo.codigo, name="codigo"),
    path("salir/", acceso.salir, name="salir"),
    path("olvido/", acceso.olvido, name="olvido"),
    path("tema/", tema.elegir, name="tema"),
    # cuenta
    path("cuenta/segundo-factor/", segundo_factor.segundo_factor, name="segundo_factor"),
    path("cuenta/segundo-factor/confirmar/", segundo_factor.confirmar, name="segundo_factor_confirmar"),
    path("cuenta/", cuenta.cuenta, name="cuenta"),
    path("cuenta/nombre/", cuenta.nombre, name="cuenta_nombre"),
    path("cuenta/contrasena/", cuenta.contrasena, name="contrasena"),
    path("cuenta/sesiones/cerrar/", cuenta.cerrar_sesion, name="cerrar_sesion"),
    path("restablecer/", restablecer.restablecer, name="restablecer"),
    path("restablecer/<slug:codigo>/", restablecer.abrir_enlace, name="restablecer_enlace"),
    # personas: quién entra a la empresa, y la puerta por la que entra
    path("personas/", personas.personas, name="personas"),
    path("personas/invitar/", personas.invitar, name="persona_invitar"),
    path("personas/<int:pk>/", personas.cambiar, name="persona"),
    path("personas/invitaciones/<int:pk>/reenviar/", personas.reenviar, name="invitacion_reenviar"),
    path("personas/invitaciones/<int:pk>/revocar/", personas.revocar, name="invitacion_revocar"),
    path("invitacion/<str:token>/", invitacion.aceptar, name="invitacion"),
    # inicio
    path("", inicio.inicio, name="inicio"),
    # buscar
    path("buscar/", buscar.buscar, name="buscar"),
    path("buscar/productos", buscar.buscar_productos, name="buscar_productos"),
    path("salidas/nueva/", elegir_lote.elegir, name="salida"),
    # catalogo
    path("productos/", productos.productos, name="productos"),
    path("productos/productos.csv", productos.productos_csv, name="productos_csv"),
    path("productos/nuevo/", edicion.crear, name="producto_nuevo"),
    path("productos/<int:pk>/", ficha.producto, name="producto"),
    path("productos/<int:pk>/editar/", edicion.editar, name="producto_editar"),
    path("productos/<int:pk>/desactivar/", edicion.desactivar, name="producto_desactivar"),
    path("productos/<int:pk>/reactivar/", edicion.reactivar, name="producto_reactivar"),
    path("productos/<int:pk>/eliminar/", edicion.eliminar, name="producto_eliminar"),
    # mover: lo que entra
    path("entradas/nueva/", entradas.entrada, name="entrada"),
    path("entradas/nueva/lineas/", entradas.agregar_lineas, name="entrada_lineas"),
    path("entradas/leer-codigo", entradas.leer_codigo, name="leer_codigo"),
    path("entradas/pista", entradas.pista, name="entrada_pista"),
    # mover: lo que sale
    path("despachos/nuevo/", despachos.despacho, name="despacho"),
    path("despachos/vista-previa/", despachos.ver_antes, name="despacho_vista_previa"),
    path("despachos/multiple/", despachos_multiples.multiple, name="despacho_multiple"),
    path("despachos/multiple/lineas/", despachos_multiples.agregar_lineas, name="despacho_multiple_lineas"),
    path("lotes/<int:pk>/salida/", salidas.salida_de_lote, name="lote_salida"),
    path("lotes/<int:pk>/merma/", salidas.merma_de_lote, name="lote_merma"),
    # mover: lo que se corrige y lo que cambia de bodega
    path("lotes/<int:pk>/ajuste/", salidas.ajuste_de_lote, name="lote_ajuste"),
    path("lotes/<int:pk>/conteo/", salidas.conteo_de_lote, name="lote_conteo"),
    path("productos/<int:pk>/ajuste/", salidas.ajuste_de_producto, name="producto_ajuste"),
    path("productos/<int:pk>/conteo/", salidas.conteo_de_producto, name="producto_conteo"),
    path("traslados/nuevo/", traslados.traslado, name="traslado"),
    path("lotes/<int:pk>/traslado/", traslados.traslado_de_lote, name="lote_traslado"),
    # mover: lo que ya se movió
    path("movimientos/", movimientos.movimientos, name="movimientos"),
    path("movimientos/movimientos.csv", movimientos.movimientos_csv, name="movimientos_csv"),
    path("asientos/<int:pk>/", recibos.asiento, name="asiento"),
    path("asientos/<int:pk>/revertir/", recibos.revertir, name="asiento_revertir"),
    # lotes
    path("lotes/", lotes.lotes, name="lotes"),
    path("lotes/<int:pk>/", lotes.lote, name="lote"),
    path("lotes/<int:pk>/bloquear/", lotes.bloquear, name="lote_bloquear"),
    path("lotes/<int:pk>/desbloquear/", lotes.desbloquear, name="lote_desbloquear"),
    path("lotes/<int:pk>/etiquetas/", etiquetas.de_lote, name="lote_etiquetas"),
    path("lotes/<int:pk>/etiqueta.pdf", etiquetas.etiqueta, name="etiqueta"),
    path("asientos/<int:pk>/etiquetas/", etiquetas.de_asiento, name="asiento_etiquetas"),
    path("asientos/<int:pk>/etiquetas.pdf", etiquetas.etiquetas, name="etiquetas"),
    path("trazabilidad/", trazabilidad.trazabilidad, name="trazabilidad"),
    path("trazabilidad/bloquear/", trazabilidad.bloquear, name="trazabilidad_bloquear"),
    path("trazabilidad/trazabilidad.csv", trazabilidad.trazabilidad_csv, name="trazabilidad_csv"),
    # reservas
    path("reservas/", reservas.reservas, name="reservas"),
    path("reservas/nueva/", reservas.reservar, name="reserva_nueva"),
    path("reservas/<uuid:pk>/", reservas.reserva, name="reserva"),
    path("reservas/<uuid:pk>/confirmar/", reservas.confirmar, name="reserva_confirmar"),
    path("reservas/<uuid:pk>/cancelar/", reservas.cancelar, name="reserva_cancelar"),
    path("reservas/<uuid:pk>/extender/", reservas.extender, name="reserva_extender"),
    # alertas
    path("alertas/", alertas.alertas, name="alertas"),
    path("alertas/historial/", alertas.historial, name="alertas_historial"),
    path("alertas/revisar/", alertas.revisar, name="alertas_revisar"),
    path("alertas/resumen/", alertas.resumen, name="alertas_resumen"),
    path("alertas/<int:pk>/reconocer/", alertas.reconocer, name="alerta_reconocer"),
    # reportes
    path("reportes/", reportes.reportes, name="reportes"),
    path("reportes/<slug:clave>/", reportes.reporte, name="reporte"),
    path("reportes/<slug:clave>/archivo.<slug:formato>", reportes.archivo, name="reporte_archivo"),
    path("reportes/<slug:clave>/encargar/", exportaciones.encargar, name="reporte_encargar"),
    path("reportes/exportaciones/<int:pk>/", exportaciones.exportacion, name="exportacion"),
    path("reportes/exportaciones/<int:pk>/archivo/", exportaciones.bajar, name="exportacion_archivo"),
    # auditoria
    path("auditoria/", auditoria.auditoria, name="auditoria"),
    path("auditoria/auditoria.csv", auditoria.auditoria_csv, name="auditoria_csv"),
]
