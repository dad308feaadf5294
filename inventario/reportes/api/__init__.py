"""La API de los reportes: E13–E16 del contrato, los nuevos y las exportaciones."""
