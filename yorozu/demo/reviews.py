"""What chiefs have read and said of the last weeks' notes, and a few files, at some hubs."""

from __future__ import annotations

import datetime as dt
import io

from django.utils import timezone

from accounts.models import User
from consultations.actions import attachments, reviewing
from consultations.choices import ReviewState
from consultations.models import Consultation, Review, ReviewComment
from consultations.queries import quality
from hubs.models import Hub
from yorozu.demo.accounts import address

SLUGS = frozenset({"tokyo", "osaka", "fukuoka", "aichi", "hokkaido"})
WEEKS = 5
MOST = 60
ASKED = (
    "次の方が引き継いだときに、何から始めればよいかが分かりません。「次回まで」に誰が何をするかを書き足してください。",
    "助言の根拠になった数字(粗利率や客数)を一行でよいので残してください。",
    "期日がありません。案件の次回アクションに日付を入れておいてください。",
)
ANSWERED = "ご指摘のとおり書き足しました。期日は案件のほうに入れました。"
PRAISED = "状況と助言のつながりが分かりやすい記録です。ほかの方の手本になります。"

_ESTIMATE = "品名,数量,単価,金額\n商談会 出展料,1,88000,88000\n試食用サンプル,120,150,18000\n交通費,2,14200,28400\n"
_PLAN = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 62>>stream
BT /F 18 Tf 72 760 Td (Sales plan, draft of the client) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


def tell_reviews(hub: Hub, *, at: dt.datetime) -> None:
    """Lay the last weeks' notes before the chief as the running system would have, and let some of them be judged. Runs
    in the hub's scope, after its histories are written."""
    if hub.slug not in SLUGS:
        return
    since = timezone.localdate(at) - dt.timedelta(weeks=WEEKS)
    recent = Consultation.objects.filter(hub=hub, held_on__gte=since).standing().for_lists()
    recent = recent.select_related("case", "lead").order_by("-held_on", "-pk")[:MOST]
    chief = User.objects.get(email=address(f"chief.{hub.code}"))
    made = [review for row in recent if (review := _review(row, chief)) is not None]
    for number, review in enumerate(made):
        review.state = (ReviewState.OPEN, ReviewState.OPEN, ReviewState.RETURNED, ReviewState.ACCEPTED)[number % 4]
        review.chief = chief if review.state != ReviewState.OPEN else None
    Review.objects.bulk_create(made)
    ReviewComment.objects.bulk_create(_comments(made, chief))
    if hub.slug == "tokyo":
        _attach(hub, at)


def _review(row: Consultation, chief: User) -> Review | None:
    met = quality.completeness_of(row).met
    reason = reviewing.reason_to_look(row, met, row.created_at)
    if reason is None or row.lead_id == chief.pk:
        return None
    return Review(
        hub_id=row.hub_id, consultation=row, reason=reason, completeness=met, opened_at=row.created_at,
        moved_at=row.created_at + dt.timedelta(hours=20),
    )  # fmt: skip


def _comments(reviews: list[Review], chief: User) -> list[ReviewComment]:
    said = []
    for number, review in enumerate(reviews):
        words: list[tuple[User, str]] = []
        if review.state == ReviewState.RETURNED:
            words = [(chief, ASKED[number % len(ASKED)])]
        elif review.state == ReviewState.ACCEPTED:
            words = [(chief, ASKED[number % len(ASKED)]), (review.consultation.lead, ANSWERED), (chief, PRAISED)]
        said += [
            ReviewComment(hub_id=review.hub_id, review=review, text=text, at=review.moved_at, by=who)
            for who, text in words
        ]
    return said


def _attach(hub: Hub, at: dt.datetime) -> None:
    """Two small files at the newest consultations."""
    files = (
        (_ESTIMATE.encode("cp932"), "商談会の見積り.csv", "text"),
        (_PLAN, "販売計画(案).pdf", "pdf"),
    )
    newest = Consultation.objects.filter(hub=hub).standing().for_lists().select_related("lead").newest_first()
    for row, (content, name, kind) in zip(newest[: len(files)], files, strict=True):
        attachments.attach(consultation=row, file=io.BytesIO(content), name=name, kind=kind, by=row.lead, at=at)
