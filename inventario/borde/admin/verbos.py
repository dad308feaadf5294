"""Verbos del admin: eligen filas, piden el porqué en otra página y llaman a un servicio."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from inventario.borde.campos import ID_MAXIMO
from inventario.borde.envios import enviar_una_vez
from inventario.cuentas.acceso.middleware import abre_su_transaccion
from inventario.cuentas.acceso.sesion import actor_de
from inventario.cuentas.admin.lectura import AdminDeLectura
from inventario.cuentas.permisos import Permiso
from inventario.idempotencia.services import ClaveEnCurso, ClaveYaUsada, Respuesta
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import consultando
from inventario.nucleo.errores import ErrorDeDominio

MAXIMO_DE_FILAS = 100


class FormularioDeVerbo(forms.Form):
    """`envio` es la clave de un solo uso de este formulario: repetir el POST no repite lo hecho."""

    envio = forms.UUIDField(widget=forms.HiddenInput)


@dataclass(frozen=True, slots=True)
class Verbo:
    """`hacer` recibe quién, la fila y lo escrito; devuelve qué pasó, en una frase.

    El que admite varias filas las toma todas con `tomar` antes de la primera: van en una transacción, cada
    una en su hoja.
    """

    nombre: str
    titulo: str
    permiso: Permiso
    formulario: type[FormularioDeVerbo]
    hacer: Callable[[Actor, Any, dict[str, Any]], str]
    tomar: Callable[[Actor, list[Any]], None] | None = None

    @property
    def varias(self) -> bool:
        return self.tomar is not None


class AdminConVerbos(AdminDeLectura):
    verbos: ClassVar[tuple[Verbo, ...]] = ()

    def describir(self, fila: Any) -> str:
        return str(fila)

    def aplicables(self, fila: Any) -> tuple[Verbo, ...]:
        """Los verbos que tienen sentido para la fila; el servicio decide de verdad."""
        return self.verbos

    def get_urls(self) -> list[URLPattern]:
        propias = [
            path(
                f"{verbo.nombre}/",
                self.admin_site.admin_view(abre_su_transaccion(partial(self.pagina_del_verbo, verbo=verbo))),
                name=self._nombre_de(verbo),
            )
            for verbo in self.verbos
        ]
        return [*propias, *super().get_urls()]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        acciones: dict[str, Any] = dict(super().get_actions(request))
        for verbo in self.verbos:
            if self.puede(request, verbo.permiso):
                accion = partial(_ir_al_verbo, verbo=verbo)
                acciones[verbo.nombre] = (accion, verbo.nombre, verbo.titulo)
        return acciones

    def direccion(self, verbo: Verbo, *ids: Any) -> str:
        consulta = urlencode({"ids": ",".join(map(str, ids))})
        return f"{reverse(f'admin:{self._nombre_de(verbo)}')}?{consulta}"

    def acciones(self, request: HttpRequest, fila: Any) -> list[tuple[str, str]]:
        return [
            (verbo.titulo, self.direccion(verbo, fila.pk))
            for verbo in self.aplicables(fila)
            if self.puede(request, verbo.permiso)
        ]

    def pagina_del_verbo(self, request: HttpRequest, *, verbo: Verbo) -> HttpResponse:
        """Muestra el formulario (GET) o hace lo pedido con cada fila y dice qué pasó (POST)."""
        if not self.puede(request, verbo.permiso):
            raise PermissionDenied
        if request.method != "POST":
            return self._dibujar(request, verbo, verbo.formulario(initial={"envio": uuid.uuid4()}))
        formulario = verbo.formulario(request.POST)
        if formulario.is_valid():
            return self._enviar(request, verbo, formulario)
        with consultando(actor_de(request).empresa):
            return self._dibujar(request, verbo, formulario)

    def _dibujar(
        self, request: HttpRequest, verbo: Verbo, formulario: FormularioDeVerbo, *, estado: int = 200
    ) -> HttpResponse:
        filas = self._filas(request, verbo)
        contexto = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": verbo.titulo,
            "filas": [self.describir(self.a_la_vista(request, fila)) for fila in filas],
            "formulario": formulario,
            "regreso": self._regreso(filas),
        }
        return TemplateResponse(request, "admin/verbo.html", contexto, status=estado).render()

    def _enviar(self, request: HttpRequest, verbo: Verbo, formulario: FormularioDeVerbo) -> HttpResponse:
        """Vuelve y dice qué pasó; si no salió ninguna, muestra otra vez el formulario con lo escrito.

        El doble clic, la recarga y volver atrás dicen lo mismo que la primera vez y no repiten nada.
        """
        actor = actor_de(request)
        datos = dict(formulario.cleaned_data)
        clave = f"admin-{datos.pop('envio')}"

        def ejecutar() -> Respuesta:
            filas = self._filas(request, verbo)
            avisos = _hacer(actor, verbo, filas, datos)
            alguna = any(nivel == messages.SUCCESS for nivel, _ in avisos)
            cuerpo = json.dumps({"avisos": avisos, "destino": self._regreso(filas)})
            return Respuesta(estado=200 if alguna else 400, cuerpo=cuerpo, tipo="application/json")

        try:
            resultado = enviar_una_vez(
                request,
                clave=clave,
                ruta=request.get_full_path(),
                pide=lambda campo: campo != "envio",
                ejecutar=ejecutar,
            )
        except (ClaveYaUsada, ClaveEnCurso) as error:
            self.message_user(request, error.mensaje, messages.ERROR)
            with consultando(actor.empresa):
                return self._dibujar(request, verbo, formulario, estado=409)
        dicho = json.loads(resultado.respuesta.cuerpo)
        for nivel, texto in dicho["avisos"]:
            self.message_user(request, texto, nivel)
        if not resultado.respuesta.buena:
            with consultando(actor.empresa):
                return self._dibujar(request, verbo, formulario)
        if resultado.repetida:
            self.message_user(request, "Ese formulario ya se había enviado: no se repitió.", messages.WARNING)
        return HttpResponseRedirect(dicho["destino"])

    def _filas(self, request: HttpRequest, verbo: Verbo) -> list[models.Model]:
        try:
            ids = list(
                dict.fromkeys(
                    self.opts.pk.to_python(texto) for texto in request.GET.get("ids", "").split(",")
                )
            )
        except ValidationError as error:
            raise Http404("Eso no es una lista de filas.") from error
        imposible = any(isinstance(pk, int) and not 0 < pk <= ID_MAXIMO for pk in ids)
        if imposible or len(ids) > (MAXIMO_DE_FILAS if verbo.varias else 1):
            raise Http404("Eso no es una lista de filas.")
        # De la más nueva a la más vieja: revertir en ese orden deshace una sobre otra.
        filas = list(self.get_queryset(request).filter(pk__in=ids).order_by("-pk"))
        if len(filas) < len(ids):
            raise Http404("Alguna de las filas no existe.")
        return filas

    def _regreso(self, filas: list[models.Model]) -> str:
        ruta = f"admin:{self.opts.app_label}_{self.opts.model_name}"
        if len(filas) == 1:
            return reverse(f"{ruta}_change", args=[filas[0].pk])
        return reverse(f"{ruta}_changelist")

    def _nombre_de(self, verbo: Verbo) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{verbo.nombre}"


def _ir_al_verbo(
    modeladmin: AdminConVerbos, request: HttpRequest, elegidas: models.QuerySet[Any], *, verbo: Verbo
) -> HttpResponse | None:
    maximo = MAXIMO_DE_FILAS if verbo.varias else 1
    ids = list(elegidas.order_by().values_list("pk", flat=True)[: maximo + 1])
    if len(ids) > maximo:
        cuantas = f"hasta {maximo} filas" if verbo.varias else "una sola fila"
        modeladmin.message_user(request, f"«{verbo.titulo}» es para {cuantas} cada vez.", messages.ERROR)
        return None
    return HttpResponseRedirect(modeladmin.direccion(verbo, *ids))


def _hacer(
    actor: Actor, verbo: Verbo, filas: list[models.Model], datos: dict[str, Any]
) -> list[tuple[int, str]]:
    """Hace el verbo con cada fila y devuelve qué pasó con cada una; un rechazo no detiene a las demás."""
    if verbo.tomar is not None:
        verbo.tomar(actor, filas)
    avisos: list[tuple[int, str]] = []
    for fila in filas:
        try:
            avisos.append((messages.SUCCESS, verbo.hacer(actor, fila, datos)))
        except ErrorDeDominio as error:
            avisos.append((messages.ERROR, error.mensaje))
    return avisos
