using System.Runtime.InteropServices;

namespace Tenfold.Core.Platform;

/// <summary>The C library's calls for processes. Everything that depends on the operating system is in this folder.</summary>
/// <remarks>Source: POSIX.1-2017, and the Linux manual pages of the functions of the same names.</remarks>
internal static partial class ProcessCalls
{
    public const int SigKill = 9, SigTerm = 15, SigStop = 19;
    public const int OpenCloseOnExec = 0x80000;
    public const short SpawnSetGroup = 0x02, SpawnSetDefaults = 0x04, SpawnSetMask = 0x08, SpawnSetSession = 0x80;
    public const int SetPipeSize = 1031;
    public const int WaitNoHang = 1;
    public const int SetDumpable = 4, SetChildSubreaper = 36;

    [LibraryImport("libc", SetLastError = true)]
    public static partial int pipe2([Out] int[] ends, int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(int descriptor, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial int execve(byte* path, byte** arguments, byte** environment);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int inotify_init1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int inotify_add_watch(int events, byte[] path, uint mask);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int inotify_rm_watch(int events, int watch);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int poll(PollEntry* entries, nuint count, int milliseconds);

    /// <summary>Waits until a descriptor has something to read.</summary>
    /// <returns>1 when it has, 0 after the given time, -1 when it can't be read any more.</returns>
    public static unsafe int WaitToRead(SafeHandle descriptor, int milliseconds)
    {
        const short readable = 1;
        const int interrupted = 4;
        var entry = new PollEntry { Descriptor = (int)descriptor.DangerousGetHandle(), Requested = readable };
        var found = poll(&entry, 1, milliseconds);
        if (found < 0) return Marshal.GetLastPInvokeError() == interrupted ? 0 : -1;
        return found == 0 ? 0 : (entry.Found & readable) != 0 ? 1 : -1;
    }

    [LibraryImport("libc", SetLastError = true)]
    public static partial int wait4(int process, out int status, int options, out ResourceUse use);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int prctl(int option, nuint argument, nuint none2, nuint none3, nuint none4);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn(
        out int process, byte* path, void* actions, void* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_init(void* actions);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_destroy(void* actions);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_adddup2(void* actions, int descriptor, int asDescriptor);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_addopen(void* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawn_file_actions_addchdir_np(void* actions, byte* path);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_init(void* attributes);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_destroy(void* attributes);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setflags(void* attributes, short flags);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setpgroup(void* attributes, int group);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setsigdefault(void* attributes, void* signals);

    [LibraryImport("libc")]
    public static unsafe partial int posix_spawnattr_setsigmask(void* attributes, void* signals);

    /// <summary><c>struct pollfd</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Requested, Found;
    }

    /// <summary><c>struct rusage</c> of 64-bit Linux and macOS: two times, then fourteen counters.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ResourceUse
    {
        public long UserSeconds, UserMicroseconds, SystemSeconds, SystemMicroseconds, MaxResident;
        private long _f2, _f3, _f4, _f5, _f6, _f7, _f8, _f9, _f10, _f11, _f12, _f13, _f14;
    }
}
