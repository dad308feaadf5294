"""Un día de alimentación, paso a paso: lo que se pide y lo que el servidor contestó."""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial

import psycopg

from escenarios.dia.cliente import MUERTO, Cliente, Diario, Pedido, Respuesta, a_la_vez, repartir
from escenarios.dia.plan import Plan, Promesa, Sesion
from herramientas.servicios import NoArranco, Sistema

EMPRESA = "granja-de-prueba"
BASE = "/api/v1/inventory"
ALCANCES = "inventory:read,inventory:write,inventory:delete"
CLIENTES = 2


class Dia:
    """Lo que se hace, en su orden. Guarda lo que el servidor contestó para comprobarlo después."""

    def __init__(self, todo: Sistema, plan: Plan, *, semilla: int) -> None:
        self.todo, self.plan, self.diario = todo, plan, Diario()
        self.azar = random.Random(semilla)
        self.hoy = datetime.now(UTC).date().isoformat()
        self.articulos: dict[int, int] = {}
        self.lotes: dict[str, int] = {}
        self.reservas: dict[str, str] = {}
        self.tardo_s: dict[str, float] = {}
        todo.ordenar("crear_empresa", EMPRESA, "Granja de prueba")
        self._clave = todo.ordenar(
            "crear_clave_api", "--empresa", EMPRESA, "--nombre", "alimentación", "--alcances", ALCANCES
        ).split()[-1]
        self.clientes = [self.cliente_nuevo() for _ in range(CLIENTES)]

    def cliente_nuevo(self) -> Cliente:
        return Cliente(self.todo.puerto, self._clave, self.diario)

    def transcurrir(self) -> None:
        for nombre, hacer in (
            ("catálogo y compras", self.abastecer),
            ("víspera: reservas", self.apartar),
            ("víspera: cancelar", lambda: self.cancelar("cancelada")),
            ("sesión 1", lambda: self.alimentar(1)),
            ("sesión 2, con entregas", lambda: self.alimentar(2, mas=self.entregas())),
            ("mediodía: cancelar", lambda: self.cancelar("a_mediodia")),
            ("mediodía: vencer", self.adelantar_el_reloj),
            ("sesión 3", lambda: self.alimentar(3)),
            ("reservas en disputa", self.disputar),
            ("sesión 4, con un proceso muerto", lambda: self.alimentar(4, a_mitad=self.matar_un_proceso)),
        ):
            empezo = time.monotonic()
            hacer()
            self.tardo_s[nombre] = time.monotonic() - empezo
            print(f"{nombre:<34} {self.tardo_s[nombre]:6.1f} s", flush=True)

    # ── Preparar ────────────────────────────────────────────────────────────────────────────────

    def abastecer(self) -> None:
        for articulo in self.plan.articulos:
            cuerpo = {"item_name": articulo.nombre, "unit": "Kilogram", "sku": articulo.sku or None}
            clave = f"articulo:{articulo.numero}"
            creado = self._uno(Pedido("POST", f"{BASE}/items", cuerpo, clave, "items"), 201)
            self.articulos[articulo.numero] = creado.cuerpo["id"]
        for pedido in self._compras(de_dia=False):
            self._uno(pedido, 201)
        self._leer_lotes()

    def apartar(self) -> None:
        pedidos = {
            promesa.nombre: Pedido(
                "POST",
                f"{BASE}/stock/reserve",
                {
                    "item_id": self.articulos[promesa.articulo],
                    "quantity": promesa.cantidad,
                    "module_reference": promesa.modulo,
                    "reference_id": promesa.tanque or None,
                    "duration_hours": promesa.horas,
                    "notes": promesa.nombre,
                },
                f"reserva:{promesa.nombre}",
                "reserve",
            )
            for promesa in self.plan.promesas
        }
        self._repartir(pedidos.values())
        for nombre, pedido in pedidos.items():
            self.reservas[nombre] = self._buena(pedido, 201).cuerpo["id"]

    def entregas(self) -> list[Pedido]:
        return self._compras(de_dia=True)

    # ── El día ──────────────────────────────────────────────────────────────────────────────────

    def alimentar(
        self, ronda: int, *, mas: Iterable[Pedido] = (), a_mitad: Callable[[], None] | None = None
    ) -> None:
        pedidos = [self.pedido_de(sesion) for sesion in self.plan.sesiones if sesion.numero == ronda]
        self._repartir([*pedidos, *mas], a_mitad)
        self._leer_lotes()

    def pedido_de(self, sesion: Sesion) -> Pedido:
        return Pedido(
            "POST",
            f"{BASE}/stock/use-batch",
            {
                "deductions": [
                    {**self._por(renglon.articulo), "quantity": renglon.cantidad, "notes": f"renglón {lugar}"}
                    for lugar, renglon in enumerate(sesion.renglones)
                ],
                "module_reference": "biofloc",
                "tank_id": sesion.tanque,
                "session_number": sesion.numero,
                "global_notes": f"Sesión {sesion.numero}",
            },
            f"{sesion.tanque}:{self.hoy}:{sesion.numero}",
            "use-batch",
        )

    def cancelar(self, destino: str) -> None:
        """Cada una la cancelan los dos clientes a la vez: gana uno y el otro oye que ya no está."""
        for promesa in self._promesas(destino):
            pedido = self._cancelar(promesa)
            self._en_carrera([pedido, pedido], f"cancelar {promesa.nombre}")

    def disputar(self) -> None:
        """Confirmar contra confirmar, y confirmar contra cancelar: siempre gana exactamente uno."""
        for promesa in self._promesas("confirmada"):
            pedido = self._confirmar(promesa)
            self._en_carrera([pedido, pedido], f"confirmar {promesa.nombre}")
        for promesa in self._promesas("disputada"):
            self._en_carrera(
                [self._confirmar(promesa), self._cancelar(promesa)],
                f"confirmar o cancelar {promesa.nombre}",
            )

    def adelantar_el_reloj(self) -> None:
        """Deja pasadas de hora las que vencen, y pone a beat a anotarlo enseguida, como haría el admin."""
        ids = [self.reservas[promesa.nombre] for promesa in self._promesas("vencida")]
        with psycopg.connect(self.todo.base_de_datos) as conexion:
            conexion.execute(
                """
                WITH suyas AS (
                    UPDATE reservas_reserva SET creada_en = now() - interval '1 hour 1 second'
                     WHERE id = ANY(%s::uuid[]) RETURNING apartado_id)
                UPDATE movimientos_apartado SET creado_en = now() - interval '1 hour 1 second',
                                                vence_en = now() - interval '1 second'
                 WHERE id IN (SELECT apartado_id FROM suyas)
                """,
                [ids],
            )
            conexion.execute(
                """
                WITH cada AS (
                    INSERT INTO django_celery_beat_intervalschedule (every, period)
                    VALUES (3, 'seconds') RETURNING id)
                UPDATE django_celery_beat_periodictask SET interval_id = (SELECT id FROM cada)
                 WHERE task = 'expire_reservations'
                """
            )
            conexion.execute("UPDATE django_celery_beat_periodictasks SET last_update = now()")

    def matar_un_proceso(self) -> None:
        hijos = self.todo.hijos_de_la_web()
        os.kill(hijos[0], signal.SIGKILL)
        self.diario.anotar_maldad(MUERTO)

    # ── Lo común ────────────────────────────────────────────────────────────────────────────────

    def leer(self, ruta: str) -> Respuesta:
        return self.clientes[0].insistir(Pedido("GET", f"{BASE}/{ruta}", nombre=ruta.partition("?")[0]))

    def preguntar(self, pedido: Pedido) -> Respuesta:
        return self.clientes[0].insistir(pedido)

    def _compras(self, *, de_dia: bool) -> list[Pedido]:
        return [
            Pedido(
                "POST",
                f"{BASE}/stock/add",
                {
                    "item_master_id": self.articulos[compra.articulo],
                    "quantity": compra.cantidad,
                    "unit_cost": compra.costo,
                    "purchase_date": compra.ingreso.isoformat(),
                    "expiry_date": compra.vence.isoformat() if compra.vence else None,
                    "batch_number": f"L-{orden}",
                },
                f"compra:{orden}",
                "add",
            )
            for orden, compra in enumerate(self.plan.compras)
            if compra.de_dia == de_dia
        ]

    def _leer_lotes(self) -> None:
        for orden in range(len(self.plan.compras)):
            for respuesta in self.diario.respuestas.get(f"compra:{orden}", [])[:1]:
                self.lotes[f"compra:{orden}"] = respuesta.cuerpo.get("batch_id", 0)

    def _por(self, numero: int) -> dict[str, object]:
        articulo = self.plan.articulos[numero]
        if numero % 3 == 0:
            return {"item_id": self.articulos[numero]}
        return {"sku": articulo.sku or articulo.nombre}

    def _promesas(self, destino: str) -> list[Promesa]:
        return [promesa for promesa in self.plan.promesas if promesa.destino == destino]

    def _confirmar(self, promesa: Promesa) -> Pedido:
        ruta = f"{BASE}/stock/confirm-reservation/{self.reservas[promesa.nombre]}"
        return Pedido("POST", ruta, nombre="confirm")

    def _cancelar(self, promesa: Promesa) -> Pedido:
        ruta = f"{BASE}/stock/reserve/{self.reservas[promesa.nombre]}"
        return Pedido("DELETE", ruta, nombre="cancel")

    def _en_carrera(self, pedidos: list[Pedido], que: str) -> None:
        estados: list[int] = []

        def pedir(cliente: Cliente, pedido: Pedido) -> None:
            estados.append(cliente.pedir(pedido).estado)

        for cliente in self.clientes:
            # Sin clave no se puede insistir: una conexión que el servidor ya cerró sería una falla nuestra.
            cliente.cerrar()
        a_la_vez(
            [partial(pedir, *cual) for cual in zip(self.clientes, pedidos, strict=True)],
            self.diario,
        )
        if sorted(estados) != [200, 404]:
            self.diario.fallar(f"{que}: respondió {sorted(estados)}, y debían ser un 200 y un 404.")

    def _repartir(self, pedidos: Iterable[Pedido], a_mitad: Callable[[], None] | None = None) -> None:
        repartir(list(pedidos), azar=self.azar, diario=self.diario, clientes=self.clientes, a_mitad=a_mitad)

    def _uno(self, pedido: Pedido, estado: int) -> Respuesta:
        respuesta = self.clientes[0].insistir(pedido)
        if respuesta.estado != estado:
            raise NoArranco(f"{pedido.nombre}: {respuesta.estado} {respuesta.texto[:500]}")
        return respuesta

    def _buena(self, pedido: Pedido, estado: int) -> Respuesta:
        respuestas = self.diario.respuestas.get(pedido.clave, [])
        for respuesta in respuestas:
            if respuesta.estado == estado:
                return respuesta
        raise NoArranco(f"{pedido.clave}: ningún {estado}, sino {respuestas}")


def contar(dia: Dia) -> None:
    """Cuánto se hizo y a qué ritmo."""
    for nombre, demoras in sorted(dia.diario.demoras_ms.items()):
        if len(demoras) < 50:
            continue
        cortes = statistics.quantiles(demoras, n=20)
        print(
            f"{nombre:<12} {len(demoras):5} solicitudes   mediana {statistics.median(demoras):6.1f} ms"
            f"   p95 {cortes[18]:6.1f} ms   máxima {max(demoras):7.1f} ms"
        )
    sesiones = sum(segundos for nombre, segundos in dia.tardo_s.items() if nombre.startswith("sesión"))
    print(f"{len(dia.plan.sesiones) / sesiones:.1f} sesiones por segundo, con sus maldades:")
    print("  " + ", ".join(f"{cual} {veces}" for cual, veces in sorted(dia.diario.maldades.items())))
