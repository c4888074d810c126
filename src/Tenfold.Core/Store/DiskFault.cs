using Tenfold.Core.Platform;

namespace Tenfold.Core.Store;

/// <summary>Turns the errors of a disk into messages that say what to do.</summary>
internal static class DiskFault
{
    /// <summary>True for an error of the disk or its permissions, and not a bug.</summary>
    public static bool Covers(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>The exception to throw when a path below <paramref name="root"/> can't be written or read.</summary>
    /// <param name="exception">.NET's exception.</param>
    /// <param name="path">The path.</param>
    /// <param name="root">The folder that the user knows, for instance the store's.</param>
    /// <param name="writing">True for a write, false for a read.</param>
    public static StoreException Translate(Exception exception, string path, string root, bool writing) =>
        new(Describe(exception, path, root, writing), exception) { IsFull = IsFull(exception.HResult) };

    /// <summary>The exception for an <c>errno</c> of <see cref="Posix"/>.</summary>
    public static StoreException Translate(int error, string path, string root) =>
        new(Describe(error, Posix.Describe(error), path, root, writing: true)) { IsFull = IsFull(error) };

    private static bool IsFull(int error) => error is Posix.Enospc or Posix.Edquot;

    /// <summary>The message for an exception of .NET.</summary>
    public static string Describe(Exception exception, string path, string root, bool writing) =>
        Describe(exception is UnauthorizedAccessException ? Posix.Eacces : exception.HResult, Words(exception), path, root, writing);

    // .NET's own words for an error of the system name the path, which here may be one that only this process knows.
    private static string Words(Exception exception) =>
        exception.HResult is > 0 and < 4096 ? Posix.Describe(exception.HResult) : exception.Message;

    private static string Describe(int error, string message, string path, string root, bool writing) => error switch
    {
        Posix.Enospc => $"the disk that holds {root} is full: free space, or set TENFOLD_HOME to a folder on another disk",
        Posix.Edquot => $"your disk quota for {root} is used up: free space, or set TENFOLD_HOME to a folder on another disk",
        Posix.Erofs => $"{root} is read-only: make it writable, or set TENFOLD_HOME to a folder that is",
        Posix.Eacces or Posix.Eperm when writing =>
            $"{path} can't be written: permission denied. Give yourself write permission on {root} (see 'ls -ld {root}'), " +
            "or set TENFOLD_HOME to a folder of your own",
        Posix.Eacces or Posix.Eperm =>
            $"{path} can't be read: permission denied. Give yourself read permission on {root} (see 'ls -ld {root}')",
        Posix.Eio => $"{path} can't be {(writing ? "written" : "read")}: the disk reports a fault. Check the disk ('dmesg'), " +
            "or set TENFOLD_HOME to a folder on another one",
        Posix.Eloop => $"{path} can't be {(writing ? "written" : "read")}: a link in it belongs to another user, and could lead to any of "
            + $"your files. Find it ('find {root} -type l') and remove it",
        _ => $"{path} can't be {(writing ? "written" : "read")}: {message.TrimEnd('.')}. Check {root}, " +
            "or set TENFOLD_HOME to another folder",
    };
}
