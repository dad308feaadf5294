"""La API del catálogo: categorías, unidades y proveedores. La del producto dice cuánto hay: está arriba."""
