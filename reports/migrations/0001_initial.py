from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='IndicatorValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=8)),
                ('measure', models.CharField(help_text='Which line of the indicator, such as answered_by_30.', max_length=40)),
                ('definition', models.PositiveSmallIntegerField(help_text='Version of the definition; a change makes a new series.')),
                ('code_version', models.CharField(max_length=20)),
                ('scope', models.CharField(help_text='city, service:CODE, operator:CODE, category:SERVICE/CODE or area:CODE.', max_length=80)),
                ('window_from', models.DateTimeField()),
                ('window_until', models.DateTimeField()),
                ('as_of', models.DateTimeField()),
                ('is_provisional', models.BooleanField(default=False, help_text='The window had not ended, or not long enough ago.')),
                ('value', models.FloatField(null=True)),
                ('low', models.FloatField(null=True)),
                ('high', models.FloatField(null=True)),
                ('n', models.PositiveIntegerField(help_text='The base: how many there were to count.')),
                ('events', models.PositiveIntegerField(null=True)),
                ('censored_share', models.FloatField(null=True)),
                ('facts', models.JSONField(default=dict, help_text='Counts behind the figure, by name.')),
                ('withheld', models.CharField(blank=True, help_text='Why no value is shown, such as too_few.', max_length=40)),
                ('computed_at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(fields=['scope', 'code', '-window_until'], name='indicator_by_scope')],
                'constraints': [models.UniqueConstraint(fields=('code', 'measure', 'definition', 'scope', 'window_from', 'window_until', 'as_of'), name='indicator_value_once'), models.CheckConstraint(condition=models.Q(('window_until__gt', models.F('window_from'))), name='indicator_window_has_length'), models.CheckConstraint(condition=models.Q(('withheld', ''), models.Q(('high', None), ('low', None), ('value', None)), _connector='OR'), name='indicator_withheld_has_no_value')],
            },
        ),
    ]
