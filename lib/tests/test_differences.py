"""What differs between two texts is shown with a few lines around it, and word by word where lines pair up."""

from hypothesis import example, given
from hypothesis import strategies as st

from lib.differences import Change, compare


def as_text(line):
    return "".join(text for text, _is_changed in line.pieces)


def of(lines, *kinds):
    return [as_text(line) for line in lines if line.change in kinds]


def test_equal_texts_have_no_lines():
    assert compare("a\nb", "a\nb") == []


def test_changed_words_of_a_line_are_marked():
    removed, added = compare("A cairn is tall.", "A cairn is small.")

    assert removed.pieces == (("A cairn is ", False), ("tall", True), (".", False))
    assert added.pieces == (("A cairn is ", False), ("small", True), (".", False))


def test_equal_lines_far_from_a_change_are_left_out():
    text = [str(number) for number in range(20)]
    lines = compare("\n".join(text), "\n".join([*text[:10], "new", *text[10:]]))

    assert [line.change for line in lines] == [
        *(Change.LEFT_OUT, Change.SAME, Change.SAME, Change.SAME, Change.ADDED),
        *(Change.SAME, Change.SAME, Change.SAME, Change.LEFT_OUT),
    ]
    assert [line.count for line in lines if line.change == Change.LEFT_OUT] == [7, 7]


@given(
    st.lists(st.sampled_from("abc "), max_size=12), st.lists(st.sampled_from("abc "), max_size=12)
)
@example(["b", "a"], ["a", "b", "a"])
def test_both_texts_can_be_read_from_the_lines(old, new):
    lines = compare("\n".join(old), "\n".join(new), context=100)
    if lines:
        assert of(lines, Change.SAME, Change.REMOVED) == "\n".join(old).splitlines()
        assert of(lines, Change.SAME, Change.ADDED) == "\n".join(new).splitlines()
