"""The accounts of the funds as triggers: whoever writes donations and grants (forms, ledgers, the back office, SQL, an undo),
the database keeps each fund's balance, writes its entries, and says which donations paid for a grant.

The fund's row is locked by the first statement that touches its balance, so that simultaneous writers wait for each other;
the balance can never fall below 0 (a CHECK on the fund).
"""

import pgtrigger

_ENTRY = "INSERT INTO campaigns_fundentry (fund_id, kind, amount, day, {source}_id, balance) VALUES ({values});"


def _entry(source: str, row: str, kind: str, amount: str, balance: str = "holds") -> str:
    """SQL that writes one entry of the fund of OLD or NEW (`row`)."""
    day = f"coalesce({row}.paid_on, {row}.granted_on)" if source == "grant" else f"{row}.received_on"
    return _ENTRY.format(source=source, values=f"{row}.fund_id, {kind}, {amount}, {day}, {row}.id, {balance}")


def _refuse(name: str, words: str) -> str:
    return f"RAISE EXCEPTION '{words}' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"


_APART = _refuse("fund_takes_its_own", "money and goods are kept apart; a voided fund is closed")

GRANTS = f"""
IF TG_OP <> 'INSERT' AND OLD.voided_at IS NULL AND OLD.fund_id IS NOT NULL THEN was := OLD.amount; END IF;
IF TG_OP <> 'DELETE' AND NEW.voided_at IS NULL AND NEW.fund_id IS NOT NULL THEN now_is := NEW.amount; END IF;
IF was IS NULL AND now_is IS NULL THEN RETURN NULL; END IF;
IF TG_OP = 'UPDATE' AND was = now_is AND OLD.fund_id = NEW.fund_id AND OLD.is_goods = NEW.is_goods THEN
  IF coalesce(OLD.paid_on, OLD.granted_on) <> coalesce(NEW.paid_on, NEW.granted_on) THEN
    SELECT balance INTO holds FROM campaigns_fund WHERE id = NEW.fund_id FOR NO KEY UPDATE;
    {_entry("grant", "OLD", "'correction'", "was", "holds + was")}
    {_entry("grant", "NEW", "'grant'", "-now_is")}
  END IF;
  RETURN NULL;
END IF;
IF was IS NOT NULL THEN
  UPDATE campaigns_fund SET balance = balance + was WHERE id = OLD.fund_id RETURNING balance INTO holds;
  DELETE FROM campaigns_allocation WHERE grant_id = OLD.id;
  {_entry("grant", "OLD", "CASE WHEN now_is IS NULL THEN 'returned' ELSE 'correction' END", "was")}
END IF;
IF now_is IS NOT NULL THEN
  UPDATE campaigns_fund SET balance = balance - now_is
    WHERE id = NEW.fund_id AND is_goods = NEW.is_goods AND voided_at IS NULL RETURNING balance INTO holds;
  IF NOT FOUND THEN {_APART} END IF;
  {_entry("grant", "NEW", "'grant'", "-now_is")}
  lacking := now_is;
  FOR source IN
    SELECT d.id, d.amount - coalesce((SELECT sum(a.amount) FROM campaigns_allocation a WHERE a.donation_id = d.id), 0) AS free
    FROM campaigns_donation d LEFT JOIN campaigns_pledge p ON p.id = NEW.pledge_id
    WHERE d.fund_id = NEW.fund_id AND d.voided_at IS NULL
    ORDER BY coalesce(d.donor_id = p.donor_id, false) DESC, d.is_earmarked, d.received_on, d.id
  LOOP
    CONTINUE WHEN source.free <= 0;
    INSERT INTO campaigns_allocation (grant_id, donation_id, amount)
      VALUES (NEW.id, source.id, least(source.free, lacking));
    lacking := lacking - least(source.free, lacking);
    EXIT WHEN lacking = 0;
  END LOOP;
  IF lacking > 0 THEN {_refuse("grant_is_traceable", "no donation left to pay from")} END IF;
END IF;
RETURN NULL;
"""

