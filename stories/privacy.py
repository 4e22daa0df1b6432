"""What the tables of this room mean to a person: see users.privacy."""

from stories.models import Change, Passage, Revision, Signal, Story
from users import privacy

privacy.register(Story, owner="owner")
# A lease names a worker of ours, and a key only makes a request safe to repeat.
privacy.register(Passage, owner="story__owner", export=privacy.without("lease", "key"))
privacy.register(Revision, owner="passage__story__owner")
privacy.register(Change, owner="story__owner")
privacy.register(Signal, owner="passage__story__owner")
