"""La página de la auditoría: qué se ve, cómo se filtra, quién la ve y su CSV."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventario.auditoria.hechos import Hecho
from inventario.auditoria.models import Anotacion
from inventario.auditoria.selectors import anotaciones, quienes
from inventario.auditoria.services import anotar, firma_de
from inventario.cuentas.models import Empresa, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.movimientos.tests.mundo import Mundo
from inventario.panel.auditoria.views import POR_PAGINA
from inventario.panel.tests.conftest import Navegador
from inventario.productos.services import editar_producto


@pytest.fixture
def jefa(granja: Mundo) -> Navegador:
    """Quien administra, recién entrada."""
    usuario = Usuario.objects.create_user("rosa@granja.ec", nombre="Rosa", is_staff=True)
    agregar_miembro(empresa=granja.empresa, usuario=usuario, rol=Rol.ADMINISTRADOR)
    navegador = Navegador()
    navegador.force_login(usuario)
    return navegador


@pytest.fixture
def precio(granja: Mundo) -> Anotacion:
    producto = granja.producto("ALIM-35", precio=Decimal("2.50"))
    editar_producto(actor=granja.actor, producto=producto, cambios={"precio": Decimal("7.50")})
    una: Anotacion = Anotacion.objects.get(hecho="precio_cambiado")
    return una


def _hechos(navegador: Navegador, consulta: str = "") -> list[str]:
    return [una.hecho for una, _ in navegador.get(f"/auditoria/?{consulta}").context["filas"]]


def test_se_lee_quien_que_antes_y_despues(granja: Mundo, jefa: Navegador, precio: Anotacion) -> None:
    texto = " ".join(jefa.get("/auditoria/").content.decode().split())
    for dato in ("Precio cambiado", "Alimento ALIM-35", "Precio:", ">2.5</del>", ">7.5</ins>"):
        assert dato in texto
    assert precio.quien in texto


def test_solo_quien_administra(granja: Mundo, navegador: Navegador) -> None:
    for rol in (Rol.SUPERVISOR, Rol.OPERADOR, Rol.AUDITOR):
        usuario = Usuario.objects.create_user(f"{rol}@granja.ec", is_staff=True)
        agregar_miembro(empresa=granja.empresa, usuario=usuario, rol=rol)
        navegador.force_login(usuario)
        for ruta in ("/auditoria/", "/auditoria/auditoria.csv", "/admin/auditoria/anotacion/"):
            assert navegador.get(ruta).status_code == 403, (rol, ruta)
        assert "/auditoria/" not in navegador.get("/").content.decode()


def test_filtros(granja: Mundo, jefa: Navegador, precio: Anotacion) -> None:
    hoy = timezone.localdate()
    assert _hechos(jefa, "hecho=precio_cambiado") == ["precio_cambiado"]
    assert _hechos(jefa, "q=alim-35") == ["precio_cambiado"]
    assert _hechos(jefa, f"persona={granja.actor.usuario.pk}") == ["precio_cambiado"]
    assert "precio_cambiado" in _hechos(jefa, f"desde={hoy}&hasta={hoy}")
    assert _hechos(jefa, f"hasta={hoy - timedelta(days=1)}") == []
    # Lo mal escrito no filtra; las fechas al revés no muestran nada, y se dice.
    for raro in ("hecho=nada", "persona=x", "desde=ayer", "cursor=zz", "q=%00"):
        assert "precio_cambiado" in _hechos(jefa, raro) or raro == "q=%00"
    respuesta = jefa.get(f"/auditoria/?desde={hoy}&hasta={hoy - timedelta(days=1)}")
    assert "Debe ser igual o posterior" in respuesta.content.decode()


def test_sin_nada_dice_que_habra_y_con_filtro_como_quitarlo(granja: Mundo, jefa: Navegador) -> None:
    texto = jefa.get("/auditoria/?q=nada-se-llama-asi").content.decode()
    assert "Nada se anotó así" in texto
    assert "Quitar el filtro" in texto


def test_de_pagina_en_pagina_sin_repetir(granja: Mundo, jefa: Navegador) -> None:
    for _ in range(POR_PAGINA + 5):
        anotar(actor=granja.actor, hecho=Hecho.BODEGA_CREADA, sobre=granja.bodega)
    primera = jefa.get("/auditoria/?hecho=bodega_creada").context
    segunda = jefa.get(
        "/auditoria/", {"hecho": "bodega_creada", "cursor": primera["tramo"].siguiente}
    ).context
    vistas = [una.pk for contexto in (primera, segunda) for una, _ in contexto["filas"]]
    assert len(vistas) == len(set(vistas)) == POR_PAGINA + 5
    assert vistas == sorted(vistas, reverse=True)


def test_el_csv_trae_todo_y_ninguna_formula(granja: Mundo, jefa: Navegador, precio: Anotacion) -> None:
    anotar(actor=granja.actor, hecho=Hecho.BODEGA_CREADA, sobre=granja.bodega, motivo="=1+1")
    respuesta = jefa.get("/auditoria/auditoria.csv?persona=" + str(granja.actor.usuario.pk))
    lineas = respuesta.getvalue().decode("utf-8-sig").splitlines()
    assert lineas[0].startswith("id;cuando;hecho;")
    assert len(lineas) == 3
    assert "'=1+1" in lineas[1]
    assert "precio_cambiado" in lineas[2]


def test_lo_de_otra_empresa_no_se_ve(granja: Mundo, jefa: Navegador, otra_empresa: Empresa) -> None:
    anotar(actor=None, empresa=otra_empresa, hecho=Hecho.EMPRESA_CAMBIADA, sobre=otra_empresa, motivo="AJENA")
    assert "AJENA" not in jefa.get("/auditoria/?hecho=empresa_cambiada").content.decode()


def test_lo_de_una_persona_se_anota_en_sus_empresas(granja: Mundo, navegador: Navegador) -> None:
    jefe = Usuario.objects.create_superuser("raiz@granja.ec", "x")
    beto = Usuario.objects.create_user("beto@granja.ec", nombre="Beto")
    agregar_miembro(empresa=granja.empresa, usuario=beto, rol=Rol.OPERADOR)
    navegador.force_login(jefe)
    datos = {"email": beto.email, "nombre": "Beto", "is_staff": "on"}
    assert navegador.post(f"/admin/cuentas/usuario/{beto.pk}/change/", datos).status_code == 302
    una = Anotacion.objects.get(hecho="persona_cambiada")
    assert (una.usuario, una.sobre, una.quien) == (jefe, "beto@granja.ec", firma_de(jefe))
    assert una.antes == {"is_active": True, "is_staff": False}
    assert una.despues == {"is_active": False, "is_staff": True}


def test_en_el_admin_se_lee_y_no_se_toca(granja: Mundo, jefa: Navegador, precio: Anotacion) -> None:
    lista = jefa.get("/admin/auditoria/anotacion/?q=ALIM-35&hecho=precio_cambiado")
    assert "Precio cambiado" in lista.content.decode()
    ficha = f"/admin/auditoria/anotacion/{precio.pk}/change/"
    assert jefa.get(ficha).status_code == 200
    assert jefa.post(ficha, {"motivo": "otro"}).status_code == 403
    assert jefa.get(f"/admin/auditoria/anotacion/{precio.pk}/delete/").status_code == 403
    assert jefa.get("/admin/auditoria/anotacion/add/").status_code == 403


@pytest.mark.postgresql
def test_la_lista_y_sus_filtros_van_por_su_indice(granja: Mundo) -> None:
    Anotacion.objects.bulk_create(
        Anotacion(
            empresa=granja.empresa,
            hecho=(Hecho.PRECIO_CAMBIADO, Hecho.BODEGA_CAMBIADA)[n % 2],
            usuario=granja.actor.usuario,
            quien="x",
            sobre_tipo="productos.producto",
            sobre_id=str(n),
            sobre="x",
        )
        for n in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE auditoria_anotacion")
    zona = granja.empresa.zona_horaria
    for filas, indice in (
        (anotaciones(zona=zona), "auditoria_reciente"),
        (anotaciones(zona=zona, hecho="persona_creada"), "auditoria_por_hecho"),
    ):
        plan = filas.order_by("-creado_en", "-pk")[:50].explain()
        assert indice in plan, plan
        assert "Sort" not in plan, plan
    with CaptureQueriesContext(connection) as consultas:
        quienes(granja.empresa)
    assert len(consultas) == 1
