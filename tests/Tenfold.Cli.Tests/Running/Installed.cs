namespace Tenfold.Cli.Tests.Running;

/// <summary>The published program and the repository that it was built from.</summary>
internal static class Installed
{
    public static string Repository { get; } = FindRepository();

    public static string Program => Path.Combine(Repository, "artifacts", "app", "tenfold") is var path && File.Exists(path)
        ? path
        : throw new InvalidOperationException($"there is no {path}: run ./build first");

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Tenfold.slnx"))) return folder.FullName;
        throw new InvalidOperationException($"no folder above {AppContext.BaseDirectory} has Tenfold.slnx");
    }
}
