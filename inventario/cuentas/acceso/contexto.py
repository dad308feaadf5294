"""Lo que toda plantilla sabe de la empresa en curso."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def empresa_en_curso(request: HttpRequest) -> dict[str, Any]:
    return {"empresa_en_curso": getattr(request, "empresa", None)}
