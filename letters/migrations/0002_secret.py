from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('letters', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='letter',
            name='is_secret',
            field=models.BooleanField(default=False, verbose_name='送信後すぐ内容を消す'),
        ),
    ]
