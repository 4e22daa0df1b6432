"""What pupils wrote piece by piece becomes a story of the editor; nothing is lost."""

from django.db import migrations


def to_stories(apps, schema_editor):
    Turn, Story, Passage = (
        apps.get_model("stories", name) for name in ("Turn", "Story", "Passage")
    )
    places = Turn.objects.values_list("reading", "own").order_by().distinct()
    for reading, own in list(places):
        pieces = list(
            Turn.objects.filter(reading=reading, own=own)
            .select_related("reading__tale", "reading__pupil")
            .order_by("pk")
        )
        first = pieces[0]
        story = Story.objects.create(
            owner_id=first.reading.pupil.account_id,
            turn=first,
            title="" if own else first.reading.tale.title,
        )
        tip = None
        for number, piece in enumerate(pieces, 1):
            crisis = any(flag["rule"] == "crisis" for flag in piece.flags)
            passage = Passage.objects.create(
                story=story,
                parent=tip,
                number=number,
                author="person" if piece.by == "pupil" else "model",
                mode="write" if piece.by == "pupil" else "continue",
                text=piece.text,
                status="finished" if piece.made == "ready" else "failed",
                error=piece.error,
                care=crisis,
                never_train=crisis,
                finished_at=piece.created_at,
            )
            Passage.objects.filter(pk=passage.pk).update(created_at=piece.created_at)
            if tip:
                Passage.objects.filter(pk=tip.pk).update(chosen=passage)
            tip = passage
        Story.objects.filter(pk=story.pk).update(tip=tip)
        Turn.objects.filter(pk__in=[piece.pk for piece in pieces[1:]]).delete()


class Migration(migrations.Migration):
    dependencies = [("stories", "0006_your_turn")]
    operations = [migrations.RunPython(to_stories, migrations.RunPython.noop)]
