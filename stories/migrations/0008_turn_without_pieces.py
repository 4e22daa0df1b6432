from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stories', '0007_pieces_become_stories'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='turn',
            options={'ordering': ['own']},
        ),
        migrations.RemoveField(
            model_name='turn',
            name='by',
        ),
        migrations.RemoveField(
            model_name='turn',
            name='error',
        ),
        migrations.RemoveField(
            model_name='turn',
            name='flags',
        ),
        migrations.RemoveField(
            model_name='turn',
            name='made',
        ),
        migrations.RemoveField(
            model_name='turn',
            name='text',
        ),
        migrations.AddConstraint(
            model_name='turn',
            constraint=models.UniqueConstraint(fields=('reading', 'own'), name='one_turn_a_kind'),
        ),
    ]
