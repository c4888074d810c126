using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <content>Files and folders by their names in an open folder, without following links.</content>
internal static unsafe partial class Posix
{
    private const int OpenPath = 0x200000, OpenNonBlocking = 0x800, OpenWriteOnly = 1, OpenCreate = 0x40, AtRemoveFolder = 0x200;

    /// <summary>Opens a folder by its path; a link in the path is followed.</summary>
    /// <returns>Null with the error, when it can't be opened.</returns>
    public static SafeFileHandle? OpenFolder(string path, out int error) =>
        Open(AtCurrentFolder, Terminated(path), OpenPath | OpenFolderFlag, out error);

    /// <summary>Opens a folder by its name in another folder.</summary>
    /// <param name="folder">The folder that it is in.</param>
    /// <param name="name">UTF-8, ending in a NUL.</param>
    /// <param name="error">The error; <see cref="Enotdir"/> or <see cref="Eloop"/> for a link.</param>
    /// <returns>Null with the error, when it can't be opened.</returns>
    public static SafeFileHandle? OpenFolder(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error) =>
        Open(Descriptor(folder), name, OpenPath | OpenFolderFlag | OpenNoFollow, out error);

    /// <summary>Opens a link itself, so that it can't be exchanged while it is looked at.</summary>
    public static SafeFileHandle? OpenLink(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error) =>
        Open(Descriptor(folder), name, OpenPath | OpenNoFollow, out error);

    /// <summary>Opens a file for reading. It doesn't wait for a writer where the file is a pipe.</summary>
    /// <returns>Null with the error, when it can't be opened; <see cref="Eloop"/> for a link.</returns>
    public static SafeFileHandle? OpenFile(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error) =>
        Open(Descriptor(folder), name, OpenReadOnly | OpenNonBlocking | OpenNoFollow, out error);

    /// <summary>Opens a file for writing, and creates it if there is none.</summary>
    /// <returns>Null with the error, when it can't be opened; <see cref="Eloop"/> for a link.</returns>
    public static SafeFileHandle? CreateFile(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error) =>
        Open(Descriptor(folder), name, OpenWriteOnly | OpenCreate | OpenNonBlocking | OpenNoFollow, out error);

    /// <summary>Reads the metadata of a name in a folder; of a link, the link's own.</summary>
    /// <returns>Zero, or the error.</returns>
    public static int Stat(SafeFileHandle folder, ReadOnlySpan<byte> name, out FileStat stat) =>
        Stat(Descriptor(folder), name, follow: false, out stat);

    /// <summary>The id of the user who owns an open file or link; null when it isn't known.</summary>
    public static uint? Owner(SafeFileHandle file)
    {
        var buffer = stackalloc byte[256];
        byte empty = 0;
        return StatX(Descriptor(file), &empty, AtEmptyPath, StatBasic, buffer) == 0 ? *(uint*)(buffer + 20) : null;
    }

    /// <summary>The target of an open link; null when it can't be read, or isn't UTF-8.</summary>
    public static string? ReadLink(SafeFileHandle link) => ReadLink(Descriptor(link), [0]);

    /// <summary>Removes a file or a link by its name in a folder.</summary>
    /// <returns>Zero, or the error.</returns>
    public static int Unlink(SafeFileHandle folder, ReadOnlySpan<byte> name) => Remove(folder, name, 0);

    /// <summary>Removes an empty folder by its name in another folder.</summary>
    /// <returns>Zero, or the error.</returns>
    public static int RemoveFolder(SafeFileHandle folder, ReadOnlySpan<byte> name) => Remove(folder, name, AtRemoveFolder);

    /// <summary>Renames in one step, as <see cref="Rename(string, string)"/> does.</summary>
    /// <returns>Zero, or the error.</returns>
    public static int Rename(SafeFileHandle fromFolder, string from, SafeFileHandle toFolder, string to)
    {
        fixed (byte* source = Terminated(from), target = Terminated(to))
        {
            return RenameAt(Descriptor(fromFolder), source, Descriptor(toFolder), target) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    /// <summary>The names in a folder, as bytes that end in a NUL: usually UTF-8, but nothing ensures it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="error">The error; zero for none.</param>
    public static List<FolderEntry> Entries(SafeFileHandle folder, out int error)
    {
        var entries = new List<FolderEntry>();
        // The folder was opened as a place, which can't be read.
        using var readable = Open(Descriptor(folder), "."u8, OpenReadOnly | OpenFolderFlag, out error);
        if (readable is null) return entries;
        var buffer = new byte[1 << 15];
        while (true)
        {
            var length = ReadFolder(Descriptor(readable), buffer, out error);
            if (length <= 0) return entries;
            for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, length); rest.Length > 0;)
            {
                rest = rest[ReadEntry(rest, out var name, out var kind)..];
                if (name is [(byte)'.'] or [(byte)'.', (byte)'.']) continue;
                byte[] terminated = [.. name, 0];
                // Not every file system lists names with kinds.
                if (kind is null && Stat(folder, terminated, out var stat) == 0) kind = stat.Kind;
                entries.Add(new FolderEntry(terminated, kind ?? FileKind.Other));
            }
        }
    }

    private static SafeFileHandle? Open(int folder, ReadOnlySpan<byte> name, int flags, out int error)
    {
        fixed (byte* p = name)
        {
            const uint readAndWrite = 0x1B6; // 666, less the umask
            var descriptor = OpenOrCreateAt(folder, p, flags | OpenCloseOnExec, readAndWrite);
            error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    private static int Remove(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags)
    {
        fixed (byte* p = name)
        {
            return UnlinkAt(Descriptor(folder), p, flags) == 0 ? 0 : Marshal.GetLastPInvokeError();
        }
    }

    // The caller keeps the handle open during the call.
    private static int Descriptor(SafeFileHandle handle) => (int)handle.DangerousGetHandle();

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true)]
    private static partial int OpenOrCreateAt(int folder, byte* path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true)]
    private static partial int UnlinkAt(int folder, byte* path, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true)]
    private static partial int RenameAt(int fromFolder, byte* from, int toFolder, byte* to);
}

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Bytes that end in a NUL: usually UTF-8, but nothing ensures it.</param>
/// <param name="Kind">Its kind; a link is a link, whatever it leads to.</param>
internal readonly record struct FolderEntry(byte[] Name, FileKind Kind)
{
    /// <summary>The name as a text.</summary>
    public string Text => Encoding.UTF8.GetString(Name.AsSpan(..^1));
}
