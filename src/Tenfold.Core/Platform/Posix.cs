using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

// Without run-time marshalling, the calls below are compiled ahead of time, which makes a short-lived program noticeably faster.
[assembly: DisableRuntimeMarshalling]

namespace Tenfold.Core.Platform;

/// <summary>
/// The file-system calls that .NET doesn't offer, or not fast enough for ten thousand files. Linux only for now. Errors are returned as
/// <c>errno</c>, zero for success.
/// </summary>
internal static unsafe partial class Posix
{
    public const int Eperm = 1, Enoent = 2, Eio = 5, Eagain = 11, Eacces = 13, Eexist = 17, Exdev = 18, Enotdir = 20, Einval = 22,
        Enospc = 28, Erofs = 30, Enosys = 38, Enotempty = 39, Eloop = 40, Eopnotsupp = 95, Edquot = 122;

    private const int AtCurrentFolder = -100;
    private const uint RenameNoReplace = 1;
    private const int OpenReadOnly = 0, OpenCloseOnExec = 0x80000;

    // These two differ between the processor families that .NET runs on.
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
    private static int OpenFolderFlag => IsArm ? 0x4000 : 0x10000;
    private static int OpenNoFollow => IsArm ? 0x8000 : 0x20000;

    /// <summary>Opens a folder for <see cref="ReadFolder"/>; the caller closes it.</summary>
    /// <param name="path">UTF-8, ending in a NUL.</param>
    /// <param name="follow">False to refuse a symbolic link.</param>
    /// <param name="error">The error; zero for none.</param>
    /// <returns>A file descriptor, or -1.</returns>
    public static int OpenFolder(ReadOnlySpan<byte> path, bool follow, out int error)
    {
        fixed (byte* p = path)
        {
            var folder = OpenAt(AtCurrentFolder, p, OpenReadOnly | OpenCloseOnExec | OpenFolderFlag | (follow ? 0 : OpenNoFollow));
            error = folder < 0 ? Marshal.GetLastPInvokeError() : 0;
            return folder;
        }
    }

    /// <summary>Forces what was written to the disk.</summary>
    /// <returns>The error; zero for none.</returns>
    public static int Flush(int descriptor) => FlushDescriptor(descriptor) < 0 ? Marshal.GetLastPInvokeError() : 0;

    public static void Close(int descriptor) => _ = CloseDescriptor(descriptor);

    /// <summary>Reads a file without an exception if it is gone or unreadable, as files of other users' processes are.</summary>
    /// <param name="path">The file.</param>
    /// <param name="buffer">Receives the bytes; replaced by a larger one when it is too small.</param>
    /// <param name="bytes">The bytes; none when the file can't be read.</param>
    /// <returns>False when the file can't be read.</returns>
    public static bool TryReadFile(string path, ref byte[] buffer, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        int file;
        fixed (byte* p = Terminated(path))
        {
            file = OpenAt(AtCurrentFolder, p, OpenReadOnly | OpenCloseOnExec);
        }
        if (file < 0) return false;
        var length = 0;
        try
        {
            while (true)
            {
                if (length == buffer.Length) Array.Resize(ref buffer, 2 * buffer.Length);
                nint read;
                fixed (byte* p = buffer)
                {
                    read = ReadDescriptor(file, p + length, (nuint)(buffer.Length - length));
                }
                if (read < 0) return false;
                if (read == 0)
                {
                    bytes = buffer.AsSpan(0, length);
                    return true;
                }

                length += (int)read;
            }
        }
        finally
        {
            Close(file);
        }
    }

    /// <summary>Fills the buffer with the next directory entries, in the kernel's layout.</summary>
    /// <returns>The number of bytes; zero at the end, negative for an error.</returns>
    public static int ReadFolder(int folder, Span<byte> buffer, out int error)
    {
        fixed (byte* p = buffer)
        {
            var read = GetDirectoryEntries(folder, p, (nuint)buffer.Length);
            error = read < 0 ? Marshal.GetLastPInvokeError() : 0;
            return (int)read;
        }
    }

