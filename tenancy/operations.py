"""Migration operations that put a table under the guard of its organization.

    migrations.CreateModel("Course", …),
    TenantTable("Course"),

is all that a new table needs. Run `TenantTable` again after a foreign key was added later.
"""

from django.db.migrations.operations.base import Operation

from tenancy.fields import CompositeKey

ORGANIZATION = "(SELECT NULLIF(current_setting('app.organization_id', true), '')::uuid)"
PRIVATE_TO = "(SELECT NULLIF(current_setting('app.private_to', true), ''))"


class TenantTable(Operation):
    """Guard a model's table; harmless to repeat.

    - row security, enabled and forced: rows of the current organization alone, none when there is none;
    - `private_to`, the column with the person a row is about: a student's request sees only their own;
    - a unique `(organization_id, key)` for children to point at, and a composite foreign key for each
      `TenantForeignKey` of the model;
    - triggers that keep `created_at`, set `updated_at`, and record every change in the audit log.
      `quiet` columns (counters, derived text) are not worth an entry by themselves; `secret` ones never
      appear in it, nor do secret parts of a JSON column, such as `settings.secret`.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name, *, private_to=None, quiet=(), secret=(), audited=True):
        self.model_name = model_name
        self.private_to = private_to
        self.quiet = tuple(quiet)
        self.secret = tuple(secret)
        self.audited = audited

    def state_forwards(self, app_label, state):
        """The models' state does not change."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        for statement in self.statements(model):
            schema_editor.execute(statement, None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        for statement in self.reverse_statements(model):
            schema_editor.execute(statement, None)

    def describe(self):
        return f"Guard {self.model_name} by its organization"

    def statements(self, model):
        table = model._meta.db_table
        yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
        yield from guard_by_organization(table)
        if self.private_to:
            yield from self._private_policy(table)
        yield from unique_with_organization(table, model._meta.pk.column)
        yield from self._composite_keys(model)
        yield from self._triggers(model)

    def reverse_statements(self, model):
        table = model._meta.db_table
        for trigger in ("touch_row", "audit_row"):
            yield f'DROP TRIGGER IF EXISTS {trigger} ON "{table}"'
        for field in composite_fields(model):
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{key_name(table, field.column)}"'
        yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{table}_organization_key" CASCADE'
        for policy in ("of_organization", "of_person"):
            yield f'DROP POLICY IF EXISTS {policy} ON "{table}"'
        yield f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'
        yield f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY'

    def _private_policy(self, table):
        mine = f"{PRIVATE_TO} = '*' OR \"{self.private_to}\"::text = {PRIVATE_TO}"
        yield f'DROP POLICY IF EXISTS of_person ON "{table}"'
        yield (
            f'CREATE POLICY of_person ON "{table}" AS RESTRICTIVE '
            f"USING ({mine}) WITH CHECK ({mine})"
        )

    def _composite_keys(self, model):
        table = model._meta.db_table
        for field in composite_fields(model):
            name = key_name(table, field.column)
            parent = field.remote_field.model._meta
            yield from unique_with_organization(parent.db_table, parent.pk.column)
            yield f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"'
            yield (
                f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" '
                f'FOREIGN KEY (organization_id, "{field.column}") '
                f'REFERENCES "{parent.db_table}" (organization_id, "{parent.pk.column}") '
                "DEFERRABLE INITIALLY IMMEDIATE"
            )

    def _triggers(self, model):
        table = model._meta.db_table
        yield f'DROP TRIGGER IF EXISTS touch_row ON "{table}"'
        yield (
            f'CREATE TRIGGER touch_row BEFORE UPDATE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION tenancy_touch_row()"
        )
        yield f'DROP TRIGGER IF EXISTS audit_row ON "{table}"'
        if self.audited:
            yield audit_trigger(table, model._meta.pk.column, self.quiet, self.secret)


class AdoptTable(Operation):
    """Put a library's table under the guard of the organization.

    The table gets an `organization_id` that the database fills in by itself, so the library's model
    need not know of it, and the same row security as ours. `unique` are index expressions that must be
    unique inside an organization, each with an optional condition: `[("lower(email)", "verified")]`.
    `replaced` are constraints of the library over all organizations, by name with their definition.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table, *, unique=(), drop_constraints=(), replaced=None):
        self.table = table
        self.unique = tuple(unique)
        self.drop_constraints = tuple(drop_constraints)
        self.replaced = replaced or {}

    def state_forwards(self, app_label, state):
        """The library's state does not change."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = self.table
        for name in (*self.drop_constraints, *self.replaced):
            schema_editor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}"')
            schema_editor.execute(f'DROP INDEX IF EXISTS "{name}"')
        schema_editor.execute(
            f'ALTER TABLE "{table}" ADD COLUMN organization_id uuid NOT NULL '
            f"DEFAULT NULLIF(current_setting('app.organization_id', true), '')::uuid "
            "REFERENCES tenancy_organization (id)",
            None,
        )
        schema_editor.execute(f'CREATE INDEX "{table}_organization" ON "{table}" (organization_id)')
        for number, (expression, condition) in enumerate(self.unique):
            where = f" WHERE {condition}" if condition else ""
            schema_editor.execute(
                f'CREATE UNIQUE INDEX "{table}_once_{number}" ON "{table}" '
                f"(organization_id, {expression}){where}",
                None,
            )
        schema_editor.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        for statement in guard_by_organization(table):
            schema_editor.execute(statement, None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        table = self.table
        schema_editor.execute(f'DROP POLICY IF EXISTS of_organization ON "{table}"')
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
        schema_editor.execute(f'ALTER TABLE "{table}" DROP COLUMN organization_id')
        for name, definition in self.replaced.items():
            schema_editor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')

    def describe(self):
        return f"Guard {self.table} by its organization"


class AuditAdoptedTable(Operation):
    """Record the changes of a library's table, which `AdoptTable` guards, in the audit log.

    `quiet` and `secret` are as for `TenantTable`.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table, *, key="id", quiet=(), secret=()):
        self.table = table
        self.key = key
        self.quiet = tuple(quiet)
        self.secret = tuple(secret)

    def state_forwards(self, app_label, state):
        """The library's state does not change."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(
            audit_trigger(self.table, self.key, self.quiet, self.secret), params=None
        )

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute(f'DROP TRIGGER audit_row ON "{self.table}"')

    def describe(self):
        return f"Audit {self.table}"


