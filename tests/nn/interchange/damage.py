"""Damaged contents of files."""

from hypothesis import strategies as st


@st.composite
def damaged(draw, content):
    """The bytes of a file with a few of them overwritten, removed or inserted, or with its end cut off or continued."""
    damaged_content = bytearray(content)
    place = draw(st.integers(0, len(content) - 1))
    harm = draw(st.sampled_from(["overwrite", "cut", "append", "remove", "insert"]))
    junk = draw(st.binary(min_size=1, max_size=4))
    if harm == "overwrite":
        damaged_content[place : place + len(junk)] = junk
    elif harm == "cut":
        del damaged_content[place:]
    elif harm == "append":
        damaged_content += junk
    elif harm == "remove":
        del damaged_content[place : place + len(junk)]
    else:
        damaged_content[place:place] = junk
    return bytes(damaged_content)
