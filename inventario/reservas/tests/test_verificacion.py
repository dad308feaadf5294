"""La comprobación de los libros también mira que cada reserva diga lo mismo que su apartado."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento
from inventario.movimientos.reparto import Politica
from inventario.movimientos.tests.mundo import Mundo, cant
from inventario.reservas import services
from inventario.reservas.models import Reserva
from inventario.reservas.services import Resto


@pytest.fixture
def reservas(mundo: Mundo) -> dict[str, Reserva]:
    """Una de cada manera de terminar, y una pendiente."""
    producto = mundo.producto()
    mundo.entrada(producto, 100)

    def reservar(modulo: str = "", horas: int = 48) -> Reserva:
        return services.reservar(
            actor=mundo.actor,
            producto=producto,
            bodega=mundo.bodega,
            cantidad=cant(10),
            horas=horas,
            modulo=modulo,
            reloj=mundo.reloj,
        )

    hechas = {nombre: reservar() for nombre in ("pendiente", "confirmada", "en parte", "cancelada")}
    hechas["vencida"] = reservar(horas=1)
    hechas["gastada"] = reservar("biofloc")
    mundo.reloj.avanzar(hours=2)

    def confirmar(nombre: str, cantidad: int | None, resto: Resto = Resto.QUEDA) -> None:
        services.confirmar_reserva(
            actor=mundo.actor,
            reserva=hechas[nombre],
            politica=Politica.FEFO,
            cantidad=None if cantidad is None else cant(cantidad),
            resto=resto,
            reloj=mundo.reloj,
        )

    mundo.peps(producto, 10, glosa=Glosa(modulo="biofloc"))
    confirmar("pendiente", 3)
    confirmar("confirmada", None)
    confirmar("en parte", 4, Resto.SE_LIBERA)
    services.cancelar_reserva(
        actor=mundo.actor, reserva=hechas["cancelada"], motivo="No va", reloj=mundo.reloj
    )
    services.vencer_reservas(mundo.empresa, reloj=mundo.reloj)
    return hechas


def hallazgos(mundo: Mundo) -> list[str]:
    """Lo que dice la orden, sin el nombre de la empresa."""
    salida = io.StringIO()
    try:
        call_command("verificar_libro", empresa=mundo.empresa.slug, stdout=salida)
    except CommandError:
        return [linea.split(" · ", 1)[1] for linea in salida.getvalue().splitlines()]
    assert salida.getvalue() == f"{mundo.empresa.slug}: los libros cuadran.\n"
    return []


def test_las_reservas_sanas_cuadran(mundo: Mundo, reservas: dict[str, Reserva]) -> None:
    estados = {nombre: Apartado.objects.get(reserva=reserva).estado for nombre, reserva in reservas.items()}
    assert estados == {
        "pendiente": "vigente",
        "confirmada": "consumido",
        "en parte": "consumido",
        "cancelada": "liberado",
        "vencida": "vencido",
        "gastada": "consumido",
    }
    assert hallazgos(mundo) == []


def test_revertir_la_salida_de_una_confirmada_sigue_cuadrando(
    mundo: Mundo, reservas: dict[str, Reserva]
) -> None:
    mundo.revertir(Asiento.objects.get(documento_id=str(reservas["confirmada"].pk)))
    assert hallazgos(mundo) == []


@pytest.mark.parametrize(
    ("nombre", "cambio", "queja"),
    [
        ("pendiente", {"creada_en": timedelta(0)}, "dice otra hora de creación que su apartado"),
        ("confirmada", {"resuelta_en": timedelta(0)}, "dice otra hora de resolución que su apartado"),
        ("cancelada", {"resuelta_en": None}, "se canceló y no dice quién"),
        (
            "vencida",
            {"resuelta_en": timedelta(0)},
            "dice que alguien la resolvió, y su apartado está vencido",
        ),
        (
            "pendiente",
            {"resuelta_en": timedelta(0)},
            "dice que alguien la resolvió, y su apartado está vigente",
        ),
        (
            "confirmada",
            {"motivo": "No va"},
            "tiene motivo de cancelación, y su apartado está consumido",
        ),
    ],
)
def test_se_ve_un_papel_que_no_dice_lo_que_su_apartado(
    mundo: Mundo,
    reservas: dict[str, Reserva],
    nombre: str,
    cambio: dict[str, timedelta | str | None],
    queja: str,
) -> None:
    otra_hora = mundo.reloj() + timedelta(seconds=1)
    datos: dict[str, Any] = {
        campo: otra_hora if isinstance(valor, timedelta) else valor for campo, valor in cambio.items()
    }
    if "resuelta_en" in datos:
        datos["resuelta_por"] = mundo.actor.usuario if datos["resuelta_en"] else None
    Reserva.objects.filter(pk=reservas[nombre].pk).update(**datos)
    assert hallazgos(mundo) == [f"reservas: la reserva {reservas[nombre].pk} {queja}."]


def test_se_ve_que_salio_mas_de_lo_que_la_reserva_dice(mundo: Mundo, reservas: dict[str, Reserva]) -> None:
    pk = reservas["pendiente"].pk
    # Como si a una confirmación le faltara descontar lo prometido.
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE movimientos_apartado SET restante = 8 WHERE id = %s", [reservas["pendiente"].apartado_id]
        )
        cursor.execute("UPDATE movimientos_existencia SET apartada = 8")
    assert hallazgos(mundo) == [
        f"reservas: la reserva {pk} dice que se usaron 2, y al confirmarla salieron 3."
    ]


def test_se_ve_la_promesa_que_se_quedo_sin_papel(mundo: Mundo, reservas: dict[str, Reserva]) -> None:
    apartado = reservas["pendiente"].apartado_id
    Reserva.objects.filter(pk=reservas["pendiente"].pk).delete()
    assert hallazgos(mundo) == [
        f"reservas: el apartado {apartado} no tiene reserva: nadie podría confirmarlo."
    ]


def test_se_ve_que_se_confirmo_con_otro_producto(mundo: Mundo, reservas: dict[str, Reserva]) -> None:
    otro = mundo.producto("OTRO")
    mundo.entrada(otro, 10)
    ajeno = mundo.apartar(otro, 10)
    confirmada = reservas["confirmada"]
    Reserva.objects.filter(pk=confirmada.pk).update(apartado=ajeno)
    hallados = hallazgos(mundo)
    assert f"reservas: la reserva {confirmada.pk} se confirmó con otro producto o de otra bodega." in hallados
    assert any(f"el apartado {confirmada.apartado_id} no tiene reserva" in hallado for hallado in hallados)
