"""El catálogo en CSV o XLSX desde el admin; lo que se importa pasa, fila por fila, por los servicios."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString, mark_safe
from import_export.fields import Field
from import_export.resources import Diff, ModelResource
from import_export.widgets import Widget

from inventario.nucleo.actores import Actor
from inventario.nucleo.cantidades import legible
from inventario.nucleo.errores import ErrorDeDominio
from inventario.nucleo.textos import de_hoja, para_hoja
from inventario.productos import services
from inventario.productos.models import Categoria, Producto, Proveedor, Unidad

SI_O_NO = {"si": True, "sí": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Texto(Widget):  # type: ignore[misc]  # import_export no trae tipos
    """Lo que diga la celda; un número sale sin el «.0» que le agrega la hoja de cálculo."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        return de_hoja(str(value).strip())

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        return "" if value is None else str(value)


class Numero(Texto):
    """Decimal sin ceros de más; en una hoja de cálculo, un número de verdad."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> Any:
        if value is None:
            return ""
        return value if kwargs.get("force_native_type") else legible(value)


class SiONo(Texto):
    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> bool:
        texto = super().clean(value).lower()
        if texto not in SI_O_NO:
            raise ValueError(f"«{texto[:40]}»: se admite sí o no.")
        return SI_O_NO[texto]

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "sí" if value else "no"


class CategoriaPorNombre(Texto):
    """La de ese nombre exacto; vacío es ninguna."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Categoria | None:
        nombre = super().clean(value)
        if not nombre:
            return None
        categoria = Categoria.objects.filter(nombre=nombre).first()
        if categoria is None:
            raise ValueError(f"No existe: categoría «{nombre}».")
        return categoria


class Diferencia(Diff):  # type: ignore[misc]  # import_export no trae tipos
    """Lo que cambia, con <ins> y <del> sin estilos en línea: la política de contenido no los aplica."""

    def as_html(self) -> list[SafeString]:
        # El texto de las celdas viene escapado: un estilo dentro de una etiqueta solo lo puso el paquete.
        return [mark_safe(re.sub(r'<(ins|del) style="[^"]*">', r"<\1>", html)) for html in super().as_html()]


class Recurso(ModelResource):  # type: ignore[misc]  # import_export no trae tipos
    """Una fila nueva se crea, una conocida se edita y lo que el servicio niegue se dice con su fila.

    Solo se tocan las columnas que el archivo trae. La vista previa hace todo y lo deshace.
    """

    def __init__(self, actor: Actor | None = None, **opciones: Any) -> None:
        # El formulario de exportar hace uno sin actor, solo para preguntarle las columnas.
        super().__init__(**opciones)
        self._actor = actor

    @property
    def actor(self) -> Actor:
        assert self._actor is not None, "Quien importa siempre es alguien."
        return self._actor

    def crear(self, datos: dict[str, Any]) -> Any:
        raise NotImplementedError

    def editar(self, fila: Any, datos: dict[str, Any]) -> Any:
        raise NotImplementedError

    def buscar(self, clave: str) -> Any:
        """Devuelve la fila que ya existe con esa clave, o nada."""
        raise NotImplementedError

    def get_diff_class(self) -> type[Diferencia]:
        return Diferencia

    def get_instance(self, instance_loader: Any, row: Any) -> Any:
        columna = self.fields[self.get_import_id_fields()[0]].column_name
        clave = Texto().clean(row.get(columna))
        if not clave:
            raise ValidationError({columna: "No puede quedar vacío."})
        return self.buscar(clave)

    def import_instance(self, instance: Any, row: Any, **kwargs: Any) -> None:
        super().import_instance(instance, row, actor=self.actor, **kwargs)
        self._datos = {
            campo.attribute: getattr(instance, campo.attribute)
            for campo in self.get_import_fields()
            if campo.column_name in row
        }

    def do_instance_save(self, instance: Any, is_create: bool) -> None:
        try:
            guardada = self.crear(self._datos) if is_create else self.editar(instance, self._datos)
        except ErrorDeDominio as error:
            detalles = {detalle.campo or "fila": detalle.mensaje for detalle in error.detalles}
            raise ValidationError(detalles or error.mensaje) from error
        instance.pk = guardada.pk

    def export_field(self, field: Any, instance: Any, **kwargs: Any) -> Any:
        valor = super().export_field(field, instance, **kwargs)
        return para_hoja(valor) if isinstance(valor, str) else valor


class Opciones:
    use_transactions = True
    # Los servicios revisan; full_clean además pediría las columnas derivadas.
    clean_model_instances = False
    skip_unchanged = True
    report_skipped = True


