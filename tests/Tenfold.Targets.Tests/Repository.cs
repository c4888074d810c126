using System.Reflection;

namespace Tenfold.Targets.Tests;

/// <summary>The paths of files that the tests use.</summary>
internal static class Repository
{
    /// <summary>The script that brings clusters up.</summary>
    public static string ClusterScript { get; } =
        Path.GetFullPath(
            typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(entry => entry.Key == "ClusterScript").Value!);

    /// <summary>The published program, which <c>./build</c> makes.</summary>
    public static string Program =>
        Path.GetFullPath(Path.Combine(ClusterScript, "..", "..", "artifacts", "app", "tenfold")) is var path && File.Exists(path)
            ? path
            : throw new FileNotFoundException("run ./build first", path);
}
