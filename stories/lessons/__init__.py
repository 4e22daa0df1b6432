"""Learning stories: one goal, one list of words, and a story for each pupil.

    values     what a story is to be, and what came of it; plain
    level      how hard a text is, by several formulas       sentences  where one ends
    level_zh   the same for Chinese, by characters; experimental
    words      the forms of a target word, and where it stands
    prompts    what the model sees        stems     beginnings that hold a word
    compose    candidates, checks, repairs           questions  with keys and evidence
    screening  what a teacher must look at before a child does
    making     the background job for a whole class  starts     where each story begins
    turns      a sentence for a pupil who writes on  rules      what such a page allows
    written    all of it, for the teacher            letters    what sounds like danger

No trained voice is ever passed to the engine here, no tone of a pupil is read, and
nothing of a private profile is looked at: a test holds the imports to that.
"""
