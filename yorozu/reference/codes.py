"""Where the national code lists begin: (code, Japanese label, English label), in their order on the screen.
Industries stand in industries.py."""

from __future__ import annotations

THEMES = (
    ("publicity", "広報・販促", "Publicity and promotion"),
    ("product_development", "商品・サービス開発", "Product and service development"),
    ("design", "デザイン", "Design"),
    ("channels", "販路開拓", "Sales channels"),
    ("overseas", "海外展開", "Overseas business"),
    ("digital", "IT・DX", "IT and digital transformation"),
    ("price_pass_through", "価格転嫁", "Passing on costs in prices"),
    ("productivity", "生産性・現場改善", "Productivity and shop-floor improvement"),
    ("labor_saving", "省力化投資", "Labour-saving investment"),
    ("employment", "雇用・労務", "Employment and labour management"),
    ("recruiting", "人材確保", "Recruiting"),
    ("wage_raise", "賃上げ", "Wage increases"),
    ("cash_flow", "資金繰り", "Cash flow"),
    ("business_plan", "事業計画", "Business plan"),
    ("subsidies", "補助金等施策活用", "Use of subsidies and other measures"),
    ("intellectual_property", "知的財産", "Intellectual property"),
    ("legal", "法務", "Legal affairs"),
    ("tax", "税務・会計", "Tax and accounting"),
    ("invoice", "インボイス", "Qualified invoices"),
    ("ma", "M&A", "Mergers and acquisitions"),
    ("bcp", "BCP", "Business continuity planning"),
)

ORGANIZATION_KINDS = (
    ("tax_accountant", "税理士", "Tax accountant"),
    ("tax_corporation", "税理士法人", "Tax accountant corporation"),
    ("cpa", "公認会計士", "Certified public accountant"),
    ("lawyer", "弁護士", "Lawyer"),
    ("sme_consultant", "中小企業診断士", "Registered SME consultant"),
    ("private_consultant", "民間コンサル", "Private consultant"),
    ("bank", "金融機関", "Financial institution"),
    ("commerce_society", "商工会", "Society of commerce and industry"),
    ("chamber", "商工会議所", "Chamber of commerce and industry"),
    ("federation", "中央会", "Federation of small business associations"),
    ("regional_platform", "地域PF", "Regional platform"),
    ("guarantee", "信用保証協会", "Credit guarantee corporation"),
    ("succession_center", "事業承継・引継ぎ支援センター", "Business succession support center"),
    ("revitalization", "活性化協議会", "SME revitalization council"),
    ("university", "大学", "University"),
    ("municipality", "自治体", "Local government"),
    ("other", "その他", "Other"),
)

INTRODUCERS = (
    ("self", "直接・自ら", "Came directly"),
    ("hub", "他のよろず支援拠点", "Another Yorozu support hub"),
    *ORGANIZATION_KINDS,
)

HEARD_FROM = (
    ("website", "ホームページ", "Website"),
    ("search", "インターネット検索", "Internet search"),
    ("sns", "SNS", "Social media"),
    ("flyer", "チラシ・パンフレット", "Leaflet or brochure"),
    ("newspaper", "新聞・雑誌・広報紙", "Newspaper or magazine"),
    ("broadcast", "テレビ・ラジオ", "Television or radio"),
    ("event", "セミナー・相談会", "Seminar or consultation event"),
    ("acquaintance", "知人の紹介", "Acquaintance"),
    ("institution", "支援機関の紹介", "Support organization"),
    ("other", "その他", "Other"),
)
