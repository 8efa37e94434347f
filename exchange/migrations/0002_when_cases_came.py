"""A row keeps the day on which its new case came, where another row of the file tells an earlier one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exchange", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="importrow", name="came_on", field=models.DateField(null=True, verbose_name="受付日")
        ),
    ]
