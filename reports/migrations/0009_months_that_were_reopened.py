"""A month that was closed and reopened is known as such, and is never a draft again."""

from django.db import migrations, models

MOVES = {
    "submit": "提出する", "withdraw": "提出を取り下げる", "take_back": "提出を取り下げて再開中に戻す", "return": "差し戻す",
    "accept": "確認済みにする", "close": "締める", "publish": "公表する", "reopen": "再開する", "lapse": "再開の期限が過ぎる",
}  # fmt: skip

# What waits for its hub again gets back the reopening that it is, or was, open by, until the moment that the lock knows.
# Where that is past, the next beat ends it: the month is closed as it was, and its hub may ask again.
CARRY_OVER = """
SELECT set_config('yorozu.figures', (SELECT array_agg(id)::text FROM hubs_hub), true);
UPDATE reports_monthlyreport r SET was_reopened = true
 WHERE EXISTS (SELECT FROM reports_monthstep s WHERE s.hub_id = r.hub_id AND s.report_id = r.id AND s.move = 'reopen');
UPDATE reports_monthlyreport SET state = 'reopened', version = version + 1 WHERE was_reopened AND state = 'drafting';
UPDATE reports_reopening o SET state = 'granted', ended_at = NULL, until = coalesce(
    (SELECT l.open_until FROM consultations_monthlock l WHERE l.hub_id = r.hub_id AND l.month = r.reporting_month_id), o.until)
  FROM reports_monthlyreport r
 WHERE r.hub_id = o.hub_id AND r.was_reopened AND r.state IN ('reopened', 'returned')
   AND o.id = (SELECT n.id FROM reports_reopening n
                WHERE n.hub_id = r.hub_id AND n.report_id = r.id AND n.state IN ('granted', 'ended')
                ORDER BY n.decided_at DESC, n.id DESC LIMIT 1);
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
# Going back, the old move takes its place; the month stays reopened, which the old table knows too.
CARRY_BACK = """
SELECT set_config('yorozu.figures', (SELECT array_agg(id)::text FROM hubs_hub), true);
UPDATE reports_monthstep SET move = 'withdraw' WHERE move = 'take_back';
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [("consultations", "0014_month_locks"), ("hubs", "0001_initial"), ("reports", "0008_accepted_figures")]
    operations = [
        migrations.RemoveConstraint("monthstep", "month_move_is_known"),
        migrations.AddField(
            "monthlyreport", "was_reopened",
            models.BooleanField(db_default=False, default=False, verbose_name="再開した月"),
        ),
        migrations.AlterField(
            "monthstep", "move", models.CharField(choices=list(MOVES.items()), max_length=12, verbose_name="操作")
        ),
        migrations.RunSQL(CARRY_OVER, CARRY_BACK),
        migrations.AddConstraint(
            "monthlyreport",
            models.CheckConstraint(
                name="a_month_that_was_reopened_is_no_draft",
                condition=models.Q(~models.Q(state="reopened"), was_reopened=False)
                | models.Q(~models.Q(state="drafting"), was_reopened=True),
            ),
        ),
        migrations.AddConstraint(
            "monthstep", models.CheckConstraint(name="month_move_is_known", condition=models.Q(move__in=list(MOVES)))
        ),
    ]  # fmt: skip
