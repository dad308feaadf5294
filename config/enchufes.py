"""Quién oye cada evento, y qué le pone una app de arriba a una de abajo que no la conoce.

Una capa no importa a otra más alta: la de abajo dice aquí qué espera, y quién lo hace va por su ruta.
"""

from __future__ import annotations

# Quién recibe cada evento de inventario/eventos/catalogo.py: {"asiento_registrado": ["ruta.de.la.funcion"]}.
_ALERTAS = "inventario.alertas.consumidores.al_moverse"
CONSUMIDORES_DE_EVENTOS: dict[str, list[str]] = {
    **{
        tipo: [_ALERTAS]
        for tipo in (
            *("asiento_registrado", "importacion_aplicada", "importacion_deshecha", "producto_cambiado"),
            *("lote_bloqueado", "lote_desbloqueado", "apartado_vencido", "reserva_sin_respaldo"),
            *("reserva_cancelada", "reserva_confirmada", "disponible_reducido"),
        )
    },
    "datos_falsos_generados": ["inventario.alertas.consumidores.al_llenarse"],
}
# De ellos, los que reciben muchos eventos de una vez, en cualquier orden: se les dan apenas se confirma la
# operación, en el mismo proceso, para que quien movió algo lo vea reflejado. Los demás, de a uno y en orden.
CONSUMIDORES_EN_EL_ACTO = [_ALERTAS]

# Qué se comprueba de los libros además del libro: funciones que reciben la empresa y dan hallazgos.
VERIFICACIONES_DE_LIBROS = [
    "inventario.reservas.verificacion.verificar",
    "inventario.alertas.verificacion.verificar",
]

# Qué se prepara en cada empresa nueva, en su misma transacción: funciones que reciben la empresa.
AL_CREAR_EMPRESA = [
    "inventario.productos.services.asegurar_unidades",
    "inventario.productos.services.asegurar_categorias",
]

# Quién puede negarse a que se cierre una bodega, en su misma transacción: funciones que la reciben.
AL_CERRAR_BODEGA = ["inventario.existencias.historia.exigir_bodega_vacia"]

# El módulo que le dice al catálogo, que está debajo, si el libro ya usó un producto y qué queda de él.
HISTORIA_DE_PRODUCTO = "inventario.existencias.historia"
