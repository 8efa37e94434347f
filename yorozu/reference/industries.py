"""日本標準産業分類 第14回改定 (令和5年総務省告示第256号, in force since 2024-04-01): 20 大分類, 99 中分類."""

# ruff: noqa: E501  (a table is read by its columns)

from __future__ import annotations

from typing import NamedTuple


class Division(NamedTuple):
    """A 大分類 with its 中分類 as (code, Japanese label, English label)."""

    code: str
    label: str
    label_en: str
    groups: tuple[tuple[str, str, str], ...]


DIVISIONS = (
    Division("A", "農業，林業", "Agriculture and forestry", (
        ("01", "農業", "Agriculture"),
        ("02", "林業", "Forestry"),
    )),
    Division("B", "漁業", "Fisheries", (
        ("03", "漁業（水産養殖業を除く）", "Fisheries, except aquaculture"),
        ("04", "水産養殖業", "Aquaculture"),
    )),
    Division("C", "鉱業，採石業，砂利採取業", "Mining and quarrying of stone and gravel", (
        ("05", "鉱業，採石業，砂利採取業", "Mining and quarrying of stone and gravel"),
    )),
    Division("D", "建設業", "Construction", (
        ("06", "総合工事業", "Construction work, general including public and private"),
        ("07", "職別工事業（設備工事業を除く）", "Construction work by specialist contractor, except equipment installation"),
        ("08", "設備工事業", "Equipment installation work"),
    )),
    Division("E", "製造業", "Manufacturing", (
        ("09", "食料品製造業", "Manufacture of food"),
        ("10", "飲料・たばこ・飼料製造業", "Manufacture of beverages, tobacco and feed"),
        ("11", "繊維工業", "Manufacture of textile products"),
        ("12", "木材・木製品製造業（家具を除く）", "Manufacture of lumber and wood products, except furniture"),
        ("13", "家具・装備品製造業", "Manufacture of furniture and fixtures"),
        ("14", "パルプ・紙・紙加工品製造業", "Manufacture of pulp, paper and paper products"),
        ("15", "印刷・同関連業", "Printing and allied industries"),
        ("16", "化学工業", "Manufacture of chemical and allied products"),
        ("17", "石油製品・石炭製品製造業", "Manufacture of petroleum and coal products"),
        ("18", "プラスチック製品製造業（別掲を除く）", "Manufacture of plastic products, except otherwise classified"),
        ("19", "ゴム製品製造業", "Manufacture of rubber products"),
        ("20", "なめし革・同製品・毛皮製造業", "Manufacture of leather tanning, leather products and fur skins"),
        ("21", "窯業・土石製品製造業", "Manufacture of ceramic, stone and clay products"),
        ("22", "鉄鋼業", "Manufacture of iron and steel"),
        ("23", "非鉄金属製造業", "Manufacture of non-ferrous metals and products"),
        ("24", "金属製品製造業", "Manufacture of fabricated metal products"),
        ("25", "はん用機械器具製造業", "Manufacture of general-purpose machinery"),
        ("26", "生産用機械器具製造業", "Manufacture of production machinery"),
        ("27", "業務用機械器具製造業", "Manufacture of business oriented machinery"),
        ("28", "電子部品・デバイス・電子回路製造業", "Electronic parts, devices and electronic circuits"),
        ("29", "電気機械器具製造業", "Manufacture of electrical machinery, equipment and supplies"),
        ("30", "情報通信機械器具製造業", "Manufacture of information and communication electronics equipment"),
        ("31", "輸送用機械器具製造業", "Manufacture of transportation equipment"),
        ("32", "その他の製造業", "Miscellaneous manufacturing industries"),
    )),
    Division("F", "電気・ガス・熱供給・水道業", "Electricity, gas, heat supply and water", (
        ("33", "電気業", "Production, transmission and distribution of electricity"),
        ("34", "ガス業", "Production and distribution of gas"),
        ("35", "熱供給業", "Heat supply"),
        ("36", "水道業", "Collection, purification and distribution of water, and sewage"),
    )),
    Division("G", "情報通信業", "Information and communications", (
        ("37", "通信業", "Communications"),
        ("38", "放送業", "Broadcasting"),
        ("39", "情報サービス業", "Information services"),
        ("40", "インターネット附随サービス業", "Services incidental to the internet"),
        ("41", "映像・音声・文字情報制作業", "Video picture, sound and character information production"),
    )),
    Division("H", "運輸業，郵便業", "Transport and postal activities", (
        ("42", "鉄道業", "Railway transport"),
        ("43", "道路旅客運送業", "Road passenger transport"),
        ("44", "道路貨物運送業", "Road freight transport"),
        ("45", "水運業", "Water transport"),
        ("46", "航空運輸業", "Air transport"),
        ("47", "倉庫業", "Warehousing"),
        ("48", "運輸に附帯するサービス業", "Services incidental to transport"),
        ("49", "郵便業（信書便事業を含む）", "Postal services, including mail delivery"),
    )),
    Division("I", "卸売業，小売業", "Wholesale and retail trade", (
        ("50", "各種商品卸売業", "Wholesale trade, general merchandise"),
        ("51", "繊維・衣服等卸売業", "Wholesale trade (textiles and apparel)"),
        ("52", "飲食料品卸売業", "Wholesale trade (food and beverages)"),
        ("53", "建築材料，鉱物・金属材料等卸売業", "Wholesale trade (building materials, minerals and metals)"),
        ("54", "機械器具卸売業", "Wholesale trade (machinery and equipment)"),
        ("55", "その他の卸売業", "Miscellaneous wholesale trade"),
        ("56", "各種商品小売業", "Retail trade, general merchandise"),
        ("57", "織物・衣服・身の回り品小売業", "Retail trade (woven fabrics, apparel and accessories)"),
        ("58", "飲食料品小売業", "Retail trade (food and beverages)"),
        ("59", "機械器具小売業", "Retail trade (machinery and equipment)"),
        ("60", "その他の小売業", "Miscellaneous retail trade"),
        ("61", "無店舗小売業", "Non-store retailers"),
    )),
    Division("J", "金融業，保険業", "Finance and insurance", (
        ("62", "銀行業", "Banking"),
        ("63", "協同組織金融業", "Financial institutions for cooperative organizations"),
        ("64", "貸金業，クレジットカード業等非預金信用機関", "Non-deposit money corporations, including lending and credit card business"),
        ("65", "金融商品取引業，商品先物取引業", "Financial products transaction dealers and futures commodity dealers"),
        ("66", "補助的金融業等", "Financial auxiliaries"),
        ("67", "保険業（保険媒介代理業，保険サービス業を含む）", "Insurance institutions, including agents, brokers and services"),
    )),
    Division("K", "不動産業，物品賃貸業", "Real estate and goods rental and leasing", (
        ("68", "不動産取引業", "Real estate agencies"),
        ("69", "不動産賃貸業・管理業", "Real estate lessors and managers"),
        ("70", "物品賃貸業", "Goods rental and leasing"),
    )),
    Division("L", "学術研究，専門・技術サービス業", "Scientific research, professional and technical services", (
        ("71", "学術・開発研究機関", "Scientific and development research institutes"),
        ("72", "専門サービス業（他に分類されないもの）", "Professional services, n.e.c."),
        ("73", "広告業", "Advertising"),
        ("74", "技術サービス業（他に分類されないもの）", "Technical services, n.e.c."),
    )),
    Division("M", "宿泊業，飲食サービス業", "Accommodations, eating and drinking services", (
        ("75", "宿泊業", "Accommodations"),
        ("76", "飲食店", "Eating and drinking places"),
        ("77", "持ち帰り・配達飲食サービス業", "Food take-out and delivery services"),
    )),
    Division("N", "生活関連サービス業，娯楽業", "Living-related and personal services and amusement services", (
        ("78", "洗濯・理容・美容・浴場業", "Laundry, beauty and bath services"),
        ("79", "その他の生活関連サービス業", "Miscellaneous living-related and personal services"),
        ("80", "娯楽業", "Amusement and hobby services"),
    )),
    Division("O", "教育，学習支援業", "Education and learning support", (
        ("81", "学校教育", "School education"),
        ("82", "その他の教育，学習支援業", "Miscellaneous education and learning support"),
    )),
    Division("P", "医療，福祉", "Medical, health care and welfare", (
        ("83", "医療業", "Medical and other health services"),
        ("84", "保健衛生", "Public health and hygiene"),
        ("85", "社会保険・社会福祉・介護事業", "Social insurance, social welfare and care services"),
    )),
    Division("Q", "複合サービス事業", "Compound services", (
        ("86", "郵便局", "Postal offices"),
        ("87", "協同組合（他に分類されないもの）", "Cooperative associations, n.e.c."),
    )),
    Division("R", "サービス業（他に分類されないもの）", "Services, n.e.c.", (
        ("88", "廃棄物処理業", "Waste disposal"),
        ("89", "自動車整備業", "Automobile maintenance services"),
        ("90", "機械等修理業（別掲を除く）", "Machine and other repair services, except otherwise classified"),
        ("91", "職業紹介・労働者派遣業", "Employment and worker dispatching services"),
        ("92", "その他の事業サービス業", "Miscellaneous business services"),
        ("93", "政治・経済・文化団体", "Political, business and cultural organizations"),
        ("94", "宗教", "Religion"),
        ("95", "その他のサービス業", "Miscellaneous services"),
        ("96", "外国公務", "Foreign governments and international agencies in Japan"),
    )),
    Division("S", "公務（他に分類されるものを除く）", "Government, except elsewhere classified", (
        ("97", "国家公務", "National government services"),
        ("98", "地方公務", "Local government services"),
    )),
    Division("T", "分類不能の産業", "Industries unable to classify", (
        ("99", "分類不能の産業", "Industries unable to classify"),
    )),
)  # fmt: skip
