namespace Tenfold.Cli.Tests.Running;

/// <summary>A file system of a few megabytes as the sandbox's home. Mounting it needs root, which CI has.</summary>
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

    /// <summary>Fills the disk.</summary>
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

    /// <summary>Writes a file of this size. <see cref="Free"/> deletes it.</summary>
    public void Take(int megabytes) => File.WriteAllBytes(Ballast, new byte[megabytes * 1_000_000]);

    public void Free() => File.Delete(Ballast);

    // Lazy: the file system goes when the last process that uses it has ended, which the sandbox takes care of.
    public void Dispose() => Shell.Run("umount", "-l", _home);
}
