"""Los horarios que ponen las migraciones: las pruebas que vacían la base se los llevan."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

_migraciones = [
    import_module("inventario.eventos.migrations.0004_horarios"),
    import_module("inventario.alertas.migrations.0003_horarios"),
    import_module("inventario.reportes.migrations.0003_horarios"),
    import_module("inventario.alertas.migrations.0007_cada_cuarto_de_hora"),
    import_module("inventario.cuentas.migrations.0009_horario_de_invitaciones"),
    import_module("inventario.cuentas.migrations.0012_horario_de_recuperaciones"),
    import_module("inventario.importaciones.migrations.0003_horarios"),
]


def poner_horarios() -> None:
    for migracion in _migraciones:
        migracion.instalar(apps, None)


def quitar_horarios() -> None:
    for migracion in reversed(_migraciones):
        migracion.quitar(apps, None)
