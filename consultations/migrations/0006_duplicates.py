"""Likely pairs of enterprises, and merges."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import foundation.constraints

# Whose pairs may have changed: noted by the database, so that no bulk load and no program can forget it. Append-only,
# like the months that a change touches: two who write never wait for each other.
DUE = """
CREATE FUNCTION consultations_note_due() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO consultations_matchdue (hub_id, enterprise_pk) SELECT hub_id, id FROM new_rows;
    ELSE
        INSERT INTO consultations_matchdue (hub_id, enterprise_pk)
        SELECT n.hub_id, n.id FROM new_rows n JOIN old_rows o ON o.id = n.id
         WHERE (n.name, n.trade_name, n.municipality, n.phone, n.email, n.corporate_number, n.merged_into_id)
               IS DISTINCT FROM
               (o.name, o.trade_name, o.municipality, o.phone, o.email, o.corporate_number, o.merged_into_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER note_due_inserted AFTER INSERT ON consultations_enterprise
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION consultations_note_due();
CREATE TRIGGER note_due_updated AFTER UPDATE ON consultations_enterprise
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION consultations_note_due();
"""
# The owner stands before the walls as well: for these statements all hubs are in scope.
ALL_DUE = """
SELECT set_config('yorozu.records', (SELECT '{' || string_agg(n::text, ',') || '}' FROM generate_series(1, 47) n), true);
INSERT INTO consultations_matchdue (hub_id, enterprise_pk) SELECT hub_id, id FROM consultations_enterprise;
SELECT set_config('yorozu.records', '', true);
"""
NO_DUE = """
DROP TRIGGER note_due_updated ON consultations_enterprise;
DROP TRIGGER note_due_inserted ON consultations_enterprise;
DROP FUNCTION consultations_note_due();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0005_program_rules"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name='LikelyPair',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reasons', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('number_slip', '法人番号が1桁違い'), ('name_and_place', '名称と市区町村が同じ'), ('email', 'メールが同じ'), ('phone', '電話番号が同じ'), ('name', '名称が同じ'), ('numbers_differ', '法人番号は異なる')], max_length=20), size=None, verbose_name='手がかり')),
                ('score', models.PositiveSmallIntegerField(verbose_name='確からしさ')),
                ('state', models.CharField(choices=[('open', '未判断'), ('dismissed', '別の事業者'), ('merged', '統合済み')], default='open', max_length=20, verbose_name='状態')),
                ('found_at', models.DateTimeField(verbose_name='見つけた日時')),
                ('decided_at', models.DateTimeField(null=True, verbose_name='判断した日時')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='理由')),
            ],
            options={
                'verbose_name': '重複の候補',
                'verbose_name_plural': '重複の候補',
            },
        ),
        migrations.CreateModel(
            name='MatchDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('enterprise_pk', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='MatchKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('name', '名称'), ('name_and_place', '名称と市区町村'), ('phone', '電話番号'), ('email', 'メール')], max_length=20)),
                ('value', models.CharField(max_length=400)),
                ('is_common', models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name='Merge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('merged_at', models.DateTimeField(verbose_name='統合した日時')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='備考')),
                ('fields', models.JSONField(default=dict, verbose_name='変えた項目')),
                ('gave_up', models.JSONField(default=dict)),
                ('figures', models.JSONField(default=list, verbose_name='動いた集計値')),
                ('undone_at', models.DateTimeField(null=True, verbose_name='取り消した日時')),
                ('kept', models.JSONField(default=list, verbose_name='取消しで残した項目')),
                ('undone_figures', models.JSONField(default=list, verbose_name='取消しで動いた集計値')),
            ],
            options={
                'verbose_name': '事業者の統合',
                'verbose_name_plural': '事業者の統合',
            },
        ),
        migrations.CreateModel(
            name='MergedRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('table', models.CharField(max_length=80)),
                ('column', models.CharField(max_length=60)),
                ('row', models.BigIntegerField()),
            ],
        ),
        migrations.AddField(
            model_name='enterprise',
            name='merged_into',
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.enterprise', verbose_name='統合先'),
        ),
        migrations.AddIndex(
            model_name='enterprise',
            index=models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['hub', 'merged_into'], name='enterprise_by_survivor'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=foundation.constraints.SameHub(columns=['merged_into_id', 'hub_id'], name='an_enterprise_is_merged_within_its_hub', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='enterprise',
            constraint=models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('corporate_number', ''), models.Q(('merged_into', models.F('pk')), _negated=True)), _connector='OR'), name='a_merged_enterprise_gives_up_its_number'),
        ),
        migrations.AddField(
            model_name='likelypair',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='判断した人'),
        ),
        migrations.AddField(
            model_name='likelypair',
            name='first',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.enterprise'),
        ),
        migrations.AddField(
            model_name='likelypair',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='likelypair',
            name='second',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.enterprise'),
        ),
        migrations.AddField(
            model_name='matchdue',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='matchkey',
            name='enterprise',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='consultations.enterprise'),
        ),
        migrations.AddField(
            model_name='matchkey',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='merge',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='merge',
            name='loser',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.enterprise', verbose_name='統合した事業者'),
        ),
        migrations.AddField(
            model_name='merge',
            name='merged_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='統合した人'),
        ),
        migrations.AddField(
            model_name='merge',
            name='survivor',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.enterprise', verbose_name='残した事業者'),
        ),
        migrations.AddField(
            model_name='merge',
            name='undone_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='取り消した人'),
        ),
        migrations.AddField(
            model_name='mergedrow',
            name='hub',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点'),
        ),
        migrations.AddField(
            model_name='mergedrow',
            name='merge',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='consultations.merge'),
        ),
        migrations.AddIndex(
            model_name='likelypair',
            index=models.Index(fields=['hub', 'state', '-score', '-id'], name='likelypair_by_score'),
        ),
        migrations.AddIndex(
            model_name='likelypair',
            index=models.Index(fields=['hub', 'second'], name='likelypair_by_second'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_likelypair_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=foundation.constraints.SameHub(columns=['first_id', 'hub_id'], name='a_pairs_first_is_of_its_hub', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=foundation.constraints.SameHub(columns=['second_id', 'hub_id'], name='a_pairs_second_is_of_its_hub', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.UniqueConstraint(fields=('hub', 'first', 'second'), name='one_pair_per_two_enterprises'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='a_pair_is_of_two_enterprises_in_order'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.CheckConstraint(condition=models.Q(('reasons__len__gt', 0)), name='a_pair_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'dismissed', 'merged'])), name='pair_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), _connector='OR'), name='a_decision_about_a_pair_has_a_person'),
        ),
        migrations.AddConstraint(
            model_name='likelypair',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), ('decided_at__isnull', False), _connector='OR'), name='a_pair_is_closed_by_a_decision'),
        ),
        migrations.AddIndex(
            model_name='matchdue',
            index=models.Index(fields=['hub', 'id'], name='matchdue_by_hub'),
        ),
        migrations.AddConstraint(
            model_name='matchdue',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_matchdue_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddIndex(
            model_name='matchkey',
            index=models.Index(condition=models.Q(('is_common', True)), fields=['hub', 'kind', 'value'], name='matchkey_common'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_matchkey_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=foundation.constraints.SameHub(columns=['enterprise_id', 'hub_id'], name='a_match_key_is_of_its_hubs_enterprise', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=models.UniqueConstraint(fields=('hub', 'kind', 'value', 'enterprise'), name='one_match_key_per_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['name', 'name_and_place', 'phone', 'email'])), name='match_key_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='matchkey',
            constraint=models.CheckConstraint(condition=models.Q(('value', ''), _negated=True), name='a_match_key_has_a_value'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['hub', '-merged_at', '-id'], name='merge_by_hub'),
        ),
        migrations.AddIndex(
            model_name='merge',
            index=models.Index(fields=['hub', 'survivor'], name='merge_by_survivor'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_merge_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(fields=('id', 'hub'), name='merge_and_hub'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=foundation.constraints.SameHub(columns=['survivor_id', 'hub_id'], name='a_survivor_is_of_its_hub', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=foundation.constraints.SameHub(columns=['loser_id', 'hub_id'], name='a_loser_is_of_its_hub', to_columns=['id', 'hub_id'], to_table='consultations_enterprise'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.UniqueConstraint(condition=models.Q(('undone_at__isnull', True)), fields=('hub', 'loser'), name='one_standing_merge_per_loser'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(('survivor', models.F('loser')), _negated=True), name='a_merge_is_of_two_enterprises'),
        ),
        migrations.AddConstraint(
            model_name='merge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('undone_at__isnull', False), ('undone_by__isnull', False)), models.Q(('undone_at__isnull', True), ('undone_by__isnull', True)), _connector='OR'), name='an_undone_merge_has_a_person'),
        ),
        migrations.AddConstraint(
            model_name='mergedrow',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_mergedrow_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='mergedrow',
            constraint=foundation.constraints.SameHub(columns=['merge_id', 'hub_id'], name='a_merged_row_is_of_its_hubs_merge', to_columns=['id', 'hub_id'], to_table='consultations_merge'),
        ),
        migrations.AddConstraint(
            model_name='mergedrow',
            constraint=models.UniqueConstraint(fields=('hub', 'merge', 'table', 'column', 'row'), name='a_row_is_moved_once'),
        ),
        migrations.RunSQL(DUE, NO_DUE),
        migrations.RunSQL(ALL_DUE, migrations.RunSQL.noop),
    ]
