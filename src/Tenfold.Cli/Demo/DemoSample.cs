namespace Tenfold.Cli.Demo;

/// <summary>The samples that come with the program. They run from copies, which the user can read and change.</summary>
internal static class DemoSample
{
    /// <summary>The name by which the user called the program; the launcher script passes it on.</summary>
    public static string Command { get; } = Environment.GetEnvironmentVariable("TENFOLD_COMMAND") ?? "tenfold";

    /// <summary>Copies a sample, and leaves files that exist as they are.</summary>
    /// <param name="home">Tenfold's home.</param>
    /// <param name="sample">The sample's name.</param>
    /// <returns>The folder of the copy.</returns>
    public static string Unpack(string home, string sample)
    {
        var source = Path.Combine(AppContext.BaseDirectory, "samples", sample);
        var target = Path.Combine(home, "demo", sample);
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            if (!File.Exists(copy)) File.Copy(file, copy);
        }

        return target;
    }
}