class RecursoDeProductos(Recurso):
    """Solo se exporta: importarlos es de `importaciones`, que lee estas mismas columnas."""

    sku = Field("sku", "sku", Texto())
    nombre = Field("nombre", "nombre", Texto())
    unidad = Field("unidad", "unidad", Texto())
    precio = Field("precio", "precio", Numero())
    stock_minimo = Field("stock_minimo", "stock_minimo", Numero())
    minimo_sobre_disponible = Field("minimo_sobre_disponible", "minimo_sobre_disponible", SiONo())
    punto_reorden = Field("punto_reorden", "punto_reorden", Numero())
    categoria = Field("categoria", "categoria", Texto())
    proveedor = Field("proveedor", "proveedor", Texto())
    codigo_barras = Field("codigo_barras", "codigo_barras", Texto())
    activo = Field("activo", "activo", SiONo())

    class Meta(Opciones):
        model = Producto
        fields = (
            "sku",
            "nombre",
            "unidad",
            "precio",
            "stock_minimo",
            "minimo_sobre_disponible",
            "punto_reorden",
            "categoria",
            "proveedor",
            "codigo_barras",
            "activo",
        )


class RecursoDeCategorias(Recurso):
    nombre = Field("nombre", "nombre", Texto())
    padre = Field("padre", "padre", CategoriaPorNombre())
    descripcion = Field("descripcion", "descripcion", Texto())

    class Meta(Opciones):
        model = Categoria
        import_id_fields = ("nombre",)
        fields = ("nombre", "padre", "descripcion")

    def buscar(self, clave: str) -> Categoria | None:
        return Categoria.objects.filter(nombre=clave).first()

    def crear(self, datos: dict[str, Any]) -> Categoria:
        return services.crear_categoria(actor=self.actor, **datos)

    def editar(self, fila: Categoria, datos: dict[str, Any]) -> Categoria:
        cambios: Any = datos
        return services.editar_categoria(actor=self.actor, categoria=fila, cambios=cambios)


class RecursoDeUnidades(Recurso):
    abreviatura = Field("abreviatura", "abreviatura", Texto())
    nombre = Field("nombre", "nombre", Texto())
    nombre_en = Field("nombre_en", "nombre_en", Texto())
    magnitud = Field("magnitud", "magnitud", Texto())
    divisible = Field("divisible", "divisible", SiONo())
    activa = Field("activa", "activa", SiONo())

    class Meta(Opciones):
        model = Unidad
        import_id_fields = ("abreviatura",)
        fields = ("abreviatura", "nombre", "nombre_en", "magnitud", "divisible", "activa")

    def buscar(self, clave: str) -> Unidad | None:
        return Unidad.objects.filter(abreviatura_normalizada=clave.casefold()).first()

    def crear(self, datos: dict[str, Any]) -> Unidad:
        activa = datos.pop("activa", True)
        unidad = services.crear_unidad(actor=self.actor, **{"nombre": "", **datos})
        if activa:
            return unidad
        return services.editar_unidad(actor=self.actor, unidad=unidad, cambios={"activa": False})

    def editar(self, fila: Unidad, datos: dict[str, Any]) -> Unidad:
        cambios: Any = datos
        return services.editar_unidad(actor=self.actor, unidad=fila, cambios=cambios)


class RecursoDeProveedores(Recurso):
    nombre = Field("nombre", "nombre", Texto())
    contacto = Field("contacto", "contacto", Texto())
    telefono = Field("telefono", "telefono", Texto())
    email = Field("email", "email", Texto())
    direccion = Field("direccion", "direccion", Texto())
    activo = Field("activo", "activo", SiONo())

    class Meta(Opciones):
        model = Proveedor
        import_id_fields = ("nombre",)
        fields = ("nombre", "contacto", "telefono", "email", "direccion", "activo")

    def buscar(self, clave: str) -> Proveedor | None:
        filas = list(Proveedor.objects.filter(nombre=clave)[:2])
        if len(filas) > 1:
            raise ValidationError({"nombre": f"Hay más de un proveedor «{clave}»: cámbielos uno por uno."})
        return filas[0] if filas else None

    def crear(self, datos: dict[str, Any]) -> Proveedor:
        activo = datos.pop("activo", True)
        proveedor = services.crear_proveedor(actor=self.actor, **datos)
        if activo:
            return proveedor
        return services.editar_proveedor(actor=self.actor, proveedor=proveedor, cambios={"activo": False})

    def editar(self, fila: Proveedor, datos: dict[str, Any]) -> Proveedor:
        cambios: Any = datos
        return services.editar_proveedor(actor=self.actor, proveedor=fila, cambios=cambios)
