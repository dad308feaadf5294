"""Da una clave nueva y dice cómo cambiarla sin echar a nadie (R-10)."""

from __future__ import annotations

import secrets
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

VARIABLES = ("DJANGO_SECRET_KEY", "JWT_SECRET")
PASOS = """\
1. Ponga estas dos variables en todos los procesos (web, worker y beat) y reinícielos:
     {variable}={nueva}
     {variable}_FALLBACKS=<la que hoy está en {variable}>
   Desde entonces se firma con la nueva, y lo firmado con la anterior todavía vale.
2. Espere {dias} días: lo que dura la sesión más larga. Quien entre mientras tanto queda con la nueva.
3. Quite {variable}_FALLBACKS y reinicie otra vez: lo firmado con la anterior deja de valer.
Si la clave se filtró no espere: haga el paso 3 junto con el 1, y todos tendrán que entrar otra vez.
"""


class Command(BaseCommand):
    help = "Genera una clave y dice los tres pasos para cambiarla. No cambia ni muestra la que está puesta."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--variable", choices=VARIABLES, default=VARIABLES[0])

    def handle(self, *args: Any, variable: str, **opciones: Any) -> None:
        dias = max(settings.TOKEN_DE_RENOVACION_DURA.days, 1)
        self.stdout.write(
            PASOS.format(variable=variable, nueva=secrets.token_urlsafe(50), dias=dias), ending=""
        )
