"""Bureaus, prefectures, implementing bodies and hubs: names, jurisdictions, places on the tile map."""

# ruff: noqa: E501  (a table is read by its columns)

from __future__ import annotations

from typing import NamedTuple


class BureauRow(NamedTuple):
    """A bureau; its place in the list is its position."""

    slug: str
    name: str
    name_en: str


class HubRow(NamedTuple):
    """A prefecture with its hub. `row` and `column` are cells of the tile map, from the top left, from 1."""

    code: int
    slug: str
    prefecture: str
    bureau: str
    row: int
    column: int
    body: str
    body_en: str

    @property
    def name_en(self) -> str:
        return self.slug.capitalize()


BUREAUS = (
    BureauRow("hokkaido", "北海道経済産業局", "Hokkaido Bureau of Economy, Trade and Industry"),
    BureauRow("tohoku", "東北経済産業局", "Tohoku Bureau of Economy, Trade and Industry"),
    BureauRow("kanto", "関東経済産業局", "Kanto Bureau of Economy, Trade and Industry"),
    BureauRow("chubu", "中部経済産業局", "Chubu Bureau of Economy, Trade and Industry"),
    BureauRow("kinki", "近畿経済産業局", "Kansai Bureau of Economy, Trade and Industry"),
    BureauRow("chugoku", "中国経済産業局", "Chugoku Bureau of Economy, Trade and Industry"),
    BureauRow("shikoku", "四国経済産業局", "Shikoku Bureau of Economy, Trade and Industry"),
    BureauRow("kyushu", "九州経済産業局", "Kyushu Bureau of Economy, Trade and Industry"),
    BureauRow("okinawa", "内閣府沖縄総合事務局", "Okinawa General Bureau, Cabinet Office"),
)

