"""El español de la empresa: 4.200,50. El de Django separa los miles con un espacio."""

THOUSAND_SEPARATOR = "."
