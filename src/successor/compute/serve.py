"""A worker of the same machine: `python -m successor.compute.serve DESCRIPTOR`, until it closes."""

from __future__ import annotations

import sys
from dataclasses import asdict
from multiprocessing.connection import Connection

from successor.compute.desk import Desk
from successor.compute.frames import packed, unpacked
from successor.compute.work import Reply
from successor.errors import SuccessorError


def main(descriptor: int) -> None:
    """Do items until nobody is there to hand in one."""
    connection, desk = Connection(descriptor), Desk()
    while True:
        try:
            told, contents = unpacked(connection.recv_bytes())
        except EOFError:
            return
        try:
            desk.take(dict(told["sizes"]), contents)
            reply = desk.do(told["task"], told["told"])
        except SuccessorError as error:
            reply = Reply(None, error=str(error))
        said = {key: value for key, value in asdict(reply).items() if key != "made"}
        try:
            connection.send_bytes(packed(said, reply.made))
        except OSError:
            return


if __name__ == "__main__":
    main(int(sys.argv[1]))