    /// <summary>Reads the first entry of a buffer that <see cref="ReadFolder"/> has filled.</summary>
    /// <param name="entries">The rest of the buffer.</param>
    /// <param name="name">The name's bytes, without the NUL; usually UTF-8, but nothing ensures it.</param>
    /// <param name="kind">The kind; null when the file system doesn't report it.</param>
    /// <returns>The entry's length in bytes.</returns>
    public static int ReadEntry(ReadOnlySpan<byte> entries, out ReadOnlySpan<byte> name, out FileKind? kind)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(entries[16..]);
        kind = entries[18] switch { 8 => FileKind.File, 4 => FileKind.Folder, 10 => FileKind.Link, 0 => null, _ => FileKind.Other };
        name = entries[19..length];
        name = name[..name.IndexOf((byte)0)];
        return length;
    }

    /// <summary>Reads the target of a symbolic link; null when it can't be read, or isn't UTF-8.</summary>
    public static string? ReadLink(int folder, ReadOnlySpan<byte> name)
    {
        var buffer = stackalloc byte[4096];
        fixed (byte* p = name)
        {
            var length = ReadLinkAt(folder, p, buffer, 4096);
            var target = new ReadOnlySpan<byte>(buffer, (int)Math.Max(length, 0));
            return length > 0 && System.Text.Unicode.Utf8.IsValid(target) ? Encoding.UTF8.GetString(target) : null;
        }
    }

    /// <summary>Resolves every symbolic link of a path; null when the path doesn't exist.</summary>
    public static string? RealPath(string path)
    {
        var buffer = stackalloc byte[4096];
        fixed (byte* p = Terminated(path))
        {
            return RealPathOf(p, buffer) == null ? null : Marshal.PtrToStringUTF8((nint)buffer);
        }
    }

    /// <summary>
    /// Renames in one step, even over an existing file or an empty folder. Unlike <see cref="File.Move(string, string, bool)"/>, it never
    /// falls back to copying, which a reader could see half done.
    /// </summary>
    /// <returns>Zero, or the error: <see cref="Exdev"/> when the paths are on different disks.</returns>
    public static int Rename(string from, string to)
    {
        fixed (byte* source = Terminated(from), target = Terminated(to))
        {
            return RenameFile(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>Gives a file a second name, in one step, and only if the name is free.</summary>
    /// <returns>Zero, or the error: <see cref="Eexist"/> when the name is taken.</returns>
    public static int Link(string from, string to)
    {
        fixed (byte* source = Terminated(from), target = Terminated(to))
        {
            return LinkFile(source, target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>
    /// Renames a file in one step, and only if the new name is free. Not every file system can (<c>RENAME_NOREPLACE</c>; NFS can't).
    /// </summary>
    /// <returns>Zero, or the error: <see cref="Eexist"/> when the name is taken.</returns>
    public static int RenameToNew(string from, string to)
    {
        fixed (byte* source = Terminated(from), target = Terminated(to))
        {
            return RenameFileAt(AtCurrentFolder, source, AtCurrentFolder, target, RenameNoReplace) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The system's words for an error.</summary>
    public static string Describe(int error) => Marshal.GetPInvokeErrorMessage(error);

    public static byte[] Terminated(string path)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(path) + 1];
        Encoding.UTF8.GetBytes(path, bytes);
        return bytes;
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenAt(int folder, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FlushDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "getdents64", SetLastError = true)]
    private static partial nint GetDirectoryEntries(int folder, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "readlinkat", SetLastError = true)]
    private static partial nint ReadLinkAt(int folder, byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", EntryPoint = "realpath", SetLastError = true)]
    private static partial byte* RealPathOf(byte* path, byte* buffer);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true)]
    private static partial int RenameFile(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true)]
    private static partial int LinkFile(byte* from, byte* to);

    [LibraryImport("libc", EntryPoint = "renameat2", SetLastError = true)]
    private static partial int RenameFileAt(int fromFolder, byte* from, int toFolder, byte* to, uint flags);
}
