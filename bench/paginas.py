"""Cuánto tarda el servidor en armar cada página con 100 000 lotes y un millón de movimientos (PostgreSQL).

    python ops/postgres.py -- python bench/paginas.py [--lotes N] [--movimientos N] [--veces N]

Sale con 1 si el percentil 95 de alguna pasa de 200 ms. Se mide desde que entra la solicitud hasta que está
escrita la respuesta, con todos sus middlewares y sin red.
"""

from __future__ import annotations

import argparse
import sys
import time

from comun import base_de_prueba

TOPE_MS = 200.0
# Las primeras compilan plantillas y abren la conexión.
DE_CALENTAMIENTO = 3


def medir(lotes: int, movimientos: int, productos: int, veces: int) -> int:
    from django.conf import settings
    from django.test import Client, override_settings

    from inventario.cuentas.permisos import Rol
    from inventario.cuentas.services import agregar_miembro
    from inventario.lotes.models import Lote
    from inventario.movimientos.models import Asiento
    from inventario.movimientos.tests.mundo import Mundo
    from inventario.movimientos.tests.volumen import llenar
    from inventario.nucleo.inquilino import en_empresa

    mundo = Mundo.crear()
    agregar_miembro(empresa=mundo.empresa, usuario=mundo.actor.usuario, rol=Rol.ADMINISTRADOR)
    inicio = time.perf_counter()
    with en_empresa(mundo.empresa):
        llenar(mundo, productos=productos, lotes=lotes, movimientos=movimientos)
        lote = Lote.objects.filter(saldo__gt=0).order_by("-pk")[0]
        asiento = Asiento.objects.order_by("-pk")[0]
    print(f"{lotes} lotes y {movimientos} movimientos en {time.perf_counter() - inicio:.0f} s\n")
    rutas = (
        "/",
        "/productos/",
        "/productos/?orden=-existencia",
        f"/productos/{lote.producto_id}/",
        "/buscar/?q=L-77",
        "/buscar/productos?q=V-1",
        "/entradas/nueva/",
        f"/despachos/nuevo/?producto={lote.producto_id}&cantidad=15",
        "/despachos/multiple/",
        f"/asientos/{asiento.pk}/",
        "/lotes/",
        "/lotes/?estado=vencido",
        f"/lotes/{lote.pk}/",
        "/movimientos/",
        "/movimientos/?desde=2024-03-10&hasta=2026-03-10",
        "/reservas/",
        "/alertas/",
        f"/trazabilidad/?q={lote.codigo}",
        "/reportes/",
    )
    almacen = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    lentas = 0
    with override_settings(STORAGES={**settings.STORAGES, "staticfiles": almacen}, ALLOWED_HOSTS=["*"]):
        cliente = Client()
        cliente.force_login(mundo.actor.usuario, backend="django.contrib.auth.backends.ModelBackend")
        for ruta in rutas:
            tiempos = []
            for vez in range(DE_CALENTAMIENTO + veces):
                empezo = time.perf_counter()
                respuesta = cliente.get(ruta, follow=True)
                if vez >= DE_CALENTAMIENTO:
                    tiempos.append((time.perf_counter() - empezo) * 1000)
                assert respuesta.status_code == 200, f"{ruta}: {respuesta.status_code}"
            tiempos.sort()
            p95 = tiempos[min(len(tiempos) - 1, int(len(tiempos) * 0.95))]
            lenta = p95 > TOPE_MS
            lentas += lenta
            medio = tiempos[len(tiempos) // 2]
            print(
                f"{'LENTA' if lenta else 'bien ':5}  p50 {medio:7.1f} ms  p95 {p95:7.1f} ms  {ruta}",
                flush=True,
            )
    return 1 if lentas else 0


def main() -> int:
    argumentos = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    argumentos.add_argument("--lotes", type=int, default=100_000)
    argumentos.add_argument("--movimientos", type=int, default=1_000_000)
    argumentos.add_argument("--productos", type=int, default=500)
    argumentos.add_argument("--veces", type=int, default=40)
    opciones = argumentos.parse_args()
    with base_de_prueba():
        return medir(opciones.lotes, opciones.movimientos, opciones.productos, opciones.veces)


if __name__ == "__main__":
    sys.exit(main())
