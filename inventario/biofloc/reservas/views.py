"""Reservar, listar, cancelar y confirmar (§2.10). Confirmar saca por PEPS (decisión 17)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from inventario.biofloc.campos import leer_consulta
from inventario.biofloc.errores import Rechazo
from inventario.biofloc.esquema import UUID as TIPO_UUID
from inventario.biofloc.esquema import documentar
from inventario.biofloc.existencias.comun import VistaDeExistencias, insuficiente
from inventario.biofloc.existencias.esquemas.usos import Insuficiente
from inventario.biofloc.existencias.traduccion import cifra, costo_de
from inventario.biofloc.reservas import traduccion
from inventario.biofloc.reservas.esquemas import (
    Cancelada,
    Confirmada,
    Reservacion,
    Reservaciones,
    ReservacionesConsulta,
    ReservarPeticion,
)
from inventario.borde.campos import leer_cuerpo
from inventario.cuentas.permisos import Permiso
from inventario.movimientos.errores import ExistenciaInsuficiente
from inventario.movimientos.reparto import Politica
from inventario.nucleo.cantidades import en_dinero
from inventario.reservas import services
from inventario.reservas.errores import ReservaYaResuelta
from inventario.reservas.models import Reserva
from inventario.reservas.selectors import reserva_nombrada, reservas_de

GRUPO = "reservations"
RESERVA_DESCONOCIDA = "Reservation not found"
# Toda cancelación lleva su motivo, y este contrato no deja decirlo: al menos se dice por dónde llegó.
SIN_MOTIVO = "Cancelada desde el sistema de producción, que no dice por qué."


def _ya_resuelta(error: ReservaYaResuelta) -> str:
    return f"{RESERVA_DESCONOCIDA} or no longer pending: it is {traduccion.ESTADOS[error.estado]}"


class VistaDeReserva(VistaDeExistencias):
    frases = {**VistaDeExistencias.frases, ReservaYaResuelta: _ya_resuelta}

    def reserva(self, texto: str) -> Reserva:
        """La reserva de la ruta. Lo que no es un UUID no es el id de ninguna (D17)."""
        try:
            reserva = reserva_nombrada(UUID(texto), self.actor.alcance)
        except ValueError:
            reserva = None
        if reserva is None:
            raise Rechazo(404, RESERVA_DESCONOCIDA)
        return reserva


class Reservar(VistaDeExistencias):
    permisos = {"POST": Permiso.RESERVAR}
    nombres = {**VistaDeExistencias.nombres, "horas": "duration_hours"}

    @documentar(
        "Reserve stock for a module",
        nombre="stock_reserve",
        grupo=GRUPO,
        peticion=ReservarPeticion,
        exito={201: Reservacion},
        errores=(400, 404),
        cuerpo_de={400: Insuficiente},
        con_clave=True,
        ejemplo={"item_id": 41, "quantity": 36, "module_reference": "biofloc", "duration_hours": 24},
    )
    def post(self, request: Request) -> Response:
        datos = leer_cuerpo(ReservarPeticion, request)
        producto = self.item(datos["item_id"], solo_activo=True)
        try:
            reserva = services.reservar(
                actor=self.actor,
                producto=producto,
                bodega=self.bodega(),
                cantidad=datos["quantity"],
                horas=datos["duration_hours"],
                modulo=datos["module_reference"],
                referencia=datos.get("reference_id") or "",
                notas=datos.get("notes") or "",
            )
        except ExistenciaInsuficiente as error:
            raise insuficiente(error, adjetivo="available ") from error
        return Response(Reservacion(traduccion.reservacion(reserva, reserva.creada_en)).data, status=201)


class ListaDeReservas(VistaDeExistencias):
    permisos = {"GET": Permiso.VER}

    @documentar(
        "Reservations, newest first",
        nombre="stock_reservations",
        grupo=GRUPO,
        consulta=ReservacionesConsulta,
        exito={200: Reservaciones},
        errores=(400,),
    )
    def get(self, request: Request) -> Response:
        datos = leer_consulta(ReservacionesConsulta, request)
        ahora = timezone.now()
        # Sin decir nada se ven las pendientes; «Todas» de la pantalla llega como un texto vacío (M4).
        pedido = request.query_params.get("status", "pending").strip()
        todas = pedido in ("", "all")
        if not todas and pedido not in traduccion.ESTADO_DE:
            return Response(Reservaciones({"reservations": [], "total": 0}).data)
        pagina = reservas_de(
            bodega=self.bodega(),
            ahora=ahora,
            estado=None if todas else traduccion.ESTADO_DE[pedido],
            producto=datos.get("item_id"),
            modulo=datos.get("module_reference") or "",
            modulos=self.actor.modulos_permitidos,
            salto=(datos["page"] - 1) * datos["limit"],
            limite=datos["limit"],
        )
        respuesta = {
            "reservations": [traduccion.reservacion(una, ahora) for una in pagina.filas],
            "total": pagina.total,
        }
        return Response(Reservaciones(respuesta).data)


class Cancelar(VistaDeReserva):
    permisos = {"DELETE": Permiso.RESERVAR}

    @documentar(
        "Cancel a reservation",
        nombre="stock_reserve_cancel",
        grupo=GRUPO,
        escribe=True,
        exito={200: Cancelada},
        errores=(400, 404),
        ids={"reservation_id": TIPO_UUID},
    )
    def delete(self, request: Request, reservation_id: str) -> Response:
        reserva = services.cancelar_reserva(
            actor=self.actor, reserva=self.reserva(reservation_id), motivo=SIN_MOTIVO
        )
        usada = reserva.apartado.usada
        frase = "Reservation cancelled"
        if usada:
            frase = f"{frase}: {cifra(usada)} of {cifra(reserva.apartado.cantidad)} had already been used"
        return Response(Cancelada({"success": True, "message": frase}).data)


class Confirmar(VistaDeReserva):
    permisos = {"POST": Permiso.DESPACHAR}

    @documentar(
        "Confirm a reservation: takes the stock, oldest batch first",
        nombre="stock_reservation_confirm",
        grupo=GRUPO,
        escribe=True,
        con_clave=True,
        exito={200: Confirmada},
        errores=(400, 404),
        cuerpo_de={400: Insuficiente},
        ids={"reservation_id": TIPO_UUID},
    )
    def post(self, request: Request, reservation_id: str) -> Response:
        reserva = self.reserva(reservation_id)
        try:
            asiento = services.confirmar_reserva(actor=self.actor, reserva=reserva, politica=Politica.PEPS)
        except ExistenciaInsuficiente as error:
            raise insuficiente(error, antes="Failed to confirm reservation: ") from error
        respuesta: dict[str, Any] = {
            "success": True,
            "message": "Reservation confirmed and stock used",
            "reservation_id": reserva.pk,
            # Nulo también en el sistema que este contrato describe: los id van en la lista.
            "transaction_id": None,
            "transaction_ids": [linea.pk for linea in asiento.lineas],
            "cost": en_dinero(costo_de(asiento.lineas)),
        }
        return Response(Confirmada(respuesta).data)
