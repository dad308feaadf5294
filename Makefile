PYTHON_VENV := .venv/bin/python
COMPILAR := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--custom-compile-command "make requisitos" --no-emit-index-url --no-emit-find-links

.PHONY: ayuda setup run login test test-todo lint formato fotos requisitos actualizar migraciones limpiar

ayuda: ## Muestra esta lista.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r orden que; do printf '  make %-12s %s\n' "$$orden" "$$que"; done

setup: ## Prepara .venv con todo, sin arrancar nada.
	@sh herramientas/preparar.sh desarrollo

run: ## Arranca web, worker y beat; honra PORT y DATABASE_URL.
	@sh herramientas/preparar.sh ejecucion && exec $(PYTHON_VENV) -m herramientas.arrancar

login: ## Muestra otra vez la dirección y el acceso de demostración.
	@sh herramientas/preparar.sh ejecucion && exec $(PYTHON_VENV) -m herramientas.arrancar --acceso

test: ## Revisiones, la suite repartida entre SQLite y PostgreSQL, y un día corto de alimentación.
	@sh herramientas/preparar.sh desarrollo && exec $(PYTHON_VENV) -m herramientas.pruebas $(ARGS)

test-todo: ## Todo en los dos motores, la farmacia y el día enteros, y la cobertura; cerca de una hora.
	@sh herramientas/preparar.sh desarrollo && exec $(PYTHON_VENV) -m herramientas.pruebas --todo

lint: setup ## Solo lo que se revisa sin correr pruebas.
	@exec $(PYTHON_VENV) -m herramientas.pruebas --solo-revisiones

formato: setup ## Ordena el código.
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

fotos: setup ## Vuelve a sacar las fotos de la guía; necesita Chromium.
	@exec $(PYTHON_VENV) -m herramientas.fotos

requisitos: setup ## Recompila los requirements conservando versiones.
	$(COMPILAR) requirements.in --output-file requirements.txt
	$(COMPILAR) requirements-dev.in --output-file requirements-dev.txt

actualizar: setup ## Recompila los requirements con lo más nuevo que se admita.
	$(COMPILAR) --upgrade requirements.in --output-file requirements.txt
	$(COMPILAR) --upgrade requirements-dev.in --output-file requirements-dev.txt

migraciones: setup ## Dice si falta alguna migración.
	$(PYTHON_VENV) manage.py makemigrations --check --dry-run

limpiar: ## Borra lo que se puede volver a hacer; nunca la base ni var/.
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache htmlcov staticfiles
	rm -f .coverage .coverage.*
