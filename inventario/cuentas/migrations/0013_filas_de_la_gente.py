from django.db import migrations

from inventario.nucleo.migraciones import (
    EMPRESA_EN_CURSO,
    HUELLA_EN_CURSO,
    PERSONA_EN_CURSO,
    filas_segun,
    forzar_filas,
    politica_de_filas,
)

DE_LA_EMPRESA = f"empresa_id = {EMPRESA_EN_CURSO}"


def _de_su_credencial(tabla, credencial, campo):
    """Lo que cuelga de una membresía o de una clave: se ve con ella y se escribe en su empresa."""
    suya = f"SELECT 1 FROM {credencial} suya WHERE suya.id = {tabla}.{campo}"
    return filas_segun(
        tabla,
        politica_de_filas(tabla, "por_empresa", f"EXISTS ({suya} AND suya.{DE_LA_EMPRESA})"),
        # Sin más condición: de la credencial solo se encuentra la que sus propias políticas muestran.
        politica_de_filas(tabla, "de_lo_visible", f"EXISTS ({suya})", "SELECT"),
    )


class Migration(migrations.Migration):
    """Seguridad por filas donde se lee antes de saber la empresa: quién es uno, con qué entra y a dónde."""

    dependencies = [("cuentas", "0012_horario_de_recuperaciones")]

    operations = [
        *forzar_filas("cuentas_bodega"),
        # El nombre de una empresa no es de nadie: las tareas recorren todas y las órdenes las nombran.
        *filas_segun(
            "cuentas_empresa",
            politica_de_filas("cuentas_empresa", "se_nombran", "true", "SELECT"),
            politica_de_filas("cuentas_empresa", "se_crean", "true", "INSERT"),
            politica_de_filas("cuentas_empresa", "cambia_la_suya", f"id = {EMPRESA_EN_CURSO}", "UPDATE"),
        ),
        *filas_segun(
            "cuentas_membresia",
            politica_de_filas("cuentas_membresia", "por_empresa", DE_LA_EMPRESA),
            politica_de_filas(
                "cuentas_membresia", "de_la_persona", f"usuario_id = {PERSONA_EN_CURSO}", "SELECT"
            ),
        ),
        *filas_segun(
            "cuentas_claveapi",
            politica_de_filas("cuentas_claveapi", "por_empresa", DE_LA_EMPRESA),
            politica_de_filas("cuentas_claveapi", "de_la_huella", f"huella = {HUELLA_EN_CURSO}", "SELECT"),
        ),
        *filas_segun(
            "cuentas_usodeclave",
            politica_de_filas(
                "cuentas_usodeclave",
                "por_empresa",
                "EXISTS (SELECT 1 FROM cuentas_claveapi suya "
                f"WHERE suya.id = cuentas_usodeclave.clave_id AND suya.{DE_LA_EMPRESA})",
            ),
        ),
        *_de_su_credencial("cuentas_membresia_bodegas_permitidas", "cuentas_membresia", "membresia_id"),
        *_de_su_credencial("cuentas_claveapi_bodegas_permitidas", "cuentas_claveapi", "claveapi_id"),
        *_de_su_credencial("cuentas_invitacion_bodegas_permitidas", "cuentas_invitacion", "invitacion_id"),
        *filas_segun(
            "cuentas_sesion",
            politica_de_filas("cuentas_sesion", "de_la_persona", f"usuario_id = {PERSONA_EN_CURSO}"),
            *(
                operacion
                for para in ("SELECT", "DELETE")
                for operacion in (
                    # Quien administra ve y cierra las de los miembros de su empresa.
                    politica_de_filas(
                        "cuentas_sesion",
                        f"de_miembros_{para.lower()}",
                        "EXISTS (SELECT 1 FROM cuentas_membresia suya "
                        f"WHERE suya.usuario_id = cuentas_sesion.usuario_id AND suya.{DE_LA_EMPRESA})",
                        para,
                    ),
                    # La purga no es de nadie, y una vencida ya no abre nada.
                    politica_de_filas(
                        "cuentas_sesion", f"vencidas_{para.lower()}", "vence_en <= now()", para
                    ),
                )
            ),
        ),
    ]
