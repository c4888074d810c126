namespace Tenfold.Cli.Tests.Running;

/// <summary>A file system of a few megabytes as the sandbox's home. Making one takes root, as CI has it.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _home;

    public SmallDisk(Sandbox place, int megabytes)
    {
        OwnUser.IsRoot.ShouldBeTrue("a small file system can only be mounted by root: run the tests as root, in a container for instance");
        _home = place.Home;
        Directory.CreateDirectory(_home);
        Shell.Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tenfold-test", _home);
    }

    private string Ballast => Path.Combine(_home, "ballast");

    public bool IsFull => new DriveInfo(_home).AvailableFreeSpace == 0;

    /// <summary>Fills all that is left.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        var block = new byte[64 * 1024];
        try
        {
            while (true) file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    /// <summary>Makes a file of so many megabytes, to be taken away again by <see cref="Free"/>.</summary>
    public void Take(int megabytes) => File.WriteAllBytes(Ballast, new byte[megabytes * 1_000_000]);

    public void Free() => File.Delete(Ballast);

    // Lazy: it goes when the last process that has it open is gone, which the sandbox sees to.
    public void Dispose() => Shell.Run("umount", "-l", _home);
}
