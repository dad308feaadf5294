"""De lo que alguien escribió, leyó o nombró al producto del catálogo.

Aquí está cómo se compara cada cosa que puede decir de un producto: su número, su SKU, su código de barras,
su nombre o cómo se lo ofrece. Qué se admite, en qué orden y con qué frase se niega lo sabe cada borde.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, IntegerField, Q, Value, When

from inventario.nucleo.textos import plegar
from inventario.productos.gtin import formas_de
from inventario.productos.models import Producto
from inventario.productos.querysets import ProductoQuerySet, normalizar_sku


def nombrar(producto: Producto) -> str:
    """Cómo se ofrece un producto a quien elige; `reconocer` lo entiende de vuelta."""
    return f"{producto.nombre} ({producto.sku})" if producto.sku else producto.nombre


def producto_vivo(pk: int) -> Producto | None:
    producto: Producto | None = Producto.objects.vivos().con_catalogo().filter(pk=pk).first()
    return producto


def con_sku(sku: str, *, camino: str = "") -> Q:
    """Los de ese SKU entero; `camino` es por dónde se llega al producto desde lo que se consulta."""
    return Q(**{f"{camino}__sku_normalizado" if camino else "sku_normalizado": normalizar_sku(sku)})


def con_codigo(texto: str) -> Q:
    """Los que tienen justo ese SKU o ese código de barras, con los ceros que un lector le agregue."""
    return con_sku(texto) | Q(codigo_barras__in=formas_de(texto))


def lo_exacto_primero(productos: ProductoQuerySet, texto: str) -> ProductoQuerySet:
    """Ordena: primero el que tiene justo ese SKU o código de barras, después los activos por nombre."""
    lejos = Case(When(con_codigo(texto), then=Value(0)), default=Value(1), output_field=IntegerField())
    return productos.order_by(lejos, "-activo", "nombre_plegado", "pk")


class Hallados:
    """Unos productos ya traídos, para preguntar cuál dice cada texto sin otra consulta."""

    def __init__(self, productos: Iterable[Producto]) -> None:
        self.todos = list(productos)
        self._por_id = {producto.pk: producto for producto in self.todos}
        self._por_sku = {
            producto.sku_normalizado: producto for producto in self.todos if producto.sku_normalizado
        }

    def de_id(self, pk: int) -> Producto | None:
        return self._por_id.get(pk)

    def de_sku(self, sku: str) -> Producto | None:
        return self._por_sku.get(normalizar_sku(sku))

    def de_barras(self, codigo: str) -> list[Producto]:
        """Pueden ser varios: el mismo GTIN se guarda con ceros o sin ellos."""
        formas = formas_de(codigo)
        return [producto for producto in self.todos if producto.codigo_barras in formas]

    def de_codigo(self, texto: str) -> list[Producto]:
        """Como `con_codigo`: los de ese SKU o ese código de barras."""
        suyos = [self.de_sku(texto), *self.de_barras(texto)]
        return [producto for producto in self.todos if producto in suyos]

    def de_nombre(self, nombre: str) -> list[Producto]:
        """Sin mirar tildes ni mayúsculas."""
        plegado = plegar(nombre)
        return [producto for producto in self.todos if producto.nombre_plegado == plegado]

    def ofrecidos_como(self, texto: str) -> list[Producto]:
        return [producto for producto in self.todos if nombrar(producto) == texto]


def buscar(
    entre: ProductoQuerySet,
    *,
    ids: Iterable[int] = (),
    skus: Iterable[str] = (),
    barras: Iterable[str] = (),
    nombres: Iterable[str] = (),
) -> Hallados:
    """Trae en una consulta, por número, los de esos id, SKU, códigos de barras o nombres."""
    return Hallados(
        entre.filter(
            Q(pk__in=set(ids))
            | Q(sku_normalizado__in={normalizar_sku(sku) for sku in _admitidos(skus)})
            | Q(codigo_barras__in={forma for codigo in _admitidos(barras) for forma in formas_de(codigo)})
            | Q(nombre_plegado__in={plegar(nombre) for nombre in _admitidos(nombres)})
        ).order_by("pk")
    )


def buscar_activos(
    *,
    ids: Iterable[int] = (),
    skus: Iterable[str] = (),
    barras: Iterable[str] = (),
    nombres: Iterable[str] = (),
) -> Hallados:
    activos = Producto.objects.activos().select_related("unidad")
    return buscar(activos, ids=ids, skus=skus, barras=barras, nombres=nombres)


def reconocer(escritos: Iterable[str]) -> dict[str, list[Producto]]:
    """Los activos que dice cada texto: como se lo ofrece, por su código o por su nombre."""
    lecturas = {texto: _lecturas(texto) for texto in escritos}
    todas = {lectura for varias in lecturas.values() for lectura in varias}
    hallados = buscar_activos(skus=todas, barras=todas, nombres=todas)
    return {texto: _elegir(texto, varias, hallados) for texto, varias in lecturas.items()}


def _admitidos(textos: Iterable[str]) -> Iterable[str]:
    # El carácter nulo no cabe en la base: nadie se llama así, y preguntarlo sería un error.
    return (texto for texto in textos if texto and "\x00" not in texto)


def _lecturas(texto: str) -> list[str]:
    """«Harina (HAR-1)» es HAR-1; un nombre también puede terminar en paréntesis."""
    if texto.endswith(")") and "(" in texto:
        return [texto[texto.rindex("(") + 1 : -1].strip(), texto]
    return [texto]


def _elegir(texto: str, lecturas: list[str], hallados: Hallados) -> list[Producto]:
    # Lo que se ofreció vuelve escrito igual: es ese, aunque a otro le quede mejor lo del paréntesis.
    ofrecidos = hallados.ofrecidos_como(texto)
    if len(ofrecidos) == 1:
        return ofrecidos
    for lectura in lecturas:
        if por_codigo := hallados.de_codigo(lectura):
            return por_codigo
    return hallados.de_nombre(lecturas[-1])
