"""El libro en un diccionario: las mismas reglas escritas otra vez, sin base de datos ni Decimal.

Sirve de segunda opinión a las secuencias al azar. Cuenta en enteros (diezmilésimas) y dice qué debe
salir de qué lote, o con qué error; no comparte código con el libro.
"""

from __future__ import annotations

from dataclasses import dataclass, field

Clave = tuple[int, int]
Lineas = list[tuple[int, int]]


class Rechazo(Exception):
    """Lo que el libro debe rechazar; su texto es el nombre del error."""


@dataclass
class LoteDeJuguete:
    """`vence` e `ingreso` son días enteros; `orden`, el id del lote de verdad."""

    clave: Clave
    orden: int
    ingreso: int
    vence: int | None
    costo: int
    saldo: int = 0
    comprado: bool = True
    bloqueado: bool = False
    origen: int | None = None
    anulado: bool = False


@dataclass
class Promesa:
    clave: Clave
    resta: int
    vence_s: int
    modulo: str
    referencia: str
    orden: int
    abierta: bool = True


@dataclass
class Anotado:
    """Un asiento: (lote, cantidad) en orden."""

    tipo: str
    lineas: Lineas
    revertido: bool = False


@dataclass
class LibroDeJuguete:
    """`hoy` en días y `ahora_s` en segundos los mueve quien prueba."""

    hoy: int
    ahora_s: int
    lotes: dict[int, LoteDeJuguete] = field(default_factory=dict)
    promesas: dict[int, Promesa] = field(default_factory=dict)
    asientos: dict[int, Anotado] = field(default_factory=dict)

    # ── Consultas ───────────────────────────────────────────────────────────────────────────────

    def vencido(self, lote: LoteDeJuguete) -> bool:
        return lote.vence is not None and lote.vence < self.hoy

    def sirve(self, lote: LoteDeJuguete) -> bool:
        return not lote.bloqueado and not self.vencido(lote)

    def en(self, clave: Clave) -> list[LoteDeJuguete]:
        return [lote for lote in self.lotes.values() if lote.clave == clave and lote.saldo]

    def fisica(self, clave: Clave) -> int:
        return sum(lote.saldo for lote in self.en(clave))

    def usable(self, clave: Clave) -> int:
        return sum(lote.saldo for lote in self.en(clave) if self.sirve(lote))

    def vivas(self, clave: Clave) -> list[Promesa]:
        return [
            p for p in self.promesas.values() if p.abierta and p.clave == clave and p.vence_s > self.ahora_s
        ]

    def prometido(self, clave: Clave) -> int:
        return sum(promesa.resta for promesa in self.vivas(clave))

    def puede(self, clave: Clave, modulo: str = "") -> int:
        propias = sum(p.resta for p in self.vivas(clave) if modulo and p.modulo == modulo)
        libre = self.usable(clave) - self.prometido(clave)
        return min(self.usable(clave), (libre if libre > 0 else 0) + propias)

    # ── Órdenes: devuelven las líneas esperadas ─────────────────────────────────────────────────

    def recibir(
        self, pk: int, clave: Clave, cantidad: int, *, ingreso: int, vence: int | None, costo: int
    ) -> Lineas:
        self.lotes[pk] = LoteDeJuguete(clave, pk, ingreso, vence, costo)
        return self._mover([(pk, cantidad)])

    def despachar(
        self, clave: Clave, cantidad: int, *, fefo: bool, modulo: str = "", tanque: str = ""
    ) -> Lineas:
        if cantidad > self.puede(clave, modulo):
            raise Rechazo("ExistenciaInsuficiente")
        self._gastar(clave, cantidad, modulo, tanque)
        sirven = [lote for lote in self.en(clave) if self.sirve(lote)]
        return self._sacar(cantidad, self._por_fefo(sirven) if fefo else self._por_peps(sirven))

    def sacar_de(self, pk: int, cantidad: int, *, modulo: str = "", tanque: str = "") -> Lineas:
        lote = self.lotes[pk]
        if lote.bloqueado:
            raise Rechazo("LoteBloqueado")
        if self.vencido(lote):
            raise Rechazo("LoteVencido")
        if cantidad > min(lote.saldo, self.puede(lote.clave, modulo)):
            raise Rechazo("ExistenciaInsuficiente")
        self._gastar(lote.clave, cantidad, modulo, tanque)
        return self._mover([(pk, -cantidad)])

    def perder(self, pk: int, cantidad: int) -> Lineas:
        if cantidad > self.lotes[pk].saldo:
            raise Rechazo("ExistenciaInsuficiente")
        return self._mover([(pk, -cantidad)])

    def ajustar_lote(self, pk: int, diferencia: int) -> Lineas:
        if self.lotes[pk].saldo + diferencia < 0:
            raise Rechazo("ExistenciaInsuficiente")
        return self._mover([(pk, diferencia)])

    def bajar_producto(self, clave: Clave, cantidad: int) -> Lineas:
        if cantidad > self.fisica(clave):
            raise Rechazo("ExistenciaInsuficiente")
        vencidos = self._por_peps([lote for lote in self.en(clave) if self.vencido(lote)])
        # Los que además están bloqueados salen antes que los solo vencidos.
        vencidos.sort(key=lambda lote: not lote.bloqueado)
        bloqueados = self._por_peps(
            [lote for lote in self.en(clave) if lote.bloqueado and not self.vencido(lote)]
        )
        buenos = self._por_peps([lote for lote in self.en(clave) if self.sirve(lote)])
        return self._sacar(cantidad, vencidos + bloqueados + buenos)

    def subir_producto(self, pk: int, clave: Clave, cantidad: int) -> Lineas:
        fechas = [lote.vence for lote in self.en(clave) if self.sirve(lote) and lote.vence is not None]
        comprados = [
            lote
            for lote in self.lotes.values()
            if lote.clave[0] == clave[0] and lote.comprado and not lote.anulado
        ]
        ultimo = max(comprados, key=lambda lote: (lote.ingreso, lote.orden), default=None)
        self.lotes[pk] = LoteDeJuguete(
            clave, pk, self.hoy, min(fechas, default=None), ultimo.costo if ultimo else 0, comprado=False
        )
        return self._mover([(pk, cantidad)])

    def plan_de_traslado(self, clave: Clave, cantidad: int, *, fefo: bool) -> Lineas:
        """De qué lotes saldría; los de allá los abre `trasladar` cuando se sabe su id."""
        if cantidad > self.puede(clave):
            raise Rechazo("ExistenciaInsuficiente")
        sirven = [lote for lote in self.en(clave) if self.sirve(lote)]
        plan: Lineas = []
        for lote in self._por_fefo(sirven) if fefo else self._por_peps(sirven):
            toma = min(lote.saldo, cantidad)
            cantidad -= toma
            if toma:
                plan.append((lote.orden, toma))
        return plan

    def plan_de_traslado_de(self, pk: int, cantidad: int) -> Lineas:
        lote = self.lotes[pk]
        tope = min(lote.saldo, self.puede(lote.clave)) if self.sirve(lote) else lote.saldo
        if cantidad > tope:
            raise Rechazo("ExistenciaInsuficiente")
        return [(pk, cantidad)]

    def trasladar(self, plan: Lineas, nuevos: list[int], hacia: int) -> Lineas:
        lineas: Lineas = []
        for (origen, cantidad), pk in zip(plan, nuevos, strict=True):
            de = self.lotes[origen]
            self.lotes[pk] = LoteDeJuguete(
                (de.clave[0], hacia),
                pk,
                de.ingreso,
                de.vence,
                de.costo,
                comprado=False,
                bloqueado=de.bloqueado,
                origen=origen,
            )
            lineas += [(origen, -cantidad), (pk, cantidad)]
        return self._mover(lineas)

    def revertir(self, numero: int) -> Lineas:
        asiento = self.asientos[numero]
        if asiento.tipo == "reverso":
            raise Rechazo("NoSeRevierte")
        if asiento.revertido:
            raise Rechazo("AsientoYaRevertido")
        contrario = [(pk, -cantidad) for pk, cantidad in reversed(asiento.lineas)]
        if any(self.lotes[pk].saldo + cantidad < 0 for pk, cantidad in contrario):
            raise Rechazo("NoSeRevierte")
        asiento.revertido = True
        if asiento.tipo == "entrada":
            for pk, _ in asiento.lineas:
                self.lotes[pk].anulado = True
        return self._mover(contrario)

    def poner_bloqueo(self, pk: int, bloqueado: bool) -> set[int]:
        """Devuelve los lotes que cambian: el nombrado y los que salieron de él."""
        familia = {pk}
        while True:
            hijos = {lote.orden for lote in self.lotes.values() if lote.origen in familia} - familia
            if not hijos:
                break
            familia |= hijos
        cambian = {uno for uno in familia if self.lotes[uno].bloqueado != bloqueado}
        for uno in cambian:
            self.lotes[uno].bloqueado = bloqueado
        return cambian

    def anotar(self, numero: int, tipo: str, lineas: Lineas) -> None:
        self.asientos[numero] = Anotado(tipo, lineas)

    # ── Mecánica ────────────────────────────────────────────────────────────────────────────────

    def _mover(self, lineas: Lineas) -> Lineas:
        for pk, cantidad in lineas:
            self.lotes[pk].saldo += cantidad
        return lineas

    def _sacar(self, cantidad: int, lotes: list[LoteDeJuguete]) -> Lineas:
        lineas: Lineas = []
        while cantidad:
            lote = lotes.pop(0)
            toma = min(lote.saldo, cantidad)
            cantidad -= toma
            lineas.append((lote.orden, -toma))
        return self._mover(lineas)

    def _por_fefo(self, lotes: list[LoteDeJuguete]) -> list[LoteDeJuguete]:
        con_fecha = [lote for lote in self._por_peps(lotes) if lote.vence is not None]
        con_fecha.sort(key=lambda lote: lote.vence or 0)
        return con_fecha + [lote for lote in self._por_peps(lotes) if lote.vence is None]

    def _por_peps(self, lotes: list[LoteDeJuguete]) -> list[LoteDeJuguete]:
        return sorted(lotes, key=lambda lote: (lote.ingreso, lote.orden))

    def _gastar(self, clave: Clave, cantidad: int, modulo: str, tanque: str) -> None:
        """Decisión 15: las del tanque, las sueltas, lo libre y las demás; la que vence antes primero."""
        if not modulo:
            return
        libre = max(0, self.usable(clave) - self.prometido(clave))
        mias = sorted(
            (p for p in self.vivas(clave) if p.modulo == modulo), key=lambda p: (p.vence_s, p.orden)
        )
        del_tanque = [p for p in mias if p.referencia and p.referencia == tanque]
        sueltas = [p for p in mias if not p.referencia]
        demas = [p for p in mias if p not in del_tanque and p not in sueltas]
        cantidad = self._restar(del_tanque + sueltas, cantidad)
        cantidad -= min(cantidad, libre)
        assert self._restar(demas, cantidad) == 0

    def _restar(self, promesas: list[Promesa], cantidad: int) -> int:
        for promesa in promesas:
            gasto = min(promesa.resta, cantidad)
            promesa.resta -= gasto
            cantidad -= gasto
            promesa.abierta = promesa.resta > 0
        return cantidad
