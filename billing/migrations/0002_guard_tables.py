"""Row security for billing; numbers without gaps; records that only grow; states that follow from payments."""

from django.db import migrations

from tenancy.operations import PRIVATE_TO, TenantTable

# What the whole organization subscribed to, everybody may see.
SUBSCRIPTION_OF_ALL = f"""
DROP POLICY of_person ON billing_subscription;
CREATE POLICY of_person ON billing_subscription AS RESTRICTIVE
    USING ({PRIVATE_TO} = '*' OR user_id IS NULL OR (user_id)::text = {PRIVATE_TO})
    WITH CHECK ({PRIVATE_TO} = '*' OR (user_id)::text = {PRIVATE_TO});
"""

# `billing/states.py` holds the same table and a test compares the two.
SUBSCRIPTION_STATES = """
CREATE FUNCTION billing_lawful_subscription() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.status <> NEW.status AND NOT (OLD.status || '>' || NEW.status = ANY (ARRAY[
        'trial>active', 'trial>cancelled', 'trial>ended',
        'active>past_due', 'active>cancelled', 'active>ended',
        'past_due>active', 'past_due>cancelled', 'past_due>ended',
        'cancelled>active', 'cancelled>ended'
    ])) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'billing_subscription_lawful_change',
            MESSAGE = format('billing_subscription_lawful_change: %s cannot become %s', OLD.status, NEW.status);
    END IF;
    IF NOT EXISTS (
        SELECT FROM billing_plan p WHERE p.id = NEW.plan_id
        AND (p.subject = 'organization') = (NEW.user_id IS NULL)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'billing_subscription_fits_plan',
            MESSAGE = 'billing_subscription_fits_plan: a plan is for one person or for the organization';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER lawful_subscription BEFORE INSERT OR UPDATE ON billing_subscription
    FOR EACH ROW EXECUTE FUNCTION billing_lawful_subscription();
"""

# The lock is held until the transaction ends, so that the next number is given only once this one is sure. A
# student's own invoices are not all there are.
NUMBER_INVOICES = """
CREATE FUNCTION billing_number_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was text := COALESCE(current_setting('app.private_to', true), '');
BEGIN
    NEW.year := EXTRACT(YEAR FROM NEW.issued_on);
    PERFORM pg_advisory_xact_lock(
        hashtextextended('billing_invoice ' || NEW.organization_id || ' ' || NEW.year, 0)
    );
    PERFORM set_config('app.private_to', '*', true);
    SELECT COALESCE(max(number), 0) + 1 INTO NEW.number FROM billing_invoice
        WHERE organization_id = NEW.organization_id AND year = NEW.year;
    PERFORM set_config('app.private_to', was, true);
    RETURN NEW;
END $$;
CREATE TRIGGER number_invoice BEFORE INSERT ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_number_invoice();
"""

INVOICE_STAYS = """
CREATE FUNCTION billing_invoice_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['status', 'created_at', 'updated_at'];
    paid numeric;
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - free <> to_jsonb(NEW) - free THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'billing_invoice_stays',
            MESSAGE = 'An invoice is neither changed nor deleted; a credit note takes it back.';
    END IF;
    IF OLD.status = NEW.status THEN RETURN NEW; END IF;
    SELECT COALESCE(sum(amount), 0) INTO paid FROM billing_payment WHERE invoice_id = NEW.id;
    IF NOT (OLD.status || '>' || NEW.status = ANY (ARRAY['open>paid', 'paid>open', 'open>cancelled']))
        OR (NEW.status = 'paid') <> (paid = NEW.gross)
        OR (NEW.status = 'cancelled' AND paid <> 0)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'billing_invoice_state_follows_payments',
            MESSAGE = 'The state of an invoice follows from what was paid for it.';
    END IF;
    UPDATE billing_order SET status = NEW.status WHERE id = NEW.order_id;
    RETURN NEW;
END $$;
CREATE TRIGGER invoice_stays BEFORE UPDATE OR DELETE ON billing_invoice
    FOR EACH ROW EXECUTE FUNCTION billing_invoice_stays();
"""

