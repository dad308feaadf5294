"""Un cliente de la API que se porta mal a propósito: repite, corta antes de leer y manda a medias.

Lo que haga, con la misma `Idempotency-Key` el efecto debe ser uno y la respuesta, la misma.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
import struct
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any

ESPERA_S = 30
INTENTOS = 60
MUERTO = "proceso de la web muerto"
# Cómo se manda cada solicitud y en qué proporción: una de cada cinco, de mala manera.
MANERAS = {"normal": 78, "gemela": 7, "repetida": 6, "cortada": 6, "a_medias": 3}


@dataclass(frozen=True)
class Respuesta:
    estado: int
    texto: str
    repetida: bool

    @property
    def cuerpo(self) -> Any:
        return json.loads(self.texto, parse_float=Decimal)


@dataclass(frozen=True)
class Pedido:
    """Una solicitud con la clave que la hace única; sin clave no se puede repetir."""

    metodo: str
    ruta: str
    cuerpo: Any = None
    clave: str = ""
    nombre: str = ""

    @property
    def bytes(self) -> bytes:
        if self.cuerpo is None:
            return b""
        return json.dumps(self.cuerpo, default=_numero).encode()


@dataclass
class Diario:
    """Lo que pasó, visto desde afuera. Lo comparten los hilos."""

    respuestas: dict[str, list[Respuesta]] = field(default_factory=lambda: defaultdict(list))
    estados: Counter[tuple[str, int]] = field(default_factory=Counter)
    maldades: Counter[str] = field(default_factory=Counter)
    demoras_ms: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errores: list[str] = field(default_factory=list)
    ultima: str = ""
    _turno: threading.Lock = field(default_factory=threading.Lock)

    def anotar(self, pedido: Pedido, respuesta: Respuesta, demora_s: float) -> None:
        with self._turno:
            self.ultima = f"{pedido.metodo} {pedido.ruta}: {respuesta.estado} {respuesta.texto}"
            self.estados[pedido.nombre, respuesta.estado] += 1
            self.demoras_ms[pedido.nombre].append(1000 * demora_s)
            if pedido.clave:
                self.respuestas[pedido.clave].append(respuesta)
            if respuesta.estado >= 500:
                self.errores.append(
                    f"{pedido.nombre} {pedido.ruta}: {respuesta.estado} {respuesta.texto[:300]}"
                )

    def anotar_maldad(self, cual: str) -> None:
        with self._turno:
            self.maldades[cual] += 1

    def fallar(self, que: str) -> None:
        with self._turno:
            self.errores.append(que)


class Cliente:
    """Una conexión que se mantiene abierta mientras se pueda. No es de varios hilos."""

    def __init__(self, puerto: int, clave_api: str, diario: Diario) -> None:
        self._puerto, self._diario = puerto, diario
        self._cabeceras = {"Authorization": f"Bearer {clave_api}", "Content-Type": "application/json"}
        self._conexion: http.client.HTTPConnection | None = None

    def cerrar(self) -> None:
        if self._conexion is not None:
            self._conexion.close()
            self._conexion = None

    def pedir(self, pedido: Pedido) -> Respuesta:
        """Manda y lee una vez. Lanza `OSError` o `HTTPException` si la conexión se cae."""
        empezo = time.perf_counter()
        try:
            conexion = self._abierta()
            conexion.request(pedido.metodo, pedido.ruta, pedido.bytes or None, self._con_clave(pedido))
            leida = conexion.getresponse()
            texto = leida.read().decode()
        except (OSError, http.client.HTTPException):
            self.cerrar()
            raise
        if leida.getheader("Connection", "").lower() == "close":
            self.cerrar()
        repetida = leida.getheader("Idempotency-Replayed") == "true"
        respuesta = Respuesta(leida.status, texto, repetida)
        self._diario.anotar(pedido, respuesta, time.perf_counter() - empezo)
        return respuesta

    def insistir(self, pedido: Pedido) -> Respuesta:
        """Repite con la misma clave hasta tener respuesta; espera si la primera sigue en curso."""
        for intento in range(INTENTOS):
            try:
                respuesta = self.pedir(pedido)
            except (OSError, http.client.HTTPException) as error:
                self._diario.anotar_maldad(f"conexión caída: {type(error).__name__}")
                time.sleep(min(0.05 * (intento + 1), 1))
                continue
            if respuesta.estado in (409, 429):
                time.sleep(0.2)
                continue
            return respuesta
        self._diario.fallar(f"{pedido.nombre}: no hubo respuesta en {INTENTOS} intentos.")
        return Respuesta(0, "null", False)

    def cortar(self, pedido: Pedido, *, a_medias: bool) -> None:
        """Manda la solicitud, entera o hasta la mitad, y se va sin leer, de golpe."""
        self.cerrar()
        cuerpo = pedido.bytes
        lineas = [f"{pedido.metodo} {pedido.ruta} HTTP/1.1", f"Host: 127.0.0.1:{self._puerto}"]
        lineas += [f"{nombre}: {valor}" for nombre, valor in self._con_clave(pedido).items()]
        lineas += [f"Content-Length: {len(cuerpo)}", "", ""]
        with socket.create_connection(("127.0.0.1", self._puerto), timeout=ESPERA_S) as enchufe:
            enchufe.sendall("\r\n".join(lineas).encode())
            enchufe.sendall(cuerpo[: len(cuerpo) // 2] if a_medias else cuerpo)
            if not a_medias and len(cuerpo) % 2:
                # La mitad de las veces el servidor ya está en ello; las otras, ni ha empezado.
                time.sleep(0.01)
            # Cierra con RST: lo que el servidor escriba después no llega a nadie.
            enchufe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def _abierta(self) -> http.client.HTTPConnection:
        if self._conexion is None:
            self._conexion = http.client.HTTPConnection("127.0.0.1", self._puerto, timeout=ESPERA_S)
        return self._conexion

    def _con_clave(self, pedido: Pedido) -> dict[str, str]:
        return {**self._cabeceras, **({"Idempotency-Key": pedido.clave} if pedido.clave else {})}


def mandar(cliente: Cliente, pedido: Pedido, manera: str, diario: Diario) -> None:
    """Manda un pedido de la manera dicha hasta tener su respuesta."""
    if manera in ("cortada", "a_medias"):
        diario.anotar_maldad(manera)
        cliente.cortar(pedido, a_medias=manera == "a_medias")
    cliente.insistir(pedido)
    if manera == "repetida":
        diario.anotar_maldad(manera)
        cliente.insistir(pedido)


def repartir(
    pedidos: Iterable[Pedido],
    *,
    azar: random.Random,
    diario: Diario,
    clientes: Sequence[Cliente],
    a_mitad: Callable[[], None] | None = None,
) -> None:
    """Manda todo entre los clientes a la vez, en desorden y con sus maldades. Vuelve al terminar.

    Una gemela la mandan dos clientes al mismo tiempo. `a_mitad` se llama cuando va la mitad.
    """
    cola: deque[tuple[Pedido, str]] = deque()
    for pedido in azar.sample(list(pedidos), k=len(list(pedidos))):
        (manera,) = azar.choices(list(MANERAS), weights=list(MANERAS.values()))
        cola.append((pedido, manera))
        if manera == "gemela":
            diario.anotar_maldad(manera)
            cola.append((pedido, manera))
    mitad = len(cola) // 2
    # Quien se lleva la única ficha hace lo de la mitad: solo uno, y alguno siempre.
    ficha = deque([a_mitad] if a_mitad is not None else [])

    def trabajar(cliente: Cliente) -> None:
        while True:
            try:
                pedido, manera = cola.popleft()
            except IndexError:
                return
            if len(cola) <= mitad:
                with contextlib.suppress(IndexError):
                    ficha.popleft()()
            mandar(cliente, pedido, manera, diario)

    a_la_vez([partial(trabajar, cliente) for cliente in clientes], diario)


def a_la_vez(tareas: Sequence[Callable[[], Any]], diario: Diario) -> None:
    """Corre las tareas a la vez y espera a todas; la que se cae queda en los errores."""

    def correr(tarea: Callable[[], Any]) -> None:
        try:
            tarea()
        except Exception as error:
            diario.fallar(f"un cliente se cayó: {type(error).__name__}: {error}")

    hilos = [threading.Thread(target=correr, args=(tarea,), daemon=True) for tarea in tareas]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()


def _numero(valor: Any) -> float | int:
    # Con 4 decimales y estas magnitudes, el texto de un float es el del decimal: nada se redondea.
    assert isinstance(valor, Decimal)
    assert Decimal(repr(float(valor))) == valor
    return float(valor)
