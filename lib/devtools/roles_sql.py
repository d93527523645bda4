"""The roles, extensions and hints a database needs before the first migration, as plain SQL."""

OWNER, APP = "cairn_owner", "cairn_app"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "btree_gist", "citext")
#: Apart from `public`, where the migrations hand rights on every function to the app role.
STATISTICS = "statistics"

#: Without this an index on `@@`, `@>` or `%` is not used under row-level security: PostgreSQL fears that the
#: function could tell a forbidden row apart by an error. These only compare.
LEAKPROOF = (
    "ts_match_vq(tsvector, tsquery)",
    "jsonb_contains(jsonb, jsonb)",
    "word_similarity_op(text, text)",
    "word_similarity_commutator_op(text, text)",
    "similarity_op(text, text)",
)


def create_role(name: str, options: str) -> str:
    """Creates the role where it is missing; two at once do no harm."""
    return f"""
DO $$ BEGIN
    CREATE ROLE {name} {options};
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;"""


def roles() -> list[str]:
    """The role that owns the tables, and the one that may only use them."""
    return [create_role(OWNER, "NOLOGIN CREATEDB"), create_role(APP, "NOLOGIN")]


def local_logins() -> list[str]:
    """Who connects to the embedded server, where the socket's folder is the door."""
    return [
        create_role("cairn_web", "LOGIN"),
        create_role("cairn_admin", "LOGIN CREATEDB"),
        f"GRANT {APP} TO cairn_web;",
        f"GRANT {OWNER}, {APP}, pg_read_all_stats TO cairn_admin;",
    ]


def extensions() -> list[str]:
    return [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in EXTENSIONS]


def optional() -> list[str]:
    """What a managed server may refuse without harm."""
    return [
        f"CREATE SCHEMA IF NOT EXISTS {STATISTICS};",
        f"GRANT USAGE ON SCHEMA {STATISTICS} TO {OWNER}, {APP};",
        f"CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA {STATISTICS};",
        *[f"ALTER FUNCTION {function} LEAKPROOF;" for function in LEAKPROOF],
    ]
