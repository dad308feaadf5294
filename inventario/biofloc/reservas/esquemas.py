"""Reservas: lo que llega y lo que sale (§2.10). Sus números salen como números (decisión 27)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from inventario.biofloc.campos import Cantidad, Consulta, Cuerpo, Entero, Instante, Numero, Opcion, Texto
from inventario.biofloc.catalogo.esquemas.modulos import MODULOS
from inventario.biofloc.existencias.esquemas.comun import Uuid, id_de_item, notas, pagina
from inventario.biofloc.listas import TOPE_DE_LISTA
from inventario.reservas.services import HORAS_HABITUALES, HORAS_MAXIMAS, HORAS_MINIMAS

ESTADOS = ("pending", "confirmed", "cancelled", "expired")


@extend_schema_serializer(component_name="ReserveRequest")
class ReservarPeticion(Cuerpo):
    item_id = id_de_item()
    # Menos de un centésimo no se reserva (§3.3, D17), aunque sí se mueva.
    quantity = Cantidad(minimo=Decimal("0.01"))
    module_reference = Opcion(MODULOS)
    reference_id = Uuid()
    duration_hours = Entero(
        minimo=HORAS_MINIMAS, maximo=HORAS_MAXIMAS, required=False, default=HORAS_HABITUALES
    )
    notes = notas()


@extend_schema_serializer(component_name="Reservation")
class Reservacion(serializers.Serializer[Any]):
    id = serializers.UUIDField(read_only=True)
    item_id = serializers.IntegerField(read_only=True)
    item_name = serializers.CharField(read_only=True)
    sku = serializers.CharField(read_only=True, allow_null=True)
    quantity = Numero()
    remaining_quantity = Numero(help_text="What is still held; a module draws its own holds down.")
    module_reference = serializers.CharField(read_only=True)
    reference_id = serializers.CharField(read_only=True, allow_null=True)
    status = serializers.ChoiceField(ESTADOS, read_only=True)
    reserved_until = Instante()
    notes = serializers.CharField(read_only=True, allow_null=True)
    created_by = serializers.CharField(read_only=True)
    created_by_name = serializers.CharField(read_only=True)
    created_at = Instante()


@extend_schema_serializer(component_name="ReservationsQuery")
class ReservacionesConsulta(Consulta):
    item_id = Entero(minimo=1, required=False)
    module_reference = Texto(maximo=200, required=False, permite_vacio=True)
    status = Texto(
        maximo=200,
        required=False,
        permite_vacio=True,
        help_text="Absent: pending. Empty or `all`: every status.",
    )
    page = pagina()
    limit = Entero(minimo=1, maximo=TOPE_DE_LISTA, required=False, default=TOPE_DE_LISTA)


@extend_schema_serializer(component_name="ReservationList")
class Reservaciones(serializers.Serializer[Any]):
    reservations = Reservacion(many=True, read_only=True)
    total = serializers.IntegerField(read_only=True)


@extend_schema_serializer(component_name="ReservationCancelled")
class Cancelada(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)


@extend_schema_serializer(component_name="ReservationConfirmed")
class Confirmada(serializers.Serializer[Any]):
    success = serializers.BooleanField(read_only=True)
    message = serializers.CharField(read_only=True)
    reservation_id = serializers.UUIDField(read_only=True)
    transaction_id = serializers.IntegerField(read_only=True, allow_null=True, help_text="Always null.")
    transaction_ids = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    cost = Numero()
