"""Los horarios que pone la migración: las pruebas que vacían la base se los llevan."""

from __future__ import annotations

from importlib import import_module

from django.apps import apps

_migracion = import_module("inventario.eventos.migrations.0004_horarios")


def poner_horarios() -> None:
    _migracion.instalar(apps, None)


def quitar_horarios() -> None:
    _migracion.quitar(apps, None)
