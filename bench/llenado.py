"""Una granja de tres años en unos minutos: cien mil lotes y un millón de movimientos que cuadran.

Las filas las pone la base de una vez (COPY en PostgreSQL), no los servicios; los saldos, las existencias
y los números salen de las mismas cuentas que las líneas. El azar es siempre el mismo.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Model

from inventario.alertas.models import Alerta
from inventario.alertas.services import revisar
from inventario.cuentas.empresas.services import crear_empresa
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import Lote
from inventario.movimientos.models import Apartado, Asiento, Existencia, Movimiento
from inventario.nucleo.empresa import en_empresa
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad
from inventario.productos.services import asegurar_unidades
from inventario.reservas.models import Reserva

SLUG = "granja-de-medida"
CORREO = "medida@granja.test"
DIAS = 365 * 3
BODEGAS = (("estanques", "Estanques"), ("laboratorio", "Laboratorio"), ("frio", "Cuarto frío"))
MODULOS = ("biofloc", "cria", "maternidad", "engorde", "laboratorio")
TANQUES = 120
CATEGORIAS = 40
PROVEEDORES = 30
COSAS = ("Alimento", "Melaza", "Probiótico", "Sal", "Oxígeno", "Malla", "Reactivo", "Vitamina", "Cal")
# Un lote de cada tantos llegó por traslado desde otra bodega.
UN_TRASLADO_DE = 12
ALERTAS_CERRADAS = 20_000
TANDA = 20_000


@dataclass(frozen=True)
class Medidas:
    productos: int = 2_000
    lotes: int = 100_000
    movimientos: int = 1_000_000
    reservas: int = 20_000


@dataclass
class Granja:
    empresa: Empresa
    usuario: Usuario
    medidas: Medidas
    ahora: datetime
    azar: random.Random
    bodegas: list[int] = field(default_factory=list)
    productos: list[int] = field(default_factory=list)
    proveedores: list[int] = field(default_factory=list)

    @property
    def empezo(self) -> datetime:
        return self.ahora - timedelta(days=DIAS)


@dataclass(slots=True)
class _Lote:
    """Un lote mientras se le inventa la vida; `saldo` baja al asentar, en orden de fecha."""

    pk: int
    producto: int
    bodega: int
    nacio: float
    costo: str
    recibida: int
    vence: date | None
    madre: _Lote | None = None
    saldo: int = 0


def la_granja() -> tuple[Empresa, Usuario] | None:
    """La que dejó un llenado anterior, si lo hubo."""
    empresa = Empresa.objects.filter(slug=SLUG).first()
    return None if empresa is None else (empresa, Usuario.objects.get(email=CORREO))


def llenar(medidas: Medidas, ahora: datetime) -> tuple[Empresa, Usuario]:
    """Crea la empresa y todo lo suyo hasta `ahora`; devuelve con quién entrar."""
    empresa = crear_empresa(slug=SLUG, nombre="Granja de medida")
    usuario = Usuario.objects.create(email=CORREO, nombre="Quien mide", password="!")
    agregar_miembro(empresa=empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    # La semilla fija hace comparables dos medidas; aquí no hay nada que adivinar.
    granja = Granja(empresa, usuario, medidas, ahora, random.Random(4))
    with en_empresa(empresa):
        _sin_comprobar_referencias()
        asegurar_unidades(empresa)
        _catalogo(granja)
        lotes = _lotes(granja)
        _libro(granja, lotes)
        _reservas(granja, lotes)
        _analizar()
    revisar(empresa)
    with en_empresa(empresa):
        _alertas_cerradas(granja, lotes)
    _analizar()
    return empresa, usuario


def _catalogo(granja: Granja) -> None:
    empresa, azar = granja.empresa, granja.azar
    for codigo, nombre in BODEGAS:
        Bodega.objects.create(empresa=empresa, codigo=codigo, nombre=nombre)
    granja.bodegas = list(Bodega.objects.order_by("-principal", "pk").values_list("pk", flat=True))
    categorias = Categoria.objects.bulk_create(
        [Categoria(empresa=empresa, nombre=f"Categoría {n:02}") for n in range(CATEGORIAS)]
    )
    proveedores = Proveedor.objects.bulk_create(
        [Proveedor(empresa=empresa, nombre=f"Proveedor {n:02}") for n in range(PROVEEDORES)]
    )
    granja.proveedores = [uno.pk for uno in proveedores]
    unidades = list(Unidad.objects.filter(abreviatura_normalizada__in=["kg", "u", "l", "g"]))
    productos = [
        Producto(
            empresa=empresa,
            sku=f"V-{n:05}",
            nombre=f"{COSAS[n % len(COSAS)]} {azar.choice('ABCDEFG')} n.º {n}",
            unidad=unidades[n % len(unidades)],
            categoria=azar.choice(categorias),
            proveedor=azar.choice(proveedores),
            stock_minimo=azar.choice((5, 20, 50, 200)),
            codigo_barras=f"77{n:011}" if n % 3 == 0 else "",
            activo=n % 25 != 7,
        )
        for n in range(granja.medidas.productos)
    ]
    for producto in productos:
        producto.derivar()
    granja.productos = [uno.pk for uno in Producto.objects.bulk_create(productos)]


def _lotes(granja: Granja) -> list[_Lote]:
    """Por fecha de ingreso. Los productos que más se mueven reciben muchos más lotes que los otros."""
    azar, total = granja.azar, granja.medidas.lotes
    nacimientos = sorted(azar.uniform(0, DIAS) for _ in range(total))
    elegidos = azar.choices(
        range(len(granja.productos)), weights=[1 / (n + 40) for n in range(len(granja.productos))], k=total
    )
    lotes: list[_Lote] = []
    for pk, (nacio, orden) in enumerate(zip(nacimientos, elegidos, strict=True), start=1):
        producto = granja.productos[orden]
        bodega = granja.bodegas[0] if azar.random() < 0.7 else azar.choice(granja.bodegas)
        vida = (None, 45, 90, 180, 365, 540)[orden % 6]
        llego = (granja.empezo + timedelta(days=nacio)).date()
        vence = None if vida is None else llego + timedelta(days=int(vida * azar.uniform(0.7, 1.1)))
        costo = (1 + orden % 37) * (1 + 0.02 * int(nacio / 91)) * (1, 0.98, 1.05)[azar.randrange(3)]
        lote = _Lote(pk, producto, bodega, nacio, f"{costo:.4f}", azar.choice((50, 100, 200, 400)), vence)
        if pk % UN_TRASLADO_DE == 0 and (madre := _de_donde(lote, lotes)) is not None:
            lote.madre, lote.costo, lote.vence = madre, madre.costo, madre.vence
            lote.producto, lote.recibida = madre.producto, max(1, madre.recibida // 5)
        lotes.append(lote)
    return lotes


def _de_donde(lote: _Lote, lotes: list[_Lote]) -> _Lote | None:
    """Uno que llegó hace poco a otra bodega."""
    for candidato in lotes[-40:]:
        if candidato.bodega != lote.bodega and candidato.madre is None:
            return candidato
    return None


def _sucesos(granja: Granja, lotes: list[_Lote]) -> list[tuple[float, str, _Lote, int]]:
    """Lo que le pasó a cada lote, en orden: cuándo (en días), qué y cuánto se quiso mover."""
    azar = granja.azar
    # Los traslados ponen dos líneas y lo que caería en el futuro no ocurre: se piden algunas más.
    salidas = max(1, round(granja.medidas.movimientos / len(lotes) * 1.09) - 1)
    sucesos: list[tuple[float, str, _Lote, int]] = []
    for lote in lotes:
        sucesos.append((lote.nacio, "entrada" if lote.madre is None else "traslado", lote, lote.recibida))
        veces = azar.randint(max(1, salidas - 4), salidas + 4)
        dura = min(azar.expovariate(1 / 45), 300) + 1
        # Unos pocos quedan con un resto que nadie usa: son los que después vencen en la bodega.
        cada = -(-lote.recibida // veces) if azar.random() > 0.02 else max(1, lote.recibida // (veces * 2))
        for vez in range(veces):
            cuando = lote.nacio + dura * (vez + azar.random()) / veces
            if cuando < DIAS:
                sucesos.append((cuando, "merma" if azar.random() < 0.03 else "salida", lote, cada))
    sucesos.sort(key=lambda suceso: suceso[0])
    return sucesos


def _libro(granja: Granja, lotes: list[_Lote]) -> None:
    """Asienta los sucesos uno por uno, y con lo que queda escribe los lotes y las existencias."""
    asientos: list[tuple[Any, ...]] = []
    lineas: list[tuple[Any, ...]] = []
    fisicas: dict[tuple[int, int], int] = {}
    numero = movimiento = 0
    ultima_hora: tuple[int, int] | None = None

    def asentar(tipo: str, cuando: float, renglones: list[tuple[_Lote, str, int]], **mas: Any) -> bool:
        nonlocal numero, movimiento, ultima_hora
        hora = renglones[0][0].bodega, int(cuando * 24)
        # Lo que sale de una bodega en la misma hora es, casi siempre, un solo despacho de varias líneas.
        seguido = tipo == "salida" and hora == ultima_hora and asientos and numero % 5
        ultima_hora = hora if tipo == "salida" else None
        if not seguido:
            numero += 1
            asientos.append(_asiento(granja, numero, tipo, cuando, **mas))
        momento = asientos[-1][4]
        for lote, clase, neto in renglones:
            movimiento += 1
            lote.saldo += neto
            clave = lote.producto, lote.bodega
            fisicas[clave] = fisicas.get(clave, 0) + neto
            de_que = numero, lote.producto, lote.bodega, lote.pk, clase, momento
            cifras = neto, lote.costo, lote.saldo, fisicas[clave], ""
            lineas.append((movimiento, granja.empresa.pk, *de_que, *cifras))
        return not seguido

    for cuando, tipo, lote, pedida in _sucesos(granja, lotes):
        if tipo == "traslado" and lote.madre is not None and lote.madre.saldo:
            lote.recibida = min(pedida, lote.madre.saldo)
            asentar(
                tipo,
                cuando,
                [(lote.madre, "traslado_salida", -lote.recibida), (lote, "traslado_entrada", lote.recibida)],
            )
        elif tipo in ("entrada", "traslado"):
            lote.madre = None
            asentar("entrada", cuando, [(lote, "entrada", pedida)])
        elif sale := min(pedida, lote.saldo):
            solo = asentar(tipo, cuando, [(lote, "ajuste_negativo" if tipo == "merma" else "salida", -sale)])
            if solo and tipo == "salida" and granja.azar.random() < 0.005:
                asentar("reverso", cuando, [(lote, "reverso_entrada", sale)], revierte=numero)
        if len(lineas) >= TANDA:
            volcar(Asiento, asientos[:-1])
            volcar(Movimiento, lineas)
            asientos, lineas = asientos[-1:], []
    volcar(Asiento, asientos)
    volcar(Movimiento, lineas)
    Empresa.objects.filter(pk=granja.empresa.pk).update(ultimo_asiento=numero)
    volcar(Lote, (_fila_de_lote(granja, lote) for lote in lotes))
    hay = enumerate(fisicas.items(), start=1)
    volcar(Existencia, ((n, granja.empresa.pk, *clave, fisica, 0) for n, (clave, fisica) in hay))


def _asiento(
    granja: Granja, numero: int, tipo: str, cuando: float, *, revierte: int | None = None
) -> tuple[Any, ...]:
    azar, momento = granja.azar, f"{granja.empezo + timedelta(days=cuando):%Y-%m-%d %H:%M:%S}"
    modulo = tanque = siembra = externo = ""
    sesion = None
    if tipo == "salida" and azar.random() < 0.85:
        modulo, tanque = azar.choice(MODULOS), f"T-{azar.randrange(TANQUES):03}"
        siembra, sesion = f"S-{momento[:4]}-{azar.randrange(40):02}", azar.randrange(1, 400)
        externo = f"Operario {azar.randrange(25):02}"
    motivo = {
        "entrada": "compra",
        "salida": "consumo",
        "merma": azar.choice(("merma", "rotura", "vencimiento", "robo")),
        "traslado": "traslado",
        "reverso": "reverso",
    }[tipo]
    quien = granja.usuario.pk.hex if connection.vendor == "sqlite" else granja.usuario.pk
    return (
        *(numero, granja.empresa.pk, numero, tipo, momento, momento, quien, externo, externo),
        *(motivo, "", f"GR-{numero}" if tipo == "entrada" else "", modulo, tanque, siembra, sesion),
        *("", "", "", "", None, revierte),
    )


def _fila_de_lote(granja: Granja, lote: _Lote) -> tuple[Any, ...]:
    llego = granja.empezo + timedelta(days=lote.nacio)
    raiz = None if lote.madre is None else lote.madre.pk
    bloqueado = lote.saldo > 0 and lote.pk % 150 == 0
    # El código del proveedor se repite entre recepciones: así se halla un retiro.
    return (
        *(lote.pk, granja.empresa.pk, lote.producto, lote.bodega, f"L-{llego:%y%m}-{lote.pk:06}"),
        *(llego.date(), lote.vence, lote.costo, lote.recibida, lote.saldo),
        *("entrada" if raiz is None else "traslado", raiz, raiz, granja.azar.choice(granja.proveedores)),
        *(f"PROV-{lote.pk // 3:06}", bloqueado, "En revisión" if bloqueado else ""),
        f"{llego:%Y-%m-%d %H:%M:%S}",
    )


def _reservas(granja: Granja, lotes: list[_Lote]) -> None:
    """Una tras otra durante los tres años; las últimas siguen vivas y lo demás casi todo se confirmó."""
    azar, cuantas = granja.azar, granja.medidas.reservas
    vivas = min(400, cuantas // 10)
    con_saldo = [lote for lote in lotes if lote.saldo > 10]
    apartados, apartadas = [], {}
    for n in range(cuantas):
        lote = azar.choice(con_saldo)
        viva = n >= cuantas - vivas
        estado = "vigente" if viva else azar.choices(("consumido", "liberado", "vencido"), (94, 3, 3))[0]
        hace = timedelta(hours=azar.uniform(0, 20)) if viva else timedelta(days=DIAS * (1 - n / cuantas))
        creado = granja.ahora - hace - timedelta(minutes=1)
        cantidad = azar.choice((1, 2, 5, 10, 40))
        if viva:
            clave = lote.producto, lote.bodega
            apartadas[clave] = apartadas.get(clave, 0) + cantidad
        apartados.append(
            Apartado(
                empresa=granja.empresa,
                producto_id=lote.producto,
                bodega_id=lote.bodega,
                cantidad=cantidad,
                restante=cantidad if viva else 0,
                liberada=0 if viva or estado == "consumido" else cantidad,
                modulo=azar.choice(MODULOS),
                referencia=f"T-{azar.randrange(TANQUES):03}",
                estado=estado,
                vence_en=creado + timedelta(hours=azar.choice((24, 48, 72))),
                creado_en=creado,
                resuelto_en=None if viva else creado + timedelta(hours=9),
            )
        )
    for (producto, bodega), cantidad in apartadas.items():
        Existencia.objects.filter(producto=producto, bodega=bodega).update(apartada=cantidad)
    guardados = Apartado.objects.bulk_create(apartados, batch_size=1_000)
    Reserva.objects.bulk_create(
        [
            Reserva(
                id=uuid.UUID(int=azar.getrandbits(128), version=4),
                empresa=granja.empresa,
                apartado=uno,
                creada_por=granja.usuario,
                creada_en=uno.creado_en,
                resuelta_por=granja.usuario if uno.estado in ("consumido", "liberado") else None,
                resuelta_en=uno.resuelto_en if uno.estado in ("consumido", "liberado") else None,
            )
            for uno in guardados
        ],
        batch_size=1_000,
    )


def _alertas_cerradas(granja: Granja, lotes: list[_Lote]) -> None:
    """La historia: lotes que estuvieron por vencer y se usaron."""
    elegidos = [lote for lote in lotes if lote.saldo == 0 and lote.vence is not None][:ALERTAS_CERRADAS]
    Alerta.objects.bulk_create(
        [
            Alerta(
                empresa=granja.empresa,
                tipo="por_vencer",
                severidad="alta",
                gravedad=2,
                producto_id=lote.producto,
                lote_id=lote.pk,
                bodega_id=lote.bodega,
                mensaje=f"El lote {lote.pk} vence pronto.",
                datos={"cantidad_actual": 10},
                fecha_referencia=lote.vence,
                activa=False,
                creada_en=(nacio := granja.empezo + timedelta(days=lote.nacio)),
                actualizada_en=nacio,
                cerrada_en=nacio + timedelta(days=3),
            )
            for lote in elegidos
        ],
        batch_size=1_000,
    )


def volcar(modelo: type[Model], filas: Iterable[tuple[Any, ...]]) -> None:
    """Escribe las filas, con todas las columnas del modelo en su orden, menos las que calcula la base."""
    columnas = [campo.column for campo in modelo._meta.concrete_fields if not campo.generated]
    tabla, nombres = modelo._meta.db_table, ", ".join(columnas)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {tabla} ({nombres}) FROM STDIN") as copia:
                for fila in filas:
                    copia.write_row(fila)
        else:
            marcas = ", ".join("%s" for _columna in columnas)
            cursor.executemany(f"INSERT INTO {tabla} ({nombres}) VALUES ({marcas})", filas)


def _sin_comprobar_referencias() -> None:
    """En esta transacción; lo escrito ya nombra lo que existe, y mirarlo otra vez es casi todo el tiempo."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")


def _analizar() -> None:
    """Deja a la base como la tendría el mantenimiento de cada noche: con estadísticas y secuencias al día."""
    modelos = [Lote, Asiento, Movimiento, Existencia]
    with connection.cursor() as cursor:
        for orden in connection.ops.sequence_reset_sql(no_style(), modelos):
            cursor.execute(orden)
        cursor.execute("ANALYZE")
