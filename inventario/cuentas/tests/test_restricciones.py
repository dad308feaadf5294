"""Lo que la base niega de las empresas y su gente."""

from __future__ import annotations

import pytest
from django.utils import timezone

from inventario.cuentas.models import Bodega, Empresa, Invitacion, Membresia, Usuario
from inventario.cuentas.permisos import Rol
from inventario.cuentas.personas.services import agregar_miembro
from inventario.nucleo.tests.fabricas import BodegaFabrica
from inventario.nucleo.tests.restricciones import agregar, cambiar, la_base_niega

PRINCIPAL = "principal AND empresa_id = (SELECT id FROM cuentas_empresa WHERE slug = 'acme')"
ESTANQUES = "codigo = 'estanques'"
ANA = "email = 'ana@granja.test'"
BETO = "email = 'beto@granja.test'"
OTRA_EMPRESA = "(SELECT id FROM cuentas_empresa WHERE slug = 'otra')"


@pytest.fixture
def filas_validas(alcance: Empresa, otra_empresa: Empresa) -> None:
    BodegaFabrica.create(empresa=alcance, codigo="estanques")
    ana = Usuario.objects.create_user("ana@granja.test")
    Usuario.objects.create_user("beto@granja.test")
    agregar_miembro(empresa=alcance, usuario=ana, rol=Rol.OPERADOR)
    Membresia.objects.update(predeterminada=True)
    ahora = timezone.now()
    Invitacion.objects.create(
        empresa=alcance,
        correo="eva@granja.test",
        invitada_por=ana,
        creado_en=ahora,
        vence_en=ahora,
        semilla="x",
    )


test_la_base_niega = la_base_niega(
    {
        "bodega_codigo_unico": [agregar(Bodega, donde=ESTANQUES, codigo="'ESTANQUES'")],
        "bodega_principal_unica": [cambiar(Bodega, donde=ESTANQUES, principal="true")],
        "bodega_principal_activa": [cambiar(Bodega, donde=PRINCIPAL, activa="false")],
        "usuario_correo_unico": [cambiar(Usuario, donde=BETO, email="'ANA@granja.test'")],
        "usuario_tema_conocido": [cambiar(Usuario, donde=ANA, tema="'dark'")],
        "membresia_unica": [agregar(Membresia, predeterminada="false")],
        "membresia_predeterminada_unica": [agregar(Membresia, empresa_id=OTRA_EMPRESA)],
        "invitacion_pendiente_unica": [agregar(Invitacion)],
        "invitacion_rol_conocido": [cambiar(Invitacion, rol="'jefe'")],
        "invitacion_resuelta_una_vez": [
            cambiar(
                Invitacion, aceptada_en="vence_en", revocada_en="vence_en", aceptada_por_id="invitada_por_id"
            )
        ],
        "invitacion_aceptada_por_alguien": [cambiar(Invitacion, aceptada_en="vence_en")],
        "membresia_rol_conocido": [cambiar(Membresia, rol="'jefe'")],
    }
)
