# SPDX-License-Identifier: Apache-2.0
"""The disk of the trail's second sink is full: checks go on, the server says that it is behind, and when there is room everything is there,
once and in order, without a restart.
"""
from conftest import ERRORS
from small_disk import SmallDisk
from trail_sink_test import FILE_LEAF, Stand, assert_whole

MEGABYTES = 64        # all rows that other tests of the same clinic left fit, too
CHECKS_UNTIL_FULL = 30  # what is left of the last page is used up first


def test_a_full_disk_of_the_second_sink_holds_up_no_check_and_misses_nothing(bench, run, tell):
    disk = SmallDisk(run, MEGABYTES)
    folder = disk.folder("sink")
    stand = Stand(bench, {"audit": {"sink": "file", "sink_directory": folder}})
    stand.check()
    stand.wait_until_taken()

    disk.fill()
    checks = 0
    while stand.trouble() != ERRORS["TRAIL_SINK_FAILED"]:
        assert checks < CHECKS_UNTIL_FULL, "a full disk was not noticed"
        stand.check()
        checks += 1
    for _ in range(2):
        stand.check()
    stand.wait_for(lambda: stand.metric("madoguchi_audit_sink_lag_rows") >= 2, "seen")

    disk.make_room()
    end = stand.wait_until_taken()
    assert stand.trouble() == 0 and stand.server.process.poll() is None
    text = "".join(path.read_text() for path in sorted(folder.iterdir()))
    rows = [FILE_LEAF.match(line) for line in text.splitlines() if not line.startswith('{"next_leaf":')]
    assert all(rows) and text.endswith("\n")
    assert_whole([(int(row[1]), row[2]) for row in rows], stand.begin, end, stand.sql)
    assert len({row[1] for row in rows}) == len(rows), "each once"
    tell(f"sink: {checks} checks fitted into its last page, two more were answered beside a full disk, then {len(rows)} rows, each once")
