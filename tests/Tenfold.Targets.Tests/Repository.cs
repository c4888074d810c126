using System.Reflection;

namespace Tenfold.Targets.Tests;

/// <summary>Where things lie.</summary>
internal static class Repository
{
    /// <summary>The script that brings clusters up.</summary>
    public static string ClusterScript { get; } =
        Path.GetFullPath(
            typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(entry => entry.Key == "ClusterScript").Value!);

    /// <summary>The program as <c>./build</c> leaves it, as users have it.</summary>
    public static string Program { get; } =
        Path.GetFullPath(Path.Combine(ClusterScript, "..", "..", "artifacts", "app", "tenfold")) is var path && File.Exists(path)
        ? path : throw new FileNotFoundException("run ./build first", path);
}
