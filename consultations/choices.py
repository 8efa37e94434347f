"""Closed lists of this room (domain.md §5). Lists that change from year to year are directory.Code."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EnterpriseKind(TextChoices):
    """事業者の区分."""

    CORPORATION = "corporation", _("法人")
    SOLE = "sole", _("個人事業主")
    FOUNDER = "founder", _("創業予定者")
    ASSOCIATION = "association", _("団体・組合")
    OTHER = "other", _("その他")


class Category(TextChoices):
    """主たる相談区分."""

    SALES = "sales", _("売上拡大")
    TURNAROUND = "turnaround", _("経営改善・事業再生")
    STARTUP = "startup", _("創業")
    SUCCESSION = "succession", _("事業承継")
    CLOSURE = "closure", _("廃業")
    OTHER = "other", _("その他")


class Method(TextChoices):
    """相談方法."""

    VISIT_TO_HUB = "visit_to_hub", _("来訪")
    VISIT_TO_CLIENT = "visit_to_client", _("訪問")
    OUTREACH = "outreach", _("出張相談会")
    SATELLITE = "satellite", _("サテライト")
    ONLINE = "online", _("オンライン")
    PHONE = "phone", _("電話")
    MAIL = "mail", _("メール")


class Reception(TextChoices):
    """受付経路."""

    PHONE = "phone", _("電話")
    WEB = "web", _("ウェブ")
    WALK_IN = "walk_in", _("窓口")
    MAIL = "mail", _("メール")
    INTRODUCED = "introduced", _("紹介")


class CaseState(TextChoices):
    """案件の状態."""

    RECEIVED = "received", _("受付")
    ACTIVE = "active", _("対応中")
    REFERRED = "referred", _("紹介中")
    WATCHING = "watching", _("経過観察")
    SOLVED = "solved", _("解決")
    UNSOLVED = "unsolved", _("終了(未解決)")
    SUSPENDED = "suspended", _("中断")


class CaseMove(TextChoices):
    """What can be done with a case."""

    START = "start", _("対応を始める")
    REFER = "refer", _("紹介中にする")
    WATCH = "watch", _("経過観察にする")
    SOLVE = "solve", _("解決として終了する")
    GIVE_UP = "give_up", _("未解決で終了する")
    SUSPEND = "suspend", _("中断する")
    REOPEN = "reopen", _("再開する")


class Resolution(TextChoices):
    """解決度."""

    SOLVED = "solved", _("解決")
    PARTLY = "partly", _("一部解決")
    UNSOLVED = "unsolved", _("未解決")
    UNKNOWN = "unknown", _("不明")


class InvolvementKind(TextChoices):
    """How a support organization takes part."""

    REFERRAL = "referral", _("紹介")
    COOPERATION = "cooperation", _("連携")


class ProgramUseKind(TextChoices):
    """How a support programme comes in."""

    USED = "used", _("活用した")
    INTRODUCED = "introduced", _("紹介した")


class NotCounted(TextChoices):
    """非計上の理由 (domain.md §4)."""

    NO_ADVICE = "no_advice", _("助言を伴わない連絡")
    DUPLICATE = "duplicate", _("重複入力")
    OUT_OF_SCOPE = "out_of_scope", _("支援対象外")


class OutcomeKind(TextChoices):
    """成果の種類."""

    SALES = "sales", _("売上増")
    GROSS_PROFIT = "gross_profit", _("粗利増")
    VALUE_ADDED = "value_added", _("付加価値額")
    WAGES = "wages", _("賃上げ")
    EMPLOYMENT = "employment", _("雇用")
    FUNDING = "funding", _("資金調達")
    NEW_PRODUCT = "new_product", _("新商品")
    NEW_CUSTOMER = "new_customer", _("新規取引")
    SUBSIDY = "subsidy", _("補助金採択")
    STARTUP = "startup", _("創業")
    SUCCESSION = "succession", _("承継成立")
    PLAN = "plan", _("計画策定")
    COST = "cost", _("コスト削減")


class Trend(TextChoices):
    """値の変化."""

    UP = "up", _("増加")
    DOWN = "down", _("減少")
    SAME = "same", _("横ばい")
    UNKNOWN = "unknown", _("不明")


class AsOf(TextChoices):
    """成果の時点: at the end of the case, or so many months after it."""

    CLOSING = "closing", _("終了時")
    MONTHS_3 = "months_3", _("3か月後")
    MONTHS_6 = "months_6", _("6か月後")
    MONTHS_12 = "months_12", _("12か月後")


class Confirming(TextChoices):
    """How the client confirmed an outcome."""

    MEETING = "meeting", _("面談")
    PHONE = "phone", _("電話")
    MAIL = "mail", _("メール")
    DOCUMENT = "document", _("決算書などの書面")
    SURVEY = "survey", _("アンケート")


class FollowUpEnding(TextChoices):
    """How a follow-up ended."""

    DONE = "done", _("把握済み")
    SKIPPED = "skipped", _("見送り")
    CANCELLED = "cancelled", _("取消")


class AttachmentKind(TextChoices):
    """What an attachment is, by its content."""

    PDF = "pdf", "PDF"
    PNG = "png", _("画像(PNG)")
    JPEG = "jpeg", _("画像(JPEG)")
    HEIC = "heic", _("画像(HEIC)")
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    PPTX = "pptx", "PowerPoint"
    TEXT = "text", _("テキスト・CSV")


class AttachmentState(TextChoices):
    """What a virus scanner has said."""

    PENDING = "pending", _("検査待ち")
    CLEAN = "clean", _("検査済み")
    INFECTED = "infected", _("ウイルス検出")
    UNSCANNED = "unscanned", _("未検査")


class ReviewState(TextChoices):
    """Where the review of a note stands."""

    OPEN = "open", _("確認待ち")
    RETURNED = "returned", _("差戻し")
    ACCEPTED = "accepted", _("確認済み")


class ReviewMove(TextChoices):
    """What can be done with the review of a note."""

    COMMENT = "comment", _("コメントする")
    RETURN = "return", _("差し戻す")
    ACCEPT = "accept", _("確認済みにする")
    ANSWER = "answer", _("回答する")


class ReviewReason(TextChoices):
    """Why a note comes before the chief."""

    THIN = "thin", _("引き継ぎに足りない項目がある")
    LATE = "late", _("記録が遅れた")
    SAMPLE = "sample", _("抽出")
    CHOSEN = "chosen", _("チーフが選んだ")


class LegalForm(TextChoices):
    """法人格."""

    STOCK = "stock", _("株式会社")
    LIMITED = "limited", _("有限会社")
    LLC = "llc", _("合同会社")
    PARTNERSHIP = "partnership", _("合名会社")
    LIMITED_PARTNERSHIP = "limited_partnership", _("合資会社")
    GENERAL_ASSOCIATION = "general_association", _("一般社団法人")
    GENERAL_FOUNDATION = "general_foundation", _("一般財団法人")
    NPO = "npo", _("特定非営利活動法人")
    MEDICAL = "medical", _("医療法人")
    WELFARE = "welfare", _("社会福祉法人")
    SCHOOL = "school", _("学校法人")
    COOPERATIVE = "cooperative", _("協同組合")
    ENTERPRISE_UNION = "enterprise_union", _("企業組合")
    AGRICULTURAL = "agricultural", _("農事組合法人")
    OTHER = "other", _("その他の法人")


class Position(TextChoices):
    """Where the legal form stands: 株式会社A or A株式会社."""

    BEFORE = "before", _("前")
    AFTER = "after", _("後")


class FoundingStage(TextChoices):
    """創業ステージ."""

    IDEA = "idea", _("構想中")
    PREPARING = "preparing", _("準備中")
    FIRST_YEAR = "first_year", _("創業1年未満")
    FIVE_YEARS = "five_years", _("創業5年未満")
    ESTABLISHED = "established", _("創業5年以上")


class BusinessGroup(TextChoices):
    """所属団体."""

    COMMERCE_SOCIETY = "commerce_society", _("商工会")
    CHAMBER = "chamber", _("商工会議所")
    FEDERATION = "federation", _("中央会")
    NONE = "none", _("なし")


class Size(TextChoices):
    """小規模/中小企業判定 (domain.md §6)."""

    SMALL = "small", _("小規模企業者")
    MEDIUM = "medium", _("中小企業")
    LARGE = "large", _("中小企業に当たらない")
    UNKNOWN = "unknown", _("判定できない")


class ConsentPurpose(TextChoices):
    """What a client consents to."""

    RECORDS = "records", _("相談記録の利用")
    PROVISION = "provision", _("支援機関への提供")
    SURVEY = "survey", _("調査の送付")
    CASE_STUDY = "case_study", _("事例公表")


class ConsentMeans(TextChoices):
    """How a consent was given."""

    PAPER = "paper", _("書面")
    ORAL = "oral", _("口頭")
    ONLINE = "online", _("オンライン")
    UNRECORDED = "unrecorded", _("記録なし")  # carried over from when only the day was kept


class PrivacyKind(TextChoices):
    """What somebody asks about their own data (個人情報保護法 33–35条)."""

    DISCLOSURE = "disclosure", _("開示")
    ERASURE = "erasure", _("消去")


class PrivacyState(TextChoices):
    """State of such a request."""

    RECEIVED = "received", _("受付")
    DONE = "done", _("実施済み")
    REFUSED = "refused", _("不実施")


class PrivacyMove(TextChoices):
    """Moves of such a request."""

    CARRY_OUT = "carry_out", _("実施する")
    REFUSE = "refuse", _("実施しない")


class Relation(TextChoices):
    """Who asks."""

    SELF = "self", _("本人")
    REPRESENTATIVE = "representative", _("法人の代表者")
    GUARDIAN = "guardian", _("法定代理人")
    AGENT = "agent", _("委任による代理人")


class IdentityCheck(TextChoices):
    """How it was made sure that it is they who ask."""

    PHOTO_ID = "photo_id", _("顔写真付きの本人確認書類")
    TWO_DOCUMENTS = "two_documents", _("本人確認書類2点")
    COMPANY_REGISTER = "company_register", _("登記事項証明書と代表者の本人確認書類")
    POWER_OF_ATTORNEY = "power_of_attorney", _("委任状と代理人の本人確認書類")
    KNOWN = "known", _("担当者が面識により確認")


class KeyKind(TextChoices):
    """What an enterprise is found by when it may be in the books twice. Each is an Evidence too."""

    NAME = "name", _("名称")
    NAME_AND_PLACE = "name_and_place", _("名称と市区町村")
    PHONE = "phone", _("電話番号")
    EMAIL = "email", _("メール")


class Evidence(TextChoices):
    """What speaks for two records being one enterprise, or against it."""

    NUMBER_SLIP = "number_slip", _("法人番号が1桁違い")
    NAME_AND_PLACE = "name_and_place", _("名称と市区町村が同じ")
    EMAIL = "email", _("メールが同じ")
    PHONE = "phone", _("電話番号が同じ")
    NAME = "name", _("名称が同じ")
    NUMBERS_DIFFER = "numbers_differ", _("法人番号は異なる")


class PairState(TextChoices):
    """重複の候補の状態."""

    OPEN = "open", _("未判断")
    DISMISSED = "dismissed", _("別の事業者")
    MERGED = "merged", _("統合済み")


class AssignmentRoute(TextChoices):
    """How somebody came by a case or an appointment."""

    CASE = "case", _("主担当の変更")
    BOOKING = "booking", _("予約")
    HANDOVER = "handover", _("引き継ぎ")
    TRANSFER = "transfer", _("拠点間の移管")
    OWN = "own", _("本人が受付")


class Gap(TextChoices):
    """What a counted record may lack before its month is submitted. The database knows no record without minutes: what
    is looked for is a length that hardly any session has."""

    THEME = "theme", _("相談細目がない")
    MINUTES = "minutes", _("相談時間が5分未満か8時間超")
    INDUSTRY = "industry", _("事業者の業種がない")
    ENTRY = "entry", _("相談日から8日以上たって入力")
