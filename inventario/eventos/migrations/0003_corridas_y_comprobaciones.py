import django.db.models.deletion
from django.db import migrations, models

from inventario.nucleo.migraciones import filas_sin_forzar


class Migration(migrations.Migration):

    dependencies = [
        ('cuentas', '0001_inicial'),
        ('eventos', '0002_filas_por_empresa'),
    ]

    operations = [
        migrations.CreateModel(
            name='Corrida',
            fields=[
                ('trabajo', models.CharField(max_length=200, primary_key=True, serialize=False, verbose_name='trabajo')),
                ('empezo_en', models.DateTimeField(verbose_name='empezó')),
                ('termino_en', models.DateTimeField(verbose_name='terminó')),
                ('bien', models.BooleanField(verbose_name='terminó bien')),
                ('detalle', models.TextField(blank=True, verbose_name='detalle')),
            ],
            options={
                'verbose_name': 'última corrida de un trabajo',
                'verbose_name_plural': 'últimas corridas de los trabajos',
                'ordering': ('trabajo',),
            },
        ),
        migrations.CreateModel(
            name='Comprobacion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('empezo_en', models.DateTimeField(verbose_name='empezó')),
                ('termino_en', models.DateTimeField(verbose_name='terminó')),
                ('diferencias', models.PositiveIntegerField(verbose_name='diferencias')),
                ('detalle', models.TextField(blank=True, verbose_name='detalle')),
                ('empresa', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cuentas.empresa', verbose_name='empresa')),
            ],
            options={
                'verbose_name': 'comprobación de los libros',
                'verbose_name_plural': 'comprobaciones de los libros',
                'ordering': ('-id',),
                'indexes': [models.Index(fields=['empresa', '-id'], name='comprobacion_ultimas')],
            },
        ),
        *filas_sin_forzar('eventos_comprobacion'),
    ]
