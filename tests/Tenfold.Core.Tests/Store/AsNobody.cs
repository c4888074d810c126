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

    /// <summary>Runs code as another user than the tests, who must be root for that.</summary>
    public static T RunAsOther<T>(Func<T> action)
    {
        Environment.UserName.ShouldBe("root", "only root can act as the other user that this test needs");
        return Run(action);
    }

    /// <summary>Sets the mode bits of a file or folder.</summary>
    public static void SetMode(string path, int mode)
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, (UnixFileMode)mode);
    }

    /// <summary>Makes a symbolic link that belongs to another user than the tests, who must be root for that.</summary>
    public static void Link(string path, string target)
    {
        File.CreateSymbolicLink(path, target);
        Environment.UserName.ShouldBe("root", "only root can make the links of another user that this test needs");
        lchown(path, 65534, 65534).ShouldBe(0);
    }

    [DllImport("libc")]
    private static extern int lchown(string path, uint user, uint group);

    [DllImport("libc")]
    private static extern int setfsuid(int user);

    [DllImport("libc")]
    private static extern int getuid();
}
