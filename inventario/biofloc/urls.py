"""El mapa entero del contrato: cada dirección, quién la atiende y cómo se llama.

Se monta antes que la API en español. Con o sin barra final responde lo mismo, y nada redirige.
"""

from __future__ import annotations

from django.urls import URLPattern, re_path

from inventario.biofloc.catalogo import articulos, categorias, modulos, unidades
from inventario.biofloc.cuentas import autenticacion, claves
from inventario.biofloc.existencias import (
    ajustes,
    avisos,
    consumo,
    en_bloque,
    entradas,
    tablero,
    transacciones,
    usos,
    usos_multiples,
)
from inventario.biofloc.reservas import views as reservas
from inventario.biofloc.views import Desconocida, TodaviaNo
from inventario.borde.rutas import ruta

app_name = "biofloc"

CATEGORIA = r"(?P<category_id>[^/]+)"
CLAVE = r"(?P<key_id>[^/]+)"
ITEM = r"(?P<item_id>[^/]+)"
MODULO = r"(?P<module>[^/]+)"
CONSUMIDOR = r"(?P<module_name>[^/]+)"
RESERVA = r"(?P<reservation_id>[^/]+)"
UNIDAD = r"(?P<unit_id>[^/]+)"

urlpatterns: list[URLPattern] = [
    # Existencias. «bulk-fetch» va antes que el ítem: no es el id de ninguno.
    ruta(r"inventory/stock/use-batch", usos_multiples.UsarVarias.as_view(), nombre="stock_use_batch"),
    ruta(r"inventory/items/bulk-fetch", en_bloque.EnBloque.as_view(), nombre="items_bulk_fetch"),
    ruta(r"inventory/stock/add", entradas.Agregar.as_view(), nombre="stock_add"),
    ruta(r"inventory/stock/use", usos.Usar.as_view(), nombre="stock_use"),
    ruta(r"inventory/stock/adjust", ajustes.Ajustar.as_view(), nombre="stock_adjust"),
    ruta(
        r"inventory/transactions",
        transacciones.TransaccionesDeExistencias.as_view(),
        nombre="stock_transactions",
    ),
    ruta(r"inventory/stock/adjustments", ajustes.AjustesDeExistencias.as_view(), nombre="stock_adjustments"),
    ruta(
        rf"inventory/module/{CONSUMIDOR}/consumption",
        consumo.ConsumoDeModulo.as_view(),
        nombre="module_consumption",
    ),
    # Reservas.
    ruta(r"inventory/stock/reserve", reservas.Reservar.as_view(), nombre="stock_reserve"),
    ruta(rf"inventory/stock/reserve/{RESERVA}", reservas.Cancelar.as_view(), nombre="stock_reserve_cancel"),
    ruta(r"inventory/stock/reservations", reservas.ListaDeReservas.as_view(), nombre="stock_reservations"),
    ruta(
        rf"inventory/stock/confirm-reservation/{RESERVA}",
        reservas.Confirmar.as_view(),
        nombre="stock_reservation_confirm",
    ),
    # Catálogo.
    ruta(r"inventory/items", articulos.Articulos.as_view(), nombre="items"),
    ruta(rf"inventory/items/{ITEM}", articulos.UnArticulo.as_view(), nombre="item"),
    ruta(
        rf"inventory/items/{ITEM}/permanent",
        articulos.ArticuloParaSiempre.as_view(),
        nombre="item_permanente",
    ),
    ruta(r"inventory/categories", categorias.Categorias.as_view(), nombre="categorias"),
    ruta(rf"inventory/categories/{CATEGORIA}", categorias.UnaCategoria.as_view(), nombre="categoria"),
    ruta(rf"inventory/module/{MODULO}/items", modulos.ArticulosDelModulo.as_view(), nombre="modulo_items"),
    ruta(rf"inventory/items/{ITEM}/modules", modulos.ModulosDelArticulo.as_view(), nombre="item_modulos"),
    ruta(
        rf"inventory/items/{ITEM}/modules/{MODULO}", modulos.ModuloDelArticulo.as_view(), nombre="item_modulo"
    ),
    # Avisos y tablero.
    ruta(r"inventory/alerts/low-stock", avisos.PocaExistencia.as_view(), nombre="poca_existencia"),
    ruta(r"inventory/alerts/expiry", avisos.PorVencer.as_view(), nombre="por_vencer"),
    ruta(r"inventory/dashboard", tablero.TableroDeInventario.as_view(), nombre="tablero"),
    # Unidades.
    ruta(r"units", unidades.Unidades.as_view(), nombre="unidades"),
    ruta(r"units/categories", unidades.CategoriasDeUnidades.as_view(), nombre="categorias_de_unidades"),
    ruta(rf"units/{UNIDAD}", unidades.UnaUnidad.as_view(), nombre="unidad"),
    ruta(rf"units/{UNIDAD}/deactivate", unidades.DesactivarUnidad.as_view(), nombre="desactivar_unidad"),
    ruta(rf"units/{UNIDAD}/reactivate", unidades.ReactivarUnidad.as_view(), nombre="reactivar_unidad"),
    # Cuentas.
    ruta(r"auth/login", autenticacion.Entrar.as_view(), nombre="entrar"),
    ruta(r"auth/refresh", autenticacion.Renovar.as_view(), nombre="renovar"),
    ruta(r"auth/logout", autenticacion.Salir.as_view(), nombre="salir"),
    ruta(r"auth/me", autenticacion.Quien.as_view(), nombre="quien"),
    ruta(r"auth/profile", autenticacion.Perfil.as_view(), nombre="perfil"),
    ruta(r"auth/change-password", autenticacion.CambiarContrasena.as_view(), nombre="cambiar_contrasena"),
    ruta(r"auth/forgot-password", autenticacion.Olvido.as_view(), nombre="olvido"),
    ruta(r"auth/reset-password", autenticacion.Restablecer.as_view(), nombre="restablecer"),
    ruta(r"api-keys", claves.Claves.as_view(), nombre="claves"),
    ruta(r"api-keys/scopes/available", claves.Alcances.as_view(), nombre="alcances"),
    ruta(r"api-keys/admin/all", claves.TodasLasClaves.as_view(), nombre="todas_las_claves"),
    ruta(rf"api-keys/admin/{CLAVE}", claves.CualquierClave.as_view(), nombre="cualquier_clave"),
    ruta(rf"api-keys/{CLAVE}", claves.Clave.as_view(), nombre="clave"),
    ruta(rf"api-keys/{CLAVE}/usage", claves.Usos.as_view(), nombre="usos_de_clave"),
    # Lo que el contrato tiene y aquí no se atiende todavía, y lo que no existe.
    re_path(r"^inventory/(?:purchase-orders|suppliers)(?s:/.*)?\Z", TodaviaNo.as_view(), name="todavia_no"),
    re_path(r"^(?:inventory|units|auth|api-keys)(?s:/.*)?\Z", Desconocida.as_view(), name="desconocida"),
]
