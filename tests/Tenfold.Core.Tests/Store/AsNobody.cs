using System.Runtime.InteropServices;

namespace Tenfold.Core.Tests.Store;

/// <summary>
/// Runs code as a user to whom permissions apply, also when the tests run as root, as they do in CI. On Linux each thread has its own
/// user id for the file system, which new threads inherit. When the tests don't run as root, this changes nothing.
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
