from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reports", "0007_keep_submitted")]
    operations = [
        migrations.AddField(
            model_name="monthlyreport",
            name="accepted_figures",
            field=models.JSONField(db_default={}, default=dict, verbose_name="本部が確認した集計値"),
        ),
    ]
