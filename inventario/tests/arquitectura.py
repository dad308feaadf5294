"""Lee el código sin correrlo y dice qué rompe las reglas que las capas de import-linter no saben decir."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

PROTEGIDOS = frozenset({"Asiento", "Movimiento", "Existencia", "Apartado", "Lote"})
CANTIDADES = frozenset({"saldo", "fisica", "apartada", "restante"})
LIMITE = "bodegas_permitidas"
ESCRIBEN = frozenset(
    {"create", "bulk_create", "get_or_create", "update_or_create", "bulk_update", "insertar", "actualizar"}
)
GESTORES = frozenset({"objects", "_default_manager", "_base_manager"})
# Lo que solo se agrega o solo el libro conoce no admite `update` ni de otra columna; Lote sí (su bloqueo).
SIN_UPDATE = PROTEGIDOS - {"Lote"}
# Lo que recibe nombres de columnas o de relaciones, en textos o en argumentos con nombre.
CONSULTAN = frozenset(
    {
        *("filter", "exclude", "get", "annotate", "alias", "aggregate", "order_by", "distinct"),
        *("values", "values_list", "only", "defer", "select_related", "prefetch_related"),
        *("Q", "F", "OuterRef", "Prefetch", "Count", "Sum", "Min", "Max", "Avg", "SumaExacta"),
    }
)
CAMINO = re.compile(r"-?[a-z]\w*__\w+")
SQL = re.compile(r"\b(insert\s+into|update|delete\s+from)\s+\W?(movimientos_|lotes_lote\b)", re.IGNORECASE)


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


def lecturas_del_limite(ruta: str, codigo: str) -> Iterator[str]:
    """Da cada lugar que mira por su cuenta a qué bodegas se limita alguien: eso lo contesta su alcance.

    En `cuentas`, que es donde se guarda, se la declara y se la pone; ni ahí se la lee.
    """
    en_casa = ruta.startswith("cuentas/")
    arbol = ast.parse(codigo)
    puestas = {
        nodo.value for nodo in ast.walk(arbol) if isinstance(nodo, ast.Attribute) and nodo.attr == "set"
    }
    for nodo in ast.walk(arbol):
        match nodo:
            case ast.Attribute(attr=nombre):
                lee = nombre == LIMITE and not (en_casa and nodo in puestas)
            case ast.Name(id=nombre) | ast.keyword(arg=nombre) | ast.Constant(value=nombre):
                lee = nombre == LIMITE and not en_casa
            case _:
                lee = False
        if lee:
            yield f"{ruta}:{getattr(nodo, 'lineno', 0)} mira el límite por su cuenta: {LIMITE}"


def escritores(ruta: str, codigo: str) -> Iterator[str]:
    """Da cada lugar que escribe existencias sin pasar por el libro."""
    for nodo in ast.walk(ast.parse(codigo)):
        for que in _escrituras(nodo):
            yield f"{ruta}:{getattr(nodo, 'lineno', 0)} escribe existencias fuera del libro: {que}"


def subidas(ruta: str, codigo: str, arriba: Collection[str]) -> Iterator[str]:
    """Da cada vez que se llega a un modelo de más arriba por una relación inversa: `producto.lotes`.

    `arriba` son los nombres de esas relaciones para la app del archivo. Un camino se reconoce en cualquier
    texto; un nombre solo, nada más donde se consulta.
    """
    for nodo in ast.walk(ast.parse(codigo)):
        for camino in _caminos(nodo):
            if not set(camino.lstrip("-").split("__")).isdisjoint(arriba):
                yield f"{ruta}:{getattr(nodo, 'lineno', 0)} sube por una relación inversa: {camino}"


def _caminos(nodo: ast.AST) -> Iterator[str]:
    match nodo:
        case ast.Attribute(attr=nombre):
            yield nombre
        case ast.Constant(value=str(texto)) if CAMINO.fullmatch(texto):
            yield texto
        case ast.Call() if (_nombres(nodo.func) or [""])[-1] in CONSULTAN:
            yield from (clave.arg for clave in nodo.keywords if clave.arg)
            for dato in nodo.args:
                yield from (uno.value for uno in _sueltos(dato) if isinstance(uno.value, str))


def _sueltos(dato: ast.expr) -> Iterator[ast.Constant]:
    """Los textos de un argumento, también los que van juntos: `*("a", "b")`."""
    match dato:
        case ast.Constant():
            yield dato
        case ast.Starred(value=dentro):
            yield from _sueltos(dentro)
        case ast.Tuple(elts=varios) | ast.List(elts=varios):
            for uno in varios:
                yield from _sueltos(uno)


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
