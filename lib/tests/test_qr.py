from lib.qr import MARGIN, qr_code, qr_squares


def test_squares_cover_the_corner_marks_in_rows():
    squares, side = qr_squares(
        "https://harbor.example.org/certificates/abcdefghijklmnopqrstuvwxyz/"
    )

    assert (side - 17) % 4 == 0
    assert (0, 0, 7) in squares
    assert (side - 7, 0, 7) in squares
    assert (0, side - 1, 7) in squares


def test_code_has_a_quiet_edge_and_a_label_that_is_escaped():
    svg = qr_code("otpauth://totp/x", label="<b>")

    assert f"M{MARGIN} {MARGIN}h7" in svg
    assert 'aria-label="&lt;b&gt;"' in svg
