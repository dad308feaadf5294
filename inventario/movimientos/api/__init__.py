"""La API del libro: E8–E10 del contrato, ajustes, traslados y reversos."""
