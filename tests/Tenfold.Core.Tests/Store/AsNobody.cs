using System.Runtime.InteropServices;

namespace Tenfold.Core.Tests.Store;

/// <summary>
/// Runs something as a user to whom permissions apply, also when the tests run as root (as CI does): Linux gives each thread an
/// identity of its
/// own for the file system. Threads that it starts inherit it. Where the tests don't run as root, nothing is changed, and nothing
/// needs to be.
/// </summary>
internal static class AsNobody
{
    public static T Run<T>(Func<T> action)
    {
        T result = default!;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            if (Environment.UserName == "root" || getuid() == 0) _ = setfsuid(65534);
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result : throw failure;
    }

    /// <summary>Sets the mode bits of a file or folder.</summary>
    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    [DllImport("libc")]
    private static extern int setfsuid(int user);

    [DllImport("libc")]
    private static extern int getuid();
}
