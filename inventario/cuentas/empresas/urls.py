"""Lo que cada quien hace con su propia cuenta."""

from django.urls import path

from inventario.cuentas.empresas import views

app_name = "cuentas"

urlpatterns = [
    path("empresa/", views.cambiar_de_empresa, name="empresa"),
]
