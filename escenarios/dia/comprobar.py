"""Lo que debe ser cierto cuando el día termina. Cada comprobación devuelve lo que halló mal."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg

from escenarios.dia.cliente import MANERAS, MUERTO, Pedido
from escenarios.dia.modelo import (
    Almacen,
    AsientoLeido,
    LoteDePapel,
    a_centavos,
    diferencias_de_saldos,
    leer_libro,
)
from escenarios.dia.plan import MODULO
from herramientas.servicios import NoArranco

if TYPE_CHECKING:
    from escenarios.dia.jornada import Dia

A_LA_VISTA = 8
VENCER_S = 60
ESTADOS = {
    "items": {201},
    "add": {201},
    "reserve": {201},
    "use-batch": {200},
    "confirm": {200, 404},
    "cancel": {200, 404},
}


class Comprobador:
    def __init__(self, dia: Dia) -> None:
        self.dia = dia
        self.conexion = psycopg.connect(dia.todo.base_de_datos, autocommit=True)
        self.libro = leer_libro(self.conexion)
        self.almacen = Almacen()
        self.costo_de_sesion: dict[str, list[Decimal]] = {}
        self.gastado: dict[int, Decimal] = defaultdict(Decimal)
        self.costo: dict[int, Decimal] = defaultdict(Decimal)

    def comprobar(self) -> int:
        """Corre todo en orden y devuelve cuántas comprobaciones fallaron."""
        malas = 0
        pruebas: tuple[tuple[str, Callable[[], Iterator[str]]], ...] = (
            ("ningún 5xx, ningún estado de más", self.estados),
            ("se portaron tan mal como se quería", self.maldades),
            ("una repetición, la misma respuesta", self.repeticiones),
            ("cada sesión salió una vez", self.una_vez),
            ("costos iguales a los del almacén de papel", self.costos),
            ("respuestas iguales al libro", self.respuestas),
            ("líneas = lotes = existencias = apartados", self.saldos),
            ("reservas como debían terminar", self.reservas),
            ("existencia final por la API", self.existencia),
            ("lo que no alcanza no mueve nada", self.rechazos),
            ("consumo del módulo por la API", self.consumo),
            ("beat y el worker anotaron las vencidas", self.vencidas),
            ("verificar_libro", self.verificar),
            ("ningún error en los registros", self.registros),
        )
        for nombre, prueba in pruebas:
            halladas = list(self._correr(prueba))
            print(f"{'MAL ' if halladas else 'bien'}  {nombre}", flush=True)
            for hallada in halladas[:A_LA_VISTA]:
                print(f"        {hallada}")
            if len(halladas) > A_LA_VISTA:
                print(f"        … y {len(halladas) - A_LA_VISTA} más")
            malas += bool(halladas)
        self.conexion.close()
        return malas

    def _correr(self, prueba: Callable[[], Iterator[str]]) -> Iterator[str]:
        try:
            yield from prueba()
        except (LookupError, TypeError, ValueError) as error:
            # Una respuesta con otra forma que la del contrato es un hallazgo, y las demás se siguen mirando.
            yield f"no se pudo leer lo que respondió: {error!r}; {self.dia.diario.ultima[:500]}"

    def estados(self) -> Iterator[str]:
        yield from self.dia.diario.errores
        for (nombre, estado), veces in sorted(self.dia.diario.estados.items()):
            # Un 409 es «la primera todavía no termina»: el cliente insistió y tuvo su respuesta.
            if estado not in {*ESTADOS.get(nombre, {200}), 409}:
                yield f"{nombre} respondió {estado} {veces} veces"

    def maldades(self) -> Iterator[str]:
        hechas = self.dia.diario.maldades
        for cual in (*(manera for manera in MANERAS if manera != "normal"), MUERTO):
            if not hechas[cual]:
                yield f"{cual}: ninguna vez"
        if hechas[MUERTO] > 1:
            yield f"{MUERTO}: {hechas[MUERTO]} veces"

    def repeticiones(self) -> Iterator[str]:
        for clave, todas in self.dia.diario.respuestas.items():
            finales = [respuesta for respuesta in todas if respuesta.estado != 409]
            if len({(respuesta.estado, respuesta.texto) for respuesta in finales}) > 1:
                yield f"{clave}: {[respuesta.texto[:200] for respuesta in finales]}"
            if sum(not respuesta.repetida for respuesta in finales) > 1:
                yield f"{clave}: dos respuestas dicen ser la primera"
        if not any(r.repetida for todas in self.dia.diario.respuestas.values() for r in todas):
            yield "ninguna respuesta dijo ser una repetición"

    def una_vez(self) -> Iterator[str]:
        vistas = Counter(
            f"{asiento.tanque}:{asiento.sesion}" for asiento in self.libro if asiento.sesion is not None
        )
        for sesion in self.dia.plan.sesiones:
            if vistas[sesion.nombre] != 1:
                yield f"{sesion.nombre}: {vistas[sesion.nombre]} asientos"
        if len(vistas) != len(self.dia.plan.sesiones):
            yield f"{len(vistas)} sesiones en el libro, {len(self.dia.plan.sesiones)} en el plan"

    def costos(self) -> Iterator[str]:
        """Repite el libro en su orden: lo que cada asiento tomó y a qué costo debe ser lo del papel."""
        sesiones = {sesion.nombre: sesion for sesion in self.dia.plan.sesiones}
        promesas = {
            self.dia.reservas[promesa.nombre]: promesa
            for promesa in self.dia.plan.promesas
            if promesa.nombre in self.dia.reservas
        }
        compras = {
            lote: compra
            for orden, compra in enumerate(self.dia.plan.compras)
            if (lote := self.dia.lotes.get(f"compra:{orden}"))
        }
        for asiento in self.libro:
            if asiento.tipo == "entrada":
                yield from self._recibir(asiento, compras)
                continue
            if asiento.sesion is not None:
                sesion = sesiones[f"{asiento.tanque}:{asiento.sesion}"]
                pedido = [(renglon.articulo, renglon.cantidad) for renglon in sesion.renglones]
            elif asiento.documento in promesas:
                promesa = promesas[asiento.documento]
                pedido = [(promesa.articulo, promesa.cantidad)]
            else:
                yield f"asiento {asiento.id}: nadie lo pidió ({asiento.tipo} de {asiento.modulo})"
                continue
            yield from self._sacar(asiento, pedido)
        if len(compras) != len(self.dia.plan.compras):
            yield f"{len(compras)} compras registradas de {len(self.dia.plan.compras)}"

    def _recibir(self, asiento: AsientoLeido, compras: dict[int, Any]) -> Iterator[str]:
        (linea,) = asiento.lineas
        compra = compras.get(linea.lote)
        if compra is None:
            yield f"asiento {asiento.id}: una entrada que nadie hizo"
            return
        esperado = (self.dia.articulos[compra.articulo], compra.cantidad, compra.costo)
        if (linea.articulo, linea.cantidad, linea.costo) != esperado:
            yield f"lote {linea.lote}: entró {linea}, y se compró {compra}"
        lote = LoteDePapel(linea.lote, compra.ingreso, compra.costo, compra.cantidad, compra.vencida)
        self.almacen.recibir(linea.articulo, lote)

    def _sacar(self, asiento: AsientoLeido, pedido: list[tuple[int, Decimal]]) -> Iterator[str]:
        tomas: list[tuple[int, int, Decimal, Decimal]] = []
        costos: list[Decimal] = []
        for numero, cantidad in pedido:
            articulo = self.dia.articulos[numero]
            try:
                suyas = self.almacen.sacar(articulo, cantidad)
            except ValueError as error:
                yield f"asiento {asiento.id}: {error}"
                return
            costo = sum((toma * unitario for _, toma, unitario in suyas), Decimal(0))
            costos.append(costo)
            tomas += [(articulo, lote, -toma, unitario) for lote, toma, unitario in suyas]
            if asiento.modulo == MODULO:
                self.gastado[articulo] += cantidad
                self.costo[articulo] += costo
        leidas = [(linea.articulo, linea.lote, linea.cantidad, linea.costo) for linea in asiento.lineas]
        if leidas != tomas:
            yield f"asiento {asiento.id}: tomó {leidas}, y debía tomar {tomas}"
        clave = f"{asiento.tanque}:{self.dia.hoy}:{asiento.sesion}"
        self.costo_de_sesion[clave] = costos

    def respuestas(self) -> Iterator[str]:
        lineas = {
            f"{asiento.tanque}:{self.dia.hoy}:{asiento.sesion}": [linea.id for linea in asiento.lineas]
            for asiento in self.libro
            if asiento.sesion is not None
        }
        for sesion in self.dia.plan.sesiones:
            pedido = self.dia.pedido_de(sesion)
            for respuesta in self.dia.diario.respuestas[pedido.clave][:1]:
                yield from self._respuesta(pedido.clave, respuesta.cuerpo, lineas.get(pedido.clave, []))

    def _respuesta(self, clave: str, cuerpo: dict[str, Any], lineas: list[int]) -> Iterator[str]:
        costos = self.costo_de_sesion.get(clave, [])
        esperado: dict[str, Any] = {
            "success": True,
            "total": len(costos),
            "successful": len(costos),
            "failed": 0,
            "total_cost": a_centavos(sum(costos, Decimal(0))),
            "transaction_ids": lineas,
        }
        for nombre, valor in esperado.items():
            if cuerpo.get(nombre) != valor:
                yield f"{clave}: {nombre} es {cuerpo.get(nombre)!r}, y debía ser {valor!r}"
        renglones = cuerpo.get("results", [])
        if [a_centavos(Decimal(uno["cost"])) for uno in renglones] != [a_centavos(uno) for uno in costos]:
            yield f"{clave}: costos por renglón {[uno['cost'] for uno in renglones]}, y son {costos}"
        if [pk for uno in renglones for pk in uno["transaction_ids"]] != lineas:
            yield f"{clave}: los transaction_ids por renglón no son los del libro"

    def saldos(self) -> Iterator[str]:
        yield from diferencias_de_saldos(self.conexion)

    def reservas(self) -> Iterator[str]:
        vistas: dict[str, dict[str, Any]] = {}
        for articulo in self.dia.articulos.values():
            leida = self.dia.leer(f"stock/reservations?status=all&item_id={articulo}")
            vistas |= {fila["id"]: fila for fila in leida.cuerpo["reservations"]}
        for promesa in self.dia.plan.promesas:
            fila = vistas.pop(self.dia.reservas.get(promesa.nombre, ""), None)
            if fila is None:
                yield f"{promesa.nombre}: no está"
                continue
            estado, queda = promesa.al_final
            estados = {"confirmed", "cancelled"} if promesa.destino == "disputada" else {estado}
            leido = (fila["quantity"], fila["remaining_quantity"])
            if fila["status"] not in estados or leido != (promesa.cantidad, queda):
                yield f"{promesa.nombre}, {promesa.destino}: {fila['status']} {leido}, no {estado} {queda}"
        for sobrante in vistas:
            yield f"{sobrante}: nadie la pidió"

    def existencia(self) -> Iterator[str]:
        prometido: dict[int, Decimal] = defaultdict(Decimal)
        for promesa in self.dia.plan.promesas:
            prometido[self.dia.articulos[promesa.articulo]] += promesa.al_final[1]
        cuerpo = {"item_ids": list(self.dia.articulos.values()), "include_reserved": True}
        pedido = Pedido(
            "POST", "/api/v1/inventory/items/bulk-fetch", cuerpo, clave="al cierre", nombre="bulk-fetch"
        )
        filas = {fila["id"]: fila for fila in self.dia.preguntar(pedido).cuerpo["items"]}
        for articulo in self.dia.articulos.values():
            fila, fisica = filas[articulo], self.almacen.queda(articulo)
            vencido = sum((lote.queda for lote in self.almacen.lotes[articulo] if lote.vencido), Decimal(0))
            esperado = (fisica, prometido[articulo], fisica - vencido - prometido[articulo])
            leido = (fila["current_qty"], fila["reserved_qty"], fila["available_qty"])
            if leido != esperado:
                yield f"artículo {articulo}: {leido}, y debía ser {esperado}"

    def rechazos(self) -> Iterator[str]:
        """Un renglón que pide de más anula también al que alcanzaba."""
        antes = self._movimientos()
        justo, holgado = self.dia.articulos[0], self.dia.articulos[len(self.dia.articulos) - 1]
        cuerpo = {
            "deductions": [
                {"item_id": holgado, "quantity": 1},
                {"item_id": justo, "quantity": self.almacen.queda(justo) + Decimal("0.0001")},
            ],
            "module_reference": MODULO,
        }
        pedido = Pedido(
            "POST", "/api/v1/inventory/stock/use-batch", cuerpo, clave="de más", nombre="use-batch de más"
        )
        respuesta = self.dia.preguntar(pedido)
        leido = respuesta.cuerpo
        inicio = "Batch deduction failed. 1 items failed, 1 would have succeeded. All rolled back."
        if respuesta.estado != 400 or not str(leido.get("detail", "")).startswith(inicio):
            yield f"respondió {respuesta.estado} {respuesta.texto[:300]}"
        if leido.get("transaction_ids") != [] or len(leido.get("results", [])) != 2:
            yield f"el rechazo no dice qué pasó con cada renglón: {respuesta.texto[:300]}"
        if self._movimientos() != antes:
            yield "se movió algo"

    def consumo(self) -> Iterator[str]:
        informe = self.dia.leer(f"module/{MODULO}/consumption?days_back=2").cuerpo
        leido = {
            fila["item_id"]: (Decimal(fila["total_quantity_used"]), a_centavos(Decimal(fila["total_cost"])))
            for fila in informe["items"]
        }
        esperado = {pk: (self.gastado[pk], a_centavos(self.costo[pk])) for pk in self.gastado}
        if leido != esperado:
            yield f"{leido}, y debía ser {esperado}"
        total = a_centavos(sum(self.costo.values(), Decimal(0)))
        if Decimal(informe["total_cost"]) != total:
            yield f"costo total {informe['total_cost']}, y debía ser {total}"

    def vencidas(self) -> Iterator[str]:
        ids = [self.dia.reservas[p.nombre] for p in self.dia.plan.promesas if p.destino == "vencida"]
        consulta = """
            SELECT count(*) FROM movimientos_apartado a JOIN reservas_reserva r ON r.apartado_id = a.id
             WHERE r.id = ANY(%s::uuid[]) AND a.estado = 'vencido'"""
        limite, anotadas = time.monotonic() + VENCER_S, -1
        while anotadas != len(ids) and time.monotonic() < limite:
            (anotadas,) = self.conexion.execute(consulta, [ids]).fetchone() or (0,)
            time.sleep(0.5)
        if anotadas != len(ids):
            yield f"{anotadas} de {len(ids)} en {VENCER_S} s"
        salud = self._salud()
        while salud["status"] != "healthy" and time.monotonic() < limite:
            # El pulso es de cada medio minuto: en un día corto puede no haber latido todavía.
            time.sleep(1)
            salud = self._salud()
        if salud["status"] != "healthy":
            yield f"/health dice {salud}"
        if "expire_reservations" not in {trabajo["id"] for trabajo in salud["scheduled_jobs"]}:
            yield f"/health no nombra expire_reservations: {salud['scheduled_jobs']}"

    def verificar(self) -> Iterator[str]:
        try:
            self.dia.todo.ordenar("verificar_libro")
        except NoArranco as error:
            yield str(error)

    def registros(self) -> Iterator[str]:
        """Que un cliente corte o repita no es un error nuestro: quien vigila no debe verlo como tal."""
        for nombre in self.dia.todo.procesos:
            for linea in self.dia.todo.registro(nombre).splitlines():
                if '"nivel": "ERROR"' in linea or '"nivel": "CRITICAL"' in linea:
                    yield f"{nombre}: {linea[:600]}"

    def _salud(self) -> Any:
        return self.dia.preguntar(Pedido("GET", "/health", nombre="health")).cuerpo

    def _movimientos(self) -> list[Any]:
        return self.conexion.execute(
            """SELECT (SELECT count(*) FROM movimientos_movimiento),
                      (SELECT count(*) FROM movimientos_asiento),
                      (SELECT sum(fisica) FROM movimientos_existencia),
                      (SELECT sum(apartada) FROM movimientos_existencia)"""
        ).fetchall()
