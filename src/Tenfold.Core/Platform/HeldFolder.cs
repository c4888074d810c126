using Microsoft.Win32.SafeHandles;

namespace Tenfold.Core.Platform;

/// <summary>
/// A folder below a root that several users may write to, held open: it stays the same folder when another user replaces one above it by
/// a link. Every segment below the root is opened by itself, and another user's link is refused, since it could lead to any file of this
/// user. A link of this user, or of root, is followed, for example to a larger disk.
/// </summary>
/// <remarks>See openat(2), "Rationale for openat() and other directory file descriptor APIs".</remarks>
internal sealed class HeldFolder : IDisposable
{
    private HeldFolder(SafeFileHandle handle) => Handle = handle;

    /// <summary>The descriptor of the folder, which can't be read or written by itself.</summary>
    public SafeFileHandle Handle { get; }

    /// <summary>A path to the folder that holds as long as this object does.</summary>
    public string Path => $"/proc/self/fd/{(int)Handle.DangerousGetHandle()}";

    /// <summary>Opens a folder.</summary>
    /// <param name="root">The root's path, in which every link is followed.</param>
    /// <param name="below">The path below the root, with <c>/</c> between its segments; empty for the root.</param>
    /// <returns>Null when there is none.</returns>
    /// <exception cref="IOException">It can't be opened, or another user's link lies in the path.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not open it.</exception>
    public static HeldFolder? Find(string root, string below) => Walk(root, below, make: false);

    /// <summary>
    /// Opens a folder, which is created with those above it if it doesn't exist. A new root is closed to other users unless a group shares
    /// the folder above it (<see cref="TeamFolder"/>).
    /// </summary>
    /// <inheritdoc cref="Find"/>
    public static HeldFolder Make(string root, string below)
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        if (!Directory.Exists(root)) TeamFolder.Create(root, ownerOnly);
        return Walk(root, below, make: true)
            ?? throw new DirectoryNotFoundException($"{root}/{below} was removed while it was created");
    }

    /// <summary>A path to something in the folder that holds as long as this object does.</summary>
    public string PathOf(string name) => $"{Path}/{name}";

    /// <summary>The metadata of something in the folder; of a link, the link's own. Null when there is nothing of that name.</summary>
    /// <exception cref="IOException">They can't be read.</exception>
    public FileStat? Stat(string name) => Posix.Stat(Handle, Posix.Terminated(name), out var stat) switch
    {
        0 => stat,
        Posix.Enoent or Posix.Enotdir => null,
        var error => throw Failure(error),
    };

    /// <summary>What is in the folder, in no order.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public List<FolderEntry> List()
    {
        var entries = Posix.Entries(Handle, out var error);
        return error is 0 or Posix.Enoent ? entries : throw Failure(error);
    }

    /// <summary>Opens a file for reading.</summary>
    /// <returns>Null when there is no file of that name, or a folder.</returns>
    /// <exception cref="IOException">It can't be read: it is a pipe, a device or another user's link, for example.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public SafeFileHandle? OpenFile(string name) => Open(name, Posix.OpenFile);

    /// <summary>Opens a file for writing, which is created if it doesn't exist.</summary>
    /// <exception cref="IOException">It can't be written: it is a pipe, a device or another user's link, for example.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public SafeFileHandle CreateFile(string name) => Open(name, Posix.CreateFile) ?? throw Failure(Posix.Enoent);

    /// <inheritdoc/>
    public void Dispose() => Handle.Dispose();

    private static HeldFolder? Walk(string root, string below, bool make)
    {
        var at = Posix.OpenFolder(root, out var error);
        if (at is null) return error is Posix.Enoent or Posix.Enotdir ? null : throw Failure(error);
        foreach (var segment in below.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            using var above = new HeldFolder(at);
            at = above.Enter(segment);
            if (at is not null) continue;
            if (!make) return null;
            TeamFolder.Create(above.PathOf(segment));
            at = above.Enter(segment);
            if (at is null) return null;
        }

        return new HeldFolder(at);
    }

    // Null when there is no folder of that name.
    private SafeFileHandle? Enter(string name)
    {
        var bytes = Posix.Terminated(name);
        var folder = Posix.OpenFolder(Handle, bytes, out var error);
        if (folder is not null || error == Posix.Enoent) return folder;
        if (error is not (Posix.Enotdir or Posix.Eloop)) throw Failure(error);
        return TargetOf(bytes) is { } target ? Posix.OpenFolder(target, out _) : null;
    }

    private SafeFileHandle? Open(string name, Opening open)
    {
        var file = open(Handle, Posix.Terminated(name), out var error);
        if (error == Posix.Eloop && TargetOf(Posix.Terminated(name)) is { } target)
        {
            // The folder of the target is this user's choice, as the link is.
            using var folder = Posix.OpenFolder(System.IO.Path.GetDirectoryName(target)!, out error);
            file = folder is null ? null : open(folder, Posix.Terminated(System.IO.Path.GetFileName(target)), out _);
            if (file is null) return null;
        }

        if (file is null) return error is Posix.Enoent or Posix.Enotdir ? null : throw Failure(error);
        error = Posix.Stat(file, out var stat);
        if (error == 0 && stat.Kind == FileKind.File) return file;
        file.Dispose();
        if (error != 0) throw Failure(error);
        return stat.Kind == FileKind.Folder ? null : throw new IOException($"{name} is a pipe or a device, and not a file");
    }

    // Where a link of this user leads. Null when there is no link. The link is held open, so it can't be exchanged after the check.
    private string? TargetOf(ReadOnlySpan<byte> name)
    {
        using var link = Posix.OpenLink(Handle, name, out var error);
        if (link is null) return error == Posix.Enoent ? null : throw Failure(error);
        if (Posix.Stat(link, out var stat) != 0 || stat.Kind != FileKind.Link) return null;
        var owner = Posix.Owner(link);
        if (owner != Posix.UserId() && owner != 0) throw Failure(Posix.Eloop);
        return Posix.ReadLink(link) is { } target ? System.IO.Path.Combine(Path, target) : throw Failure(Posix.Eloop);
    }

    private static Exception Failure(int error) => error is Posix.Eacces or Posix.Eperm
        ? new UnauthorizedAccessException(Posix.Describe(error)) : new IOException(Posix.Describe(error), error);

    private delegate SafeFileHandle? Opening(SafeFileHandle folder, ReadOnlySpan<byte> name, out int error);
}
