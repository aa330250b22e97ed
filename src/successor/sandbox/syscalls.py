"""The system calls that a program needs which computes and reads; every other one fails.

A list of what is allowed, not of what is known to be dangerous: what a future kernel adds is
forbidden until somebody adds it here. Sockets, processes, signals to others, timers that
call back, shared memory, mounts, and all of tracing are absent on purpose.
"""

from __future__ import annotations

from typing import TypeAlias

Allowed: TypeAlias = dict[str, tuple[int | None, int | None]]  # name: (x86_64, aarch64)

COMPUTING: Allowed = {
    "brk": (12, 214),
    "mmap": (9, 222),
    "munmap": (11, 215),
    "mremap": (25, 216),
    "mprotect": (10, 226),
    "madvise": (28, 233),
    "futex": (202, 98),
    "getrandom": (318, 278),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "restart_syscall": (219, 128),
    "rt_sigreturn": (15, 139),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "sigaltstack": (131, 132),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "getcpu": (309, 168),
    "wait4": (61, 260),
}
ASKING: Allowed = {
    "getpid": (39, 172),
    "getppid": (110, 173),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "getgroups": (115, 158),
    "getpgrp": (111, None),
    "getpgid": (121, 155),
    "getsid": (124, 156),
    "getresuid": (118, 148),
    "getresgid": (120, 150),
    "getrlimit": (97, 163),
    "getrusage": (98, 165),
    "times": (100, 153),
    "uname": (63, 160),
    "sysinfo": (99, 179),
    "time": (201, None),
    "gettimeofday": (96, 169),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
}
READING: Allowed = {
    "read": (0, 63),
    "readv": (19, 65),
    "pread64": (17, 67),
    "preadv": (295, 69),
    "write": (1, 64),
    "writev": (20, 66),
    "lseek": (8, 62),
    "close": (3, 57),
    "close_range": (436, 436),
    "open": (2, None),
    "openat": (257, 56),
    "stat": (4, None),
    "fstat": (5, 80),
    "lstat": (6, None),
    "newfstatat": (262, 79),
    "statx": (332, 291),
    "statfs": (137, 43),
    "fstatfs": (138, 44),
    "access": (21, None),
    "faccessat": (269, 48),
    "faccessat2": (439, 439),
    "readlink": (89, None),
    "readlinkat": (267, 78),
    "getdents64": (217, 61),
    "getcwd": (79, 17),
    "chdir": (80, 49),
    "fadvise64": (221, 223),
    "umask": (95, 166),
}
WAITING: Allowed = {
    "pipe": (22, None),
    "pipe2": (293, 59),
    "dup": (32, 23),
    "dup2": (33, None),
    "dup3": (292, 24),
    "poll": (7, None),
    "ppoll": (271, 73),
    "select": (23, None),
    "pselect6": (270, 72),
    "epoll_create1": (291, 20),
    "epoll_ctl": (233, 21),
    "epoll_wait": (232, None),
    "epoll_pwait": (281, 22),
    "eventfd2": (290, 19),
}
WRITING: Allowed = {
    # Only where a private folder may be written to.
    "pwrite64": (18, 68),
    "pwritev": (296, 70),
    "ftruncate": (77, 46),
    "truncate": (76, 45),
    "fallocate": (285, 47),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "mkdir": (83, None),
    "mkdirat": (258, 34),
    "rmdir": (84, None),
    "unlink": (87, None),
    "unlinkat": (263, 35),
    "rename": (82, None),
    "renameat": (264, 38),
    "renameat2": (316, 276),
    "utimensat": (280, 88),
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
}
ByArgument: TypeAlias = tuple[tuple[int | None, int | None], int, tuple[int, ...]]
"""(numbers, which argument, its allowed values)."""
INTERNET: ByArgument = ((41, 198), 0, (2, 10, 16))
"""socket: of IPv4, IPv6, and netlink, by which a program asks for its own addresses. A name in the
file system or an abstract one would lead to services of the machine that trust its user."""
BY_ARGUMENT: dict[str, ByArgument] = {
    # fcntl: duplicate, flags, status. F_SETOWN would have the kernel send signals to others.
    "fcntl": ((72, 25), 1, (0, 1, 2, 3, 4, 1030)),
    # prlimit64: one's own limits, which nobody can raise here.
    "prlimit64": ((302, 261), 0, (0,)),
}
OTHER_ERRORS: dict[str, tuple[tuple[int | None, int | None], int]] = {
    # What fails with another error than EPERM, so that libraries take their other way.
    "ioctl": ((16, 29), 25),  # ENOTTY: "no terminal", which Python asks of every open file
    "clone3": ((435, 435), 38),  # ENOSYS
}
BEGINNING: Allowed = {
    # All that begins a process, or a thread.
    "clone": (56, 220),
    "fork": (57, None),
    "vfork": (58, None),
    "clone3": (435, 435),
}
DANGEROUS: Allowed = {
    # Forbidden even where programs may start programs: none of these needs more than a file name.
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "personality": (135, 92),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
    "mount_setattr": (442, 442),
    "setns": (308, 268),
    "unshare": (272, 97),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "acct": (163, 89),
    "swapon": (167, 224),
    "reboot": (169, 142),
    "clock_adjtime": (305, 266),
    "clock_settime": (227, 112),
    "settimeofday": (164, 170),
    "adjtimex": (159, 171),
    "pidfd_getfd": (438, 438),
    "kcmp": (312, 272),
    "chroot": (161, 51),
    "memfd_secret": (447, 447),
    "move_pages": (279, 239),
    "vmsplice": (278, 75),
    "modify_ldt": (154, None),
}
