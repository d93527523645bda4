from lib.pdf_fonts import LATIN, SCRIPTS, further_fonts, path_of


def test_latin_texts_need_no_further_font():
    assert further_fonts(["Ada Lovelace", "Zoë Müller – “ok” …", "Łódź", "Nguyễn"]) == []


def test_each_script_brings_its_font():
    texts = ["Ωμέγα", "Жанна", "محمد", "עברית", "देव", "ไทย", "王", "김", "さ", "🎓"]

    assert [further_fonts([text])[0] for text in texts] == [
        "SourceSerif4-Greek-Cyrillic",
        "SourceSerif4-Greek-Cyrillic",
        "NotoNaskhArabic",
        "NotoSerifHebrew",
        "NotoSerifDevanagari",
        "NotoSansThai",
        "DroidSansFallback-7000",
        "DroidSansFallback-A800",
        "DroidSansFallback-3000",
        "NotoEmoji",
    ]


def test_every_font_that_may_be_asked_for_is_there():
    letters = [chr(code) for code in (*range(0x4E00, 0x9FA6, 0x100), *range(0xAC00, 0xD7A4, 0x100))]
    asked = {LATIN, *(font for _first, _last, font in SCRIPTS), *further_fonts(letters)}

    assert [font for font in asked if not path_of(font).exists()] == []
