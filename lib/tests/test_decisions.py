from decimal import Decimal

import pytest

from lib.decisions import Decision, Explanation, Part, Reason, all_of, allow, refuse

FULL = Reason("full", "All seats are taken.", "/waitlist/", "Join the waitlist")
LATE = Reason("late", "The course has ended.")


def test_decision_is_true_when_allowed():
    assert allow()
    assert not refuse(FULL)
    assert (allow().code, refuse(FULL, LATE).code) == ("", "full")


def test_refusal_needs_a_reason():
    with pytest.raises(ValueError, match="needs a reason"):
        refuse()
    with pytest.raises(ValueError, match="needs a reason"):
        Decision(False)


def test_decision_as_dict_has_allowed_message_and_reasons():
    assert refuse(FULL, LATE).as_dict() == {
        "allowed": False,
        "message": "All seats are taken. The course has ended.",
        "reasons": [
            {
                "code": "full",
                "text": "All seats are taken.",
                "url": "/waitlist/",
                "url_label": "Join the waitlist",
            },
            {"code": "late", "text": "The course has ended.", "url": "", "url_label": ""},
        ],
    }
    assert allow().as_dict() == {"allowed": True, "message": "Allowed.", "reasons": []}


def test_all_of_gathers_the_refusals():
    assert all_of(allow(), allow(LATE)).reasons == (LATE,)
    assert all_of(allow(LATE), refuse(FULL), refuse(LATE)) == refuse(FULL, LATE)
    assert all_of()


def test_explanation_names_what_is_missing():
    done = Part("Lessons", 19, 20)
    missing = Part("Quiz 3", 0, 1, code="quiz", url="/quiz/3/", is_missing=True)
    why = Explanation(Decimal("95"), (done, missing), "19 of 20 lessons")

    assert why.missing == (missing,)
    assert why.as_dict()["parts"][1]["url"] == "/quiz/3/"
    assert why.as_dict()["value"] == Decimal("95")
