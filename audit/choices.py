"""What the actions of the trail are called. A code without a name is shown as it is."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, str | Promise] = {
    "login.succeeded": _("サインイン"),
    "login.failed": _("サインイン失敗"),
    "logout": _("サインアウト"),
    "password.changed": _("パスワードの変更"),
    "mfa.added": _("二要素認証の追加"),
    "mfa.removed": _("二要素認証の削除"),
    "account.made": _("利用者の登録"),
    "account.changed": _("利用者の変更"),
    "account.invited": _("利用者への招待の送付"),
    "membership.made": _("役割の付与"),
    "membership.ended": _("役割の終了"),
    "appointment.requested": _("委嘱の協議の申入れ"),
    "appointment.agreed": _("委嘱への同意"),
    "appointment.declined": _("委嘱への不同意"),
    "appointment.withdrawn": _("委嘱の協議の取下げ"),
    "appointment.contracted": _("委嘱の契約締結"),
    "appointment.ended": _("委嘱の満了"),
    "appointment.released": _("委嘱の解除"),
    "records.opened": _("全国本部による記録の閲覧開始"),
    "trail.viewed": _("監査証跡の閲覧"),
    "admin.added": _("管理画面での追加"),
    "admin.changed": _("管理画面での変更"),
    "admin.deleted": _("管理画面での削除"),
    "enterprise.registered": _("事業者の登録"),
    "enterprise.revised": _("事業者の変更"),
    "enterprise.viewed": _("事業者の閲覧"),
    "enterprise.searched": _("事業者の検索"),
    "enterprises.listed": _("事業者一覧の閲覧"),
    "case.opened": _("案件の受付"),
    "case.revised": _("案件の変更"),
    "case.viewed": _("案件の閲覧"),
    "cases.listed": _("案件一覧の閲覧"),
    "consultation.logged": _("相談記録の登録"),
    "consultation.revised": _("相談記録の変更"),
    "consultation.deleted": _("相談記録の削除"),
    "consultation.viewed": _("相談記録の閲覧"),
    "consultations.listed": _("相談記録一覧の閲覧"),
    "consultations.searched": _("相談記録の検索"),
    "case.start": _("案件の対応開始"),
    "case.refer": _("案件を紹介中に変更"),
    "case.watch": _("案件を経過観察に変更"),
    "case.solve": _("案件の解決"),
    "case.give_up": _("案件の未解決での終了"),
    "case.suspend": _("案件の中断"),
    "case.reopen": _("案件の再開"),
    "figure.opened": _("集計値の内訳の閲覧"),
    "demo.loaded": _("デモデータの作成"),
    "job.requested": _("ファイル作成の依頼"),
    "job.started": _("ファイル作成の開始"),
    "job.finished": _("ファイル作成の完了"),
    "job.failed": _("ファイル作成の失敗"),
    "job.sent_again": _("ファイル作成の再送"),
    "job.expired": _("ファイルの期限切れ"),
    "job.downloaded": _("ファイルのダウンロード"),
    "report.downloaded": _("月次報告のダウンロード"),
}

# What the parts of a line's content are called.
PARTS: dict[str, str | Promise] = {
    "attempt": _("試行"),
    "bytes": _("バイト数"),
    "consultations": _("相談記録"),
    "count": _("件数"),
    "email": _("メールアドレス"),
    "edition": _("版"),
    "fields": _("項目"),
    "filters": _("絞り込み"),
    "first": _("相談日(から)"),
    "format": _("形式"),
    "ground": _("事由"),
    "indicator": _("指標"),
    "kind": _("種類"),
    "last": _("相談日(まで)"),
    "method": _("相談方法"),
    "methods": _("方法"),
    "mine": _("自分の記録だけ"),
    "month": _("対象月"),
    "person": _("利用者番号"),
    "post": _("職"),
    "q": _("検索した言葉"),
    "reason": _("理由"),
    "role": _("役割"),
    "rows": _("件数"),
    "sha256": _("ハッシュ値"),
    "state": _("状態"),
    "theme": _("相談細目"),
    "until": _("期限"),
    "via": _("経路"),
    "what": _("内容"),
    "words": _("検索した言葉"),
}


# What was typed into a search: often a client's name. For the hub itself, and for nobody outside it.
TYPED = frozenset({"q", "words"})
HIDDEN = "***"


def parts_of(detail: dict[str, Any], *, typed: bool) -> list[tuple[str, str]]:
    """A line's content as names and texts, without what is empty. Unless `typed`, of what was typed into a search
    one sees only that there was something."""
    filled = {name: value for name, value in detail.items() if value not in ("", None, [])}
    hidden = frozenset() if typed else TYPED
    return [(str(PARTS.get(name, name)), HIDDEN if name in hidden else _text(v)) for name, v in filled.items()]


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def named(action: str) -> str:
    """An action in the reader's language, or its code."""
    return str(ACTIONS.get(action, action))
