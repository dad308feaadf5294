"""Lee el código sin correrlo y dice qué rompe las dos reglas de la casa: las capas y la única puerta."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

CAPAS: tuple[frozenset[str], ...] = tuple(
    frozenset(fila.split())
    for fila in (
        "nucleo",
        "cuentas",
        "eventos idempotencia",
        "borde",
        "productos",
        "lotes",
        "movimientos",
        "reservas alertas webhooks",
        "compras ventas conteos reportes",
        "panel api biofloc",
    )
)
ALTURA = {app: altura for altura, apps in enumerate(CAPAS) for app in apps}
PROTEGIDOS = frozenset({"Asiento", "Movimiento", "Existencia", "Apartado", "Lote"})
CANTIDADES = frozenset({"saldo", "fisica", "apartada", "restante"})
ESCRIBEN = frozenset(
    {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "insertar", "actualizar"}
)
GESTORES = frozenset({"objects", "_default_manager", "_base_manager"})
# Lo que solo se agrega o solo el libro conoce no admite `update` ni de otra columna; Lote sí (su bloqueo).
SIN_UPDATE = PROTEGIDOS - {"Lote"}
SQL = re.compile(r"\b(insert\s+into|update|delete\s+from)\s+\W?(movimientos_|lotes_lote\b)", re.IGNORECASE)


def subidas(ruta: str, codigo: str) -> Iterator[str]:
    """Da cada import de `inventario.<app>` hacia una capa más alta, o hacia una vecina de la misma."""
    app = ruta.split("/")[0]
    for nodo in ast.walk(_sin_anotaciones(ast.parse(codigo))):
        if isinstance(nodo, ast.Import):
            nombres = [alias.name for alias in nodo.names]
        elif isinstance(nodo, ast.ImportFrom):
            base = nodo.module or ""
            nombres = [f"{base}.{alias.name}" for alias in nodo.names] if base == "inventario" else [base]
        else:
            continue
        for nombre in nombres:
            partes = nombre.split(".")
            if partes[0] == "config":
                yield f"{ruta}:{nodo.lineno} importa config, que compone todo y nadie importa"
            elif partes[0] == "inventario" and _sube(ruta, partes[1]):
                yield f"{ruta}:{nodo.lineno} importa hacia arriba: {app} → {nombre}"


def _sube(ruta: str, destino: str) -> bool:
    app, dentro, *_ = ruta.split("/")
    if destino == app:
        return False
    if destino == "borde":
        # Un servicio no sabe de HTTP: el borde es para la API que vive al lado de su app y para lo de arriba.
        return dentro not in ("api", "api.py") and app not in CAPAS[-1]
    return ALTURA[destino] >= ALTURA[app]


def consultas_propias(ruta: str, codigo: str) -> Iterator[str]:
    """Da cada consulta o modelo de un traductor, que solo llama a selectores y servicios."""
    for nodo in ast.walk(ast.parse(codigo)):
        if isinstance(nodo, ast.Attribute) and nodo.attr in GESTORES:
            yield f"{ruta}:{nodo.lineno} consulta por su cuenta: .{nodo.attr}"
        elif isinstance(nodo, ast.ImportFrom) and nodo.module == "django.db":
            for nombre in sorted(
                {alias.name for alias in nodo.names} & {"models", "connection", "connections"}
            ):
                yield f"{ruta}:{nodo.lineno} habla con la base: {nombre}"
        elif isinstance(nodo, ast.ImportFrom) and (nodo.module or "").startswith("django.db.models"):
            yield f"{ruta}:{nodo.lineno} arma consultas: {nodo.module}"


def escritores(ruta: str, codigo: str) -> Iterator[str]:
    """Da cada lugar que escribe existencias sin pasar por el libro."""
    for nodo in ast.walk(ast.parse(codigo)):
        for que in _escrituras(nodo):
            yield f"{ruta}:{getattr(nodo, 'lineno', 0)} escribe existencias fuera del libro: {que}"


def _escrituras(nodo: ast.AST) -> Iterator[str]:
    if isinstance(nodo, ast.Attribute) and not isinstance(nodo.ctx, ast.Load):
        yield from {nodo.attr} & CANTIDADES
    elif isinstance(nodo, ast.Call):
        yield from _llamadas(nodo)
    elif isinstance(nodo, ast.Constant) and isinstance(nodo.value, str) and SQL.search(nodo.value):
        yield "SQL directo"


def _llamadas(nodo: ast.Call) -> Iterator[str]:
    *camino, verbo = _nombres(nodo.func) or [""]
    datos = [*nodo.args, *(clave.value for clave in nodo.keywords)]
    raices = PROTEGIDOS & {
        *camino,
        *(nombre for dato in datos for nombre in _nombres(dato) if verbo in ("insertar", "actualizar")),
    }
    if verbo in PROTEGIDOS:
        yield f"{verbo}(…)"
    if raices and (verbo in ESCRIBEN or (verbo in ("update", "delete") and raices & SIN_UPDATE)):
        yield f"{'/'.join(sorted(raices))}.{verbo}"
    if verbo == "update":
        yield from sorted({clave.arg for clave in nodo.keywords if clave.arg} & CANTIDADES)
    if verbo in ("bulk_update", "setattr"):
        textos = {
            parte.value for dato in datos for parte in ast.walk(dato) if isinstance(parte, ast.Constant)
        }
        yield from sorted(CANTIDADES & {texto for texto in textos if isinstance(texto, str)})


def _nombres(nodo: ast.AST) -> list[str]:
    """Da los nombres de `a.b(…).c` de izquierda a derecha: a, b, c."""
    match nodo:
        case ast.Name(id=nombre):
            return [nombre]
        case ast.Attribute(value=dentro, attr=nombre):
            return [*_nombres(dentro), nombre]
        case ast.Call(func=dentro) | ast.Subscript(value=dentro):
            return _nombres(dentro)
    return []


def _sin_anotaciones(arbol: ast.Module) -> ast.Module:
    """Quita lo de `if TYPE_CHECKING`: nombrar un tipo en una anotación no acopla nada al correr."""

    class Poda(ast.NodeTransformer):
        def visit_If(self, nodo: ast.If) -> ast.AST:
            if isinstance(nodo.test, ast.Name) and nodo.test.id == "TYPE_CHECKING":
                return ast.Pass(lineno=nodo.lineno, col_offset=0)
            return self.generic_visit(nodo)

    podado: ast.Module = Poda().visit(arbol)
    return podado
