"""La API de lo que hay: los productos con sus cantidades (E1–E5), el kárdex y las lecturas del libro."""
