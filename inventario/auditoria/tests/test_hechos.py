"""Cada cosa delicada queda anotada por su servicio, y deshacerla sin decir por qué se rechaza."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from inventario.auditoria.models import Anotacion
from inventario.cuentas.claves.services import crear_clave_api, revocar_clave
from inventario.cuentas.empresas import services as empresas
from inventario.cuentas.models import Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro, cambiar_membresia
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Asiento, Motivo
from inventario.movimientos.services.ajustes import contar_lote
from inventario.movimientos.services.bloqueos import bloquear_lote, desbloquear_lote
from inventario.movimientos.services.reversos import revertir_asiento
from inventario.movimientos.tests.mundo import Mundo
from inventario.nucleo.errores import DatoInvalido
from inventario.productos.services import (
    crear_categoria,
    crear_unidad,
    editar_producto,
    eliminar_categoria,
    eliminar_producto,
    eliminar_unidad,
)
from inventario.productos.services.productos import eliminar_sin_historia, retirar_producto
from inventario.reservas.services import cancelar_reserva, reservar

EN_LA_ISLA = Glosa(motivo=Motivo.CONTEO, texto="Conteo de fin de mes")


def _miembro(mundo: Mundo) -> Any:
    return agregar_miembro(
        empresa=mundo.empresa,
        usuario=Usuario.objects.create_user("beto@acme.test", "x", nombre="Beto"),
        rol=Rol.OPERADOR,
    )


def _cambiar_rol(mundo: Mundo) -> None:
    cambiar_membresia(
        actor=mundo.actor,
        membresia=_miembro(mundo),
        rol=Rol.SUPERVISOR,
        activa=True,
        bodega=None,
        limitada_a=[],
    )


def _clave(mundo: Mundo) -> Any:
    return crear_clave_api(
        empresa=mundo.empresa, nombre="biofloc", alcances=["inventory:read"], actor=mundo.actor
    )[0]


def _cambiar_precio(mundo: Mundo, cambios: Any) -> None:
    editar_producto(actor=mundo.actor, producto=mundo.producto(precio=Decimal("2.50")), cambios=cambios)


def _reserva(mundo: Mundo) -> Any:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    return reservar(
        actor=mundo.actor,
        producto=producto,
        bodega=mundo.bodega,
        cantidad=Decimal(4),
        reloj=mundo.reloj,
    )


def _asiento(mundo: Mundo) -> Asiento:
    mundo.entrada(mundo.producto(), 10)
    return Asiento.objects.latest("pk")


HECHOS: dict[str, tuple[Callable[[Mundo], object], dict[str, Any], dict[str, Any], str]] = {
    "empresa_cambiada": (
        lambda m: empresas.cambiar_empresa(actor=m.actor, nombre="Nueva", pais="EC"),
        {"nombre": "Granja de prueba"},
        {"nombre": "Nueva"},
        "",
    ),
    "cierre_cambiado": (
        lambda m: empresas.cerrar_hasta(actor=m.actor, fecha=date(2020, 1, 31)),
        {"cierre_hasta": None},
        {"cierre_hasta": "2020-01-31"},
        "",
    ),
    "bodega_creada": (
        lambda m: empresas.crear_bodega(actor=m.actor, codigo="norte", nombre="Norte"),
        {},
        {"codigo": "norte", "nombre": "Norte"},
        "",
    ),
    "bodega_cambiada": (
        lambda m: empresas.cambiar_bodega(actor=m.actor, bodega=m.bodega, nombre="Central"),
        {"nombre": "Bodega principal"},
        {"nombre": "Central"},
        "",
    ),
    "miembro_agregado": (
        _miembro,
        {},
        {"rol": "operador", "activa": True, "bodega": None, "bodegas": []},
        "",
    ),
    "membresia_cambiada": (_cambiar_rol, {"rol": "operador"}, {"rol": "supervisor"}, ""),
    "clave_creada": (
        _clave,
        {},
        {
            "nombre": "biofloc",
            "alcances": ["inventory:read"],
            "modulos": [],
            "bodega": None,
            "bodegas": [],
            "vence_en": None,
        },
        "",
    ),
    "precio_cambiado": (
        lambda m: _cambiar_precio(m, {"precio": Decimal("7.50")}),
        {"precio": "2.5"},
        {"precio": "7.5"},
        "",
    ),
    "producto_desactivado": (
        lambda m: _cambiar_precio(m, {"activo": False}),
        {"activo": True},
        {"activo": False},
        "",
    ),
    "existencia_ajustada": (
        lambda m: contar_lote(
            actor=m.actor,
            lote=m.entrada(m.producto(), 10),
            contada=Decimal(8),
            glosa=EN_LA_ISLA,
            reloj=m.reloj,
        ),
        {"saldo": "10"},
        {"saldo": "8", "motivo": "conteo"},
        "Conteo de fin de mes",
    ),
    "reserva_cancelada": (
        lambda m: cancelar_reserva(actor=m.actor, reserva=_reserva(m), motivo=" Ya no va ", reloj=m.reloj),
        {"restante": "4"},
        {},
        "Ya no va",
    ),
    "lote_bloqueado": (
        lambda m: bloquear_lote(
            actor=m.actor, lote=m.entrada(m.producto(), 10), motivo="Retiro", reloj=m.reloj
        ),
        {},
        {},
        "Retiro",
    ),
}


@pytest.mark.parametrize("hecho", HECHOS)
def test_lo_delicado_queda_anotado(mundo: Mundo, hecho: str) -> None:
    hacer, antes, despues, motivo = HECHOS[hecho]
    hacer(mundo)
    una = Anotacion.objects.filter(hecho=hecho).latest("pk")
    # A un miembro lo agrega la consola, o él mismo al aceptar.
    assert una.usuario == (None if hecho == "miembro_agregado" else mundo.actor.usuario)
    assert una.motivo == motivo
    assert antes.items() <= una.antes.items()
    assert despues.items() <= una.despues.items()


def test_deshacer_y_eliminar_quedan_anotados(mundo: Mundo) -> None:
    asiento = _asiento(mundo)
    revertir_asiento(actor=mundo.actor, asiento=asiento, explicacion="Se anotó dos veces", reloj=mundo.reloj)
    clave = _clave(mundo)
    for _ in range(2):
        revocar_clave(actor=mundo.actor, clave=clave)
    lote = mundo.entrada(mundo.producto("A-3"), 1)
    bloquear_lote(actor=mundo.actor, lote=lote, motivo="Retiro", reloj=mundo.reloj)
    desbloquear_lote(actor=mundo.actor, lote=lote, motivo="Era otro", reloj=mundo.reloj)
    eliminar_producto(actor=mundo.actor, producto=mundo.producto("A-1"), reloj=mundo.reloj)
    eliminar_sin_historia(
        actor=mundo.actor, producto=retirar_producto(actor=mundo.actor, producto=mundo.producto("A-2"))
    )
    categoria = crear_categoria(actor=mundo.actor, nombre="Efímera")
    eliminar_categoria(actor=mundo.actor, categoria=categoria)
    unidad = crear_unidad(actor=mundo.actor, nombre="Tina", abreviatura="tina")
    eliminar_unidad(actor=mundo.actor, unidad=unidad)
    anotados = list(Anotacion.objects.order_by("pk").values_list("hecho", "sobre", "motivo"))
    for esperado in (
        ("asiento_revertido", f"n.º {asiento.numero}", "Se anotó dos veces"),
        ("clave_revocada", str(clave), ""),
        ("lote_desbloqueado", str(lote), "Era otro"),
        ("categoria_eliminada", "Efímera", ""),
        ("unidad_eliminada", str(unidad), ""),
    ):
        assert anotados.count(esperado) == 1, esperado
    assert [hecho for hecho, _, _ in anotados].count("producto_eliminado") == 2


def test_una_cuenta_nunca_guarda_la_clave_ni_su_huella(mundo: Mundo) -> None:
    fila, secreto = crear_clave_api(
        empresa=mundo.empresa, nombre="x", alcances=["inventory:read"], actor=mundo.actor
    )
    una = Anotacion.objects.get(hecho="clave_creada")
    guardado = f"{una.antes} {una.despues} {una.sobre} {una.motivo}"
    assert secreto not in guardado
    assert fila.huella not in guardado


@pytest.mark.parametrize("motivo", ["", "   "])
def test_deshacer_sin_decir_por_que_se_rechaza_y_nada_se_mueve(mundo: Mundo, motivo: str) -> None:
    reserva, asiento = _reserva(mundo), Asiento.objects.latest("pk")
    antes, anotadas = mundo.foto(), Anotacion.objects.count()
    for deshacer in (
        lambda: cancelar_reserva(actor=mundo.actor, reserva=reserva, motivo=motivo, reloj=mundo.reloj),
        lambda: revertir_asiento(actor=mundo.actor, asiento=asiento, explicacion=motivo, reloj=mundo.reloj),
    ):
        with pytest.raises(DatoInvalido) as visto:
            deshacer()
        assert visto.value.datos["campo"] == "motivo"
    assert (mundo.foto(), Anotacion.objects.count()) == (antes, anotadas)


def test_si_la_operacion_cae_no_queda_anotada(mundo: Mundo) -> None:
    producto = mundo.producto()
    mundo.entrada(producto, 10)
    with transaction.atomic():
        editar_producto(actor=mundo.actor, producto=producto, cambios={"precio": Decimal(9)})
        transaction.set_rollback(True)
    assert not Anotacion.objects.filter(hecho="precio_cambiado").exists()