PAYMENTS_STAY = """
CREATE FUNCTION billing_payment_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    free text[] := ARRAY['recorded_by_id', 'created_at', 'updated_at'];
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - free <> to_jsonb(NEW) - free OR NEW.recorded_by_id IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'billing_payment_stays',
            MESSAGE = 'A payment is neither changed nor deleted; a counter-entry takes it back.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_stays BEFORE UPDATE OR DELETE ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_payment_stays();
"""

# Whoever pays for an invoice takes its lock, so that two payments never make more than its amount.
PAYMENTS_FIT = """
CREATE FUNCTION billing_payment_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owed billing_invoice;
    paid numeric;
BEGIN
    SELECT * INTO owed FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
    SELECT COALESCE(sum(amount), 0) INTO paid FROM billing_payment WHERE invoice_id = NEW.invoice_id;
    IF NOT COALESCE(
        owed.kind = 'invoice' AND owed.status <> 'cancelled' AND owed.currency = NEW.currency
        AND owed.buyer_id = NEW.buyer_id AND paid + NEW.amount BETWEEN 0 AND owed.gross
        AND (NEW.corrects_id IS NULL OR EXISTS (
            SELECT FROM billing_payment p WHERE p.id = NEW.corrects_id
            AND p.invoice_id = NEW.invoice_id AND p.corrects_id IS NULL AND p.amount = -NEW.amount
        )), false)
    THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation',
            CONSTRAINT = 'billing_payment_fits_invoice',
            MESSAGE = 'This payment does not fit its invoice.';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_fits BEFORE INSERT ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_payment_fits();

CREATE FUNCTION billing_settle_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE billing_invoice i SET status = settled.status
    FROM (
        SELECT CASE WHEN sum(p.amount) = max(o.gross) THEN 'paid' ELSE 'open' END AS status
        FROM billing_payment p JOIN billing_invoice o ON o.id = p.invoice_id
        WHERE p.invoice_id = NEW.invoice_id
    ) settled
    WHERE i.id = NEW.invoice_id AND i.status <> settled.status;
    RETURN NULL;
END $$;
CREATE TRIGGER settle_invoice AFTER INSERT ON billing_payment
    FOR EACH ROW EXECUTE FUNCTION billing_settle_invoice();
"""


def undo(table, trigger, function):
    return f"DROP TRIGGER {trigger} ON {table}; DROP FUNCTION {function}();"


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial")]

    operations = [
        TenantTable("BillingProfile"),
        TenantTable("Plan"),
        TenantTable("PlanScope"),
        TenantTable("Subscription", private_to="user_id"),
        TenantTable("Order", private_to="buyer_id"),
        TenantTable("Invoice", private_to="buyer_id"),
        TenantTable("Payment", private_to="buyer_id"),
        migrations.RunSQL(SUBSCRIPTION_OF_ALL, migrations.RunSQL.noop),
        migrations.RunSQL(
            SUBSCRIPTION_STATES,
            undo("billing_subscription", "lawful_subscription", "billing_lawful_subscription"),
        ),
        migrations.RunSQL(
            NUMBER_INVOICES,
            undo("billing_invoice", "number_invoice", "billing_number_invoice"),
        ),
        migrations.RunSQL(
            INVOICE_STAYS, undo("billing_invoice", "invoice_stays", "billing_invoice_stays")
        ),
        migrations.RunSQL(
            PAYMENTS_STAY, undo("billing_payment", "payment_stays", "billing_payment_stays")
        ),
        migrations.RunSQL(
            PAYMENTS_FIT,
            undo("billing_payment", "payment_fits", "billing_payment_fits")
            + undo("billing_payment", "settle_invoice", "billing_settle_invoice"),
        ),
    ]
