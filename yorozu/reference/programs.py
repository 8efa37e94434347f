"""Support programmes that clients use or hear of, and the support organizations that each prefecture begins with."""

from __future__ import annotations

PROGRAMS = (
    ("小規模事業者持続化補助金", "Subsidy for sustaining small businesses"),
    ("ものづくり補助金", "Manufacturing, commerce and service productivity subsidy"),
    ("IT導入補助金", "Subsidy for introducing IT"),
    ("事業承継・M&A補助金", "Subsidy for business succession and M&A"),
    ("中小企業省力化投資補助金", "Subsidy for labour-saving investment"),
    ("中小企業新事業進出補助金", "Subsidy for entering new business"),
    ("中小企業成長加速化補助金", "Subsidy for accelerating growth"),
    ("業務改善助成金", "Grant for improving operations (wage floor)"),
    ("キャリアアップ助成金", "Career advancement grant"),
    ("人材開発支援助成金", "Human resource development grant"),
    ("小規模事業者経営改善資金(マル経融資)", "Loans for improving small business management"),
    ("セーフティネット保証", "Safety-net guarantee"),
    ("新規開業・スタートアップ支援資金", "Loans for start-ups"),
    ("早期経営改善計画策定支援事業", "Support for early management improvement plans"),
    ("経営力向上計画", "Management capability improvement plan"),
    ("事業継続力強化計画", "Business continuity strengthening plan"),
)

# (kind, how the name is made of the prefecture's short and full name). Fictional, in the shape of real ones.
ORGANIZATIONS = (
    ("bank", "{short}みのり信用金庫"),
    ("chamber", "{short}中央商工会議所"),
    ("commerce_society", "{full}商工会連合会"),
    ("guarantee", "{full}信用保証協会"),
    ("succession_center", "{full}事業承継・引継ぎ支援センター"),
    ("revitalization", "{full}中小企業活性化協議会"),
    ("tax_accountant", "{surname}税理士事務所({short})"),
    ("sme_consultant", "{short}経営診断オフィス"),
)

SURNAMES = (
    "三浦", "小野寺", "及川", "菅野", "大和田", "根本", "青柳", "飯塚", "堀江", "安西", "関口", "長谷川",
    "松下", "水野", "奥村", "川端", "森脇", "難波", "岡崎", "三好", "宮本", "江口", "古賀", "平良",
)  # fmt: skip


def short_name(prefecture: str) -> str:
    """東京 of 東京都; 北海道 stays whole."""
    return prefecture if prefecture == "北海道" else prefecture[:-1]


def organizations_of(code: int, prefecture: str) -> list[tuple[str, str]]:
    """(kind, name) of the organizations that a prefecture begins with."""
    words = {"short": short_name(prefecture), "full": prefecture, "surname": SURNAMES[code % len(SURNAMES)]}
    return [(kind, pattern.format(**words)) for kind, pattern in ORGANIZATIONS]
