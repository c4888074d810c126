using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <content>Metadata, owners, times and permissions.</content>
internal static unsafe partial class Posix
{
    private const int AtNoFollow = 0x100, AtEmptyPath = 0x1000;
    private const uint StatBasic = 0x7ff;

    /// <summary>Reads the metadata of a name in an open folder.</summary>
    /// <param name="folder">A descriptor from <see cref="OpenFolder(ReadOnlySpan{byte}, bool, out int)"/>.</param>
    /// <param name="name">UTF-8, ending in a NUL.</param>
    /// <param name="follow">True for the target of a symbolic link, false for the link.</param>
    /// <param name="stat">The metadata.</param>
    /// <returns>Zero, or the error.</returns>
    public static int Stat(int folder, ReadOnlySpan<byte> name, bool follow, out FileStat stat)
    {
        fixed (byte* p = name)
        {
            return Stat(folder, p, follow ? 0 : AtNoFollow, out stat, out _);
        }
    }

    /// <summary>Reads the metadata of a path.</summary>
    public static int Stat(string path, bool follow, out FileStat stat) => Stat(AtCurrentFolder, Terminated(path), follow, out stat);

    /// <summary>Reads the metadata of an open file.</summary>
    public static int Stat(SafeFileHandle file, out FileStat stat)
    {
        byte empty = 0;
        return Stat((int)file.DangerousGetHandle(), &empty, AtEmptyPath, out stat, out _);
    }

    /// <summary>Reads the metadata of a path, or of the link itself if the path is one.</summary>
    /// <param name="path">The path.</param>
    /// <param name="stat">The metadata.</param>
    /// <param name="names">How many names the file has.</param>
    internal static int Stat(string path, out FileStat stat, out uint names)
    {
        fixed (byte* p = Terminated(path))
        {
            return Stat(AtCurrentFolder, p, AtNoFollow, out stat, out names);
        }
    }

    private static int Stat(int folder, byte* name, int flags, out FileStat stat, out uint names)
    {
        var buffer = stackalloc byte[256];
        if (StatX(folder, name, flags, StatBasic, buffer) != 0)
        {
            (stat, names) = (default, 0);
            return Marshal.GetLastPInvokeError();
        }

        names = *(uint*)(buffer + 16);
        int mode = *(ushort*)(buffer + 28);
        var kind = (mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Folder,
            0xA000 => FileKind.Link,
            _ => FileKind.Other,
        };
        stat = new FileStat(
            kind, (mode & 0x40) != 0, *(long*)(buffer + 40), Time(buffer + 112), Time(buffer + 96), *(ulong*)(buffer + 32),
            ((ulong)*(uint*)(buffer + 136) << 32) | *(uint*)(buffer + 140));
        return 0;
    }

    private static long Time(byte* at) => (*(long*)at * 1_000_000_000) + *(uint*)(at + 8);

    /// <summary>The id of the user who owns a path, or the link itself if the path is one; null when it isn't known.</summary>
    public static uint? Owner(string path)
    {
        var buffer = stackalloc byte[256];
        fixed (byte* p = Terminated(path))
        {
            return StatX(AtCurrentFolder, p, AtNoFollow, StatBasic, buffer) == 0 ? *(uint*)(buffer + 20) : null;
        }
    }

    /// <summary>Gives a folder's group to a file of this user, if the system permits.</summary>
    public static void CopyGroup(string path, string folder)
    {
        var buffer = stackalloc byte[256];
        fixed (byte* file = Terminated(path), of = Terminated(folder))
        {
            if (StatX(AtCurrentFolder, of, 0, StatBasic, buffer) == 0) _ = ChangeOwner(file, uint.MaxValue, *(uint*)(buffer + 24));
        }
    }

    /// <summary>
    /// Sets the times of a path to now; of a link, those of the link itself. Every user who may write to the path may do that, while only
    /// its owner may set other times.
    /// </summary>
    /// <returns>Zero, or the error.</returns>
    public static int Touch(string path)
    {
        fixed (byte* p = Terminated(path))
        {
            return SetTimes(AtCurrentFolder, p, null, AtNoFollow) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Sets a path's time of access to now. Its time of change, which Python compares with compiled files, stays.</summary>
    /// <returns>Zero, or the error: <see cref="Enoent"/> when the path doesn't exist.</returns>
    public static int TouchRead(string path)
    {
        const long now = 0x3fffffff, leave = 0x3ffffffe;
        var times = stackalloc long[] { 0, now, 0, leave };
        fixed (byte* p = Terminated(path))
        {
            return SetTimes(AtCurrentFolder, p, times, AtNoFollow) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>
    /// Gives every permission on a folder to its owner, and none to others. Errors are ignored: the next call on the folder reports them.
    /// </summary>
    public static void GrantOwnerAccess(SafeFileHandle folder)
    {
        fixed (byte* p = Terminated($"/proc/self/fd/{Descriptor(folder)}")) _ = ChangeMode(p, 0x1C0);
    }

    /// <summary>The effective user id of this process.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true)]
    private static partial int ChangeOwner(byte* path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "chmod")]
    private static partial int ChangeMode(byte* path, uint mode);

    [LibraryImport("libc", EntryPoint = "utimensat", SetLastError = true)]
    private static partial int SetTimes(int folder, byte* path, long* times, int flags);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static partial int StatX(int folder, byte* path, int flags, uint mask, byte* buffer);
}
