"""El contrato en inglés y el reemplazo, por HTTP, de la ayuda de inventario que usa el módulo biofloc."""

from inventario_cliente.biofloc.client import Deduction, InventoryClient
from inventario_cliente.biofloc.integration import (
    InventoryIntegration,
    InventoryRefused,
    InventoryUnavailable,
    UnknownSku,
    configure,
    create_inventory_integration,
)

__all__ = [
    "Deduction",
    "InventoryClient",
    "InventoryIntegration",
    "InventoryRefused",
    "InventoryUnavailable",
    "UnknownSku",
    "configure",
    "create_inventory_integration",
]
