"""Roles and extensions on a PostgreSQL that is not ours: `python -m lib.devtools.bootstrap`.

Does what the login of DATABASE_OWNER_URL (or DATABASE_URL) may do and is not done yet; repeating it changes
nothing. Needs the environment for psycopg.
"""

import os
import sys

import psycopg
from psycopg import conninfo, sql

from lib.devtools import roles_sql
from lib.devtools.roles_sql import APP, EXTENSIONS, OWNER

OLDEST_VERSION = 150000
TIMEOUT = 10  # seconds


def main() -> int:
    web_url = os.environ.get("DATABASE_URL", "")
    owner_url = os.environ.get("DATABASE_OWNER_URL") or web_url
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=TIMEOUT) as connection:
            problem = prepare(connection, conninfo.conninfo_to_dict(web_url))
        prepare_template(owner_url)
    except psycopg.OperationalError as error:
        problem = f"The database of DATABASE_URL cannot be reached ({str(error).strip().splitlines()[-1].strip()})."
    if problem:
        print(problem, file=sys.stderr)
    return 1 if problem else 0


def prepare(connection, web: dict[str, str]) -> str:
    """Roles, memberships, rights and extensions in the connection's database; what still stands in the way, or ''.

    `web` names the login of web and worker, which is made where it is missing and has a password.
    """
    if connection.info.server_version < OLDEST_VERSION:
        return "PostgreSQL 15 or newer is needed: DATABASE_URL leads to an older one."
    if not _has(connection, OWNER) and not _try(
        connection, roles_sql.create_role(OWNER, "NOLOGIN CREATEDB")
    ):
        _try(connection, roles_sql.create_role(OWNER, "NOLOGIN"))
    if not _has(connection, APP):
        _try(connection, roles_sql.create_role(APP, "NOLOGIN"))
    if not (_has(connection, OWNER) and _has(connection, APP)):
        return _plea(
            connection, [f"CREATE ROLE {OWNER} NOLOGIN CREATEDB;", f"CREATE ROLE {APP} NOLOGIN;"]
        )
    _join(connection, connection.info.user, (OWNER, APP))
    web_user = web.get("user", connection.info.user)
    if web_user != connection.info.user:
        if not _has(connection, web_user) and web.get("password"):
            login = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            _try(connection, login.format(sql.Identifier(web_user), sql.Literal(web["password"])))
        if not _has(connection, web_user):
            return _plea(connection, [f"CREATE ROLE {web_user} LOGIN PASSWORD '…';"])
        _join(connection, web_user, (APP,))
    database = sql.Identifier(connection.info.dbname)
    _try(
        connection,
        sql.SQL("GRANT CREATE, CONNECT, TEMPORARY ON DATABASE {} TO cairn_owner").format(database),
    )
    _try(connection, sql.SQL("GRANT CONNECT ON DATABASE {} TO cairn_app").format(database))
    _try(connection, f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
    for statement in [*roles_sql.extensions(), *roles_sql.optional()]:
        _try(connection, statement)
    return _missing(connection, web_user)


def prepare_template(owner_url: str) -> None:
    """The extensions for databases made later, as tests do; a server may refuse that without harm."""
    try:
        with psycopg.connect(
            owner_url, dbname="template1", autocommit=True, connect_timeout=TIMEOUT
        ) as connection:
            for statement in [*roles_sql.extensions(), *roles_sql.optional()]:
                _try(connection, statement)
    except psycopg.Error:
        return


def _missing(connection, web_user):
    """What the migrations could not do without, as the statements that mend it."""
    user = sql.Identifier(connection.info.user).as_string(connection)
    pleas = [
        f"GRANT {role} TO {user};"
        for role in (OWNER, APP)
        if not _one(connection, "SELECT pg_has_role(current_user, %s, 'MEMBER')", role)
    ]
    if not _one(connection, "SELECT has_schema_privilege(%s, 'public', 'CREATE')", OWNER):
        pleas.append(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER};")
    if web_user != connection.info.user and not _one(
        connection, "SELECT pg_has_role(%s, %s, 'MEMBER')", web_user, APP
    ):
        pleas.append(f"GRANT {APP} TO {sql.Identifier(web_user).as_string(connection)};")
    there = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
    pleas += [f"CREATE EXTENSION {name};" for name in EXTENSIONS if name not in there]
    return _plea(connection, pleas) if pleas else ""


def _plea(connection, statements):
    lines = "\n".join(f"    {statement}" for statement in statements)
    return (
        f"The login {connection.info.user} may not prepare the database {connection.info.dbname}; "
        f"run this in it once as its administrator, then start again:\n{lines}"
    )


def _join(connection, user, roles):
    for role in roles:
        if not _one(connection, "SELECT pg_has_role(%s, %s, 'MEMBER')", user, role):
            _try(
                connection,
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(user)),
            )


def _has(connection, role):
    return _one(connection, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", role)


def _one(connection, query, *values):
    return connection.execute(query, values).fetchone()[0]


def _try(connection, statement) -> bool:
    try:
        connection.execute(statement)
    except psycopg.Error:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