def audit_trigger(table, key, quiet, secret):
    """Statement that lets the audit log hear of every change of a table."""
    return (
        f'CREATE TRIGGER audit_row AFTER INSERT OR UPDATE OR DELETE ON "{table}" '
        f"FOR EACH ROW EXECUTE FUNCTION tenancy_audit_row('{key}', "
        f"'{','.join(quiet)}', '{','.join(secret)}')"
    )


def guard_by_organization(table):
    """Statements for the policy that every guarded table has."""
    mine = f"organization_id = {ORGANIZATION}"
    yield f'DROP POLICY IF EXISTS of_organization ON "{table}"'
    yield f'CREATE POLICY of_organization ON "{table}" USING ({mine}) WITH CHECK ({mine})'


def unique_with_organization(table, key):
    """Statements for the unique pair that composite foreign keys point at."""
    yield (
        "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint "
        f"WHERE conname = '{table}_organization_key') THEN "
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_organization_key" '
        f'UNIQUE (organization_id, "{key}"); END IF; END $$'
    )


def composite_fields(model):
    """The fields of a model whose constraint in the database is composite."""
    return [field for field in model._meta.local_fields if isinstance(field, CompositeKey)]


def key_name(table, column):
    """Name of a composite foreign key, within PostgreSQL's 63 bytes."""
    return f"{table}_{column}_tenant_fk"[-63:]
