"""El libro en la administración: se lee todo, no se edita nada, y los verbos pasan por los servicios."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from inventario.cuentas.admin import lectura
from inventario.cuentas.models import Bodega, Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.lotes.models import CambioDeBloqueo, Lote
from inventario.movimientos import libro, services
from inventario.movimientos.libro.glosa import Glosa
from inventario.movimientos.models import Apartado, Asiento, Existencia, Importacion, Motivo, Movimiento
from inventario.movimientos.querysets import Clave
from inventario.muestra.tienda import sembrar_tienda
from inventario.nucleo.actores import Actor
from inventario.nucleo.empresa import en_empresa
from inventario.nucleo.tests.fabricas import ProductoFabrica
from inventario.productos.models import Producto

pytestmark = pytest.mark.django_db

LEIDOS = (Lote, Asiento, Movimiento, Existencia, Apartado, Importacion)
PERDIDA = "Se mojó en la bodega y se desechó"
GLOSA = Glosa(motivo=Motivo.CONSUMO, referencia="REF-9", modulo="biofloc", tanque="T-07")


@dataclass
class Mundo:
    empresa: Empresa
    actor: Actor
    bodega: Bodega
    producto: Producto

    def entrada(self, codigo: str, cantidad: int = 10, **campos: Any) -> Lote:
        datos = {"producto": self.producto, "bodega": self.bodega, "costo_unitario": Decimal("1.5"), **campos}
        asiento = services.registrar_entrada(
            actor=self.actor, cantidad=Decimal(cantidad), codigo=codigo, permitir_vencido=True, **datos
        )
        return asiento.lineas[0].lote

    def despacho(self, cantidad: int) -> Asiento:
        return services.despachar_fefo(
            actor=self.actor,
            producto=self.producto,
            bodega=self.bodega,
            cantidad=Decimal(cantidad),
            glosa=GLOSA,
        )

    def apartar(self, cantidad: int) -> Apartado:
        with libro.abrir(self.empresa, [Clave(self.producto.pk, self.bodega.pk)]) as hoja:
            vence = hoja.ahora + timedelta(hours=1)
            return hoja.apartar(
                self.producto, self.bodega, Decimal(cantidad), vence_en=vence, modulo="biofloc"
            )

    def importar(self) -> Importacion:
        return Importacion.objects.create(
            empresa=self.empresa,
            clase="entradas",
            archivo="a.csv",
            huella="0" * 64,
            usuario=self.actor.usuario,
        )


@pytest.fixture
def mundo(actor: Actor, empresa: Empresa) -> Mundo:
    with en_empresa(empresa):
        bodega = Bodega.objects.get(principal=True)
        return Mundo(empresa, actor, bodega, ProductoFabrica.create(empresa=empresa, sku="BAL-35"))


@pytest.fixture
def admin(client: Client, usuario: Usuario) -> Client:
    client.force_login(usuario)
    return client


@pytest.fixture
def entrar(empresa: Empresa) -> Callable[..., Client]:
    """Da un cliente del admin con ese rol en la empresa."""

    def dar(rol: Rol, *bodegas: Bodega) -> Client:
        usuario = Usuario.objects.create_user(f"{rol}@acme.ec", is_staff=True)
        agregar_miembro(empresa=empresa, usuario=usuario, rol=rol, bodegas_permitidas=bodegas)
        cliente = Client()
        cliente.force_login(usuario)
        return cliente

    return dar


def lista(modelo: type[Model]) -> str:
    return reverse(f"admin:{modelo._meta.app_label}_{modelo._meta.model_name}_changelist")


def pagina(fila: Model, cual: str = "change") -> str:
    return reverse(f"admin:{fila._meta.app_label}_{fila._meta.model_name}_{cual}", args=[fila.pk])


def verbo(modelo: type[Model], nombre: str, *filas: Any) -> str:
    ids = ",".join(str(getattr(fila, "pk", fila)) for fila in filas)
    return reverse(f"admin:{modelo._meta.app_label}_{modelo._meta.model_name}_{nombre}") + f"?ids={ids}"


def avisos(respuesta: Any) -> list[str]:
    return [str(aviso) for aviso in get_messages(respuesta.wsgi_request)]


def enviar(cliente: Client, direccion: str, **datos: Any) -> Any:
    return cliente.post(direccion, {"envio": str(uuid.uuid4()), **datos})


def mostrados(cliente: Client, modelo: type[Model], **consulta: str) -> set[int]:
    respuesta = cliente.get(lista(modelo), consulta)
    assert respuesta.status_code == 200
    return {fila.pk for fila in respuesta.context["cl"].result_list}


def foto(empresa: Empresa) -> list[Any]:
    with en_empresa(empresa):
        return [
            [list(modelo.objects.order_by("pk").values_list()) for modelo in (*LEIDOS, CambioDeBloqueo)],
            Empresa.objects.get(pk=empresa.pk).ultimo_asiento,
        ]


# ── Se lee ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("rol", [Rol.ADMINISTRADOR, Rol.AUDITOR])
def test_todas_las_paginas_de_la_tienda_se_ven_y_ninguna_guarda(client: Client, rol: Rol) -> None:
    demo = sembrar_tienda()
    assert demo is not None
    persona = Usuario.objects.create_user("alguien@demo.ec", is_staff=True)
    agregar_miembro(empresa=demo, usuario=persona, rol=rol)
    client.force_login(persona)
    with en_empresa(demo):
        servicio = Usuario.objects.get(email="sembrador@servicio.invalid")
        mundo = Mundo(
            demo,
            Actor(usuario=servicio, empresa=demo),
            Bodega.objects.get(),
            Producto.objects.get(sku="BAL-32-35"),
        )
        mundo.apartar(5)
        mundo.importar()
        muestras: list[Any] = [
            Asiento.objects.get(reverso__isnull=False),
            Lote.objects.get(bloqueado=True),
        ]
        muestras += [modelo.objects.first() for modelo in LEIDOS]
        muestras += [Asiento.objects.filter(tipo=tipo).first() for tipo in ("reverso", "merma", "ajuste")]
    for modelo in LEIDOS:
        assert client.get(lista(modelo)).status_code == 200
    for fila in muestras:
        respuesta = client.get(pagina(fila))
        assert respuesta.status_code == 200
        assert "_save" not in respuesta.content.decode()


@pytest.mark.parametrize("rol", [Rol.ADMINISTRADOR, Rol.AUDITOR])
def test_ninguna_direccion_agrega_cambia_ni_borra(
    mundo: Mundo, entrar: Callable[..., Client], rol: Rol
) -> None:
    with en_empresa(mundo.empresa):
        mundo.entrada("L1")
        mundo.despacho(3)
        mundo.apartar(2)
        mundo.importar()
        filas = [modelo.objects.first() for modelo in LEIDOS]
    cliente = entrar(rol)
    antes = foto(mundo.empresa)
    datos = {"saldo": "999", "cantidad": "999", "fisica": "999", "post": "yes", "_save": "1"}
    for fila in filas:
        assert fila is not None
        agregar = reverse(f"admin:{fila._meta.app_label}_{fila._meta.model_name}_add")
        assert cliente.post(agregar, datos).status_code == 403
        assert cliente.post(pagina(fila), datos).status_code == 403
        assert cliente.post(pagina(fila, "delete"), datos).status_code == 403
        borrar = {"action": "delete_selected", "_selected_action": [fila.pk], "post": "yes"}
        cliente.post(lista(type(fila)), borrar)
    assert foto(mundo.empresa) == antes


def test_un_superusuario_tampoco_edita_el_libro(mundo: Mundo, client: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    client.force_login(Usuario.objects.create_superuser("raiz@acme.ec"))
    antes = foto(mundo.empresa)
    assert client.post(pagina(lote), {"saldo": "999"}).status_code == 403
    assert client.post(pagina(lote, "delete"), {"post": "yes"}).status_code == 403
    assert foto(mundo.empresa) == antes


def test_de_otra_empresa_no_se_ve_ni_se_toca_nada(
    mundo: Mundo, otra_empresa: Empresa, client: Client
) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    ajeno = Usuario.objects.create_user("ajeno@otra.ec", is_staff=True)
    agregar_miembro(empresa=otra_empresa, usuario=ajeno, rol=Rol.ADMINISTRADOR)
    client.force_login(ajeno)
    antes = foto(mundo.empresa)
    for modelo in LEIDOS:
        assert mostrados(client, modelo) == set()
    assert client.get(pagina(lote)).status_code == 302
    assert enviar(client, verbo(Lote, "bloquear", lote), motivo="porque sí").status_code == 404
    assert foto(mundo.empresa) == antes


def test_quien_tiene_una_bodega_no_ve_las_demas(mundo: Mundo, entrar: Callable[..., Client]) -> None:
    with en_empresa(mundo.empresa):
        otra = Bodega.objects.create(empresa=mundo.empresa, codigo="otra", nombre="Otra")
        suyo = mundo.entrada("A")
        mundo.entrada("B", bodega=otra)
        asiento = Asiento.objects.get(movimientos__lote=suyo)
    cliente = entrar(Rol.OPERADOR, mundo.bodega)
    assert mostrados(cliente, Lote) == {suyo.pk}
    assert mostrados(cliente, Asiento) == {asiento.pk}
    assert len(mostrados(cliente, Movimiento)) == len(mostrados(cliente, Existencia)) == 1


def test_con_una_sola_bodega_nadie_ve_la_palabra(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
        asiento = Asiento.objects.get()
    direcciones = [pagina(lote), pagina(asiento), *(lista(modelo) for modelo in LEIDOS)]
    for direccion in direcciones:
        assert "column-bodega" not in admin.get(direccion).content.decode(), direccion
        assert "field-bodega" not in admin.get(direccion).content.decode(), direccion
    with en_empresa(mundo.empresa):
        Bodega.objects.create(empresa=mundo.empresa, codigo="otra", nombre="Otra")
    for direccion in (pagina(lote), pagina(asiento), lista(Lote), lista(Movimiento), lista(Existencia)):
        assert "field-bodega" in admin.get(direccion).content.decode(), direccion


# ── Se busca y se filtra ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def variado(mundo: Mundo) -> Mundo:
    """Un lote de cada estado: vencido, por vencer, vigente, sin fecha, agotado y bloqueado."""
    hoy = timezone.localdate()
    with en_empresa(mundo.empresa):
        mundo.entrada("VENCIDO", vence_el=hoy - timedelta(days=1))
        mundo.entrada("AGOTADO", 3, vence_el=hoy)
        mundo.despacho(3)
        mundo.entrada("HOY", vence_el=hoy)
        mundo.entrada("PRONTO", vence_el=hoy + timedelta(days=30))
        mundo.entrada("LEJOS", vence_el=hoy + timedelta(days=31))
        mundo.entrada("SIEMPRE", referencia_proveedor="PROV-1")
        bloqueado = mundo.entrada("RETENIDO")
        services.bloquear_lote(actor=mundo.actor, lote=bloqueado, motivo="Aviso")
        otro = ProductoFabrica.create(empresa=mundo.empresa, sku="MEL-1", nombre="Melaza de caña")
        mundo.entrada("MELAZA", producto=otro)
    return mundo


@pytest.mark.parametrize(
    ("consulta", "codigos"),
    [
        ({"estado": "vencido"}, {"VENCIDO"}),
        ({"estado": "por_vencer"}, {"HOY", "PRONTO"}),
        ({"estado": "vigente"}, {"LEJOS"}),
        ({"estado": "sin_fecha"}, {"SIEMPRE", "RETENIDO", "MELAZA"}),
        ({"estado": "agotado"}, {"AGOTADO"}),
        ({"estado": "inventado", "bloqueado__exact": "1"}, {"RETENIDO"}),
        ({"q": "retenido"}, {"RETENIDO"}),
        ({"q": "prov-1"}, {"SIEMPRE"}),
        ({"q": "mel-1"}, {"MELAZA"}),
        ({"q": "melaza de cana"}, {"MELAZA"}),
        ({"q": "no hay"}, set()),
    ],
)
def test_los_lotes_se_filtran_y_se_buscan(
    variado: Mundo, admin: Client, consulta: dict[str, str], codigos: set[str]
) -> None:
    with en_empresa(variado.empresa):
        nombres = dict(Lote.objects.values_list("pk", "codigo"))
    assert {nombres[pk] for pk in mostrados(admin, Lote, **consulta)} == codigos


def test_el_libro_se_filtra_y_se_busca(variado: Mundo, admin: Client) -> None:
    with en_empresa(variado.empresa):
        salida = Asiento.objects.get(tipo="salida")
        linea = Movimiento.objects.get(asiento=salida)
        melaza = Movimiento.objects.get(producto__sku="MEL-1")
    for consulta in (
        {"q": str(salida.numero)},
        {"q": "REF-9"},
        {"tipo__exact": "salida"},
        {"motivo__exact": "consumo"},
        {"modulo": "biofloc"},
    ):
        assert mostrados(admin, Asiento, **consulta) == {salida.pk}, consulta
    for consulta in ({"q": str(salida.numero)}, {"q": "REF-9"}, {"tipo__exact": "salida"}):
        assert mostrados(admin, Movimiento, **consulta) == {linea.pk}, consulta
    for consulta in ({"q": "MELAZA"}, {"q": " mel-1 "}, {"lote__id__exact": str(melaza.lote_id)}):
        assert mostrados(admin, Movimiento, **consulta) == {melaza.pk}, consulta
    assert len(mostrados(admin, Existencia, q="melaza")) == 1
    assert mostrados(admin, Asiento, modulo="otro") == set()


@pytest.mark.parametrize("modelo", LEIDOS)
def test_buscar_cualquier_cosa_no_rompe(mundo: Mundo, admin: Client, modelo: type[Model]) -> None:
    for texto in ("9" * 40, "x" * 100_000, "%", "'; --", "ñandú", "\x00", "²", "-1", "1.5", "  "):
        assert admin.get(lista(modelo), {"q": texto}).status_code == 200, texto[:20]


@pytest.mark.parametrize("modelo", LEIDOS)
def test_una_direccion_con_basura_no_rompe(mundo: Mundo, admin: Client, modelo: type[Model]) -> None:
    for consulta in ({"p": "999999"}, {"p": "x"}, {"o": "99.x"}, {"inventado": "1"}, {"id__exact": "9" * 40}):
        assert admin.get(lista(modelo), consulta).status_code in (200, 302), consulta
    nombre = f"admin:{modelo._meta.app_label}_{modelo._meta.model_name}_change"
    for clave in ("9" * 40, "nada", "0"):
        assert admin.get(reverse(nombre, args=[clave])).status_code in (302, 404), clave


def test_el_conteo_llega_hasta_su_tope(mundo: Mundo, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    with en_empresa(mundo.empresa):
        for n in range(4):
            mundo.entrada(f"L{n}")
    assert "más de" not in admin.get(lista(Lote)).content.decode()
    monkeypatch.setattr(lectura, "TOPE_DE_CUENTA", 3)
    assert "más de 3 lotes" in admin.get(lista(Lote)).content.decode()


def test_el_numero_de_consultas_no_depende_de_cuantas_filas_hay(mundo: Mundo, admin: Client) -> None:
    def agregar(cuantos: int) -> None:
        with en_empresa(mundo.empresa):
            for n in range(cuantos):
                mundo.producto = ProductoFabrica.create(empresa=mundo.empresa)
                mundo.entrada(f"L{n}", proveedor=None)
                services.revertir_asiento(actor=mundo.actor, asiento=mundo.despacho(1), explicacion="Error")
                mundo.apartar(1)
                mundo.importar()

    def consultas() -> dict[str, int]:
        cuentas = {}
        for modelo in LEIDOS:
            with CaptureQueriesContext(connection) as vistas:
                assert admin.get(lista(modelo)).status_code == 200
            cuentas[modelo.__name__] = len(vistas)
        return cuentas

    agregar(2)
    admin.get(lista(Lote))
    pocas = consultas()
    agregar(10)
    assert consultas() == pocas
    # Sesión, persona, empresa, bodegas, filtros, conteo y página; en PostgreSQL, además, las dos
    # transacciones (la de saber quién es y la de su empresa) con lo que cada una le dice a la base.
    assert max(pocas.values()) <= 18


def test_la_pagina_de_un_asiento_no_consulta_por_linea(mundo: Mundo, admin: Client) -> None:
    def asiento_de(lineas: int) -> Asiento:
        with en_empresa(mundo.empresa):
            return services.registrar_entradas(
                actor=mundo.actor,
                lineas=[
                    services.LineaEntrada(
                        ProductoFabrica.create(empresa=mundo.empresa), mundo.bodega, Decimal(1)
                    )
                    for _ in range(lineas)
                ],
            )

    cuentas = []
    for asiento in (asiento_de(1), asiento_de(1), asiento_de(25)):
        with CaptureQueriesContext(connection) as vistas:
            assert admin.get(pagina(asiento)).status_code == 200
        cuentas.append(len(vistas))
    assert cuentas[1] == cuentas[2]


# ── Los verbos ──────────────────────────────────────────────────────────────────────────────────


def test_revertir_pide_la_explicacion_y_asienta_lo_contrario(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
        salida = mundo.despacho(4)
    accion = admin.post(lista(Asiento), {"action": "revertir", "_selected_action": [salida.pk]})
    direccion = verbo(Asiento, "revertir", salida)
    assert (accion.status_code, accion.headers["Location"]) == (302, direccion)
    assert f"Asiento {salida.numero}" in admin.get(direccion).content.decode()
    sin_explicar = enviar(admin, direccion, explicacion="corta")
    assert sin_explicar.status_code == 200
    assert "al menos 10" in sin_explicar.content.decode()
    hecho = enviar(admin, direccion, explicacion="Se anotó en otro tanque")
    assert (hecho.status_code, hecho.headers["Location"]) == (302, pagina(salida))
    with en_empresa(mundo.empresa):
        reverso = Asiento.objects.get(revierte=salida)
        assert avisos(hecho) == [f"{salida} revertido por el asiento {reverso.numero}."]
        assert reverso.motivo_texto == "Se anotó en otro tanque"
        assert reverso.actor == mundo.actor.usuario
        assert Lote.objects.get(pk=lote.pk).saldo == 10
    assert "revertir" not in [enlace for enlace, _ in admin.get(pagina(salida)).context["acciones"]]


def test_revertir_lo_ya_revertido_lo_dice_y_no_mueve_nada(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        mundo.entrada("L1")
        salida = mundo.despacho(4)
        services.revertir_asiento(actor=mundo.actor, asiento=salida, explicacion="Error")
    antes = foto(mundo.empresa)
    respuesta = enviar(admin, verbo(Asiento, "revertir", salida), explicacion="Otra vez lo mismo")
    assert respuesta.status_code == 200
    assert avisos(respuesta) == [f"El asiento {salida.numero} ya se revirtió."]
    assert "Otra vez lo mismo" in respuesta.content.decode()
    assert foto(mundo.empresa) == antes


def test_revertir_varios_hace_los_que_se_pueden_y_dice_cuales_no(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
        primera, segunda = mundo.despacho(4), mundo.despacho(1)
        services.revertir_asiento(actor=mundo.actor, asiento=primera, explicacion="Error")
    direccion = verbo(Asiento, "revertir", primera, segunda)
    respuesta = enviar(admin, direccion, explicacion="Limpieza del día")
    assert (respuesta.status_code, respuesta.headers["Location"]) == (302, lista(Asiento))
    assert avisos(respuesta) == [
        f"{segunda} revertido por el asiento 5.",
        f"El asiento {primera.numero} ya se revirtió.",
    ]
    with en_empresa(mundo.empresa):
        assert Lote.objects.get(pk=lote.pk).saldo == 10


def test_repetir_el_envio_dice_lo_mismo_y_no_repite_la_baja(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    datos = {"envio": str(uuid.uuid4()), "cantidad": "2.5", "motivo": "rotura", "texto": PERDIDA}
    direccion = verbo(Lote, "dar-de-baja", lote)
    primero = admin.post(direccion, datos)
    dicho = avisos(primero)
    assert dicho == ["Asiento 2 (Merma): al lote L1 le quedan 7.5 kg."]
    admin.get(primero.headers["Location"])
    for _ in range(2):
        otra_vez = admin.post(direccion, datos)
        assert (otra_vez.status_code, otra_vez.headers["Location"]) == (302, primero.headers["Location"])
        assert avisos(otra_vez) == [*dicho, "Ese formulario ya se había enviado: no se repitió."]
        admin.get(otra_vez.headers["Location"])
    with en_empresa(mundo.empresa):
        assert Lote.objects.get(pk=lote.pk).saldo == Decimal("7.5")
        assert Asiento.objects.count() == 2


def test_el_mismo_envio_con_otra_cosa_es_un_conflicto_y_no_mueve_nada(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote, otro = mundo.entrada("L1"), mundo.entrada("L2")
    datos = {"envio": str(uuid.uuid4()), "cantidad": "2.5", "motivo": "rotura", "texto": PERDIDA}
    direccion = verbo(Lote, "dar-de-baja", lote)
    assert admin.post(direccion, datos).status_code == 302
    antes = foto(mundo.empresa)
    dicho = "Ese formulario ya se guardó antes con otros datos. Ábralo de nuevo para otra cosa."
    for donde, cambio in (
        (direccion, {"cantidad": "3"}),
        (direccion, {"motivo": "merma"}),
        (verbo(Lote, "dar-de-baja", otro), {}),
    ):
        respuesta = admin.post(donde, {**datos, **cambio})
        assert respuesta.status_code == 409
        assert dicho in respuesta.content.decode()
        assert respuesta.context["formulario"]["texto"].value() == PERDIDA
    assert foto(mundo.empresa) == antes


def test_el_envio_de_otra_persona_no_estorba(
    mundo: Mundo, admin: Client, entrar: Callable[..., Client]
) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    datos = {"envio": str(uuid.uuid4()), "cantidad": "2.5", "motivo": "rotura", "texto": PERDIDA}
    direccion = verbo(Lote, "dar-de-baja", lote)
    supervisor = entrar(Rol.SUPERVISOR)
    assert [cliente.post(direccion, datos).status_code for cliente in (admin, supervisor)] == [302, 302]
    with en_empresa(mundo.empresa):
        assert Lote.objects.get(pk=lote.pk).saldo == 5
        actores = set(Asiento.objects.filter(tipo="merma").values_list("actor__email", flat=True))
    assert actores == {mundo.actor.usuario.email, f"{Rol.SUPERVISOR}@acme.ec"}


def test_repetir_el_envio_de_varias_no_intenta_las_que_se_rechazaron(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        mundo.entrada("L1")
        primera, segunda = mundo.despacho(4), mundo.despacho(1)
        services.revertir_asiento(actor=mundo.actor, asiento=primera, explicacion="Error")
    datos = {"envio": str(uuid.uuid4()), "explicacion": "Limpieza del día"}
    direccion = verbo(Asiento, "revertir", primera, segunda)
    dicho = avisos(admin.post(direccion, datos))
    antes = foto(mundo.empresa)
    admin.get(lista(Asiento))
    assert avisos(admin.post(direccion, datos))[:-1] == dicho
    assert dicho[1] == f"El asiento {primera.numero} ya se revirtió."
    assert foto(mundo.empresa) == antes


def test_un_fallo_no_previsto_no_deja_nada_y_suelta_la_clave(
    mundo: Mundo, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with en_empresa(mundo.empresa):
        lotes = [mundo.entrada("L1"), mundo.entrada("L2")]
    datos = {"envio": str(uuid.uuid4()), "motivo": "Aviso del proveedor"}
    direccion = verbo(Lote, "bloquear", *lotes)
    antes = foto(mundo.empresa)
    bloquear = services.bloquear_lote

    def caer_en_el_segundo(**opciones: Any) -> Any:
        if opciones["lote"] == lotes[0]:
            raise RuntimeError("se cayó")
        return bloquear(**opciones)

    monkeypatch.setattr(services, "bloquear_lote", caer_en_el_segundo)
    with pytest.raises(RuntimeError):
        admin.post(direccion, datos)
    assert foto(mundo.empresa) == antes
    monkeypatch.undo()
    assert avisos(admin.post(direccion, datos)) == ["Lote L2 bloqueado.", "Lote L1 bloqueado."]


def test_un_envio_rechazado_se_corrige_y_se_envia_otra_vez(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    datos = {"envio": str(uuid.uuid4()), "motivo": "rotura", "texto": PERDIDA}
    direccion = verbo(Lote, "dar-de-baja", lote)
    antes = foto(mundo.empresa)
    rechazado = admin.post(direccion, {**datos, "cantidad": "10.5"})
    assert rechazado.status_code == 200
    assert avisos(rechazado) == [
        "Stock insuficiente de BAL-35 del lote L1: se pidió 10.5 kg y hay 10 kg disponible."
    ]
    assert foto(mundo.empresa) == antes
    assert admin.post(direccion, {**datos, "cantidad": "10"}).status_code == 302
    with en_empresa(mundo.empresa):
        assert Lote.objects.get(pk=lote.pk).saldo == 0


@pytest.mark.parametrize(
    ("nombre", "datos", "saldo", "asiento"),
    [
        ("dar-de-baja", {"cantidad": "2.5", "motivo": "merma"}, "7.5", "Merma"),
        ("dar-de-baja", {"cantidad": "10", "motivo": "devolucion"}, "0", "Devolución"),
        ("ajustar", {"diferencia": "-0.0001", "motivo": "correccion"}, "9.9999", "Ajuste"),
        ("ajustar", {"diferencia": "3", "motivo": "conteo"}, "13", "Ajuste"),
        ("ajustar", {"diferencia": "0", "motivo": "conteo"}, "10", ""),
        ("contar", {"contada": "0", "motivo": "conteo"}, "0", "Ajuste"),
        ("contar", {"contada": "10", "motivo": "conteo"}, "10", ""),
    ],
)
def test_los_verbos_de_cantidad_dejan_el_lote_en_su_cifra(
    mundo: Mundo, admin: Client, nombre: str, datos: dict[str, str], saldo: str, asiento: str
) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    direccion = verbo(Lote, nombre, lote)
    assert admin.get(direccion).status_code == 200
    respuesta = enviar(admin, direccion, texto=PERDIDA, **datos)
    aviso = "El lote L1 ya tenía esa cantidad: no se asentó nada."
    if asiento:
        aviso = f"Asiento 2 ({asiento}): al lote L1 le quedan {saldo} kg."
    assert (respuesta.status_code, avisos(respuesta)) == (302, [aviso])
    with en_empresa(mundo.empresa):
        assert Lote.objects.get(pk=lote.pk).saldo == Decimal(saldo)
        assert Existencia.objects.get().fisica == Decimal(saldo)


@pytest.mark.parametrize("nombre", ["dar-de-baja", "ajustar", "contar"])
def test_una_cantidad_que_no_vale_se_explica_y_no_mueve_nada(
    mundo: Mundo, admin: Client, nombre: str
) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    antes = foto(mundo.empresa)
    for valor in ("", "abc", "NaN", "Infinity", "1e400", "0.00001", "1" * 30, "100000000000", "true", "\x00"):
        datos = {"cantidad": valor, "diferencia": valor, "contada": valor, "motivo": "merma"}
        respuesta = enviar(admin, verbo(Lote, nombre, lote), texto=PERDIDA, **datos)
        assert respuesta.status_code == 200, valor
        assert avisos(respuesta) or respuesta.context["formulario"].errors, valor
        assert foto(mundo.empresa) == antes, valor


def test_bloquear_y_desbloquear_dejan_su_historia(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote, otro = mundo.entrada("L1"), mundo.entrada("L2")
    respuesta = enviar(admin, verbo(Lote, "bloquear", lote, otro), motivo="Aviso del proveedor")
    assert avisos(respuesta) == ["Lote L2 bloqueado.", "Lote L1 bloqueado."]
    otra_vez = enviar(admin, verbo(Lote, "bloquear", lote), motivo="Por si acaso")
    assert avisos(otra_vez)[-1] == "El lote L1 ya estaba bloqueado: no cambió nada."
    enviar(admin, verbo(Lote, "desbloquear", lote), motivo="Análisis en regla")
    with en_empresa(mundo.empresa):
        assert list(Lote.objects.order_by("pk").values_list("bloqueado", "motivo_bloqueo")) == [
            (False, ""),
            (True, "Aviso del proveedor"),
        ]
    contenido = admin.get(pagina(lote)).content.decode()
    assert "Aviso del proveedor" in contenido
    assert "Análisis en regla" in contenido


@pytest.mark.parametrize("rol", [Rol.OPERADOR, Rol.AUDITOR])
def test_un_verbo_sin_permiso_se_prohibe_y_no_se_ofrece(
    mundo: Mundo, entrar: Callable[..., Client], rol: Rol
) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
        asiento = Asiento.objects.get()
    cliente = entrar(rol)
    antes = foto(mundo.empresa)
    datos = {"explicacion": PERDIDA, "motivo": "merma", "texto": PERDIDA, "cantidad": 1, "diferencia": 1}
    de_lote = ("bloquear", "desbloquear", "dar-de-baja", "ajustar", "contar")
    for fila, nombre in ((asiento, "revertir"), *((lote, nombre) for nombre in de_lote)):
        direccion = verbo(type(fila), nombre, fila)
        assert cliente.get(direccion).status_code == 403
        assert enviar(cliente, direccion, **datos).status_code == 403
        assert cliente.get(pagina(fila)).context["acciones"] == []
        assert f'value="{nombre}"' not in cliente.get(lista(type(fila))).content.decode()
    assert foto(mundo.empresa) == antes


def test_un_verbo_sobre_filas_que_no_existen_es_404(mundo: Mundo, admin: Client) -> None:
    for ids in ("", "x", "1,x", "0", "-1", "9" * 40, "999999", "1;2", "²"):
        for modelo, nombre in ((Lote, "bloquear"), (Lote, "contar"), (Asiento, "revertir")):
            assert admin.get(verbo(modelo, nombre, ids)).status_code == 404, ids


def test_un_verbo_de_una_fila_no_se_aplica_a_varias(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lotes = [mundo.entrada("L1"), mundo.entrada("L2")]
    elegidos = {"action": "contar", "_selected_action": [lote.pk for lote in lotes]}
    respuesta = admin.post(lista(Lote), elegidos)
    assert avisos(respuesta) == ["«Contar» es para una sola fila cada vez."]
    assert admin.get(verbo(Lote, "contar", *lotes)).status_code == 404


def test_la_lista_con_verbos_lleva_el_contador_que_su_guion_busca(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        mundo.entrada("L1")
    for modelo in (Lote, Asiento):
        # Sin él, actions.js se cae en cada clic y no se puede elegir un tramo de filas.
        assert (
            '<span class="action-counter" data-actions-icnt="1">' in admin.get(lista(modelo)).content.decode()
        )


def test_un_verbo_para_mas_de_cien_filas_se_niega(mundo: Mundo, admin: Client) -> None:
    assert admin.get(verbo(Lote, "bloquear", *range(1, 102))).status_code == 404


def test_un_formulario_sin_su_clave_de_envio_no_hace_nada(mundo: Mundo, admin: Client) -> None:
    with en_empresa(mundo.empresa):
        lote = mundo.entrada("L1")
    antes = foto(mundo.empresa)
    for envio in ({}, {"envio": "x"}):
        respuesta = admin.post(verbo(Lote, "bloquear", lote), {"motivo": "Aviso", **envio})
        assert respuesta.status_code == 200
    assert foto(mundo.empresa) == antes


def test_quien_no_llega_a_la_bodega_no_hace_nada_con_su_lote(
    mundo: Mundo, entrar: Callable[..., Client]
) -> None:
    with en_empresa(mundo.empresa):
        otra = Bodega.objects.create(empresa=mundo.empresa, codigo="otra", nombre="Otra")
        lote = mundo.entrada("L1", bodega=otra)
        asiento = Asiento.objects.get()
    cliente = entrar(Rol.SUPERVISOR, mundo.bodega)
    antes = foto(mundo.empresa)
    assert enviar(cliente, verbo(Lote, "bloquear", lote), motivo="Aviso").status_code == 404
    assert enviar(cliente, verbo(Asiento, "revertir", asiento), explicacion=PERDIDA).status_code == 404
    assert foto(mundo.empresa) == antes
