"""Words for made-up courses."""

TOPICS = [
    "statistics", "gardening", "optics", "grammar", "harmony", "ceramics", "navigation", "chemistry",
    "logic", "poetry", "bookkeeping", "anatomy", "astronomy", "weaving", "rhetoric", "geology", "ethics",
    "cartography", "acoustics", "botany", "carpentry", "economics", "drawing", "nutrition", "history",
    "meteorology", "typography", "robotics", "sailing", "linguistics",
]  # fmt: skip

VERBS = [
    "Understanding", "Practicing", "Beginning", "Exploring", "Mastering", "Teaching", "Rethinking",
    "Applying", "Discovering", "Measuring",
]  # fmt: skip

PARAGRAPHS = [
    "A good start is small. Pick one question that you would like to answer by the end of the week, write "
    "it where you will see it, and let it decide what you read first and what you leave for later.",
    "Whoever explains a thing finds out what is still missing. Before you go on, close the page and tell "
    "somebody, or an empty chair, what you have just learned, in whole sentences and without looking.",
    "Examples come before rules here. Each part begins with something that happened, looks at it from two "
    "sides, and only then gives the rule that makes the next case easier to decide.",
    "Mistakes are kept in view. You will collect yours in a list, sort them once a week, and find that four "
    "or five kinds make up nearly all of them; those are the ones worth an hour of your time.",
    "Tools are named where they help and nowhere else. Paper and a pencil will do for most of the work, and "
    "where a program saves time the text says which part of the thinking it takes off your hands.",
    "The pace is yours. The lessons are short enough for a train ride, and each ends with a task that takes "
    "ten minutes, so that a day with little time is still a day on which something was done.",
    "Nothing is taken on trust. Claims come with their sources, and where the evidence is thin or people in "
    "the field disagree, that is said in the same breath rather than in a footnote at the end.",
    "What you make belongs to a collection. By the last part you will have a handful of finished pieces, a "
    "record of how they came about, and a plan for the three months that follow.",
]
