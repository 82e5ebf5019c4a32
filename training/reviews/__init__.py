"""Labels of the review queue, back into training: which are read, which stand, which are used.

Only labels of the stream review are learnt from, and none whose query is held out.
"""
