"""Two indexes over the consultations that count, so that 者 are counted without reading a single note: at a
million rows the heap is a hundred times the index. They stand here because only counting asks for them.

The second has the hub beside its key and not in it: as a part of the key the wall's condition on the hub would
be taken into the index scan, and make the planner believe it dearer than a walk through the heap."""

from django.db import migrations

MAKE = """
CREATE INDEX consultation_counted_by_day ON consultations_consultation (held_on, hub_id, enterprise_id)
    WHERE deleted_at IS NULL AND not_counted = '';
CREATE INDEX consultation_counted_by_enterprise ON consultations_consultation (enterprise_id, held_on)
    INCLUDE (hub_id) WHERE deleted_at IS NULL AND not_counted = '';
"""
DROP = """
DROP INDEX consultation_counted_by_enterprise;
DROP INDEX consultation_counted_by_day;
"""


class Migration(migrations.Migration):
    dependencies = [("metrics", "0001_initial"), ("consultations", "0001_initial")]
    operations = [migrations.RunSQL(MAKE, DROP)]
