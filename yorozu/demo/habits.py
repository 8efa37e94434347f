"""How often what happens: shares of categories, methods, ways in and out; who is called in for which topic."""

from __future__ import annotations

from random import Random

from consultations.choices import CaseState, Category, Method, Reception, Resolution


class Shares:
    """Values with weights; one draw costs one random number."""

    def __init__(self, shares: dict[str, float]) -> None:
        self.values, total, self.edges = list(shares), sum(shares.values()), []
        reached = 0.0
        for share in shares.values():
            reached += share / total
            self.edges.append(reached)

    def draw(self, rng: Random) -> str:
        at = rng.random()
        return next((v for v, edge in zip(self.values, self.edges, strict=True) if at < edge), self.values[-1])


C, M = Category, Method
CATEGORIES = Shares({C.SALES: 74, C.TURNAROUND: 14.5, C.STARTUP: 8, C.SUCCESSION: 1.8, C.CLOSURE: 0.6, C.OTHER: 1.1})
METHODS = Shares({
    M.VISIT_TO_HUB: 53, M.VISIT_TO_CLIENT: 12, M.OUTREACH: 9, M.SATELLITE: 7, M.ONLINE: 14, M.PHONE: 3.5, M.MAIL: 1.5,
})  # fmt: skip
ON_SITE = Shares({M.VISIT_TO_CLIENT: 72, M.VISIT_TO_HUB: 15, M.ONLINE: 13})  # 生産性向上支援センター
MINUTES = {
    M.PHONE: (10, 15, 20, 30), M.MAIL: (15, 20, 30), M.VISIT_TO_CLIENT: (60, 90, 90, 120, 120, 150),
    M.ONLINE: (45, 60, 60, 60, 75),
}  # fmt: skip
USUAL_MINUTES = (45, 60, 60, 60, 60, 75, 90, 90, 120)
PLACES = {
    M.OUTREACH: ("{town}商工会議所", "{town}役所 会議室", "{town}図書館", "{town}商工会 本所"),
    M.SATELLITE: ("{town}サテライト",),
    M.ONLINE: ("ウェブ会議",),
}
SESSIONS = Shares({"1": 30, "2": 26, "3": 19, "4": 12, "5": 8, "6": 5})
SESSIONS_EACH = 2.57  # the mean of the line above
INTRODUCERS = Shares({
    "self": 50, "bank": 13, "chamber": 11, "commerce_society": 9, "municipality": 5, "tax_accountant": 3, "hub": 2,
    "guarantee": 2, "federation": 1, "revitalization": 1, "succession_center": 1, "sme_consultant": 1,
    "university": 0.5, "other": 0.5,
})  # fmt: skip
HEARD_FROM = Shares({
    "search": 22, "website": 16, "institution": 20, "acquaintance": 16, "event": 9, "flyer": 7, "sns": 4,
    "newspaper": 3, "broadcast": 1, "other": 2,
})  # fmt: skip
RECEPTIONS = Shares({Reception.PHONE: 52, Reception.WEB: 30, Reception.WALK_IN: 13, Reception.MAIL: 5})
ENDINGS = Shares({"solved": 60, "partly": 25, "unsolved": 9, "suspended": 6})
ENDED = {  # ending: state, resolution
    "solved": (CaseState.SOLVED, Resolution.SOLVED),
    "partly": (CaseState.SOLVED, Resolution.PARTLY),
    "unsolved": (CaseState.UNSOLVED, Resolution.UNSOLVED),
    "suspended": (CaseState.SUSPENDED, Resolution.UNKNOWN),
}
OPEN_STATES = Shares({CaseState.ACTIVE: 70, CaseState.WATCHING: 20, CaseState.REFERRED: 10})

# Organizations that a topic calls in, by kind; any other topic asks these four.
ALLIES = {
    "cash_flow": ("bank", "guarantee", "tax_accountant"),
    "recovery": ("revitalization", "bank", "guarantee"),
    "succession": ("succession_center", "tax_accountant"),
    "closure": ("succession_center", "tax_accountant"),
    "tax": ("tax_accountant",),
    "startup": ("bank", "chamber", "commerce_society"),
}
USUAL_ALLIES = ("chamber", "commerce_society", "bank", "sme_consultant")
PROGRAMS = {
    "subsidies": (
        "小規模事業者持続化補助金",
        "ものづくり補助金",
        "中小企業新事業進出補助金",
        "中小企業成長加速化補助金",
    ),
    "labor_saving": ("中小企業省力化投資補助金", "ものづくり補助金", "経営力向上計画"),
    "digital": ("IT導入補助金", "小規模事業者持続化補助金"),
    "wage": ("業務改善助成金", "キャリアアップ助成金"),
    "people": ("キャリアアップ助成金", "人材開発支援助成金"),
    "cash_flow": ("セーフティネット保証", "小規模事業者経営改善資金(マル経融資)", "早期経営改善計画策定支援事業"),
    "recovery": ("早期経営改善計画策定支援事業", "セーフティネット保証"),
    "startup": ("新規開業・スタートアップ支援資金", "小規模事業者持続化補助金"),
    "succession": ("事業承継・M&A補助金",),
    "bcp": ("事業継続力強化計画",),
    "productivity": ("経営力向上計画", "中小企業省力化投資補助金"),
}
USUAL_PROGRAMS = ("小規模事業者持続化補助金", "IT導入補助金", "ものづくり補助金")