DONATIONS = f"""
IF TG_OP <> 'INSERT' AND OLD.voided_at IS NULL THEN was := OLD.amount; END IF;
IF TG_OP <> 'DELETE' AND NEW.voided_at IS NULL THEN now_is := NEW.amount; END IF;
IF was IS NULL AND now_is IS NULL THEN RETURN NULL; END IF;
IF was IS NOT NULL THEN
  SELECT balance INTO holds FROM campaigns_fund WHERE id = OLD.fund_id FOR NO KEY UPDATE;
  IF (SELECT sum(amount) FROM campaigns_allocation WHERE donation_id = OLD.id)
    > (CASE WHEN now_is IS NOT NULL AND OLD.fund_id = NEW.fund_id THEN now_is ELSE 0 END) THEN
    {_refuse("donation_is_spent", "money of the donation is spent")}
  END IF;
END IF;
IF TG_OP = 'UPDATE' AND was = now_is AND OLD.fund_id = NEW.fund_id AND OLD.is_goods = NEW.is_goods THEN
  IF OLD.received_on <> NEW.received_on THEN
    {_entry("donation", "NEW", "'donation'", "now_is", "holds + now_is")}
    {_entry("donation", "OLD", "'correction'", "-was")}
  END IF;
  RETURN NULL;
END IF;
IF was IS NOT NULL AND now_is IS NOT NULL AND OLD.fund_id = NEW.fund_id THEN
  UPDATE campaigns_fund SET balance = balance + now_is - was
    WHERE id = NEW.fund_id AND is_goods = NEW.is_goods AND voided_at IS NULL RETURNING balance INTO holds;
  IF NOT FOUND THEN {_APART} END IF;
  {_entry("donation", "NEW", "'correction'", "now_is - was")}
  RETURN NULL;
END IF;
IF was IS NOT NULL THEN
  UPDATE campaigns_fund SET balance = balance - was WHERE id = OLD.fund_id RETURNING balance INTO holds;
  {_entry("donation", "OLD", "'correction'", "-was")}
END IF;
IF now_is IS NOT NULL THEN
  UPDATE campaigns_fund SET balance = balance + now_is
    WHERE id = NEW.fund_id AND is_goods = NEW.is_goods AND voided_at IS NULL RETURNING balance INTO holds;
  IF NOT FOUND THEN {_APART} END IF;
  {_entry("donation", "NEW", "'donation'", "now_is")}
END IF;
RETURN NULL;
"""

# A form saves the balance that it has read before: what is not written by the triggers above is passed over.
FUNDS = f"""
IF TG_OP = 'INSERT' THEN
  IF NEW.balance >= 0 THEN NEW.balance := 0; END IF;
  RETURN NEW;
END IF;
IF pg_trigger_depth() < 2 AND NEW.balance >= 0 THEN NEW.balance := OLD.balance; END IF;
IF (NEW.is_goods <> OLD.is_goods OR (NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL)) AND EXISTS (
  SELECT 1 FROM campaigns_donation WHERE fund_id = NEW.id AND voided_at IS NULL
) THEN {_refuse("fund_in_use", "donations are in the fund")} END IF;
RETURN NEW;
"""

DONORS = f"""
IF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL AND (
  EXISTS (SELECT 1 FROM campaigns_donation WHERE donor_id = NEW.id AND voided_at IS NULL)
  OR EXISTS (SELECT 1 FROM campaigns_grant WHERE donor_id = NEW.id AND voided_at IS NULL)
  OR EXISTS (SELECT 1 FROM campaigns_pledge WHERE donor_id = NEW.id AND voided_at IS NULL)
) THEN {_refuse("donor_in_use", "donations, grants or pledges are of the donor")} END IF;
RETURN NEW;
"""

PLEDGES = f"""
IF NEW.voided_at IS NOT NULL AND OLD.voided_at IS NULL
  AND EXISTS (SELECT 1 FROM campaigns_grant WHERE pledge_id = NEW.id AND voided_at IS NULL)
THEN {_refuse("pledge_in_use", "money was paid on the pledge")} END IF;
RETURN NEW;
"""


def books(func: str) -> pgtrigger.Trigger:
    """The trigger of donations or grants that keeps the accounts."""
    return pgtrigger.Trigger(
        name="keep_accounts",
        level=pgtrigger.Row,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        declare=[
            ("was", "numeric"),
            ("now_is", "numeric"),
            ("holds", "numeric"),
            ("lacking", "numeric"),
            ("source", "record"),
        ],
        func=func,
    )


def before(func: str, operation: pgtrigger.core.Operation | pgtrigger.core.Operations) -> pgtrigger.Trigger:
    """A trigger that looks at a row before it is written."""
    return pgtrigger.Trigger(
        name="keep_in_order", level=pgtrigger.Row, when=pgtrigger.Before, operation=operation, func=func
    )


def by_database_only(name: str, *, is_appended: bool) -> pgtrigger.Trigger:
    """Nobody but the accounts' own triggers writes the table; `is_appended`: and what is written stays as it is."""
    stays = "TG_OP <> 'INSERT' OR" if is_appended else ""
    return pgtrigger.Trigger(
        name="by_database_only",
        level=pgtrigger.Row,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=(
            f"IF {stays} pg_trigger_depth() < 2 THEN {_refuse(name, 'the database alone keeps the accounts')} END IF; "
            "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
        ),
    )
