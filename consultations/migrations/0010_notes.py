"""Attachments, and the review of notes."""

import django.db.models.deletion
import foundation.constraints
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consultations', '0009_outcomes'),
    ]

    operations = [
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '確認待ち'), ('returned', '差戻し'), ('accepted', '確認済み')], max_length=10, verbose_name='状態')),
                ('reason', models.CharField(choices=[('thin', '引き継ぎに足りない項目がある'), ('late', '記録が遅れた'), ('sample', '抽出'), ('chosen', 'チーフが選んだ')], max_length=10, verbose_name='確認する理由')),
                ('completeness', models.PositiveSmallIntegerField(verbose_name='満たしている項目')),
                ('opened_at', models.DateTimeField(verbose_name='依頼日時')),
                ('moved_at', models.DateTimeField(verbose_name='更新日時')),
                ('chief', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='確認者')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='consultations.consultation')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
            ],
            options={
                'verbose_name': '記録の確認',
                'verbose_name_plural': '記録の確認',
            },
        ),
        migrations.CreateModel(
            name='ReviewComment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(verbose_name='コメント')),
                ('at', models.DateTimeField(verbose_name='日時')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('review', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='consultations.review')),
            ],
            options={
                'verbose_name': '確認のコメント',
                'verbose_name_plural': '確認のコメント',
            },
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='ファイル名')),
                ('kind', models.CharField(choices=[('pdf', 'PDF'), ('png', '画像(PNG)'), ('jpeg', '画像(JPEG)'), ('heic', '画像(HEIC)'), ('docx', 'Word'), ('xlsx', 'Excel'), ('pptx', 'PowerPoint'), ('text', 'テキスト・CSV')], max_length=10, verbose_name='種類')),
                ('key', models.CharField(blank=True, editable=False, max_length=80)),
                ('size', models.PositiveBigIntegerField(verbose_name='大きさ(バイト)')),
                ('sha256', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('pending', '検査待ち'), ('clean', '検査済み'), ('infected', 'ウイルス検出'), ('unscanned', '未検査')], max_length=10, verbose_name='ウイルス検査')),
                ('found', models.CharField(blank=True, max_length=120, verbose_name='検出名')),
                ('scanned_at', models.DateTimeField(null=True, verbose_name='検査日時')),
                ('uploaded_at', models.DateTimeField(verbose_name='添付日時')),
                ('removed_at', models.DateTimeField(null=True, verbose_name='削除日時')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='consultations.consultation')),
                ('hub', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='hubs.hub', verbose_name='拠点')),
                ('removed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '添付ファイル',
                'verbose_name_plural': '添付ファイル',
                'indexes': [models.Index(fields=['hub', 'consultation'], name='attachment_by_consultation'), models.Index(condition=models.Q(('state__in', ['pending', 'unscanned'])), fields=['hub', 'state'], name='attachment_unchecked')],
                'constraints': [foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_attachment_wall', or_none=False, or_own='', sees='records'), foundation.constraints.SameHub(columns=['consultation_id', 'hub_id'], name='an_attachment_is_of_its_hubs_consultation', to_columns=['id', 'hub_id'], to_table='consultations_consultation'), models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('hub', 'key'), name='one_attachment_per_stored_file'), models.CheckConstraint(condition=models.Q(('kind__in', ['pdf', 'png', 'jpeg', 'heic', 'docx', 'xlsx', 'pptx', 'text'])), name='attachment_kind_is_known'), models.CheckConstraint(condition=models.Q(('state__in', ['pending', 'clean', 'infected', 'unscanned'])), name='attachment_state_is_known'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='an_attachment_has_a_name'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='an_attachment_is_not_empty'), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['clean', 'infected']), _negated=True), ('scanned_at__isnull', False), _connector='OR'), name='a_verdict_has_its_moment'), models.CheckConstraint(condition=models.Q(('removed_at__isnull', True), ('removed_at__gte', models.F('uploaded_at')), _connector='OR'), name='an_attachment_is_removed_after_it_came'), models.CheckConstraint(condition=models.Q(('removed_by__isnull', True), ('removed_at__isnull', False), _connector='OR'), name='who_removes_an_attachment_does_so_at_a_moment')],
            },
        ),
        migrations.AddIndex(
            model_name='review',
            index=models.Index(fields=['hub', 'state', 'completeness', 'id'], name='review_by_state'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_review_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('id', 'hub'), name='review_and_hub'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.UniqueConstraint(fields=('hub', 'consultation'), name='one_review_per_consultation'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=foundation.constraints.SameHub(columns=['consultation_id', 'hub_id'], name='a_review_is_of_its_hubs_consultation', to_columns=['id', 'hub_id'], to_table='consultations_consultation'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'returned', 'accepted'])), name='review_state_is_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['thin', 'late', 'sample', 'chosen'])), name='review_reason_is_known'),
        ),
        migrations.AddConstraint(
            model_name='review',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), ('chief__isnull', False), _connector='OR'), name='a_verdict_on_a_note_has_a_chief'),
        ),
        migrations.AddIndex(
            model_name='reviewcomment',
            index=models.Index(fields=['hub', 'review', 'id'], name='reviewcomment_by_review'),
        ),
        migrations.AddConstraint(
            model_name='reviewcomment',
            constraint=foundation.constraints.Wall(append_only=False, column='hub_id', name='consultations_reviewcomment_wall', or_none=False, or_own='', sees='records'),
        ),
        migrations.AddConstraint(
            model_name='reviewcomment',
            constraint=foundation.constraints.SameHub(columns=['review_id', 'hub_id'], name='a_comment_is_of_its_hubs_review', to_columns=['id', 'hub_id'], to_table='consultations_review'),
        ),
        migrations.AddConstraint(
            model_name='reviewcomment',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='a_comment_says_something'),
        ),
    ]
