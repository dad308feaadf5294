"""Qué empresas y bodegas alcanza cada quien."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q

from inventario.cuentas.models import Bodega, Empresa, Membresia, Usuario
from inventario.nucleo.alcance import Alcance
from inventario.nucleo.empresa import identificando
from inventario.nucleo.errores import NoEncontrado


def bodega_principal(empresa: Empresa) -> Bodega:
    """Devuelve la bodega principal; lanza `NoEncontrado` si la empresa no tiene (no debería ocurrir)."""
    bodega: Bodega | None = Bodega.objects.filter(empresa=empresa, principal=True).first()
    if bodega is None:
        raise NoEncontrado("La empresa no tiene una bodega principal.")
    return bodega


def empresa_de_slug(slug: str) -> Empresa:
    """Devuelve la empresa de ese identificador; lanza `NoEncontrado` con las que hay."""
    empresa = Empresa.objects.filter(slug=slug).first()
    if empresa is None:
        hay = ", ".join(Empresa.objects.order_by("slug").values_list("slug", flat=True)[:20])
        raise NoEncontrado(f"No existe la empresa «{slug}». Hay: {hay or 'ninguna'}.")
    return empresa


def empresas_de(usuario: Usuario) -> list[Empresa]:
    """Devuelve las empresas activas de la persona, la predeterminada primero; un superusuario, todas."""
    if not usuario.is_active:
        return []
    with identificando(persona=usuario.pk, solo_leer=True):
        return _empresas_de(usuario)


def _empresas_de(usuario: Usuario) -> list[Empresa]:
    if usuario.is_superuser:
        suya = Membresia.objects.filter(usuario=usuario, empresa=OuterRef("pk"), activa=True)
        return list(
            Empresa.objects.filter(activa=True)
            .annotate(suya=Exists(suya), predeterminada=Exists(suya.filter(predeterminada=True)))
            .order_by("-predeterminada", "-suya", "pk")
        )
    membresias = (
        Membresia.objects.filter(usuario=usuario, activa=True, empresa__activa=True)
        .select_related("empresa")
        .order_by("-predeterminada", "pk")
    )
    return [membresia.empresa for membresia in membresias]


def elegir_empresa(usuario: Usuario, preferida: int | None) -> Empresa | None:
    """Devuelve la empresa en que actúa: la preferida si le pertenece; si no, la primera de las suyas."""
    return elegir_entre(empresas_de(usuario), preferida)


def elegir_entre(empresas: Sequence[Empresa], preferida: int | None) -> Empresa | None:
    for empresa in empresas:
        if empresa.pk == preferida:
            return empresa
    return empresas[0] if empresas else None


def bodega_habitual(empresa: Empresa, *, habitual: int | None, alcance: Alcance) -> Bodega | None:
    """Devuelve la bodega en que se actúa si no se nombra otra.

    Es la habitual; si no hay, la principal; y si quien actúa está limitado y esa no es de las suyas,
    la primera que sí. Una bodega inactiva no sirve de habitual.
    """
    candidatas = Bodega.objects.filter(empresa=empresa, activa=True)
    if alcance.limitado:
        candidatas = alcance.filtrar(candidatas, "pk")
    else:
        candidatas = candidatas.filter(Q(pk=habitual) | Q(principal=True))
    bodegas: list[Bodega] = list(candidatas.order_by("-principal", "pk"))
    for bodega in bodegas:
        if bodega.pk == habitual:
            return bodega
    return bodegas[0] if bodegas else None
