"""Los formatos que cambian respecto de los de Django, por idioma."""
