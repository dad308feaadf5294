"""Un proceso de verdad que despacha: espera la señal, intenta tantas veces y dice cómo le fue.

    python -m inventario.tests.proceso_que_despacha EMPRESA SKU VECES

Escribe «listo», lee una línea y al final imprime en JSON cuántas veces terminó de cada manera.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from decimal import Decimal


def main(slug: str, sku: str, veces: int) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()

    from inventario.cuentas.models import Bodega, Empresa, Usuario
    from inventario.cuentas.permisos import Permiso
    from inventario.movimientos.services import despachar_fefo
    from inventario.nucleo.actores import Actor
    from inventario.nucleo.empresa import en_empresa
    from inventario.nucleo.errores import ErrorDeDominio
    from inventario.productos.models import Producto

    empresa = Empresa.objects.get(slug=slug)
    usuario = Usuario.objects.order_by("creado_en")[0]
    actor = Actor(usuario=usuario, empresa=empresa, permisos=frozenset(Permiso))
    with en_empresa(empresa):
        producto = Producto.objects.select_related("unidad").get(sku=sku)
        bodega = Bodega.objects.get(principal=True)
    sys.stdout.write("listo\n")
    sys.stdout.flush()
    sys.stdin.readline()
    cuentas: Counter[str] = Counter()
    for _ in range(veces):
        try:
            with en_empresa(empresa):
                despachar_fefo(actor=actor, producto=producto, bodega=bodega, cantidad=Decimal(1))
            cuentas["bien"] += 1
        except ErrorDeDominio as error:
            cuentas[type(error).__name__] += 1
    sys.stdout.write(json.dumps(cuentas) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