# Jurisdictions: 経済産業省組織令 (静岡 belongs to 関東, 福井 to 近畿, 富山・石川 to 中部).
HUBS = (
    HubRow(1, "hokkaido", "北海道", "hokkaido", 1, 13, "公益財団法人北海道中小企業総合支援センター", "Hokkaido Small Business Support Center"),
    HubRow(2, "aomori", "青森県", "tohoku", 2, 13, "公益財団法人21あおもり産業総合支援センター", "21 Aomori Industrial Support Center"),
    HubRow(3, "iwate", "岩手県", "tohoku", 3, 13, "公益財団法人いわて産業振興センター", "Iwate Industrial Promotion Center"),
    HubRow(4, "miyagi", "宮城県", "tohoku", 4, 13, "宮城県商工会連合会", "Miyagi Federation of Societies of Commerce and Industry"),
    HubRow(5, "akita", "秋田県", "tohoku", 3, 12, "公益財団法人あきた企業活性化センター", "Akita Business Revitalization Center"),
    HubRow(6, "yamagata", "山形県", "tohoku", 4, 12, "公益財団法人やまがた産業支援機構", "Yamagata Industrial Support Organization"),
    HubRow(7, "fukushima", "福島県", "tohoku", 5, 13, "公益財団法人福島県産業振興センター", "Fukushima Industrial Promotion Center"),
    HubRow(8, "ibaraki", "茨城県", "kanto", 6, 14, "公益財団法人いばらき中小企業グローバル推進機構", "Ibaraki Global Promotion Organization"),
    HubRow(9, "tochigi", "栃木県", "kanto", 6, 13, "公益財団法人栃木県産業振興センター", "Tochigi Industrial Promotion Center"),
    HubRow(10, "gunma", "群馬県", "kanto", 6, 12, "公益財団法人群馬県産業支援機構", "Gunma Industrial Support Organization"),
    HubRow(11, "saitama", "埼玉県", "kanto", 7, 12, "公益財団法人埼玉県産業振興公社", "Saitama Industrial Promotion Corporation"),
    HubRow(12, "chiba", "千葉県", "kanto", 7, 14, "公益財団法人千葉県産業振興センター", "Chiba Industrial Promotion Center"),
    HubRow(13, "tokyo", "東京都", "kanto", 7, 13, "一般社団法人東京都信用金庫協会", "Tokyo Shinkin Banks Association"),
    HubRow(14, "kanagawa", "神奈川県", "kanto", 8, 13, "公益財団法人神奈川産業振興センター", "Kanagawa Industrial Promotion Center"),
    HubRow(15, "niigata", "新潟県", "kanto", 5, 12, "公益財団法人にいがた産業創造機構", "Niigata Industrial Creation Organization"),
    HubRow(16, "toyama", "富山県", "chubu", 5, 11, "公益財団法人富山県新世紀産業機構", "Toyama New Industry Organization"),
    HubRow(17, "ishikawa", "石川県", "chubu", 5, 10, "公益財団法人石川県産業創出支援機構", "Ishikawa Sunrise Industries Creation Organization"),
    HubRow(18, "fukui", "福井県", "kinki", 6, 9, "公益財団法人ふくい産業支援センター", "Fukui Industrial Support Center"),
    HubRow(19, "yamanashi", "山梨県", "kanto", 7, 11, "公益財団法人やまなし産業支援機構", "Yamanashi Industrial Support Organization"),
    HubRow(20, "nagano", "長野県", "kanto", 6, 11, "公益財団法人長野県産業振興機構", "Nagano Industrial Promotion Organization"),
    HubRow(21, "gifu", "岐阜県", "chubu", 6, 10, "公益財団法人岐阜県産業経済振興センター", "Gifu Industry and Economy Promotion Center"),
    HubRow(22, "shizuoka", "静岡県", "kanto", 8, 11, "公益財団法人静岡県産業振興財団", "Shizuoka Industrial Foundation"),
    HubRow(23, "aichi", "愛知県", "chubu", 7, 10, "公益財団法人あいち産業振興機構", "Aichi Industry Promotion Organization"),
    HubRow(24, "mie", "三重県", "chubu", 8, 10, "公益財団法人三重県産業支援センター", "Mie Industry and Enterprise Support Center"),
    HubRow(25, "shiga", "滋賀県", "kinki", 7, 9, "公益財団法人滋賀県産業支援プラザ", "Shiga Industrial Support Plaza"),
    HubRow(26, "kyoto", "京都府", "kinki", 7, 8, "公益財団法人京都産業21", "Kyoto Industry 21"),
    HubRow(27, "osaka", "大阪府", "kinki", 8, 8, "公益財団法人大阪産業局", "Osaka Business Development Agency"),
    HubRow(28, "hyogo", "兵庫県", "kinki", 7, 7, "公益財団法人ひょうご産業活性化センター", "Hyogo Business Revitalization Center"),
    HubRow(29, "nara", "奈良県", "kinki", 8, 9, "公益財団法人奈良県地域産業振興センター", "Nara Regional Industry Promotion Center"),
    HubRow(30, "wakayama", "和歌山県", "kinki", 9, 9, "公益財団法人わかやま産業振興財団", "Wakayama Industrial Promotion Foundation"),
    HubRow(31, "tottori", "鳥取県", "chugoku", 7, 6, "公益財団法人鳥取県産業振興機構", "Tottori Industrial Promotion Organization"),
    HubRow(32, "shimane", "島根県", "chugoku", 7, 5, "公益財団法人しまね産業振興財団", "Shimane Industrial Promotion Foundation"),
    HubRow(33, "okayama", "岡山県", "chugoku", 8, 6, "公益財団法人岡山県産業振興財団", "Okayama Industrial Promotion Foundation"),
    HubRow(34, "hiroshima", "広島県", "chugoku", 8, 5, "公益財団法人ひろしま産業振興機構", "Hiroshima Industrial Promotion Organization"),
    HubRow(35, "yamaguchi", "山口県", "chugoku", 7, 4, "公益財団法人やまぐち産業振興財団", "Yamaguchi Industrial Promotion Foundation"),
    HubRow(36, "tokushima", "徳島県", "shikoku", 10, 6, "公益財団法人とくしま産業振興機構", "Tokushima Industrial Promotion Organization"),
    HubRow(37, "kagawa", "香川県", "shikoku", 9, 6, "公益財団法人かがわ産業支援財団", "Kagawa Industry Support Foundation"),
    HubRow(38, "ehime", "愛媛県", "shikoku", 9, 5, "公益財団法人えひめ産業振興財団", "Ehime Industrial Promotion Foundation"),
    HubRow(39, "kochi", "高知県", "shikoku", 10, 5, "公益財団法人高知県産業振興センター", "Kochi Industrial Promotion Center"),
    HubRow(40, "fukuoka", "福岡県", "kyushu", 8, 3, "公益財団法人福岡県中小企業振興センター", "Fukuoka Small Business Promotion Center"),
    HubRow(41, "saga", "佐賀県", "kyushu", 8, 2, "公益財団法人佐賀県産業振興機構", "Saga Industrial Promotion Organization"),
    HubRow(42, "nagasaki", "長崎県", "kyushu", 8, 1, "公益財団法人長崎県産業振興財団", "Nagasaki Industrial Promotion Foundation"),
    HubRow(43, "kumamoto", "熊本県", "kyushu", 9, 2, "公益財団法人くまもと産業支援財団", "Kumamoto Industry Support Foundation"),
    HubRow(44, "oita", "大分県", "kyushu", 9, 3, "公益財団法人大分県産業創造機構", "Oita Industrial Creation Organization"),
    HubRow(45, "miyazaki", "宮崎県", "kyushu", 10, 3, "公益財団法人宮崎県産業振興機構", "Miyazaki Industrial Promotion Organization"),
    HubRow(46, "kagoshima", "鹿児島県", "kyushu", 10, 2, "公益財団法人かごしま産業支援センター", "Kagoshima Industry Support Center"),
    HubRow(47, "okinawa", "沖縄県", "okinawa", 11, 1, "公益財団法人沖縄県産業振興公社", "Okinawa Industry Promotion Corporation"),
)  # fmt: skip
