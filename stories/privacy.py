"""What the tables of this app mean to a person."""

from stories.arcs.models import OwnTone, SharedTone
from stories.blind.models import BlindTest
from stories.models import Change, Passage, Revision, Signal, Story
from users import privacy

privacy.register(Story, owner="owner")
privacy.register(Passage, owner="story__owner", export=privacy.without("lease"))
privacy.register(Revision, owner="passage__story__owner")
privacy.register(Change, owner="story__owner")
privacy.register(Signal, owner="passage__story__owner")
privacy.register(BlindTest, owner="story__owner")
privacy.register(OwnTone, owner="owner")
privacy.register(SharedTone, owner="owner")  # of the same table, those of nobody
